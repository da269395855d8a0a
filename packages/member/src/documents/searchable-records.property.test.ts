/** Whatever documents hold, the engine takes their records, and gives them back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSequence, type Json, type JsonObject } from '@skein/base';
import { defaultSearchQuery, View } from '@skein/engine';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { DataLayout } from '../data-layout.ts';
import { FileDirectory } from '../file-directory.ts';
import { IndexStore } from '../index-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-records-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
/** As the engine gives them back after a publish, by objectID. */
function kept(records: readonly JsonObject[]): ReadonlyMap<string, string> {
  const store = IndexStore.load(new DataLayout(folder), 'APP', `i${count++}`);
  const at = { sequence: asSequence(1), proposedAtMs: 1 };
  store.batch(
    records.map((body, ordinal) => ({ action: 'updateObject', objectID: String(ordinal), body })),
    at,
  );
  if (!store.dirty) return new Map();
  const view = View.open(new FileDirectory(store.folder), store.publish());
  view.search(defaultSearchQuery('a'));
  return new Map(records.map((_, ordinal) => [String(ordinal), view.get(String(ordinal)) ?? '']));
}

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '',
    '.',
    'a.b',
    '__proto__',
    'constructor',
    'objectID',
    '_geoloc',
    '_tags',
    '_highlightResult',
  ),
);
const value = fc.letrec<{ readonly any: Json; readonly object: JsonObject }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(name, tie('any'), { maxKeys: 5, noNullPrototype: false }) as fc.Arbitrary<JsonObject>,
}));

test('any values under any names', () => {
  fc.assert(
    fc.property(fc.array(value.object, { minLength: 1, maxLength: 6 }), (records) => {
      const found = kept(records);
      for (const [ordinal, record] of records.entries()) {
        const expected = JSON.parse(JSON.stringify({ ...record, objectID: String(ordinal) })) as Json;
        expect(JSON.parse(found.get(String(ordinal)) ?? '')).toEqual(expected);
      }
    }),
  );
});

test('values as deep as documents can be', () => {
  let [array, object]: Json[] = ['deep', 'deep'];
  for (let depth = 0; depth < 1000; depth++) {
    array = [array!];
    object = { a: object! };
  }
  const found = kept([{ array: array! }, { object: object! }]);
  expect(found.get('0')).toContain('[[[["deep"]]]]');
  expect(found.get('1')).toContain('{"a":"deep"}');
});
