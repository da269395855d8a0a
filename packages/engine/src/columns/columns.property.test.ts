import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FilterNode } from '../filters/filter-node.ts';
import { addDoc, countDocs, docIdsOf } from '../kernel/bitset.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from '../schema.ts';
import { COLUMN_FILTER, COLUMN_RECORD, COLUMN_SCHEMA } from '../testing/column-arbitraries.ts';
import { loadSections } from '../testing/load-sections.ts';
import {
  distinctValueOf,
  facetKey,
  facetValues,
  filterScore,
  matchesFilter,
  numericValues,
  sortValueOf,
} from '../testing/plain-filter.ts';
import { createFold } from '../text/normalise.ts';
import { ColumnsBuilder } from './columns-builder.ts';
import { ColumnsReader } from './columns-reader.ts';
import { compareSortValues } from './sort-value.ts';

/** By night more. */
const runs = Number(process.env['RUNS'] ?? 100);
const records = fc.array(COLUMN_RECORD, { minLength: 1, maxLength: 30 });

interface Columns {
  readonly reader: ColumnsReader;
  readonly sections: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** In docId order. */
  readonly records: readonly JsonObject[];
  readonly objectIDs: readonly string[];
}

function columnsOf(
  builder: ColumnsBuilder,
  arrived: readonly JsonObject[],
  ids: readonly string[],
  schema: IndexSchema,
): Columns {
  const order = builder.order();
  const sections = builder.finish(order);
  const { memory, sectionAt } = loadSections(sections);
  const names = new Set(sections.map((section) => section.name));
  const objectIDs = Array.from(order, (arrival) => ids[arrival]!);
  const reader = new ColumnsReader({
    memory,
    sectionAt: (name) => (names.has(name) ? sectionAt(name) : undefined),
    docCount: order.length,
    schema,
    findObjectID: (objectID) => objectIDs.indexOf(objectID),
  });
  return { reader, sections, records: Array.from(order, (arrival) => arrived[arrival]!), objectIDs };
}

function build(
  arrived: readonly JsonObject[],
  schema: IndexSchema,
  idOf = (at: number) => String(at),
): Columns {
  const builder = new ColumnsBuilder(schema);
  const ids = arrived.map((_, at) => idOf(at));
  for (const [at, record] of arrived.entries()) builder.addRecord(record, ids[at]!);
  return columnsOf(builder, arrived, ids, schema);
}

function docsWhere(columns: Columns, predicate: (record: JsonObject, objectID: string) => boolean): number[] {
  return columns.records.flatMap((record, docId) =>
    predicate(record, columns.objectIDs[docId]!) ? [docId] : [],
  );
}

function bitsetOf(reader: ColumnsReader, docIds: readonly number[]): number {
  const at = reader.memory.allocateBitset(reader.docCount);
  for (const docId of docIds) addDoc(reader.memory, at, docId);
  return at;
}

test('a filter matches exactly the records that match it one by one', () => {
  let matching = 0;
  fc.assert(
    fc.property(
      records,
      COLUMN_SCHEMA,
      fc.array(COLUMN_FILTER, { minLength: 1, maxLength: 10 }),
      (arrived, schema, filters) => {
        const columns = build(arrived, schema);
        const { reader } = columns;
        for (const filter of filters) {
          const mark = reader.memory.mark();
          const found = docIdsOf(reader.memory, reader.evaluate(filter), reader.docCount);
          const expected = docsWhere(columns, (record, id) => matchesFilter(record, id, filter, schema));
          expect([...found]).toEqual(expected);
          matching += found.length;
          reader.memory.release(mark);
        }
      },
    ),
    { numRuns: runs },
  );
  expect(matching).toBeGreaterThan(0);
});

test('scores of filters and optional filters are those of each record by itself', () => {
  let scored = 0;
  const members = fc.record({ filter: COLUMN_FILTER, score: fc.constantFrom(0, 1, 3, 7) });
  const groups = fc.array(fc.array(members, { maxLength: 3 }), { maxLength: 3 });
  fc.assert(
    fc.property(
      records,
      COLUMN_SCHEMA,
      COLUMN_FILTER,
      groups,
      fc.boolean(),
      (arrived, schema, filter, optionalFilters, sumOrFiltersScores) => {
        const { reader, records: ordered, objectIDs } = build(arrived, schema);
        const into = reader.memory.allocate(reader.docCount * 4);
        const scores = new Uint32Array(reader.memory.buffer, into, reader.docCount).fill(0);
        reader.filterScores(filter, { sumOrFiltersScores }, into);
        reader.optionalScores(optionalFilters, { sumOrFiltersScores }, into);
        const query = { filter, optionalFilters, sumOrFiltersScores };
        const expected = ordered.map((record, docId) =>
          filterScore(record, objectIDs[docId]!, query, schema),
        );
        expect([...scores]).toEqual(expected);
        scored += expected.filter((score) => score > 0).length;
      },
    ),
    { numRuns: runs },
  );
  expect(scored).toBeGreaterThan(0);
});

test('facet counts and statistics over any set of docs equal a scan', () => {
  fc.assert(
    fc.property(records, COLUMN_SCHEMA, fc.infiniteStream(fc.boolean()), (arrived, schema, coins) => {
      const columns = build(arrived, schema);
      const { reader } = columns;
      const docIds = docsWhere(columns, () => coins.next().value);
      const bitset = bitsetOf(reader, docIds);
      for (const path of [...schema.facets.map((facet) => facet.path), '_tags']) {
        const spelled = new Map<string, string>();
        for (const record of columns.records) {
          for (const value of facetValues(record, path)) {
            if (!spelled.has(facetKey(value))) spelled.set(facetKey(value), value);
          }
        }
        const counts = new Map<string, number>();
        for (const docId of docIds) {
          for (const value of facetValues(columns.records[docId]!, path)) {
            const shown = spelled.get(facetKey(value))!;
            counts.set(shown, (counts.get(shown) ?? 0) + 1);
          }
        }
        const facet = reader.facet(path);
        expect(facet?.valueCount ?? 0).toBe(spelled.size);
        if (facet === undefined) continue;
        for (const [docId, record] of columns.records.entries()) {
          const keys = facetValues(record, path).map(facetKey).sort();
          expect(facet.ordinalsOf(docId).map((ordinal) => facetKey(facet.value(ordinal)))).toEqual(keys);
        }
        const counted = [...facet.count(bitset, countDocs(reader.memory, bitset, reader.docCount))];
        const shown = counted.map((count, ordinal): [string, number] => [facet.value(ordinal), count]);
        expect(new Map(shown.filter(([, count]) => count > 0))).toEqual(counts);
        for (const [ordinal] of counted.entries()) {
          expect(facet.find(` ${facet.value(ordinal).toUpperCase().toLowerCase()}`)).toBe(ordinal);
        }
      }
      for (const { path } of schema.facets) {
        const numbers = docIds.flatMap((docId) => numericValues(columns.records[docId]!, path));
        const stats = reader.numericStats(path, bitset);
        if (numbers.length === 0) expect(stats).toBe(undefined);
        else {
          expect(stats).toEqual({
            min: Math.min(...numbers) + 0,
            max: Math.max(...numbers) + 0,
            sum: numbers.reduce((sum, number) => sum + number, 0),
            count: numbers.length,
          });
        }
      }
    }),
    { numRuns: runs },
  );
});

test('numbers of a doc are found in any order of asking', () => {
  fc.assert(
    fc.property(records, fc.array(fc.nat(), { maxLength: 20 }), (arrived, asked) => {
      const { reader, records: ordered } = build(arrived, DEFAULT_SCHEMA);
      for (const column of reader.numbers.columns) {
        for (const choice of asked) {
          const docId = choice % ordered.length;
          const found: number[] = [];
          column.forEachValue(docId, (value) => found.push(value));
          expect(found).toEqual(numericValues(ordered[docId]!, column.path).map((value) => value + 0));
        }
      }
    }),
    { numRuns: runs },
  );
});

test('the order is custom ranking, then objectID descending', () => {
  fc.assert(
    fc.property(
      records,
      COLUMN_SCHEMA,
      fc.uniqueArray(fc.string(), { minLength: 30, maxLength: 30 }),
      (arrived, schema, ids) => {
        const { reader, objectIDs, records: ordered } = build(arrived, schema, (at) => ids[at]!);
        const fold = createFold(schema.text);
        const plain = arrived.map((record, at) => ({ record, id: ids[at]! }));
        const tuple = (record: JsonObject) =>
          schema.customRanking.map(({ path }) => sortValueOf(record, path, fold));
        const compareTuples = (a: JsonObject, b: JsonObject) => {
          for (const [at, { direction }] of schema.customRanking.entries()) {
            const order = compareSortValues(tuple(a)[at], tuple(b)[at], direction);
            if (order !== 0) return order;
          }
          return 0;
        };
        plain.sort((a, b) => compareTuples(a.record, b.record) || (a.id > b.id ? -1 : 1));
        expect(objectIDs).toEqual(plain.map((entry) => entry.id));
        const ranks = reader.customRanks();
        for (let docId = 1; docId < ranks.length; docId++) {
          const order = compareTuples(ordered[docId - 1]!, ordered[docId]!);
          expect(ranks[docId]! - ranks[docId - 1]!).toBe(order === 0 ? 0 : 1);
          expect(Math.sign(reader.compareCustom(docId - 1, reader, docId))).toBe(Math.sign(order));
        }
      },
    ),
    { numRuns: runs },
  );
});

test('sort values and ranks agree with the values of the records, in both directions', () => {
  fc.assert(
    fc.property(records, COLUMN_SCHEMA, (arrived, schema) => {
      const { reader, records: ordered } = build(arrived, schema);
      const fold = createFold(schema.text);
      for (const path of schema.sortAttributes) {
        const values = ordered.map((record) => sortValueOf(record, path, fold));
        for (const [docId, value] of values.entries()) {
          expect(reader.sortValue(path, docId)).toBe(value);
        }
        for (const direction of ['asc', 'desc'] as const) {
          const at = reader.sortRanks(path, direction)!;
          const ranks = new Uint32Array(reader.memory.buffer, at, reader.docCount);
          for (const [a, value] of values.entries()) {
            const order = compareSortValues(values[0], value, direction);
            expect(Math.sign(ranks[0]! - ranks[a]!)).toBe(Math.sign(order));
            expect(reader.sorts.column(path)!.rank(a, direction)).toBe(ranks[a]);
          }
        }
      }
    }),
    { numRuns: runs },
  );
});

test('groups are the distinct values; records without one are alone', () => {
  fc.assert(
    fc.property(records, COLUMN_SCHEMA, (arrived, schema) => {
      const { reader, records: ordered } = build(arrived, schema);
      const path = schema.distinctAttribute;
      const names = ordered.map((record) => (path === undefined ? undefined : distinctValueOf(record, path)));
      const groups = new Map<number, string | undefined>();
      for (const [docId, name] of names.entries()) {
        expect(reader.distinctValue(docId)).toBe(name);
        const ordinal = reader.distinctOrdinal(docId);
        if (name === undefined) expect(groups.has(ordinal)).toBe(false);
        else if (groups.has(ordinal)) expect(groups.get(ordinal)).toBe(name);
        groups.set(ordinal, name);
      }
      const named = new Set(names.filter((name) => name !== undefined));
      expect(groups.size).toBe(named.size + names.filter((name) => name === undefined).length);
    }),
    { numRuns: runs },
  );
});

test('segments merged in any interleaving give the bytes of a rebuild, deleted records apart', () => {
  fc.assert(
    fc.property(
      fc.array(records, { minLength: 1, maxLength: 3 }),
      COLUMN_SCHEMA,
      fc.infiniteStream(fc.nat()),
      (groups, schema, choices) => {
        const parts = groups.map((arrived, part) => ({
          ...build(arrived, schema, (at) => `${part}-${at}`),
          next: 0,
        }));
        const merged = new ColumnsBuilder(schema);
        const kept: JsonObject[] = [];
        const ids: string[] = [];
        for (;;) {
          const open = parts.filter((part) => part.next < part.records.length);
          if (open.length === 0) break;
          const part = open[choices.next().value % open.length]!;
          const docId = part.next++;
          if (choices.next().value % 4 === 0) continue;
          merged.addFrom(part.reader, docId, part.objectIDs[docId]!);
          kept.push(part.records[docId]!);
          ids.push(part.objectIDs[docId]!);
        }
        const rebuilt = build(kept, schema, (at) => ids[at]!);
        const after = columnsOf(merged, kept, ids, schema);
        expect(after.objectIDs).toEqual(rebuilt.objectIDs);
        expect(after.sections).toEqual(rebuilt.sections);
      },
    ),
    { numRuns: runs },
  );
});

test('an order may leave records out', () => {
  fc.assert(
    fc.property(records, COLUMN_SCHEMA, (arrived, schema) => {
      const builder = new ColumnsBuilder(schema);
      const some = new ColumnsBuilder(schema);
      const isKept = (_: unknown, at: number) => at % 3 !== 1;
      for (const [at, record] of arrived.entries()) builder.addRecord(record, String(at));
      for (const [at, record] of arrived.entries())
        if (isKept(record, at)) some.addRecord(record, String(at));
      const order = builder.order().filter((arrival) => isKept(undefined, arrival));
      expect(builder.finish(order)).toEqual(some.finish(some.order()));
    }),
    { numRuns: runs },
  );
});

test('of more undeclared numeric attributes than are kept, the first by name stay, merged or not', () => {
  const filterOf = (path: string): FilterNode => ({
    kind: 'compare',
    path,
    operator: '=',
    value: 1,
    score: 0,
  });
  const names = Array.from({ length: 1000 }, (_, at) => `a${(at * 7919) % 1000}`);
  const arrived = names.map((name) => ({ [name]: 1 }));
  const kept = [...names].sort().slice(0, 200);
  const { reader } = build(arrived, DEFAULT_SCHEMA);
  for (const name of names) {
    const found = countDocs(reader.memory, reader.evaluate(filterOf(name)), reader.docCount);
    expect(found).toBe(kept.includes(name) ? 1 : 0);
  }
});

test('any JSON gives columns, however deep and odd, and filters on it never fail', () => {
  const deep = (levels: number): JsonObject =>
    JSON.parse(`{"color":${'['.repeat(levels)}1${']'.repeat(levels)}}`);
  const odd: JsonObject[] = [
    deep(99),
    deep(100),
    deep(50_000),
    JSON.parse(
      '{"__proto__":{"color":"x"},"constructor":5,"color":{"length":1},"":{"":2},"a.b":3,"\\ud800":4}',
    ),
    JSON.parse('{"_geoloc":{"lat":1e999,"lng":-0},"_tags":{"a":"b"},"rank":1e999}'),
  ];
  const anything = fc.dictionary(
    fc.oneof(fc.constantFrom('color', '_tags', '_geoloc', '__proto__'), fc.string()),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      fc.array(anything, { maxLength: 8 }),
      COLUMN_SCHEMA,
      COLUMN_FILTER,
      (some, schema, filter) => {
        const columns = build([...odd, ...(some as JsonObject[])], schema);
        const { reader } = columns;
        const found = docIdsOf(reader.memory, reader.evaluate(filter), reader.docCount);
        expect([...found]).toEqual(
          docsWhere(columns, (record, id) => matchesFilter(record, id, filter, schema)),
        );
      },
    ),
    { numRuns: runs },
  );
});

test('tuples of many distinct values are ordered exactly', () => {
  const count = 70_000;
  const scatter = (at: number, prime: number) => (at * prime) % count;
  const customRanking = (['a', 'b', 'c'] as const).map((path) => ({ path, direction: 'asc' as const }));
  const schema: IndexSchema = { ...DEFAULT_SCHEMA, customRanking };
  const arrived = Array.from({ length: count }, (_, at) => ({
    a: scatter(at, 3),
    b: scatter(at, 7919),
    c: at,
  }));
  const builder = new ColumnsBuilder(schema);
  for (const [at, record] of arrived.entries())
    builder.addRecord({ ...record, a: record.a >> 12 }, String(at));
  const order = builder.order();
  for (let docId = 1; docId < count; docId++)
    expect(builder.compare(order[docId - 1]!, order[docId]!)).toBe(-1);
});
