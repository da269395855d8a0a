/** Literal sets: every shape that a response shows is read back as the same set. */
import { utf8Encode } from '@skein/base';
import { expect, test } from 'vitest';
import { FqlFault } from '../evaluate/fql-error.ts';
import { renderValue } from '../json/render.ts';
import { parseRequest } from './parse.ts';

const collection = '{"@ref":{"id":"w","collection":{"@ref":{"id":"collections"}}}}';
const index = '{"@ref":{"id":"i","collection":{"@ref":{"id":"indexes"}}}}';
const documents = `{"@set":{"documents":${collection}}}`;
const lambda = '{"api_version":"4","lambda":"x","expr":{"var":"x"}}';

function shown(text: string): string {
  const expression = parseRequest(utf8Encode(text));
  if (expression.kind !== 'literal') throw new Error(`a ${expression.kind}, no literal`);
  return renderValue(expression.value);
}

function errorsOf(set: unknown): string[] {
  try {
    parseRequest(utf8Encode(JSON.stringify({ '@set': set })));
  } catch (error) {
    if (!(error instanceof FqlFault)) throw error;
    return error.errors.map(
      ({ position, code, description }) => `${position.join('.')}: ${code}: ${description}`,
    );
  }
  return [];
}

test('every shape comes back as it was sent', () => {
  const shapes = [
    `{"match":${index}}`,
    `{"match":${index},"terms":1}`,
    `{"match":${index},"terms":[1,{"a":[2]}]}`,
    `{"documents":${collection}}`,
    `{"singleton":{"@ref":{"id":"1","collection":${collection}}}}`,
    `{"events":{"@ref":{"id":"1","collection":${collection}}}}`,
    `{"union":[${documents},${documents}]}`,
    `{"intersection":[${documents},${documents}]}`,
    `{"difference":[${documents},${documents}]}`,
    `{"distinct":${documents}}`,
    `{"reverse":${documents}}`,
    `{"range":${documents},"from":1,"to":2}`,
    `{"filter":${lambda},"collection":${documents}}`,
    `{"join":${documents},"with":${lambda}}`,
    `{"join":${documents},"with":${index}}`,
  ];
  for (const shape of shapes) expect(shown(`{"@set":${shape}}`)).toBe(`{"@set":${shape}}`);
});

test('a name stands for an index, and one set for a list of one', () => {
  expect(shown('{"@set":{"match":"i"}}')).toBe(`{"@set":{"match":${index}}}`);
  expect(shown(`{"@set":{"match":5,"index":"i"}}`)).toBe(`{"@set":{"match":${index},"terms":5}}`);
  expect(shown(`{"@set":{"union":${documents}}}`)).toBe(`{"@set":{"union":${documents}}}`);
  expect(shown('{"@set":{"distinct":{"@ref":{"id":"collections"}}}}')).toBe(
    '{"@set":{"distinct":{"@set":{"documents":{"@ref":{"id":"collections"}}}}}}',
  );
});

test('what is no set is told by its place', () => {
  expect(errorsOf({ match: 5 })).toEqual(['match: invalid argument: Identifier expected, Integer provided.']);
  expect(errorsOf({ distinct: 5 })).toEqual(['distinct: invalid argument: Set expected, Integer provided.']);
  expect(errorsOf({ union: [] })).toEqual(['union: invalid argument: Non-empty array expected.']);
  expect(errorsOf({ union: [1, 'x'] })).toEqual([
    'union.0: invalid argument: Set expected, Integer provided.',
    'union.1: invalid argument: Set expected, String provided.',
  ]);
  expect(errorsOf({ singleton: 'x' })).toEqual([
    'singleton: invalid argument: Ref expected, String provided.',
  ]);
  expect(errorsOf({ events: 1 })).toEqual([
    'events: invalid argument: Ref or Set expected, Integer provided.',
  ]);
  expect(errorsOf({ join: { documents: 1 }, with: 1 })).toHaveLength(2);
  expect(errorsOf({ nothing: 1 })).toEqual([': invalid expression: Invalid set.']);
});
