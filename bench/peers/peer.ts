/**
 * A search engine to be measured. It lives in a process of its own (`peer-host.ts`, Lucene's is Java), so that memory is its
 * own and one engine's garbage is not collected on another's time.
 */
export interface Peer {
  /** Indexes everything and makes it searchable. The folder is empty. */
  index(input: PeerInput): Promise<PeerIndex> | PeerIndex;
}

export interface PeerInput {
  /** One record's JSON per line. */
  readonly recordsFile: string;
  /** `objectID TAB rank TAB text`, one record per line, in the order of the records' file. */
  readonly textFile: string;
  /** What Skein needs beside: `DatasetDescription` as JSON. */
  readonly descriptionFile: string;
  readonly folder: string;
}

export interface PeerIndex {
  /** Further things worth knowing, for the report. */
  readonly note: string;
  /** Runs once per query and variant; the time of the whole call counts. */
  readonly search: (variant: string, query: string) => Found | Promise<Found>;
}

export interface Found {
  /** The best 20. A function where taking them out is not the engine's work. */
  readonly ids: readonly string[] | (() => readonly string[]);
  /** Undefined where the engine does not count. */
  readonly total: number | undefined;
  readonly totalIs: 'exact' | 'at least';
}

export const HITS = 20;

/** How a peer answers the parent, one line of JSON per command. */
export type PeerAnswer =
  | { readonly kind: 'indexed'; readonly wallMs: number; readonly cpuMs: number; readonly note: string }
  | { readonly kind: 'ran'; readonly queryCount: number; readonly wallMs: number; readonly cpuMs: number }
  | { readonly kind: 'failed'; readonly message: string };
