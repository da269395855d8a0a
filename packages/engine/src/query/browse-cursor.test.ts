import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SortValue } from '../columns/sort-value.ts';
import { readManifest } from '../manifest/manifest.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from '../schema.ts';
import { MemoryDirectory } from '../testing/memory-directory.ts';
import { askSmallRichIndex, writeSmallRichIndex } from '../testing/small-rich-index.ts';
import { View } from '../view.ts';
import { CursorError, decodeCursor, encodeCursor } from './browse-cursor.ts';
import { defaultSearchQuery } from './default-query.ts';

const SORT_VALUE: fc.Arbitrary<SortValue> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.constant(undefined),
);

function schemaOf(count: number): IndexSchema {
  return {
    ...DEFAULT_SCHEMA,
    customRanking: Array.from({ length: count }, (_, at) => ({ path: `p${at}`, direction: 'asc' as const })),
  };
}

test('a cursor gives back its place', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }),
      fc.array(SORT_VALUE, { maxLength: 3 }),
      (objectID, values) => {
        const cursor = encodeCursor({ objectID, values });
        expect(decodeCursor(cursor, schemaOf(values.length))).toEqual({ objectID, values });
        expect(() => decodeCursor(cursor, schemaOf(values.length + 1))).toThrow(CursorError);
      },
    ),
  );
});

test('an objectID with half a character in it has a cursor too', () => {
  const cursor = encodeCursor({ objectID: 'a\ud83dz', values: ['\udc00'] });
  expect(decodeCursor(cursor, schemaOf(1)).values).toHaveLength(1);
});

test('any text is a place or a CursorError, and browsing from it ends', () => {
  const directory = new MemoryDirectory();
  writeSmallRichIndex(directory);
  const view = View.open(directory, readManifest(directory)!);
  const whole = askSmallRichIndex(directory).recordCount;
  const json = fc.jsonValue().map((value) => encodeURIComponent(JSON.stringify(value)));
  const near = fc
    .tuple(fc.string(), fc.jsonValue({ maxDepth: 1 }))
    .map((parts) => encodeURIComponent(JSON.stringify(parts)));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), json, near), (cursor) => {
      try {
        expect(view.browse(defaultSearchQuery(), cursor, 100).records.length).toBeLessThanOrEqual(whole);
      } catch (error) {
        expect(error).toBeInstanceOf(CursorError);
      }
    }),
    { numRuns: 500 },
  );
});
