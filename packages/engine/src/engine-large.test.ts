/**
 * The engine against the plain engine on an index large enough for what small ones do without: dense postings, prefix
 * sets, scans that stop early, an automatic radius below the globe, minimum numbers of optional words.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSearchQuery } from './query/default-query.ts';
import type { SearchQuery } from './query/search-query.ts';
import type { IndexSchema } from './schema.ts';
import { RECORD, SCHEMA, SEARCH_QUERY } from './testing/arbitraries.ts';
import { PlainUnderTest } from './testing/engine-under-test.ts';
import { expectSameSearch } from './testing/expect-same.ts';
import { SegmentedIndex } from './testing/segmented-index.ts';

const RECORD_COUNT = 9500;
const QUERY_COUNT = Number(process.env['RUNS'] ?? 15);
const SEED = Number(process.env['SEED'] ?? 7);

const SCHEMA_OF_CASE: IndexSchema = {
  ...fc.sample(SCHEMA, { numRuns: 1, seed: SEED })[0]!,
  searchable: [
    { path: 'title', rank: 0, ordered: true },
    { path: 'text', rank: 1, ordered: true },
    { path: 'brand', rank: 1, ordered: false },
  ],
  distinctAttribute: 'group',
};

/** The larger part in one segment, the rest in a second, some records replaced and some deleted afterwards. */
function filled(): { plain: PlainUnderTest; index: SegmentedIndex } {
  const plain = new PlainUnderTest(SCHEMA_OF_CASE);
  const index = new SegmentedIndex(SCHEMA_OF_CASE);
  const records = fc.sample(RECORD, { numRuns: RECORD_COUNT, seed: SEED });
  for (const [at, generated] of records.entries()) {
    // Every tenth comes twice, every fiftieth goes.
    const objectID = `r${at % 10 === 9 ? at - 9 : at}`;
    const record = { ...generated, objectID };
    plain.put(objectID, record);
    index.put(objectID, record);
    if (at === 8800) index.publish();
    if (at % 50 === 49) {
      plain.delete(`r${at - 4000}`);
      index.delete(`r${at - 4000}`);
    }
  }
  index.publish();
  return { plain, index };
}

const TYPED: readonly Partial<SearchQuery>[] = [
  { text: '' },
  { text: 'n' },
  { text: 'note' },
  { text: 'no bo' },
  { text: 'a' },
  { text: 'notebook', length: 1000 },
  { text: 'air force one' },
  { text: 'red note', distinct: 1, facets: ['color', 'categories', 'price'] },
  { text: 'one two three red note book', optionalWords: 'all' },
  { text: 'note book red air one force nose notes photo web site', optionalWords: 'all' },
  { text: 'phtograph', typoTolerance: 'min' },
  {
    text: 'note',
    geo: {
      around: { lat: 0, lng: 0 },
      radius: 'automatic',
      minimumRadius: undefined,
      precision: [{ from: 0, value: 100_000 }],
      boxes: [],
      polygons: [],
    },
  },
];

test('searches in thousands of records answer as the plain engine does', { timeout: 300_000 }, () => {
  const { plain, index } = filled();
  expect(index.view.manifest.segments.length).toBeGreaterThan(1);
  expect(index.view.recordCount).toBe(plain.engine.recordCount);
  const random = fc.sample(SEARCH_QUERY, { numRuns: QUERY_COUNT, seed: SEED });
  const queries = [...TYPED.map((settings) => ({ ...defaultSearchQuery(), ...settings })), ...random];
  for (const query of queries) expectSameSearch(plain, index, query);
  index.merge();
  expect(index.view.manifest.segments).toHaveLength(1);
  for (const query of queries.slice(0, TYPED.length)) expectSameSearch(plain, index, query);
});
