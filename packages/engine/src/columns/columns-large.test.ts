/** The ways that only larger segments take: bitsets of values, counting by value, scans of wide ranges, every width of ordinals. */
import type { JsonObject } from '@skein/base';
import { expect, test } from 'vitest';
import { addDoc, countDocs, docIdsOf } from '../kernel/bitset.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from '../schema.ts';
import { loadSections } from '../testing/load-sections.ts';
import { facetValues, matchesFilter, numericValues } from '../testing/plain-filter.ts';
import { ColumnsBuilder } from './columns-builder.ts';
import { ColumnsReader } from './columns-reader.ts';

const DOC_COUNT = 70_001;
const FACETS = ['half', 'few', 'some', 'many', 'unique', 'list', 'rare'];
const schema: IndexSchema = {
  ...DEFAULT_SCHEMA,
  facets: FACETS.map((path) => ({ path, searchable: false, filterOnly: false, afterDistinct: false })),
};

const random = pseudoRandom(7);
const records: readonly JsonObject[] = Array.from({ length: DOC_COUNT }, (_, at) => ({
  half: at % 2 === 0,
  few: `f${Math.floor(random() ** 3 * 5)}`,
  some: `s${Math.floor(random() ** 2 * 200)}`,
  many: `m${Math.floor(random() * 3000)}`,
  unique: `u${at}`,
  list: Array.from({ length: Math.floor(random() * 4) }, () => `l${Math.floor(random() * 400)}`),
  ...(random() < 0.001 ? { rare: 'yes' } : {}),
  price: Math.floor(random() * 1000),
  ...(random() < 0.1 ? { discounts: [Math.floor(random() * 50), 7] } : {}),
}));
const reader = open();

test.each([0, 0.001, 0.1, 0.9, 1])(
  'facet counts over a random share of %s of the docs equal a scan',
  (share) => {
    const { memory } = reader;
    const mark = memory.mark();
    const bitset = memory.allocateBitset(DOC_COUNT);
    const docIds: number[] = [];
    for (let docId = 0; docId < DOC_COUNT; docId++) {
      if (random() >= share) continue;
      addDoc(memory, bitset, docId);
      docIds.push(docId);
    }
    for (const path of FACETS) {
      const expected = new Map<string, number>();
      for (const docId of docIds) {
        for (const value of facetValues(records[docId]!, path))
          expected.set(value, (expected.get(value) ?? 0) + 1);
      }
      const facet = reader.facet(path)!;
      const counts = facet.count(bitset, countDocs(memory, bitset, DOC_COUNT));
      const counted = new Map<string, number>();
      for (const [ordinal, count] of counts.entries())
        if (count > 0) counted.set(facet.value(ordinal), count);
      expect(counted).toEqual(expected);
    }
    memory.release(mark);
  },
);

test('values of every frequency find their docs', () => {
  const asked = {
    half: 'true',
    few: 'F0',
    some: 's0',
    many: 'm17',
    unique: 'u69999',
    list: 'l3',
    rare: 'none',
  };
  for (const [path, value] of Object.entries({ ...asked, rare: 'yes' })) {
    expectMatches({ kind: 'facet', path, value, score: 0 });
  }
  expectMatches({ kind: 'facet', path: 'few', value: 'f4', score: 0 });
  expectMatches({ kind: 'facet', path: 'rare', value: asked.rare, score: 0 });
});

test('numeric ranges of every width find their docs', () => {
  for (const path of ['price', 'discounts']) {
    for (const [from, to] of [
      [1, 998],
      [10, 20],
      [-5, 400],
      [500, 400],
    ] as const) {
      expectMatches({ kind: 'range', path, from, to, score: 0 });
    }
    for (const operator of ['<', '<=', '=', '!=', '>', '>='] as const) {
      expectMatches({ kind: 'compare', path, operator, value: 7, score: 0 });
    }
  }
});

test('statistics equal a scan', () => {
  const { memory } = reader;
  const bitset = memory.allocateBitset(DOC_COUNT);
  for (let docId = 0; docId < DOC_COUNT; docId += 3) addDoc(memory, bitset, docId);
  for (const path of ['price', 'discounts']) {
    const numbers = records.flatMap((record, docId) => (docId % 3 === 0 ? numericValues(record, path) : []));
    expect(reader.numericStats(path, bitset)).toEqual({
      min: numbers.reduce((a, b) => Math.min(a, b)),
      max: numbers.reduce((a, b) => Math.max(a, b)),
      sum: numbers.reduce((a, b) => a + b),
      count: numbers.length,
    });
  }
});

function expectMatches(filter: Parameters<typeof matchesFilter>[2]): void {
  const { memory } = reader;
  const mark = memory.mark();
  const found = docIdsOf(memory, reader.evaluate(filter), DOC_COUNT);
  const expected = records.flatMap((record, docId) =>
    matchesFilter(record, String(docId), filter, schema) ? [docId] : [],
  );
  expect(found.length).toBe(expected.length);
  expect(found.every((docId, at) => docId === expected[at])).toBe(true);
  memory.release(mark);
}

function open(): ColumnsReader {
  const builder = new ColumnsBuilder(schema);
  for (const [at, record] of records.entries()) builder.addRecord(record, String(at));
  const sections = builder.finish(Uint32Array.from(records, (_, at) => at));
  const { memory, sectionAt } = loadSections(sections);
  return new ColumnsReader({
    memory,
    sectionAt: (name) => (sections.some((section) => section.name === name) ? sectionAt(name) : undefined),
    docCount: records.length,
    schema,
    findObjectID: () => -1,
  });
}

/** Numbers in [0, 1), the same at every run. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
