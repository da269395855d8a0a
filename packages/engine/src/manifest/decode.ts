/**
 * Reads stored JSON by shape. A valid checksum says that the bytes are as somebody wrote them, not that it was this version of
 * the engine: what has another shape is damage, reported like any other.
 */
import { isJsonObject, type JsonObject } from '@skein/base';
import type { IndexSchema, TextOptions } from '../schema.ts';

/** A value has another shape. The caller knows the file, and says so in a `CorruptionError`. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ShapeError('JSON', { cause });
  }
  return objectOf(value, 'an object');
}

export function objectOf(value: unknown, what: string): JsonObject {
  if (!isJsonObject(value)) throw new ShapeError(what);
  return value;
}

export function countOf(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new ShapeError(what);
  return value as number;
}

export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new ShapeError(what);
  return value;
}

export function listOf<T>(value: unknown, what: string, itemOf: (item: unknown, what: string) => T): T[] {
  if (!Array.isArray(value)) throw new ShapeError(what);
  return value.map((item: unknown) => itemOf(item, what));
}

export function decodeSchema(value: unknown): IndexSchema {
  const schema = objectOf(value, 'schema');
  const { numericFilterable, distinctAttribute } = schema;
  return {
    searchable: listOf(schema['searchable'], 'schema.searchable', (item, what) => {
      const { path, rank, ordered } = objectOf(item, what);
      return { path: textOf(path, what), rank: countOf(rank, what), ordered: flagOf(ordered, what) };
    }),
    facets: listOf(schema['facets'], 'schema.facets', (item, what) => {
      const { path, searchable, filterOnly, afterDistinct } = objectOf(item, what);
      return {
        path: textOf(path, what),
        searchable: flagOf(searchable, what),
        filterOnly: flagOf(filterOnly, what),
        afterDistinct: flagOf(afterDistinct, what),
      };
    }),
    // JSON has no undefined: what is absent is.
    numericFilterable:
      numericFilterable === undefined
        ? undefined
        : listOf(numericFilterable, 'schema.numericFilterable', (item, what) => {
            const { path, equalOnly } = objectOf(item, what);
            return { path: textOf(path, what), equalOnly: flagOf(equalOnly, what) };
          }),
    customRanking: listOf(schema['customRanking'], 'schema.customRanking', (item, what) => {
      const { path, direction } = objectOf(item, what);
      if (direction !== 'asc' && direction !== 'desc') throw new ShapeError(what);
      return { path: textOf(path, what), direction };
    }),
    sortAttributes: listOf(schema['sortAttributes'], 'schema.sortAttributes', textOf),
    distinctAttribute:
      distinctAttribute === undefined ? undefined : textOf(distinctAttribute, 'schema.distinctAttribute'),
    text: decodeTextOptions(schema['text']),
  };
}

function decodeTextOptions(value: unknown): TextOptions {
  const text = objectOf(value, 'schema.text');
  return {
    separatorsToIndex: textOf(text['separatorsToIndex'], 'schema.text.separatorsToIndex'),
    keepDiacriticsOnCharacters: textOf(text['keepDiacriticsOnCharacters'], 'schema.text.keepDiacritics'),
    customNormalization: new Map(
      listOf(text['customNormalization'], 'schema.text.customNormalization', (pair, what) => {
        const [from, to] = listOf(pair, what, textOf);
        return [textOf(from, what), textOf(to, what)] as const;
      }),
    ),
    camelCaseAttributes: listOf(text['camelCaseAttributes'], 'schema.text.camelCaseAttributes', textOf),
    indexLanguages: listOf(text['indexLanguages'], 'schema.text.indexLanguages', textOf),
  };
}

function flagOf(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new ShapeError(what);
  return value;
}
