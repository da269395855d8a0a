/** Facet counts and numeric statistics of the matching records, over all segments. Rules: `docs/relevance.md`, section 6. */
import type { FacetReader } from '../facets/facet-reader.ts';
import { docIdsOf } from '../kernel/bitset.ts';
import type { FacetResult, FacetValueCount, SearchQuery } from './search-query.ts';
import type { SegmentSearch } from './segment-search.ts';

/** Records to count in one segment. */
export interface CountedDocs {
  readonly search: SegmentSearch;
  /** Bitset. */
  readonly docs: number;
  readonly count: number;
}

export function facetResult(path: string, counted: readonly CountedDocs[], query: SearchQuery): FacetResult {
  const isByCount = query.sortFacetValuesBy === 'count';
  // In one segment only the values that can be shown need be read.
  const shown = counted.length === 1 && isByCount ? query.maxValuesPerFacet : undefined;
  const values = facetCounts(path, counted, shown).sort(isByCount ? byCount : byValue);
  return { path, values: values.slice(0, query.maxValuesPerFacet), stats: numericStats(path, counted) };
}

/**
 * Every value that some counted record has, in no particular order. With `shown`, of one segment, values that so many
 * others exceed in count may be left out.
 */
export function facetCounts(
  path: string,
  counted: readonly CountedDocs[],
  shown?: number,
): FacetValueCount[] {
  if (counted.length === 1) return countsOf(path, counted[0]!, shown);
  const merged = new Map<string, { value: string; count: number }>();
  // Segments come oldest first, so the oldest spelling stays.
  for (const docs of counted) {
    for (const { value, count } of countsOf(path, docs)) {
      const key = value.toLowerCase();
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { value, count });
      else known.count += count;
    }
  }
  return [...merged.values()];
}

function countsOf(path: string, { search, docs, count }: CountedDocs, shown?: number): FacetValueCount[] {
  const facet = search.reader.columns.facet(path);
  if (facet === undefined || count === 0) return [];
  if (count * SPARSE_FACTOR < facet.valueCount) return fewCounts(facet, { search, docs, count });
  const { memory } = search;
  const mark = memory.mark();
  const counts = facet.count(docs, count);
  const values: FacetValueCount[] = [];
  const countMin = shown === undefined ? 1 : nthLargest(counts, shown);
  for (let ordinal = 0; ordinal < counts.length; ordinal++) {
    if (counts[ordinal]! >= countMin) values.push({ value: facet.value(ordinal), count: counts[ordinal]! });
  }
  memory.release(mark);
  return values;
}

/** Looking at a record's values costs about as much as looking at so many counts. */
const SPARSE_FACTOR = 64;

/** As `countsOf`, for records so few that a walk through all values would cost more. */
function fewCounts(facet: FacetReader, { search, docs }: CountedDocs): FacetValueCount[] {
  const counts = new Map<number, number>();
  for (const docId of docIdsOf(search.memory, docs, search.docCount)) {
    const ordinals = facet.ordinalsOf(docId);
    for (let at = 0; at < ordinals.length; at++) {
      counts.set(ordinals[at]!, (counts.get(ordinals[at]!) ?? 0) + 1);
    }
  }
  return Array.from(counts, ([ordinal, count]) => ({ value: facet.value(ordinal), count }));
}

/** The `n`th largest count, at least 1. */
function nthLargest(counts: Uint32Array, n: number): number {
  if (n === 0 || counts.length <= n) return 1;
  // The n largest so far, ascending. Few counts get in, so shifting costs little.
  const largest = new Uint32Array(n);
  for (const count of counts) {
    if (count <= largest[0]!) continue;
    let at = 0;
    for (; at + 1 < n && largest[at + 1]! < count; at++) largest[at] = largest[at + 1]!;
    largest[at] = count;
  }
  return Math.max(1, largest[0]!);
}

function numericStats(path: string, counted: readonly CountedDocs[]): FacetResult['stats'] {
  let sum = 0;
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { search, docs } of counted) {
    const stats = search.reader.columns.numericStats(path, docs);
    if (stats === undefined) continue;
    sum += stats.sum;
    count += stats.count;
    min = Math.min(min, stats.min);
    max = Math.max(max, stats.max);
  }
  return count === 0 ? undefined : { min, max, avg: sum / count, sum };
}

export function byCount(a: FacetValueCount, b: FacetValueCount): number {
  return b.count - a.count || byValue(a, b);
}

function byValue(a: FacetValueCount, b: FacetValueCount): number {
  if (a.value === b.value) return 0;
  return a.value < b.value ? -1 : 1;
}
