/**
 * Writes:
 *   1. Batches become one plain request per entry; identifiers are text.
 *   2. A mistake refuses the whole batch, with its position.
 *   3. Records have a size.
 *   4. deleteBy needs a condition and refuses a query.
 *   5. Copy and move.
 *   6. A key needs the right of every action.
 */
import type { JsonObject } from '@skein/base';
import { expect, test } from 'vitest';
import { ApiError, renderError } from './api-error.ts';
import {
  checkBatchRights,
  deleteByQuery,
  objectIDsOf,
  parseBatch,
  parseDeleteBy,
  parseIndexOperation,
  parseMultiBatch,
  parsePartialUpdate,
  parsePutObject,
  parseSaveObject,
} from './write-requests.ts';

const options = { makeObjectID: () => 'made' };

function errorOf(run: () => unknown): ApiError {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('1: every action', () => {
  const requests = parseBatch(
    {
      requests: [
        { action: 'addObject', body: { name: 'a' } },
        { action: 'addObject', body: { objectID: 7, name: 'b' } },
        { action: 'updateObject', body: { objectID: 'u', name: 'c' } },
        { action: 'partialUpdateObject', body: { objectID: 'p', n: { _operation: 'Increment', value: 1 } } },
        { action: 'partialUpdateObjectNoCreate', body: { objectID: 'q' } },
        { action: 'deleteObject', body: { objectID: 12 } },
        { action: 'clear' },
        { action: 'delete', body: {} },
      ],
    },
    options,
  );
  expect(requests).toEqual([
    { action: 'addObject', objectID: 'made', body: { name: 'a', objectID: 'made' } },
    { action: 'addObject', objectID: '7', body: { objectID: '7', name: 'b' } },
    { action: 'updateObject', objectID: 'u', body: { objectID: 'u', name: 'c' } },
    {
      action: 'partialUpdateObject',
      objectID: 'p',
      body: { objectID: 'p', n: { _operation: 'Increment', value: 1 } },
    },
    { action: 'partialUpdateObjectNoCreate', objectID: 'q', body: { objectID: 'q' } },
    { action: 'deleteObject', objectID: '12' },
    { action: 'clear' },
    { action: 'delete' },
  ]);
  expect(objectIDsOf(requests)).toEqual(['made', '7', 'u', 'p', 'q', '12']);
  expect(
    parseMultiBatch(
      {
        requests: [
          { action: 'clear', indexName: 'a' },
          { action: 'deleteObject', indexName: 'b', body: { objectID: 'x' } },
        ],
      },
      options,
    ),
  ).toEqual([
    { indexName: 'a', request: { action: 'clear' } },
    { indexName: 'b', request: { action: 'deleteObject', objectID: 'x' } },
  ]);
});

test('1: single records', () => {
  expect(parseSaveObject({ a: 1 }, options)).toEqual({
    action: 'addObject',
    objectID: 'made',
    body: { a: 1, objectID: 'made' },
  });
  expect(parseSaveObject({ a: 1, objectID: 'x' }, options)).toMatchObject({ objectID: 'x' });
  expect(parsePutObject('path', { objectID: 'body', a: 1 }, {})).toEqual({
    action: 'updateObject',
    objectID: 'path',
    body: { objectID: 'path', a: 1 },
  });
  expect(parsePartialUpdate('x', { a: 1 }, undefined, {})).toMatchObject({ action: 'partialUpdateObject' });
  expect(parsePartialUpdate('x', { a: 1 }, 'true', {})).toMatchObject({ action: 'partialUpdateObject' });
  expect(parsePartialUpdate('x', { a: 1 }, 'false', {})).toMatchObject({
    action: 'partialUpdateObjectNoCreate',
    body: { a: 1, objectID: 'x' },
  });
});

test('2: mistakes are refused with their position', () => {
  const batch = (...requests: JsonObject[]) => errorOf(() => parseBatch({ requests }, options)).message;
  const good = { action: 'clear' };
  expect(errorOf(() => parseBatch({}, options)).message).toBe('Missing mandatory attribute requests');
  expect(errorOf(() => parseBatch({ requests: {} }, options)).message).toContain(
    'Invalid value for "requests"',
  );
  expect(errorOf(() => parseBatch({ requests: [null] }, options)).message).toContain(
    'Invalid object at the position 0',
  );
  expect(batch(good, {})).toBe('Missing mandatory attribute action at the position 1');
  expect(batch(good, { action: 'explode' })).toBe('Invalid action "explode" at the position 1');
  expect(batch(good, { action: 'addObject' })).toBe('Missing mandatory attribute body at the position 1');
  expect(batch({ action: 'addObject', body: [] })).toBe(
    'Invalid object at the position 0, expected a JSON object',
  );
  expect(batch({ action: 'updateObject', body: {} })).toBe(
    'Missing mandatory attribute objectID at the position 0',
  );
  expect(batch({ action: 'deleteObject' })).toBe('Missing mandatory attribute objectID at the position 0');
  expect(batch({ action: 'addObject', body: { objectID: '' } })).toBe('objectID cannot be empty');
  expect(batch({ action: 'addObject', body: { objectID: true } })).toContain(
    'Invalid objectID at the position 0',
  );
  expect(batch({ action: 'addObject', body: { objectID: 'é'.repeat(257) } })).toContain(
    'objectID is too long',
  );
  expect(
    parseBatch({ requests: [{ action: 'addObject', body: { objectID: 'é'.repeat(256) } }] }, options),
  ).toHaveLength(1);
});

test('3: a record at the limit is accepted, one byte more is refused in Algolia’s words', () => {
  const sized = (bytes: number): JsonObject => ({
    objectID: 'x',
    text: 'a'.repeat(bytes - '{"objectID":"x","text":""}'.length),
  });
  const save = (record: JsonObject, recordBytesMax?: number) => () =>
    parseBatch(
      { requests: [{ action: 'clear' }, { action: 'addObject', body: record }] },
      { ...options, recordBytesMax },
    );
  expect(save(sized(100_000))).not.toThrow();
  const error = errorOf(save(sized(100_001)));
  expect(error.message).toMatch(
    /^Record at the position 1 objectID=x is too big size=100001\/100000 bytes\. Please have a look at https:/,
  );
  expect(JSON.parse(renderError(error).body)).toMatchObject({ status: 400, position: 1, objectID: 'x' });
  expect(save(sized(1000), 999)).toThrow('size=1000/999 bytes');
  // Three bytes each in UTF-8.
  expect(save({ objectID: 'x', text: '€'.repeat(40_000) })).toThrow('is too big size=120026/100000');
});

test('4: deleteBy keeps what selects and needs at least one condition', () => {
  expect(parseDeleteBy({ filters: 'a:1', hitsPerPage: 3 })).toEqual({ filters: 'a:1' });
  expect(parseDeleteBy({ params: 'numericFilters=price%3E3&tagFilters=x' })).toEqual({
    numericFilters: 'price>3',
    tagFilters: 'x',
  });
  expect(parseDeleteBy({ aroundLatLng: '1,2', aroundRadius: 5 })).toEqual({
    aroundLatLng: '1,2',
    aroundRadius: 5,
  });
  for (const body of [
    {},
    { filters: '' },
    { filters: ' ' },
    { facetFilters: [[]] },
    { query: '' },
    { aroundRadius: 5 },
    { hitsPerPage: 1 },
  ]) {
    expect(() => parseDeleteBy(body)).toThrow('deleteByQuery needs at least one filter');
  }
  expect(() => parseDeleteBy({ query: 'x', filters: 'a:1' })).toThrow(
    'deleteByQuery does not support the query parameter',
  );
  expect(() => parseDeleteBy({ filters: 'a AND' })).toThrow('filters: Unexpected token');
  expect(deleteByQuery({ filters: 'a:1' }, { distinct: true })).toMatchObject({
    text: '',
    distinct: 0,
    filter: { path: 'a' },
  });
});

test('5: copy and move', () => {
  expect(parseIndexOperation('a', { operation: 'copy', destination: 'b' })).toEqual({
    operation: 'copy',
    source: 'a',
    destination: 'b',
    scope: undefined,
  });
  expect(
    parseIndexOperation('a', { operation: 'copy', destination: 'b', scope: ['settings', 'rules', 'rules'] }),
  ).toMatchObject({ scope: ['settings', 'rules'] });
  expect(parseIndexOperation('a', { operation: 'copy', destination: 'b', scope: [] })).toMatchObject({
    scope: undefined,
  });
  expect(() => parseIndexOperation('a', { operation: 'swap', destination: 'b' })).toThrow(
    'Invalid value for "operation"',
  );
  expect(() => parseIndexOperation('a', { operation: 'copy' })).toThrow(
    'Missing mandatory attribute destination',
  );
  expect(() => parseIndexOperation('a', { operation: 'copy', destination: 'a' })).toThrow(
    'Source and destination indices are the same',
  );
  expect(() => parseIndexOperation('a', { operation: 'copy', destination: '' })).toThrow(
    'indexName is not valid',
  );
  expect(() => parseIndexOperation('a', { operation: 'copy', destination: 'b', scope: ['all'] })).toThrow(
    'Invalid value for "scope"',
  );
});

test('6: rights are needed for every action of a batch', () => {
  const requests = parseBatch(
    {
      requests: [
        { action: 'deleteObject', body: { objectID: '1' } },
        { action: 'addObject', body: { objectID: '2' } },
      ],
    },
    options,
  );
  expect(checkBatchRights(requests, ['addObject', 'deleteObject'])).toBeUndefined();
  expect(checkBatchRights(requests, ['admin'])).toBeUndefined();
  expect(checkBatchRights(requests, ['deleteObject'])?.message).toMatch(
    /^Not enough rights to update an object near line:1 column:\d+$/,
  );
});
