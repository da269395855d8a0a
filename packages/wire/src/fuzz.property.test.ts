/** Whatever JSON arrives: a result or an `ApiError`, never anything else; and what is accepted can be written as JSON again. */
import type { Json, JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { checkIndexName } from './index-name.ts';
import { parseApiKeyFields } from './keys.ts';
import { PARAMETERS } from './parameters.ts';
import { parseBrowse, parseFacetSearch, parseGetObjects, parseMultiQuery } from './read-requests.ts';
import { parseSearch } from './search-request.ts';
import { mergeSettings, schemaOf, settingsResponse } from './settings.ts';
import {
  parseBatch,
  parseDeleteBy,
  parseIndexOperation,
  parseMultiBatch,
  parsePartialUpdate,
  parsePutObject,
  parseSaveObject,
} from './write-requests.ts';

const names = [
  ...Object.keys(PARAMETERS),
  ...[
    'params',
    'requests',
    'indexName',
    'action',
    'body',
    'objectID',
    'cursor',
    'type',
    'facet',
    'strategy',
    'acl',
    'scope',
    'operation',
    'destination',
    '__proto__',
  ],
];
const likely = fc.oneof(
  fc.constantFrom(
    'true',
    'all',
    '*',
    '[[1,2,3,4]]',
    '1,2',
    'a:b',
    'price>3',
    '[',
    '{',
    'query=%',
    'asc(a)',
    'copy',
    'addObject',
    'clear',
    '',
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.constantFrom('a', 'a:1', 'b=2', 'search', 'desc(x)', 'searchable(a)'), { maxLength: 3 }),
);
const value = fc.oneof(likely, fc.jsonValue({ maxDepth: 3 })) as fc.Arbitrary<Json>;
const flat = fc
  .array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string()), value), { maxLength: 5 })
  .map((entries) => Object.fromEntries(entries) as JsonObject);
const body = fc.oneof(
  flat,
  fc.array(flat, { maxLength: 3 }).map((requests): JsonObject => ({ requests })),
  fc
    .tuple(fc.constantFrom('addObject', 'deleteObject', 'updateObject'), flat)
    .map(([action, record]): JsonObject => ({ requests: [{ action, indexName: 'i', body: record }] })),
);

const settings = { attributesForFaceting: ['searchable(a)'], ranking: ['asc(a)', 'typo'] };
const options = { makeObjectID: () => 'made' };
const parsers: readonly ((given: JsonObject) => unknown)[] = [
  (given) => parseSearch({ body: given, settings }),
  (given) => parseBrowse({ body: given, settings }),
  (given) => parseFacetSearch({ body: given, settings, facetName: 'a' }),
  (given) => parseMultiQuery(given).requests.map((entry) => parseSearch({ body: entry.body, settings })),
  parseGetObjects,
  (given) => {
    const merged = mergeSettings({ hitsPerPage: 3 }, given);
    // What was accepted can be used.
    parseSearch({ body: {}, settings: merged });
    return [schemaOf(merged), settingsResponse(merged, 1), settingsResponse(merged, 2)];
  },
  (given) => parseBatch(given, options),
  (given) => parseMultiBatch(given, options),
  parseDeleteBy,
  (given) => parseIndexOperation('source', given),
  (given) => parseSaveObject(given, options),
  (given) => parsePutObject('x', given, {}),
  (given) => parsePartialUpdate('x', given, undefined, {}),
  parseApiKeyFields,
  (given) => checkIndexName(given['indexName']),
];

function survives(given: JsonObject): void {
  for (const parse of parsers) {
    try {
      JSON.stringify(parse(given));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

test('any JSON body gives a result or an ApiError', () => {
  fc.assert(fc.property(body, survives), { numRuns: Number(process.env['RUNS'] ?? 1000) });
});

test('every parameter with any value gives a result or an ApiError', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(PARAMETERS)), value, (name, given) => {
      survives({ [name]: given });
      const text = encodeURIComponent(
        (typeof given === 'string' ? given : JSON.stringify(given)).replace(/\p{Surrogate}/gu, ''),
      );
      survives({ params: `${name}=${text}` });
    }),
    { numRuns: Number(process.env['RUNS'] ?? 1000) },
  );
});

test('any text as params gives a result or an ApiError', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (params) => survives({ params })));
});

test('text that nests a hundred thousand levels is refused like any other mistake', () => {
  const deep = '['.repeat(100_000);
  for (const name of Object.keys(PARAMETERS)) {
    survives({ params: `${name}=${deep}` });
    survives({ params: `${name}=${deep}${']'.repeat(100_000)}` });
    survives({ params: `${name}={"a":${deep}${']'.repeat(100_000)}}` });
  }
  expect(() => parseSearch({ body: { params: `facetFilters=${deep}` }, settings: {} })).toThrow(ApiError);
});
