/** What `npm run bench` runs: steps by group, in order. Options on the command line replace sizes and peers. */
import type { PeerName } from './contenders.ts';
import type { DatasetName } from './datasets/mod.ts';

export const STEP_GROUPS = ['engine', 'large', 'http', 'documents'] as const;
export type StepGroup = (typeof STEP_GROUPS)[number];

export interface EngineStep {
  readonly dataset: DatasetName;
  readonly records: number;
  readonly peers: readonly PeerName[];
  readonly queries: number;
  /** Totals and first pages compared with the plain engine, which holds all records in memory. */
  readonly checked: number;
  /** Labels of the contenders that run; undefined: all of the peers'. */
  readonly only?: readonly string[] | undefined;
}

const EVERYTHING = Number.MAX_SAFE_INTEGER;
const PEERS: readonly PeerName[] = ['skein', 'lucene', 'sqlite', 'minisearch', 'flexsearch', 'orama'];

export const ENGINE_STEPS: readonly EngineStep[] = [
  { dataset: 'cities', records: EVERYTHING, peers: PEERS, queries: 2000, checked: 200 },
  { dataset: 'wordnet', records: EVERYTHING, peers: ['skein', 'lucene'], queries: 2000, checked: 50 },
  { dataset: 'mixed', records: EVERYTHING, peers: PEERS, queries: 2000, checked: 100 },
];

const MAIN = [
  'skein: typos',
  'skein: no typos',
  'skein: facets, filter',
  'lucene: prefix',
  'lucene: prefix counted',
];

export const LARGE_STEPS: readonly EngineStep[] = [
  { dataset: 'long', records: 200_000, peers: ['skein', 'lucene'], queries: 1000, checked: 0 },
  {
    dataset: 'small',
    records: 1_000_000,
    peers: ['skein', 'lucene'],
    queries: 1000,
    checked: 0,
    only: [...MAIN, 'lucene: fuzzy', 'lucene: fuzzy counted'],
  },
  { dataset: 'small', records: 10_000_000, peers: ['skein'], queries: 500, checked: 0, only: MAIN },
];

export const HTTP_STEP = {
  dataset: 'small',
  records: 1_000_000,
  queries: 5000,
  connections: [1, 4, 16, 64],
  loopMs: 10_000,
  builderMemoryMib: 512,
  smallIndexes: 5000,
} as const;

/** Of events that lie behind an aggregation. */
export const DOCUMENTS_STEP = { loopMs: 10_000, eventCounts: [1_000, 10_000_000] } as const;

export const QUICK = { records: 2000, queries: 60, checked: 10, loopMs: 300, smallIndexes: 20 } as const;
