/** Who runs which list of queries, and in which group: a group's processes live at the same time and take turns. */
import type { QuerySet } from './queries.ts';

export interface Contender {
  readonly peer: PeerName;
  readonly variant: string;
  readonly sets: readonly QuerySet['name'][];
}

export type PeerName = 'skein' | 'lucene' | 'sqlite' | 'minisearch' | 'flexsearch' | 'orama';

const TYPED = ['full', 'keystrokes'] as const;

export const CONTENDERS: readonly Contender[] = [
  { peer: 'skein', variant: 'typos', sets: ['full', 'keystrokes', 'typo'] },
  { peer: 'skein', variant: 'no typos', sets: TYPED },
  { peer: 'lucene', variant: 'prefix', sets: TYPED },
  { peer: 'lucene', variant: 'prefix counted', sets: TYPED },
  { peer: 'lucene', variant: 'fuzzy', sets: ['full', 'keystrokes', 'typo'] },
  { peer: 'lucene', variant: 'fuzzy counted', sets: ['typo'] },
  { peer: 'skein', variant: 'highlights', sets: TYPED },
  { peer: 'skein', variant: 'facets', sets: TYPED },
  { peer: 'skein', variant: 'facets, filter', sets: TYPED },
  { peer: 'skein', variant: 'facets, filter, highlights', sets: TYPED },
  { peer: 'sqlite', variant: 'rowid', sets: TYPED },
  { peer: 'sqlite', variant: 'counted', sets: TYPED },
  { peer: 'sqlite', variant: 'bm25', sets: TYPED },
  { peer: 'minisearch', variant: 'prefix', sets: TYPED },
  { peer: 'minisearch', variant: 'typos', sets: ['typo'] },
  { peer: 'flexsearch', variant: 'forward', sets: TYPED },
  { peer: 'orama', variant: 'prefix', sets: TYPED },
  { peer: 'orama', variant: 'typos', sets: ['typo'] },
];

/** Skein and Lucene take turns, so that the machine's other work hits both; the rest come one after the other. */
export const GROUPS: readonly (readonly PeerName[])[] = [
  ['skein', 'lucene'],
  ['sqlite'],
  ['minisearch'],
  ['flexsearch'],
  ['orama'],
];

/** What the ratios of a list are taken against: Lucene's fastest way to answer it. */
export function baseOf(set: QuerySet['name']): string {
  return set === 'typo' ? 'lucene: fuzzy' : 'lucene: prefix';
}

export function labelOf(contender: Contender): string {
  return `${contender.peer}: ${contender.variant}`;
}
