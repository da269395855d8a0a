/**
 * The order of records inside a segment: custom ranking, then objectID descending. Custom ranking is reduced to one dense
 * rank per record first, so that sorting compares numbers, and texts only where everything else is equal.
 */
import { assert } from '@skein/base';
import type { SortAttribute } from '../schema.ts';
import type { SortValue } from './sort-value.ts';
import { HAS_FALSE, HAS_TRUE, NO_RANK, placeIn, rankValues, sortedDistinct } from './sorts-builder.ts';

/** Counts of the distinct values of each kind, which is what turning ranks around needs. */
export interface RankCounts {
  readonly numberCount: number;
  readonly textCount: number;
  readonly booleanCount: number;
}

/** The rank in descending order of an ascending one: turned inside each kind; no value stays last. */
export function descendingRank(rank: number, counts: RankCounts): number {
  if (rank === NO_RANK) return NO_RANK;
  if (rank < counts.numberCount) return counts.numberCount - 1 - rank;
  const textEnd = counts.numberCount + counts.textCount;
  if (rank < textEnd) return counts.numberCount + textEnd - 1 - rank;
  return textEnd + textEnd + counts.booleanCount - 1 - rank;
}

export function booleanCount(booleans: number): number {
  return (booleans & HAS_FALSE ? 1 : 0) + (booleans & HAS_TRUE ? 1 : 0);
}

/** Arrivals in order; of equal ones (the same objectID twice) the earlier first. */
export function sortArrivals(
  objectIDs: readonly string[],
  ranking: readonly {
    readonly direction: SortAttribute['direction'];
    readonly values: readonly SortValue[];
  }[],
): Uint32Array {
  const count = objectIDs.length;
  const tupleRanks = combinedRanks(count, ranking);
  const sorted = sortByRank(tupleRanks);
  for (let from = 0; from < count; ) {
    const rank = tupleRanks[sorted[from]!]!;
    let to = from + 1;
    while (to < count && tupleRanks[sorted[to]!] === rank) to++;
    if (to - from > 1) {
      sorted.subarray(from, to).sort((a, b) => compareTextDescending(objectIDs[a]!, objectIDs[b]!) || a - b);
    }
    from = to;
  }
  return sorted;
}

export function compareTextDescending(a: string, b: string): number {
  if (a === b) return 0;
  return a > b ? -1 : 1;
}

/** Per arrival a number below 2^32 that orders the tuples of custom ranking. */
function combinedRanks(
  count: number,
  ranking: readonly {
    readonly direction: SortAttribute['direction'];
    readonly values: readonly SortValue[];
  }[],
): Uint32Array {
  let combined = new Uint32Array(count);
  let combinedCount = 1;
  for (const { direction, values } of ranking) {
    const { numbers, texts, booleans, ranks, rankCount } = rankValues(values);
    const counts = {
      numberCount: numbers.length,
      textCount: texts.length,
      booleanCount: booleanCount(booleans),
    };
    const step = rankCount + 1;
    if (combinedCount * step > 2 ** 53) {
      ({ ranks: combined, rankCount: combinedCount } = denseRanks(Float64Array.from(combined)));
    }
    const keys = new Float64Array(count);
    for (let at = 0; at < count; at++) {
      const rank = direction === 'asc' ? ranks[at]! : descendingRank(ranks[at]!, counts);
      keys[at] = combined[at]! * step + Math.min(rank, rankCount);
    }
    combinedCount *= step;
    assert(combinedCount <= 2 ** 53, 'ranks of a pair of attributes are exact as doubles');
    if (combinedCount <= 2 ** 32) combined = Uint32Array.from(keys);
    else ({ ranks: combined, rankCount: combinedCount } = denseRanks(keys));
  }
  return combined;
}

/** Ranks without gaps, at most as many as there are arrivals. */
function denseRanks(keys: Float64Array): { ranks: Uint32Array<ArrayBuffer>; rankCount: number } {
  const distinct = sortedDistinct(keys.slice());
  return { ranks: Uint32Array.from(keys, (key) => placeIn(distinct, key)), rankCount: distinct.length };
}

/** Arrivals sorted by rank, equal ones in arrival order. */
function sortByRank(ranks: Uint32Array): Uint32Array<ArrayBuffer> {
  const count = ranks.length;
  const keys = new Float64Array(count);
  // Below 2^53 for 2^21 arrivals and any rank; more arrivals have at most 2^27, so ranks are made dense first.
  const isNarrow = count < 2 ** 21;
  const narrowRanks = isNarrow ? ranks : denseRanks(Float64Array.from(ranks)).ranks;
  for (let arrival = 0; arrival < count; arrival++) keys[arrival] = narrowRanks[arrival]! * count + arrival;
  keys.sort();
  return Uint32Array.from(keys, (key) => key % count);
}
