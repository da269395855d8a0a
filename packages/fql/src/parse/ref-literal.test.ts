/** Literal refs: as objects, and as the strings of older versions. */
import { describe, expect, test } from 'vitest';
import { FqlFault } from '../evaluate/fql-error.ts';
import type { JsonNode } from '../json/parse-json.ts';
import { Ref } from '../values/ref.ts';
import { Findings } from './findings.ts';
import { Place } from './place.ts';
import { parseRef } from './ref-literal.ts';

/** The ref, or `position: description` of what is wrong. */
function parse(node: unknown): Ref | string[] | undefined {
  const findings = new Findings();
  const ref = parseRef(asNode(node), Place.root, findings);
  try {
    findings.throwIfAny();
  } catch (error) {
    if (!(error instanceof FqlFault)) throw error;
    return error.errors.map(
      ({ position, code, description }) => `${position.join('.')}: ${code}: ${description}`,
    );
  }
  return ref;
}

/** Objects as maps, integers as bigints. */
function asNode(value: unknown): JsonNode {
  if (Array.isArray(value)) return value.map(asNode);
  if (typeof value === 'number') return BigInt(value);
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, member]) => [key, asNode(member)]));
  }
  return value as JsonNode;
}

const tagged = (id: unknown, collection?: unknown, database?: unknown): unknown => ({
  '@ref': {
    id,
    ...(collection === undefined ? {} : { collection }),
    ...(database === undefined ? {} : { database }),
  },
});
const widgets = tagged('widgets', tagged('collections'));
const child = new Ref('child', new Ref('databases'));

describe('objects', () => {
  test('native collections, schema documents and documents', () => {
    expect(parse({ id: 'collections' })).toEqual(new Ref('collections'));
    expect(parse({ id: 'widgets', collection: tagged('collections') })).toEqual(
      new Ref('widgets', new Ref('collections')),
    );
    expect(parse({ id: '0123', class: widgets })).toEqual(
      new Ref('123', new Ref('widgets', new Ref('collections'))),
    );
    expect(parse({ id: 5, collection: tagged('keys') })).toEqual(new Ref('5', new Ref('keys')));
    expect(parse(tagged('databases'))).toEqual(new Ref('databases'));
  });

  test('a database stands at the schema document, or at its native collection', () => {
    const database = tagged('child', tagged('databases'));
    expect(parse({ id: 'w', collection: tagged('collections'), database })).toEqual(
      new Ref('w', new Ref('collections'), child),
    );
    expect(parse({ id: 'collections', database })).toEqual(new Ref('collections', undefined, child));
    expect(parse({ id: 'w', collection: tagged('collections', undefined, database) })).toEqual(
      new Ref('w', new Ref('collections'), child),
    );
    expect(parse({ id: '1', collection: widgets, database })).toEqual([
      'database: invalid argument: Null expected, Database Ref provided.',
    ]);
    expect(parse({ id: '1', collection: widgets, database: null })).toBeInstanceOf(Ref);
  });

  test('what is wrong is told at its place', () => {
    expect(parse({ id: 'nothing' })).toEqual([
      "id: invalid ref: Valid native collection name expected, 'nothing' provided.",
    ]);
    expect(parse({ id: true, collection: widgets })).toEqual([
      'id: invalid argument: String or Integer expected, Boolean provided.',
    ]);
    expect(parse({ id: 1 })).toEqual(['id: invalid argument: String expected, Number provided.']);
    expect(parse({ id: 'x', collection: widgets })).toEqual([
      "id: invalid argument: Number or numeric String expected, non-numeric 'x' provided.",
    ]);
    expect(parse({ id: '99999999999999999999', collection: widgets })).toEqual([
      "id: invalid argument: The id provided is too large: '99999999999999999999'",
    ]);
    expect(parse({ id: '1', collection: 'widgets' })).toEqual([
      'class: invalid argument: Ref expected, String provided.',
    ]);
    expect(parse({ id: '1', collection: tagged('i', tagged('indexes')) })).toEqual([
      'class: invalid argument: Collection Ref expected, Index Ref provided.',
    ]);
    expect(parse({ id: 'w', collection: tagged('collections'), database: widgets })).toEqual([
      'database: invalid argument: Database Ref expected, Collection Ref provided.',
    ]);
    expect(parse({ id: '1', other: 1 })).toEqual([': invalid argument: Ref expected, Object provided.']);
    expect(parse({ '@ref': 5 })).toEqual([': invalid argument: Ref expected, Integer provided.']);
    expect(parse(5)).toEqual([': invalid expression: Invalid ref.']);
  });
});

describe('strings', () => {
  test('paths of names', () => {
    expect(parse('collections/widgets/123')).toEqual(
      new Ref('123', new Ref('widgets', new Ref('collections'))),
    );
    expect(parse('classes/widgets')).toEqual(new Ref('widgets', new Ref('collections')));
    expect(parse('classes')).toEqual(new Ref('collections'));
    expect(parse('indexes/by_name')).toEqual(new Ref('by_name', new Ref('indexes')));
    expect(parse('databases/db')).toEqual(new Ref('db', new Ref('databases')));
    expect(parse('keys/7')).toEqual(new Ref('7', new Ref('keys')));
    expect(parse('tokens/self')).toEqual(new Ref('self', new Ref('tokens')));
  });

  test('other strings are no refs', () => {
    const strings = [
      '',
      'nothing/x',
      'collections/self',
      'collections/w/x',
      'collections/w/99999999999999999999',
      'collections/w/1/2',
      'indexes/i/1',
      'keys/self',
      'keys/1/2',
      'collections/a b',
    ];
    for (const text of strings) expect(parse(text), text).toEqual([': invalid expression: Invalid ref.']);
  });
});
