/**
 * The ranking formula of one search, made ready for the scoring kernel: which criteria can differ at all, and for those
 * that are known before looking at text, an array of values per segment.
 */
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { PlannedQuery } from './planned-query.ts';
import { CRITERION_KIND } from './score-plan.ts';
import type { RankingCriterion, SearchQuery } from './search-query.ts';
import type { SegmentSearch } from './segment-search.ts';

export type ActiveCriterion = RankingCriterion;

/** Rank of a record that lacks what is ranked by. */
const LAST = 0xffff_ffff;

/** In order; those that are equal for all records of this search are left out, as is a final `custom` (docIds are in that order). */
export function activeCriteria(query: SearchQuery, planned: PlannedQuery): readonly ActiveCriterion[] {
  const hasWords = planned.words.length > 0;
  let ranking = query.ranking;
  if (query.typoTolerance === 'min' || query.typoTolerance === 'strict') {
    ranking = [{ kind: 'typo' }, ...ranking.filter((criterion) => criterion.kind !== 'typo')];
  }
  const active = ranking.filter((criterion) => {
    switch (criterion.kind) {
      case 'geo':
        return query.geo?.around !== undefined;
      case 'filters':
        return hasFilterScores(query);
      case 'custom':
      case 'sort':
        return true;
      default:
        return hasWords;
    }
  });
  while (active.at(-1)?.kind === 'custom') active.pop();
  return active;
}

export function hasFilterScores(query: SearchQuery): boolean {
  return query.optionalFilters.length > 0 || (query.filter !== undefined && hasScore(query.filter));
}

function hasScore(filter: NonNullable<SearchQuery['filter']>): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.children.some(hasScore);
    case 'not':
      return hasScore(filter.child);
    default:
      return filter.score > 0;
  }
}

/** Writes the list that the kernel reads, in scratch: kind and, for arrays, address. */
export function writeCriteria(
  search: SegmentSearch,
  criteria: readonly ActiveCriterion[],
  query: SearchQuery,
): number {
  const { memory } = search;
  const arrays = criteria.map((criterion) => arrayOf(search, criterion, query));
  const at = memory.allocate(Math.max(1, criteria.length) * 8);
  for (const [ordinal, criterion] of criteria.entries()) {
    memory.u32[(at >>> 2) + ordinal * 2] = kindOf(criterion);
    memory.u32[(at >>> 2) + ordinal * 2 + 1] = arrays[ordinal]!;
  }
  return at;
}

function kindOf(criterion: ActiveCriterion): number {
  switch (criterion.kind) {
    case 'geo':
    case 'filters':
    case 'custom':
    case 'sort':
      return CRITERION_KIND.array;
    default:
      return CRITERION_KIND[criterion.kind];
  }
}

/** Address of a u32 array docId → value, smaller is better; 0 for criteria that are found in the text. */
function arrayOf(search: SegmentSearch, criterion: ActiveCriterion, query: SearchQuery): number {
  const { memory, docCount, reader, docs } = search;
  switch (criterion.kind) {
    case 'geo': {
      const at = memory.allocate(docCount * 4);
      const { geo } = query;
      if (geo?.around !== undefined) reader.columns.geoBuckets({ ...geo, around: geo.around }, docs, at);
      return at;
    }
    case 'filters': {
      const at = filterScoresAt(memory, reader, query);
      const values = memory.u32.subarray(at >>> 2, (at >>> 2) + docCount);
      for (let docId = 0; docId < docCount; docId++) values[docId] = LAST - values[docId]!;
      return at;
    }
    case 'custom': {
      const at = memory.allocate(docCount * 4);
      memory.u32.set(reader.columns.customRanks(), at >>> 2);
      return at;
    }
    case 'sort': {
      const ranks = reader.columns.sortRanks(criterion.path, criterion.direction);
      if (ranks !== undefined) return ranks;
      const at = memory.allocate(docCount * 4);
      memory.u32.fill(LAST, at >>> 2, (at >>> 2) + docCount);
      return at;
    }
    default:
      return 0;
  }
}

/** Address of a u32 array docId → score of the filters, larger is better. */
export function filterScoresAt(memory: SegmentMemory, reader: SegmentReader, query: SearchQuery): number {
  const at = memory.allocate(reader.docCount * 4);
  memory.u8.fill(0, at, at + reader.docCount * 4);
  const options = { sumOrFiltersScores: query.sumOrFiltersScores };
  if (query.optionalFilters.length > 0) reader.columns.optionalScores(query.optionalFilters, options, at);
  if (query.filter !== undefined && hasScore(query.filter)) {
    reader.columns.filterScores(query.filter, options, at);
  }
  return at;
}
