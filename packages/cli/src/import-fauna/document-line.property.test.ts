/** What an export says is what is stored; any line is read or refused in words. */
import { newDatabase } from '@skein/fql/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ExportedDocument, readDocumentLine } from './document-line.ts';

const utf8 = new TextEncoder();

function documentOf(line: string, collection?: string): ExportedDocument {
  const read = readDocumentLine(line, collection);
  if (read.kind !== 'document') throw new Error(read.reason);
  return read.document;
}

/** What a server makes of the fields: JSON text of an answer. */
function evaluated({ params }: ExportedDocument): string {
  const database = newDatabase();
  const create = (name: string): string => `{"create_collection":{"object":{"name":"${name}"}}}`;
  for (const name of ['c', 'd']) database.query(utf8.encode(create(name)));
  const write = `{"create":{"ref":{"collection":"c"},"id":"1"},"params":${params}}`;
  const { body } = database.query(utf8.encode(`{"select":["data"],"from":${write}}`));
  return body.replace(/^\{"resource":/, '').slice(0, -1);
}

const REF = '{"@ref":{"id":"1","collection":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}}';
const refTo = (id: string): string => REF.replace('"id":"1"', `"id":"${id}"`);

/** Texts of values, as answers write them; no nulls in objects, since documents do not store them. */
const valueTexts = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.constantFrom('1.0', '-0.5', '1.0E30', 'true', 'false', '[null]', '{}', '[]'),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text.replaceAll(/\p{Surrogate}/gu, ''))),
    fc.nat().map((id) => refTo(String(id))),
    fc.constantFrom(
      '{"@ts":"2020-01-01T00:00:00.123456789Z"}',
      '{"@date":"2020-02-29"}',
      '{"@bytes":"AQID"}',
      '{"@set":{"documents":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}}',
      '{"@query":{"api_version":"4","lambda":"x","expr":{"add":[{"var":"x"},1]}}}',
      '{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}',
      '{"@ref":{"id":"collections"}}',
    ),
    fc.array(tie('any'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(tie('any'), { minLength: 1, maxLength: 3 })
      .map((items) => `{${items.map((item, at) => `"k${at}":${item}`).join(',')}}`),
    tie('any').map((item) => `{"@obj":{"@ts":${item}}}`),
    tie('any').map((item) => `{"@obj":{"@ref":${item},"b":1}}`),
  ),
})).any;

test('data come back as the export has them, digit by digit', () => {
  fc.assert(
    fc.property(valueTexts, (value) => {
      const line = `{"ref":${REF},"ts":1,"data":{"v":${value}}}`;
      expect(evaluated(documentOf(line))).toBe(`{"v":${value}}`);
    }),
    { numRuns: 60 },
  );
});

test('tagged exports of v10 become values of FQL v4', () => {
  const line =
    '{"@doc":{"id":"7","coll":{"@mod":"c"},"ts":{"@time":"2021-08-27T00:00:00Z"},"i":{"@int":"7"},"l":{"@long":"9007199254740993"},' +
    '"f":{"@double":"3"},"r":{"@ref":{"id":"8","coll":{"@mod":"d"}}},"t":{"@time":"2020-01-01T00:00:00Z"},"m":{"@mod":"d"},"o":{"@object":{"@x":1}},"n":null}}';
  const document = documentOf(line);
  expect(document).toMatchObject({ collection: 'c', id: '7', ts: '{"@ts":"2021-08-27T00:00:00Z"}' });
  expect([...document.collections].sort()).toEqual(['c', 'd']);
  expect(JSON.parse(evaluated(document))).toEqual({
    i: 7,
    l: Number('9007199254740993'),
    f: 3,
    r: {
      '@ref': { id: '8', collection: { '@ref': { id: 'd', collection: { '@ref': { id: 'collections' } } } } },
    },
    t: { '@ts': '2020-01-01T00:00:00Z' },
    m: { '@ref': { id: 'd', collection: { '@ref': { id: 'collections' } } } },
    o: { '@obj': { '@x': 1 } },
  });
  expect(evaluated(document)).toContain('"l":9007199254740993,"f":3.0');
});

test('plain lines give their fields; refs are told by id and coll', () => {
  const document = documentOf(
    '{"id":"7","coll":"c","ts":"2021-08-27T00:00:00Z","name":"A","of":{"id":"8","coll":"d"},"data":{"x":1}}',
  );
  expect(document.ts).toBe('{"time":"2021-08-27T00:00:00Z"}');
  expect(JSON.parse(evaluated(document))).toMatchObject({ name: 'A', of: { '@ref': { id: '8' } }, x: 1 });
  expect(documentOf('{"id":7,"name":"A"}', 'c')).toMatchObject({ collection: 'c', id: '7', ts: undefined });
});

test('older ways to write a ref are understood', () => {
  const refs = [
    '"classes/c/1"',
    '{"@ref":"classes/c/1"}',
    '{"@ref":{"id":"1","class":{"@ref":"classes/c"}}}',
    '{"@ref":{"id":"1","class":{"@ref":{"id":"c","class":{"@ref":{"id":"classes"}}}}}}',
  ];
  for (const ref of refs) expect(documentOf(`{"ref":${ref}}`)).toMatchObject({ collection: 'c', id: '1' });
});

test('a line that is no document is refused in words', () => {
  const refused = (line: string): string => {
    const read = readDocumentLine(line, undefined);
    return read.kind === 'refused' ? read.reason : 'read';
  };
  expect(refused('x')).toContain('not JSON');
  expect(refused('[]')).toContain('has to be an object');
  expect(refused('{"data":{}}')).toContain('neither `ref` nor');
  expect(refused('{"id":"1"}')).toContain('--collection');
  expect(refused('{"ref":{"@ref":{"id":"x","collection":{"@ref":{"id":"indexes"}}}}}')).toContain(
    'no ref of a document',
  );
  expect(refused(`{"ref":${REF},"data":[]}`)).toContain('`data`');
  expect(refused(`{"ref":${REF},"ts":true}`)).toContain('`ts`');
  expect(refused(`{"ref":${REF},"action":"add"}`)).toContain('`action`');
  expect(refused(`{"ref":${REF},"data":{"a":{"@double":"NaN"}}}`)).toContain('NaN');
  expect(refused(`{"ref":${REF},"data":{"a":{"@long":"1.5"}}}`)).toContain('whole number');
});

test('any line is read or refused', () => {
  const keys = fc.constantFrom(
    'ref',
    '@ref',
    '@doc',
    'id',
    'coll',
    'collection',
    'class',
    'ts',
    '@ts',
    '@time',
    'ttl',
    'data',
    '@int',
    '@double',
    '@mod',
    '@object',
    '@obj',
    'action',
    'a',
  );
  const json = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.constantFrom('1', 'c', 'classes/c/1', 'delete'),
      fc.array(tie('any'), { maxLength: 2 }),
      fc.dictionary(keys, tie('any'), { maxKeys: 4 }),
    ),
  })).any;
  const lines = fc.oneof(
    fc.string(),
    json.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(lines, fc.option(fc.constant('c'), { nil: undefined }), (line, collection) => {
      const read = readDocumentLine(line, collection);
      // What is read can be sent: it is JSON.
      if (read.kind === 'document') expect(() => JSON.parse(read.document.params)).not.toThrow();
      else expect(read.reason).not.toBe('');
    }),
    { numRuns: 300 },
  );
});
