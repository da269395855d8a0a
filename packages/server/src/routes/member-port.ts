/**
 * What request handlers need of this machine's member: applications, readable indexes, and a way to propose changes. The
 * query process has one over the real member, tests have one in memory.
 */
import type { JsonObject, Sequence } from '@skein/base';
import type { FacetSearchHit, FacetSearchQuery, SearchQuery, SearchResult } from '@skein/engine';
import type { ObjectValue } from '@skein/fql';
import type {
  ApplicationState,
  IndexSummary,
  MembersChange,
  Operation,
  Progress,
  SearchableStatus,
} from '@skein/member';

export interface MemberPort {
  /** Undefined: there is no such application. */
  application(id: string): ApplicationState | undefined;
  /**
   * The index as it was published last; undefined: there is none. Throws an `ApiError` for an index that is damaged.
   * `settings` is the same object for as long as the settings do not change.
   */
  index(application: string, name: string): ReadableIndex | undefined;
  /** Undefined: `index` has it at hand. Else resolves when it has, without keeping other requests waiting. Never rejects. */
  whenAtHand(application: string, name: string): Promise<void> | undefined;
  /**
   * Resolves when the operation is durable, or, with `'visible'`, when the next query of any process sees it. Rejects with an
   * `ApiError`: either nothing has changed, or the error says that the outcome is unknown.
   */
  propose(
    application: string,
    operation: Operation,
    until: 'durable' | 'visible',
  ): Promise<{ readonly sequence: Sequence }>;
  /**
   * One transaction on the application's documents: in the root database, with all rights. Errors of the expression are results; rejects with
   * an `ApiError` where the machine cannot.
   */
  transact(application: string, expression: Uint8Array): Promise<DocumentsAnswer>;
  /** Undefined: there is no aggregation of this name. Takes long, and lets other requests in between. */
  verifyAggregation(application: string, name: string): Promise<ObjectValue | undefined>;
  isPublished(application: string, sequence: number): Promise<boolean>;
  listIndexes(application: string): Promise<readonly IndexSummary[]>;
  /** Indexes that are filled from collections, by name. */
  searchables(application: string): Promise<readonly SearchableStatus[]>;
  /** Whether writes find the builder at the moment. */
  readonly builderConnected: boolean;
  /** How far this member is, as its builder told last. */
  readonly progress: Progress;
  /** Resolves with whether every answer from now on shows everything up to `sequence`. */
  whenPublished(sequence: number, timeoutMs: number): Promise<boolean>;
  /** As the builder describes it; undefined: this machine is alone. Rejects with an `ApiError`. */
  cluster(): Promise<JsonObject | undefined>;
  /** Rejects with an `ApiError`. */
  changeMembers(change: MembersChange): Promise<void>;
}

export interface DocumentsAnswer {
  readonly status: number;
  /** JSON text: `{"resource": …}` or `{"errors": […]}`. */
  readonly body: string;
  /** µs. */
  readonly time: number;
  /** Undefined for what only reads. */
  readonly sequence?: number | undefined;
}

export interface ReadableIndex {
  readonly settings: JsonObject;
  readonly view: ReadableView;
}

/** The part of the engine's `View` that handlers use. */
interface ReadableView {
  search(query: SearchQuery): SearchResult;
  searchFacetValues(query: FacetSearchQuery): readonly FacetSearchHit[];
  get(objectID: string): string | undefined;
  browse(
    query: SearchQuery,
    cursor: string | undefined,
    count: number,
  ): { readonly records: readonly string[]; readonly cursor: string | undefined; readonly hitCount: number };
}
