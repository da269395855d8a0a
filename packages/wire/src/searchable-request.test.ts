import type { Json, JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { ENDPOINTS } from './endpoints.ts';
import { OTHER_ENDPOINTS } from './other-endpoints.ts';
import { OWN_ENDPOINTS } from './own-endpoints.ts';
import { parseDropRecords, parseSearchable } from './searchable-request.ts';

test('a request says collection, attributes and settings', () => {
  expect(parseSearchable({ collection: 'things' })).toEqual({
    collection: 'things',
    attributes: undefined,
    settings: undefined,
    refill: false,
    replace: false,
  });
  const full = {
    collection: 'things',
    attributes: { title: ['data', 'title'], first: ['data', 'list', 0], n: 'data.n' },
    settings: { hitsPerPage: 3 },
    refill: true,
    replace: true,
  };
  expect(parseSearchable(full)).toEqual(full);
});

test('what is wrong is told by its name', () => {
  const message = (body: JsonObject): unknown => {
    try {
      return parseSearchable(body);
    } catch (error) {
      return error instanceof ApiError ? error.message : error;
    }
  };
  expect(message({})).toBe('Missing mandatory attribute collection');
  expect(message({ collection: 7 })).toMatch('"collection"');
  expect(message({ collection: 'a', atributes: {} })).toBe('Unknown parameter: atributes');
  expect(message({ collection: 'a', attributes: { x: { delete: 'everything' } } })).toMatch('"attributes.x"');
  expect(message({ collection: 'a', attributes: { x: ['data', { delete: 'everything' }] } })).toMatch(
    '"attributes.x"',
  );
  expect(message({ collection: 'a', settings: { hitsPerPage: 'many' } })).toMatch('hitsPerPage');
  expect(message({ collection: 'a', refill: 'yes' })).toMatch('"refill"');
  expect(() => parseDropRecords('all')).toThrow('"records"');
  expect([parseDropRecords(null), parseDropRecords('delete')]).toEqual(['keep', 'delete']);
});

test('any JSON gives a request or an error of the table', () => {
  const fields = fc.constantFrom('collection', 'attributes', 'settings', 'refill', 'replace', 'other');
  fc.assert(
    fc.property(fc.dictionary(fields, fc.jsonValue()), (body) => {
      try {
        parseSearchable(body as Record<string, Json>);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    }),
  );
});

test('own endpoints take no place of another API', () => {
  const others = [
    ...ENDPOINTS.map(({ method, path }) => `${method} ${path}`),
    ...Object.values(OTHER_ENDPOINTS)
      .flat()
      .map((line) => line.split(' ').slice(0, 2).join(' ')),
  ];
  const places = OWN_ENDPOINTS.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
  expect(places.filter((place) => others.includes(place))).toEqual([]);
});
