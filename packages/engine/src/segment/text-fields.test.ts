/**
 * Which texts are searchable:
 *   1. A declared attribute takes in what is at its path and below, looking through arrays; others are not searchable.
 *   2. Without declared attributes every path of a text is a field, array indexes left out, in the order in which they are met.
 *   3. objectID and what starts with `_` at the top are then left out.
 *   4. Numbers are texts, booleans and null are not.
 *   5. 255 fields have a number of their own; further ones share the last.
 */
import type { JsonObject } from '@skein/base';
import { expect, test } from 'vitest';
import { DEFAULT_SCHEMA, type IndexSchema } from '../schema.ts';
import { isAtOrBelow, TextFields } from './text-fields.ts';

function schemaOf(paths: readonly string[]): IndexSchema {
  return { ...DEFAULT_SCHEMA, searchable: paths.map((path, rank) => ({ path, rank, ordered: true })) };
}

function collected(fields: TextFields, record: JsonObject): [number, string][] {
  const texts: [number, string][] = [];
  fields.collect(record, (field, text) => texts.push([field, text]));
  return texts;
}

const RECORD: JsonObject = {
  objectID: 'id',
  _tags: ['hidden'],
  b: [{ c: 'one', d: ['two', 3, true, null] }, 'four', { c: 'five' }],
  a: { b: { c: 'six' } },
  'a.b': 'dotted',
};

test('1: a declared attribute is everything at and below its path', () => {
  expect(collected(new TextFields(schemaOf(['b.c', 'a', 'b'])), RECORD)).toEqual([
    [0, 'one'],
    [0, 'five'],
    [1, 'six'],
    [2, 'one'],
    [2, 'two'],
    [2, '3'],
    [2, 'four'],
    [2, 'five'],
  ]);
  expect(collected(new TextFields(schemaOf(['objectID', '_tags', 'missing', 'toString'])), RECORD)).toEqual([
    [0, 'id'],
    [1, 'hidden'],
  ]);
});

test('2, 3, 4: without declared attributes every path of a text is a field', () => {
  const fields = new TextFields(DEFAULT_SCHEMA);
  expect(collected(fields, RECORD)).toEqual([
    [0, 'one'],
    [0, 'five'],
    [1, 'two'],
    [1, '3'],
    [2, 'four'],
    [3, 'six'],
    [4, 'dotted'],
  ]);
  expect(fields.paths).toEqual(['b.c', 'b.d', 'b', 'a.b.c', 'a.b']);
});

test('2: a field keeps its number from record to record', () => {
  const fields = new TextFields(DEFAULT_SCHEMA);
  collected(fields, { x: 'a', y: 'b' });
  expect(collected(fields, { y: 'c', z: 'd', x: 'e' })).toEqual([
    [1, 'c'],
    [2, 'd'],
    [0, 'e'],
  ]);
});

test.each([254, 255, 256, 600])('5: %i undeclared fields', (count) => {
  const fields = new TextFields(DEFAULT_SCHEMA);
  const record = Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, `t${at}`]));
  const texts = collected(fields, record);
  expect(texts).toHaveLength(count);
  for (const [at, [field, text]] of texts.entries())
    expect([field, text]).toEqual([Math.min(at, 254), `t${at}`]);
  expect(fields.paths).toHaveLength(Math.min(count, 255));
});

test.each([254, 255, 256, 600])('5: %i declared fields', (count) => {
  const paths = Array.from({ length: count }, (_, at) => `f${at}`);
  const fields = new TextFields(schemaOf(paths));
  const texts = collected(fields, Object.fromEntries(paths.map((path) => [path, path])));
  expect(texts.map(([field]) => field)).toEqual(paths.map((_, at) => Math.min(at, 254)));
});

test('a path is at or below another by whole steps', () => {
  expect(isAtOrBelow('a.b', 'a.b')).toBe(true);
  expect(isAtOrBelow('a.b.c', 'a.b')).toBe(true);
  expect(isAtOrBelow('a.bc', 'a.b')).toBe(false);
  expect(isAtOrBelow('a', 'a.b')).toBe(false);
});
