/** Whether the engine proper answered as the plain engine does. */
import { expect } from 'vitest';
import type { FacetResult, SearchQuery } from '../query/search-query.ts';
import type { ComparableResult, EngineUnderTest } from './engine-under-test.ts';
import { compareTexts } from './plain-facets.ts';
import { facetKey } from './plain-filter.ts';

/** Sums of numbers depend on the order in which they are added. */
const RELATIVE_ERROR_MAX = 1e-9;

export function expectSameSearch(plain: EngineUnderTest, engine: EngineUnderTest, query: SearchQuery): void {
  const expected = plain.search(query);
  const found = engine.search(query);
  expect(withoutFacets(found)).toEqual(withoutFacets(expected));
  const complete = plain.search({ ...query, maxValuesPerFacet: Number.MAX_SAFE_INTEGER }).facets;
  expectSameFacets(complete, found.facets, query);
}

function withoutFacets(result: ComparableResult): ComparableResult {
  return { ...result, facets: [] };
}

/**
 * `complete` has every value. Which spelling of a value is reported depends on the segments, and so may the order of values
 * that only their spelling decides; so values are compared by what they stand for.
 */
function expectSameFacets(
  complete: readonly FacetResult[],
  found: readonly FacetResult[],
  query: SearchQuery,
): void {
  const notEmpty = complete.filter((facet) => facet.values.length > 0).map((facet) => facet.path);
  expect(found.filter((facet) => facet.values.length > 0).map((facet) => facet.path)).toEqual(notEmpty);
  for (const { path, values, stats } of found) {
    const expected = complete.find((facet) => facet.path === path);
    const counts = new Map(expected?.values.map(({ value, count }) => [facetKey(value), count]));
    expect(values).toHaveLength(Math.min(counts.size, query.maxValuesPerFacet));
    expect(new Set(values.map(({ value }) => facetKey(value))).size).toBe(values.length);
    for (const { value, count } of values)
      expect([path, value, count]).toEqual([path, value, counts.get(facetKey(value))]);
    const byCount = query.sortFacetValuesBy === 'count';
    const sorted = [...values].sort(
      (a, b) => (byCount ? b.count - a.count : 0) || compareTexts(a.value, b.value),
    );
    expect(values).toEqual(sorted);
    if (byCount) {
      const highest = [...counts.values()].sort((a, b) => b - a).slice(0, values.length);
      expect(values.map(({ count }) => count)).toEqual(highest);
    }
    expectSameStats(expected?.stats, stats);
  }
}

function expectSameStats(expected: FacetResult['stats'], found: FacetResult['stats']): void {
  if (expected === undefined || found === undefined) {
    expect(found).toEqual(expected);
    return;
  }
  expect([found.min, found.max]).toEqual([expected.min + 0, expected.max + 0]);
  for (const key of ['avg', 'sum'] as const) {
    const error = Math.abs(found[key] - expected[key]);
    expect(error).toBeLessThanOrEqual(RELATIVE_ERROR_MAX * Math.max(1, Math.abs(expected[key])));
  }
}
