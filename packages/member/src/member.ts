import type { JsonObject, Sequence } from '@skein/base';
import type { ApplicationState } from './application-state.ts';
import { ApplicationViews } from './application-views.ts';
import { DataLayout } from './data-layout.ts';
import { ApplicationDocuments } from './documents/application-documents.ts';
import { BuilderClient, type TaskStatus } from './ipc/builder-client.ts';
import {
  BuilderError,
  type IndexSummary,
  type MembersChange,
  NO_PROGRESS,
  type Progress,
} from './ipc/messages.ts';
import { KeyVault } from './key-vault.ts';
import type { Operation } from './operation.ts';
import { type OpenIndex, Views } from './views.ts';

export interface MemberOptions {
  readonly dataFolder: string;
  readonly socketPath: string;
  readonly secret: string;
  readonly viewBytesMax?: number | undefined;
  readonly viewCountMax?: number | undefined;
  /** How long a proposal waits for a builder that is away. */
  readonly waitMsMax?: number | undefined;
}

/** What a query process has of this machine's Skein: reads from mapped files, writes through the builder. */
export class Member {
  readonly #client: BuilderClient;
  readonly #views: Views;
  readonly #applications: ApplicationViews;
  readonly #vault: KeyVault;
  readonly documents: ApplicationDocuments;
  #progress = NO_PROGRESS;

  constructor(options: MemberOptions) {
    const layout = new DataLayout(options.dataFolder);
    const isCurrent = (): boolean => this.#client.current;
    this.#vault = new KeyVault(options.secret);
    this.#views = new Views({
      layout,
      isCurrent,
      viewBytesMax: options.viewBytesMax,
      viewCountMax: options.viewCountMax,
    });
    this.#applications = new ApplicationViews({ layout, vault: this.#vault, isCurrent });
    this.#client = new BuilderClient({
      socketPath: options.socketPath,
      waitMsMax: options.waitMsMax,
      onChanges: (changes) => {
        this.#applications.markStale(changes);
        return this.#views.renew(changes);
      },
      onResync: () => {
        this.#views.markAllStale();
        this.#applications.markAllStale();
        this.documents.committedAll();
      },
      onProgress: (progress) => {
        this.#progress = progress;
      },
      onCommitted: (applications) => this.documents.committed(applications),
      onWatching: () => this.documents.committedAll(),
    });
    this.documents = new ApplicationDocuments({
      layout,
      client: this.#client,
      vault: this.#vault,
      nowMs: () => Date.now(),
    });
  }

  /** Whether the builder is there. */
  get builderPresent(): boolean {
    return this.#client.current;
  }

  /** How far this member is, as the builder told last: reads show at least this much. */
  get progress(): Progress {
    return this.#progress;
  }

  /** Resolves with whether reads here show everything up to `sequence`. */
  async whenPublished(sequence: number, timeoutMs: number): Promise<boolean> {
    if (sequence <= this.#progress.published) return true;
    try {
      return await this.#client.whenPublished(sequence, timeoutMs);
    } catch (error) {
      if (!(error instanceof BuilderError)) throw error;
      return false;
    }
  }

  /** See `BuilderClient.cluster`. */
  cluster(): Promise<JsonObject | undefined> {
    return this.#client.cluster();
  }

  /** See `BuilderClient.changeMembers`. */
  changeMembers(change: MembersChange): Promise<void> {
    return this.#client.changeMembers(change);
  }

  whenBuilderPresent(): Promise<void> {
    return this.#client.whenCurrent();
  }

  /** The latest published state of an index; undefined when there is none. Throws `IndexDamagedError`. */
  openIndex(application: string, index: string): OpenIndex | undefined {
    return this.#views.open(application, index);
  }

  /**
   * Undefined: `openIndex` has the index at hand. Else resolves when it has; meanwhile other work goes on, which it would not while
   * `openIndex` opens a large index itself.
   */
  whenIndexAtHand(application: string, index: string): Promise<void> | undefined {
    return this.#views.whenAtHand(application, index);
  }

  /** The application with its keys; undefined when there is none. */
  application(application: string): ApplicationState | undefined {
    return this.#applications.get(application);
  }

  /** The form in which operations carry a key's value. */
  sealKey(application: string, value: string): string {
    return this.#vault.seal(application, value);
  }

  /** See `BuilderClient.propose`. */
  propose(
    operation: Operation,
    options: Parameters<BuilderClient['propose']>[1],
  ): Promise<{ readonly sequence: Sequence }> {
    return this.#client.propose(operation, options);
  }

  taskStatus(application: string, sequence: number): Promise<TaskStatus> {
    return this.#client.taskStatus(application, sequence);
  }

  listIndexes(application: string): Promise<readonly IndexSummary[]> {
    return this.#client.listIndexes(application);
  }

  /** Counters and sizes of the builder, and of this process's Views. */
  async statistics(): Promise<{
    readonly builder: JsonObject | undefined;
    readonly viewCount: number;
    readonly viewBytes: number;
  }> {
    let builder: JsonObject | undefined;
    try {
      if (this.#client.current) builder = await this.#client.statistics();
    } catch (error) {
      if (!(error instanceof BuilderError)) throw error;
    }
    return { builder, viewCount: this.#views.count, viewBytes: this.#views.bytes };
  }

  close(): void {
    this.#client.close();
    this.documents.close();
  }
}
