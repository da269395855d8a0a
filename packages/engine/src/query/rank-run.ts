/**
 * The ranking half of a search: the best records over all segments, in order.
 *
 * Each segment gives its best `count` records; equal ones are told apart across segments by their values, since ranks and
 * docIds mean something inside one segment only.
 */

import type { ColumnsReader } from '../columns/columns-reader.ts';
import { compareSortValues } from '../columns/sort-value.ts';
import { bitsetBytes } from '../kernel/segment-memory.ts';
import { type ActiveCriterion, activeCriteria, writeCriteria } from './criteria.ts';
import type { MatchRun } from './match-run.ts';
import type { ScorePlan } from './score-plan.ts';
import type { RankingCriterion, SearchQuery } from './search-query.ts';
import type { PassBound, PassBounds, SegmentSearch } from './segment-search.ts';

export interface RankedRecord {
  readonly search: SegmentSearch;
  readonly docId: number;
  /** From `valuesAt` on, one number per active criterion; all records of a segment share the array. */
  readonly values: Uint32Array;
  readonly valuesAt: number;
}

/** The best records in order, at most `count`; while distinct is on, at most so many of each group. */
export function rankRecords(
  run: MatchRun,
  query: SearchQuery,
  options: { readonly count: number; readonly groupLimit: number },
): readonly RankedRecord[] {
  if (options.count === 0 || run.count === 0) return [];
  const criteria = activeCriteria(query, run.planned);
  const bySegment = run.searches
    .filter((search) => search.count > 0)
    .map((search) => rankSegment(run, search, criteria, query, options));
  if (bySegment.length === 1) return bySegment[0]!;
  return mergeRanked(bySegment, criteria, options);
}

/** What each segment found, in order → the best of all. Costs a few comparisons per record taken, however many there are. */
function mergeRanked(
  bySegment: readonly (readonly RankedRecord[])[],
  criteria: readonly ActiveCriterion[],
  { count, groupLimit }: { readonly count: number; readonly groupLimit: number },
): readonly RankedRecord[] {
  /** Sorted by what each offers next, the best last. */
  const queues: { readonly records: readonly RankedRecord[]; next: number }[] = [];
  const offer = (queue: (typeof queues)[number]): void => {
    const record = queue.records[queue.next];
    if (record === undefined) return;
    let at = queues.length;
    while (at > 0) {
      const other = queues[at - 1]!;
      if (compareRecords(record, other.records[other.next]!, criteria) < 0) break;
      queues[at] = other;
      at--;
    }
    queues[at] = queue;
  };
  for (const records of bySegment) offer({ records, next: 0 });
  const isKept = groupGate(groupLimit);
  const best: RankedRecord[] = [];
  while (best.length < count) {
    const queue = queues.pop();
    if (queue === undefined) break;
    const record = queue.records[queue.next++]!;
    if (isKept(record)) best.push(record);
    offer(queue);
  }
  return best;
}

/** The best `groupLimit` of each group, in order; 0: all. */
export function keepGroups(
  ranked: readonly RankedRecord[],
  { groupLimit }: { readonly groupLimit: number },
): readonly RankedRecord[] {
  return groupLimit === 0 ? ranked : ranked.filter(groupGate(groupLimit));
}

/** Asked about records from the best on: whether fewer than `groupLimit` of the record's group came before; 0: all are kept. */
function groupGate(groupLimit: number): (record: RankedRecord) => boolean {
  const seen = new Map<string, number>();
  return ({ search, docId }) => {
    if (groupLimit === 0) return true;
    const group = search.reader.columns.distinctValue(docId);
    if (group === undefined) return true;
    const count = (seen.get(group) ?? 0) + 1;
    seen.set(group, count);
    return count <= groupLimit;
  };
}

/** The best records of a segment, in order. */
function rankSegment(
  run: MatchRun,
  search: SegmentSearch,
  criteria: readonly ActiveCriterion[],
  query: SearchQuery,
  options: { readonly count: number; readonly groupLimit: number },
): readonly RankedRecord[] {
  const { memory, docCount } = search;
  const plan = scoringPlan(run, search, query);
  const mark = memory.mark();
  const sizeMax = Math.min(options.count, search.count);
  const stride = criteria.length + 2;
  const heap = memory.allocate(sizeMax * stride * 4);
  const bound = memory.allocate(stride * 4);
  plan.set('criteria', writeCriteria(search, criteria, query));
  plan.set('criteriaCount', criteria.length);
  plan.set('heap', heap);
  plan.set('heapSizeMax', sizeMax);
  plan.set('heapSize', 0);
  plan.set('scored', 0);
  plan.set('bound', bound);
  plan.set('groups', options.groupLimit > 0 ? search.reader.groupsAt : 0);
  plan.set('groupLimit', options.groupLimit);
  const masks = memory.allocate(MASK_COUNT_MAX * 8);
  const canEnter = (lowest: PassBound): boolean => {
    if (plan.get('heapSize') < sizeMax) return true;
    for (const [at, criterion] of criteria.entries()) {
      const difference = memory.u32[(heap >>> 2) + at]! - boundOf(criterion, lowest, run, query);
      if (difference !== 0) return difference > 0;
    }
    return true;
  };
  for (const pass of search.passes({ ...passBounds(criteria, run, query), canEnter })) {
    for (const [at, criterion] of criteria.entries()) {
      memory.u32[(bound >>> 2) + at] = boundOf(criterion, pass, run, query);
    }
    for (const [at, [docs, side]] of pass.masks.entries()) {
      memory.u32[(masks >>> 2) + at * 2] = docs;
      memory.u32[(masks >>> 2) + at * 2 + 1] = side === 'out' ? 1 : 0;
    }
    memory.kernel.scoreBitset(plan.at, search.docs, masks, pass.masks.length, bitsetBytes(docCount));
  }
  memory.kernel.scoreSort(plan.at);
  const size = plan.get('heapSize');
  const values = memory.u32.slice(heap >>> 2, (heap >>> 2) + size * stride);
  memory.release(mark);
  const ranked: RankedRecord[] = [];
  for (let valuesAt = 0; valuesAt < values.length; valuesAt += stride) {
    ranked.push({ search, docId: values[valuesAt + criteria.length]!, values, valuesAt });
  }
  return ranked;
}

/** The plan with what the query says of scoring. */
export function scoringPlan(run: MatchRun, search: SegmentSearch, query: SearchQuery): ScorePlan {
  const plan = search.plan(run.fields);
  const kinds = query.ranking.map((criterion) => criterion.kind);
  const attribute = kinds.indexOf('attribute');
  const proximity = kinds.indexOf('proximity');
  const attributeFirst = attribute !== -1 && (proximity === -1 || attribute < proximity);
  plan.set('attributeOfProximity', attributeFirst && !query.attributeCriteriaComputedByMinProximity ? 0 : 1);
  plan.set('minProximity', query.minProximity);
  plan.set('exactMode', exactMode(run, query));
  return plan;
}

const EXACT_WORD_LENGTH_MIN = 3;

function exactMode(run: MatchRun, query: SearchQuery): number {
  if (query.exactOnSingleWordQuery === 'attribute') return 0;
  if (query.exactOnSingleWordQuery === 'none') return 3;
  return Array.from(run.planned.words[0]?.term ?? '').length >= EXACT_WORD_LENGTH_MIN ? 1 : 2;
}

/** Two of typos, two of the attribute, one of exactness. */
const MASK_COUNT_MAX = 5;

function passBounds(
  criteria: readonly ActiveCriterion[],
  run: MatchRun,
  query: SearchQuery,
): Omit<PassBounds, 'canEnter'> {
  const kinds = criteria.map((criterion) => criterion.kind);
  const attribute = kinds.indexOf('attribute');
  const exact = kinds.indexOf('exact');
  const isSingle = run.planned.words.length === 1;
  let exactness: PassBounds['exact'] = 'words';
  if (exact === -1 || (isSingle && query.exactOnSingleWordQuery === 'none')) exactness = 'none';
  else if (isSingle && query.exactOnSingleWordQuery === 'attribute') exactness = 'wholeAttribute';
  return {
    attribute: attribute === -1 ? 'none' : decidingWord(kinds, query),
    exact: exactness,
    exactFirst: exact !== -1 && exact < attribute,
  };
}

/**
 * With the smallest proximity all words follow each other, so the attribute's occurrence is the first word's. That holds for the
 * bound only while proximity comes before and neighbours are told from words farther apart.
 */
function decidingWord(
  kinds: readonly RankingCriterion['kind'][],
  query: SearchQuery,
): PassBounds['attribute'] {
  const proximity = kinds.indexOf('proximity');
  const byProximity = proximity !== -1 && proximity < kinds.indexOf('attribute');
  return byProximity && query.minProximity === 1 ? 'firstWord' : 'anyWord';
}

/** What no record of the pass is below. */
function boundOf(criterion: ActiveCriterion, pass: PassBound, run: MatchRun, query: SearchQuery): number {
  const wordCount = run.planned.words.length;
  switch (criterion.kind) {
    case 'typo':
      return pass.typos;
    case 'proximity':
      return run.planned.anyOptional ? 0 : (wordCount - 1) * query.minProximity;
    case 'attribute':
      return pass.attribute;
    case 'exact':
      return pass.exact;
    default:
      return 0;
  }
}

function compareRecords(a: RankedRecord, b: RankedRecord, criteria: readonly ActiveCriterion[]): number {
  const sameSegment = a.search === b.search;
  const columnsA = a.search.reader.columns;
  const columnsB = b.search.reader.columns;
  for (let at = 0; at < criteria.length; at++) {
    const criterion = criteria[at]!;
    const difference =
      sameSegment || (criterion.kind !== 'sort' && criterion.kind !== 'custom')
        ? a.values[a.valuesAt + at]! - b.values[b.valuesAt + at]!
        : compareAcross(criterion, columnsA, a.docId, columnsB, b.docId);
    if (difference !== 0) return difference;
  }
  if (sameSegment) return a.docId - b.docId;
  const custom = columnsA.compareCustom(a.docId, columnsB, b.docId);
  if (custom !== 0) return custom;
  return a.search.reader.objectIDs.objectID(a.docId) > b.search.reader.objectIDs.objectID(b.docId) ? -1 : 1;
}

function compareAcross(
  criterion: ActiveCriterion,
  columnsA: ColumnsReader,
  docA: number,
  columnsB: ColumnsReader,
  docB: number,
): number {
  if (criterion.kind !== 'sort') return columnsA.compareCustom(docA, columnsB, docB);
  const { path, direction } = criterion;
  return compareSortValues(columnsA.sortValue(path, docA), columnsB.sortValue(path, docB), direction);
}
