import { expect, test } from 'vitest';
import { API_ERRORS, ApiError, apiError, renderError } from './api-error.ts';

test('errors that clients look for have Algolia’s exact words', () => {
  const said = (error: ApiError) => [error.status, error.message];
  expect(said(new ApiError('credentials-invalid'))).toEqual([403, 'Invalid Application-ID or API key']);
  expect(said(new ApiError('method-not-allowed'))).toEqual([403, 'Method not allowed with this API key']);
  expect(said(new ApiError('index-not-allowed'))).toEqual([403, 'Index not allowed with this API key']);
  expect(said(new ApiError('index-not-found'))).toEqual([404, 'Index does not exist']);
  expect(said(new ApiError('object-not-found'))).toEqual([404, 'ObjectID does not exist']);
  expect(said(new ApiError('synonym-not-found'))).toEqual([404, 'Synonym set does not exist']);
  expect(said(new ApiError('key-not-found'))).toEqual([404, 'Key does not exist']);
  expect(said(new ApiError('mapping-not-found'))).toEqual([404, 'Mapping does not exist for this userID']);
  expect(said(new ApiError('abtest-not-found'))).toEqual([404, 'ABTestID not found']);
  expect(said(new ApiError('key-exists'))).toEqual([400, 'Key already exists']);
  expect(said(new ApiError('batch-rights', { line: 1, column: 64 }))).toEqual([
    400,
    'Not enough rights to update an object near line:1 column:64',
  ]);
  expect(said(apiError('too-many-jobs'))).toEqual([429, 'Too many jobs']);
});

test('a client sees message and status, and nothing of an unexpected error', () => {
  expect(renderError(new ApiError('parameter-unknown', { name: 'a"b' }))).toEqual({
    status: 400,
    body: '{"message":"Unknown parameter: a\\"b","status":400}',
  });
  expect(renderError(new Error('secret path'))).toEqual({
    status: 500,
    body: '{"message":"Internal error","status":500}',
  });
});

test('every status is one that the API knows', () => {
  for (const { status } of Object.values(API_ERRORS))
    expect([400, 402, 403, 404, 405, 413, 429, 500, 503]).toContain(status);
});
