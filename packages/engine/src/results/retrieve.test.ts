/**
 * What of a record an answer shows.
 */
import type { Json, JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createProjection } from './retrieve.ts';

const RECORD = {
  objectID: '1',
  name: 'Lamp',
  price: 12.5,
  brand: { name: 'Lux', country: { code: 'de', eu: true } },
  authors: [{ name: 'Ann', age: 3 }, { age: 4 }, 'anonymous'],
};

function project(
  wanted: readonly string[] | undefined,
  hidden: readonly string[] = [],
  record: JsonObject = RECORD,
): unknown {
  return JSON.parse(createProjection(wanted, hidden)(JSON.stringify(record)));
}

test('by default and with * the text is unchanged, to the space', () => {
  const text = ' {"objectID" : "1",\n"n":1.0, "big":12345678901234567890}';
  expect(createProjection(undefined, [])(text)).toBe(text);
  expect(createProjection(['*'], [])(text)).toBe(text);
});

test('numbers stay as they were written when something is left out', () => {
  const text = '{"objectID" : "1", "n":1.0,"x" : 1}';
  expect(createProjection(['*', '-x'], [])(text)).toBe('{"objectID" : "1","n":1.0}');
});

test('attributes that are listed are shown, objectID always', () => {
  expect(project(['name'])).toEqual({ objectID: '1', name: 'Lamp' });
  expect(project([])).toEqual({ objectID: '1' });
  expect(project(['missing'])).toEqual({ objectID: '1' });
});

test('a minus takes away', () => {
  expect(project(['*', '-brand', '-authors', '-objectID'])).toEqual({
    objectID: '1',
    name: 'Lamp',
    price: 12.5,
  });
  expect(project(['-brand', '-authors'])).toEqual({ objectID: '1', name: 'Lamp', price: 12.5 });
  expect(project(['brand', '-brand.country.code'])).toEqual({
    objectID: '1',
    brand: { name: 'Lux', country: { eu: true } },
  });
});

test('nested paths show what lies below, through arrays', () => {
  expect(project(['brand.country'])).toEqual({ objectID: '1', brand: { country: { code: 'de', eu: true } } });
  expect(project(['authors.name'])).toEqual({ objectID: '1', authors: [{ name: 'Ann' }, {}] });
  expect(project(['name.first', 'brand.x'])).toEqual({ objectID: '1' });
});

test('unretrievable attributes are never shown', () => {
  expect(project(['*'], ['brand', 'price'])).toEqual({
    objectID: '1',
    name: 'Lamp',
    authors: RECORD.authors,
  });
  expect(project(['price', 'name'], ['price'])).toEqual({ objectID: '1', name: 'Lamp' });
  expect(project(['brand'], ['brand.country'])).toEqual({ objectID: '1', brand: { name: 'Lux' } });
  expect(project(['brand.country.code'], ['brand'])).toEqual({ objectID: '1' });
});

test('escaped names and brackets in strings do not confuse it', () => {
  const record = { 'a"\\b': '}]"\\', é: [1, '[', { x: '{' }], objectID: '2' };
  expect(project(['a"\\b'], [], record)).toEqual({ 'a"\\b': '}]"\\', objectID: '2' });
  expect(project(['*', '-é.x'], [], record)).toEqual({ ...record, é: [1, '[', {}] });
});

test('a hostile depth is not followed', () => {
  const text = `{"objectID":"1","a":${'['.repeat(50_000)}${']'.repeat(50_000)},"b":1}`;
  expect(createProjection(['a.x', 'b'], [])(text)).toBe('{"objectID":"1","b":1}');
});

const name = fc.constantFrom('a', 'b', 'c"', 'objectID', '\\');
const { record } = fc.letrec<{ record: JsonObject; value: Json }>((tie) => ({
  record: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('record'),
  ),
}));
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('.'));

/** The same, plainly: on parsed values, each path by itself. */
function plainProject(
  value: Json | undefined,
  at: string,
  shown: (path: string) => 'all' | 'part' | 'none',
): Json | undefined {
  const how = shown(at);
  if (how === 'none') return undefined;
  if (typeof value !== 'object' || value === null) return how === 'all' ? value : undefined;
  if (Array.isArray(value)) {
    const elements = (value as readonly Json[]).map((element) => plainProject(element, at, shown));
    if (how !== 'all' && elements.every((element) => element === undefined)) return undefined;
    return (value as readonly Json[]).flatMap((element, ordinal) => {
      const projected = elements[ordinal];
      if (projected !== undefined) return [projected];
      return typeof element === 'object' && element !== null && !Array.isArray(element) ? [{}] : [];
    });
  }
  const members = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    if (at === '' && key === 'objectID') return [[key, inner as Json]];
    const projected = plainProject(inner as Json, at === '' ? key : `${at}.${key}`, shown);
    return projected === undefined ? [] : [[key, projected]];
  });
  return members.length === 0 && how !== 'all' ? undefined : Object.fromEntries(members);
}

test('agrees with a projection of parsed values', () => {
  fc.assert(
    fc.property(
      record,
      fc.array(path, { minLength: 1, maxLength: 3 }),
      fc.array(path, { maxLength: 2 }),
      fc.boolean(),
      (given, wanted, hidden, all) => {
        const list = all ? ['*', ...wanted.map((each) => `-${each}`)] : wanted;
        const shown = all ? [''] : wanted;
        const gone = all ? [...wanted, ...hidden] : hidden;
        const below = (at: string, ancestor: string) =>
          ancestor === '' || at === ancestor || at.startsWith(`${ancestor}.`);
        const visibility = (at: string) => {
          if (at !== '' && gone.some((each) => below(at, each))) return 'none';
          return shown.some((each) => below(at, each)) ? 'all' : 'part';
        };
        const parsed = JSON.parse(JSON.stringify(given)) as JsonObject; // −0 does not survive JSON
        expect(project(list, hidden, parsed)).toEqual(plainProject(parsed, '', visibility) ?? {});
      },
    ),
    { numRuns: Number(process.env['RUNS'] ?? 500) },
  );
});
