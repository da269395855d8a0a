/** What must hold of the plain engine itself, whatever the rules say in detail. */
import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { IndexSchema } from '../schema.ts';
import { objectIDOf, RECORD, SCHEMA, SEARCH_QUERY } from './arbitraries.ts';
import { PlainEngine } from './plain-engine.ts';

const CASE = fc.record({
  schema: SCHEMA,
  records: fc.array(RECORD, { minLength: 1, maxLength: 15 }),
  query: SEARCH_QUERY,
});

function engineOf({ schema, records }: { schema: IndexSchema; records: readonly JsonObject[] }): PlainEngine {
  const engine = new PlainEngine(schema);
  for (const record of records) engine.put(objectIDOf(record), record);
  return engine;
}

test('pages joined are the whole list, and counts do not depend on the page', () => {
  fc.assert(
    fc.property(CASE, ({ query, ...content }) => {
      const engine = engineOf(content);
      const whole = engine.search({ ...query, offset: 0, length: 1000 });
      const pages = [0, 3, 6, 9, 12].map((offset) => engine.search({ ...query, offset, length: 3 }));
      expect(pages.flatMap((page) => page.hits.map((hit) => hit.objectID))).toEqual(
        whole.hits.map((hit) => hit.objectID),
      );
      for (const page of pages) expect([page.hitCount, page.facets]).toEqual([whole.hitCount, whole.facets]);
    }),
  );
});

test('the order in which records arrived does not matter', () => {
  fc.assert(
    fc.property(CASE, ({ schema, records, query }) => {
      const latest = [...new Map(records.map((record) => [record['objectID'], record])).values()];
      const forward = engineOf({ schema, records: latest }).search(query);
      const backward = engineOf({ schema, records: latest.reverse() }).search(query);
      expect(backward).toEqual(forward);
    }),
  );
});

test('a query without words matches every record', () => {
  fc.assert(
    fc.property(CASE, ({ query, ...content }) => {
      const engine = engineOf(content);
      const all = engine.search({ ...query, text: ' ', filter: undefined, geo: undefined, distinct: 0 });
      expect(all.hitCount).toBe(engine.recordCount);
    }),
  );
});
