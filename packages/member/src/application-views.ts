import { statSync } from 'node:fs';
import type { ApplicationState } from './application-state.ts';
import { readApplication } from './applications.ts';
import type { DataLayout } from './data-layout.ts';
import type { Change } from './ipc/messages.ts';
import type { KeyVault } from './key-vault.ts';

interface Entry {
  readonly state: ApplicationState;
  /** Which file it was read from; every write makes another one. */
  readonly fileId: string;
  stale: boolean;
}

/** Applications and keys as a query process sees them, renewed as `Views` are. */
export class ApplicationViews {
  readonly #layout: DataLayout;
  readonly #vault: KeyVault;
  readonly #isCurrent: () => boolean;
  readonly #entries = new Map<string, Entry>();

  constructor(options: {
    readonly layout: DataLayout;
    readonly vault: KeyVault;
    readonly isCurrent: () => boolean;
  }) {
    this.#layout = options.layout;
    this.#vault = options.vault;
    this.#isCurrent = options.isCurrent;
  }

  /** The latest published state; undefined when there is no such application. Throws `CorruptionError`, `SealError`. */
  get(application: string): ApplicationState | undefined {
    const known = this.#entries.get(application);
    if (known !== undefined && !known.stale && this.#isCurrent()) return known.state;
    const fileId = this.#fileId(application);
    if (known !== undefined && known.fileId === fileId) {
      known.stale = false;
      return known.state;
    }
    const state = fileId === undefined ? undefined : readApplication(this.#layout, this.#vault, application);
    if (state === undefined || fileId === undefined) {
      this.#entries.delete(application);
      return undefined;
    }
    this.#entries.set(application, { state, fileId, stale: false });
    return state;
  }

  markStale(changes: readonly Change[]): void {
    for (const { application, index } of changes) {
      if (index !== undefined) continue;
      const entry = this.#entries.get(application);
      if (entry !== undefined) entry.stale = true;
    }
  }

  markAllStale(): void {
    for (const entry of this.#entries.values()) entry.stale = true;
  }

  #fileId(application: string): string | undefined {
    const status = statSync(this.#layout.applicationFile(application), {
      throwIfNoEntry: false,
      bigint: true,
    });
    return status === undefined ? undefined : `${status.ino}/${status.mtimeNs}/${status.size}`;
  }
}
