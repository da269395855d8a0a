/** Facet counts and numbers over a list of records, by `docs/relevance.md` §6. Part of the plain engine. */
import type { JsonObject } from '@skein/base';
import type { FacetResult, FacetValueCount } from '../query/search-query.ts';
import { facetKey, facetValues, numericValues } from './plain-filter.ts';

/** Every value of `path` in `counted`, spelled as the first of `all` that holds it spells it, most frequent first. */
export function countValues(
  path: string,
  counted: readonly JsonObject[],
  all: readonly JsonObject[],
): FacetValueCount[] {
  const counts = new Map<string, number>();
  for (const record of counted) {
    for (const value of facetValues(record, path))
      counts.set(facetKey(value), (counts.get(facetKey(value)) ?? 0) + 1);
  }
  const spelling = new Map<string, string>();
  for (const record of all) {
    for (const value of facetValues(record, path)) {
      if (!spelling.has(facetKey(value))) spelling.set(facetKey(value), value);
    }
  }
  return [...counts].map(([key, count]) => ({ value: spelling.get(key)!, count })).sort(byCount);
}

export function facetResult(
  path: string,
  counted: readonly JsonObject[],
  all: readonly JsonObject[],
  options: { readonly maxValues: number; readonly sortBy: 'count' | 'alpha' },
): FacetResult {
  const values = countValues(path, counted, all);
  if (options.sortBy === 'alpha') values.sort((a, b) => compareTexts(a.value, b.value));
  return { path, values: values.slice(0, options.maxValues), stats: numericStats(path, counted) };
}

/** By UTF-16 units, as `<` compares. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function byCount(a: FacetValueCount, b: FacetValueCount): number {
  return b.count - a.count || compareTexts(a.value, b.value);
}

function numericStats(path: string, records: readonly JsonObject[]): FacetResult['stats'] {
  const numbers = records.flatMap((record) => numericValues(record, path));
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, number) => total + number, 0);
  return { min: Math.min(...numbers), max: Math.max(...numbers), avg: sum / numbers.length, sum };
}
