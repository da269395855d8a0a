/**
 * The engine proper against the plain engine, on random schemas, records and searches: records spread over one and several
 * segments, replaced and deleted in between, before and after merges, and when the schema comes after the records.
 *
 * RUNS=100000 makes a night of it.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSearchQuery } from './query/default-query.ts';
import { rebuildIndex } from './rebuild.ts';
import { DEFAULT_SCHEMA } from './schema.ts';
import { arbitrarySteps, type IndexStep, objectIDOf, SCHEMA, SEARCH_QUERY } from './testing/arbitraries.ts';
import { arbitraryText, CUT_WORD } from './testing/arbitrary-texts.ts';
import { PlainUnderTest } from './testing/engine-under-test.ts';
import { expectSameSearch } from './testing/expect-same.ts';
import { MemoryDirectory } from './testing/memory-directory.ts';
import { Reached, SEARCH_SITUATIONS } from './testing/reached.ts';
import { SegmentedIndex } from './testing/segmented-index.ts';

const numRuns = Number(process.env['RUNS'] ?? 150);
/** Enough for any number of runs on a busy machine. */
const timeout = 60_000 + 500 * numRuns;
const QUERIES = fc.array(SEARCH_QUERY, { minLength: 1, maxLength: 8, size: 'max' });

function take(steps: readonly IndexStep[], plain: PlainUnderTest, index: SegmentedIndex): void {
  for (const step of steps) {
    switch (step.kind) {
      case 'put':
        plain.put(objectIDOf(step.record), step.record);
        index.put(objectIDOf(step.record), step.record);
        break;
      case 'delete':
        plain.delete(step.objectID);
        index.delete(step.objectID);
        break;
      case 'publish':
        index.publish();
        break;
      case 'merge':
        index.merge();
        break;
    }
  }
}

test('searches answer as the plain engine does, in any segments, before and after a merge', {
  timeout,
}, () => {
  const reached = new Reached();
  fc.assert(
    fc.property(SCHEMA, arbitrarySteps(60), QUERIES, (schema, steps, queries) => {
      const plain = new PlainUnderTest(schema);
      const index = new SegmentedIndex(schema);
      take(steps, plain, index);
      reached.saw('several segments', index.view.manifest.segments.length > 1);
      reached.saw(
        'deleted records',
        index.view.manifest.segments.some((segment) => segment.deletedCount > 0),
      );
      expect(index.view.recordCount).toBe(plain.engine.recordCount);
      for (const query of queries) {
        expectSameSearch(plain, index, query);
        reached.sawSearch(query, plain.engine.search(query));
      }
      index.merge();
      reached.saw('a merge', index.writer.changed);
      for (const query of queries) expectSameSearch(plain, index, query);
    }),
    { numRuns },
  );
  reached.expectAll([...SEARCH_SITUATIONS, 'several segments', 'deleted records', 'a merge']);
});

test('records first or schema first makes no difference', { timeout }, () => {
  fc.assert(
    fc.property(SCHEMA, SCHEMA, arbitrarySteps(30), QUERIES, (before, after, steps, queries) => {
      const plain = new PlainUnderTest(after);
      const index = new SegmentedIndex(before);
      take(steps, plain, index);
      index.publish();
      const target = new MemoryDirectory();
      rebuildIndex(index.directory, target, { schema: after, meta: {} });
      const rebuilt = new SegmentedIndex(after, target);
      for (const query of queries) expectSameSearch(plain, rebuilt, query);
    }),
    { numRuns: Math.ceil(numRuns / 3) },
  );
});

test('words written together and apart are found as the plain engine finds them', { timeout }, () => {
  const reached = new Reached();
  const text = fc
    .array(CUT_WORD, { minLength: 1, maxLength: 3, size: 'max' })
    .map((words) => words.join(' '));
  const step: fc.Arbitrary<IndexStep> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({ objectID: fc.nat({ max: 9 }).map(String), title: text })
        .map((record): IndexStep => ({ kind: 'put', record })),
    },
    { weight: 1, arbitrary: fc.constant<IndexStep>({ kind: 'publish' }) },
    {
      weight: 2,
      arbitrary: fc.nat({ max: 9 }).map((id): IndexStep => ({ kind: 'delete', objectID: String(id) })),
    },
  );
  const steps = fc.array(step, { minLength: 1, maxLength: 25, size: 'max' });
  const queries = fc.array(fc.oneof(CUT_WORD, text), { minLength: 1, maxLength: 8, size: 'max' });
  fc.assert(
    fc.property(steps, queries, SEARCH_QUERY, (taken, typed, settings) => {
      const plain = new PlainUnderTest(DEFAULT_SCHEMA);
      const index = new SegmentedIndex(DEFAULT_SCHEMA);
      take(taken, plain, index);
      for (const each of typed) {
        const { optionalWords, minProximity } = settings;
        const query = { ...defaultSearchQuery(each), optionalWords, minProximity };
        expectSameSearch(plain, index, query);
        reached.sawSearch(query, plain.engine.search(query));
      }
    }),
    { numRuns },
  );
  reached.expectAll(['a split', 'a concatenation', 'a typo in a hit', 'several hits of several words']);
});

test('matching and browse name every matching record, browse in index order whatever the page', {
  timeout,
}, () => {
  fc.assert(
    fc.property(
      SCHEMA,
      arbitrarySteps(40),
      SEARCH_QUERY,
      fc.integer({ min: 1, max: 7 }),
      (schema, steps, query, count) => {
        const plain = new PlainUnderTest(schema);
        const index = new SegmentedIndex(schema);
        take(steps, plain, index);
        const { matching } = plain.engine.search(query);
        expect([...index.view.matching(query)].sort()).toEqual([...matching].sort());
        const browsed: string[] = [];
        let cursor: string | undefined;
        do {
          const page = index.view.browse(query, cursor, count);
          expect(page.hitCount).toBe(matching.length);
          browsed.push(...page.records.map((json) => (JSON.parse(json) as { objectID: string }).objectID));
          cursor = page.cursor;
        } while (cursor !== undefined);
        expect(browsed).toEqual(matching);
      },
    ),
    { numRuns: Math.ceil(numRuns / 3) },
  );
});

test('facet values are found as the plain engine finds them', { timeout }, () => {
  fc.assert(
    fc.property(SCHEMA, arbitrarySteps(40), SEARCH_QUERY, arbitraryText(2), (schema, steps, search, text) => {
      const plain = new PlainUnderTest(schema);
      const index = new SegmentedIndex(schema);
      take(steps, plain, index);
      const lower = (values: readonly { value: string; count: number }[]) =>
        values.map(({ value, count }) => `${value.toLowerCase()} ${count}`).sort();
      for (const { path } of schema.facets) {
        const query = { path, text, valueCountMax: 100, search, preTag: '<em>', postTag: '</em>' };
        expect(lower(index.searchFacetValues(query))).toEqual(lower(plain.searchFacetValues(query)));
      }
    }),
    { numRuns: Math.ceil(numRuns / 3) },
  );
});

test('records are returned as they were saved', { timeout }, () => {
  fc.assert(
    fc.property(SCHEMA, arbitrarySteps(40), (schema, steps) => {
      const plain = new PlainUnderTest(schema);
      const index = new SegmentedIndex(schema);
      take(steps, plain, index);
      const { hits } = index.view.search({ ...defaultSearchQuery(), length: 1000 });
      expect(hits).toHaveLength(plain.engine.recordCount);
      for (const { recordJson } of hits) {
        const record = JSON.parse(recordJson) as { objectID: string };
        expect(record).toEqual(plain.engine.get(record.objectID));
        expect(index.view.get(record.objectID)).toBe(recordJson);
        expect(index.writer.get(record.objectID)).toBe(recordJson);
      }
    }),
    { numRuns: Math.ceil(numRuns / 3) },
  );
});
