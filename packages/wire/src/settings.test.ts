/**
 * Index settings:
 *   1. Merging keeps what is not named, null resets, values keep their type, old names are understood.
 *   2. Mistakes are refused whole.
 *   3. `GET settings` answers defaults and explicit nulls; version 1 uses old names.
 *   4. The schema holds what segments depend on, and only that.
 */
import { DEFAULT_SCHEMA } from '@skein/engine';
import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { mergeSettings, sameSchema, schemaOf, settingsResponse } from './settings.ts';

test('1: a merge keeps, replaces and resets', () => {
  const first = mergeSettings(
    {},
    { hitsPerPage: 5, customRanking: ['desc(a)'], searchableAttributes: ['x'] },
  );
  expect(mergeSettings(first, { hitsPerPage: 7, customRanking: null })).toEqual({
    hitsPerPage: 7,
    searchableAttributes: ['x'],
  });
  expect(first).toEqual({ hitsPerPage: 5, customRanking: ['desc(a)'], searchableAttributes: ['x'] });
});

test('1: values keep the type they were given in', () => {
  const given = {
    typoTolerance: 'false',
    distinct: true,
    ignorePlurals: ['en', 'fr'],
    removeStopWords: 'true',
    optionalWords: ['a', 'b'],
    userData: { any: [1, null] },
    renderingContent: { facetOrdering: { facets: { order: ['a'] } } },
  };
  expect(mergeSettings({}, given)).toEqual(given);
  expect(mergeSettings({}, { distinct: 2, typoTolerance: 'min' })).toEqual({
    distinct: 2,
    typoTolerance: 'min',
  });
});

test('1: names of old clients, and fields of an answer sent back', () => {
  expect(
    mergeSettings(
      {},
      {
        attributesToIndex: ['a'],
        slaves: ['b'],
        numericAttributesToIndex: ['c'],
        attributesForFacetting: ['d'],
        version: 1,
        primary: 'p',
      },
    ),
  ).toEqual({
    searchableAttributes: ['a'],
    replicas: ['b'],
    numericAttributesForFiltering: ['c'],
    attributesForFaceting: ['d'],
  });
});

test('2: unknown names and values that do not fit are refused', () => {
  const refuse = (patch: Parameters<typeof mergeSettings>[1], message: string) => {
    expect(() => mergeSettings({}, patch)).toThrow(ApiError);
    expect(() => mergeSettings({}, patch)).toThrow(message);
  };
  refuse({ settings: {} }, 'Invalid object attributes: settings near line:1 column:11');
  refuse(
    { hitsPerPage: 5, optionalwords: 'the' },
    'Invalid object attributes: optionalwords near line:1 column:32',
  );
  refuse({ query: 'x' }, 'Invalid object attributes: query');
  refuse(
    { searchableAttributes: 'a' },
    'Invalid value for "searchableAttributes" parameter, expected array of strings',
  );
  refuse({ searchableAttributes: [1] }, 'expected array of strings');
  refuse({ customRanking: ['popularity'] }, 'Invalid value for "customRanking" parameter');
  refuse({ ranking: ['typo', 'nearness'] }, 'Invalid value for "ranking" parameter');
  refuse({ hitsPerPage: 'many' }, 'Invalid value for "hitsPerPage" parameter, expected integer');
  refuse({ minProximity: 9 }, 'Invalid value for "minProximity" parameter, expected integer between 1 and 7');
  refuse({ paginationLimitedTo: 20_001 }, 'expected integer between 0 and 20000');
  refuse({ queryType: 'prefixSome' }, 'expected "prefixLast", "prefixAll", "prefixNone"');
  refuse({ distinct: 5 }, 'expected integer between 0 and 4');
  refuse({ queryLanguages: ['xx'] }, 'expected array of language codes');
  refuse({ userData: 'x'.repeat(40_000) }, 'at most 32768 bytes');
  refuse({ customNormalization: { default: { ab: 'x' } } }, 'Invalid value for "customNormalization"');
  refuse(
    JSON.parse('{"__proto__":{"hitsPerPage":1}}') as Parameters<typeof mergeSettings>[1],
    'Invalid object attributes',
  );
});

test('3: what was never set is answered as Algolia does', () => {
  const answer = settingsResponse({}, 2);
  for (const name of [
    'attributesForFaceting',
    'searchableAttributes',
    'numericAttributesForFiltering',
    'optionalWords',
    'attributesToHighlight',
    'attributesToSnippet',
    'attributesToRetrieve',
    'unretrievableAttributes',
    'customRanking',
    'attributeForDistinct',
  ]) {
    expect(answer).toHaveProperty(name, null);
  }
  expect(answer).toMatchObject({
    version: 2,
    hitsPerPage: 20,
    paginationLimitedTo: 1000,
    ranking: ['typo', 'geo', 'words', 'filters', 'proximity', 'attribute', 'exact', 'custom'],
    highlightPreTag: '<em>',
  });
});

test('3: version 1 uses the old names', () => {
  const settings = mergeSettings(
    {},
    { searchableAttributes: ['a'], replicas: ['r'], numericAttributesForFiltering: ['n'] },
  );
  const answer = settingsResponse(settings, 1);
  expect(answer).toMatchObject({
    version: 1,
    attributesToIndex: ['a'],
    slaves: ['r'],
    numericAttributesToIndex: ['n'],
  });
  expect(answer).not.toHaveProperty('searchableAttributes');
  expect(settingsResponse(settings, 2)).toMatchObject({
    version: 2,
    searchableAttributes: ['a'],
    replicas: ['r'],
  });
});

test('3: an answer can be set again and says the same', () => {
  const settings = mergeSettings({}, { searchableAttributes: ['a,b', 'unordered(c)'], distinct: true });
  for (const version of [1, 2] as const) {
    const copied = mergeSettings({}, settingsResponse(settings, version));
    expect(settingsResponse(copied, version)).toEqual(settingsResponse(settings, version));
  }
});

test('4: the schema of no settings is the default', () => {
  expect(schemaOf({})).toEqual(DEFAULT_SCHEMA);
});

test('4: modifiers, comma lists and nesting', () => {
  const schema = schemaOf(
    mergeSettings(
      {},
      {
        searchableAttributes: ['title, alt', 'unordered(body)', 'ordered(brand.name)', 'title'],
        attributesForFaceting: ['a', 'searchable(b)', 'filterOnly(c)', 'afterDistinct(searchable(d))', 'a'],
        numericAttributesForFiltering: ['price', 'equalOnly(stock)'],
        customRanking: ['desc(pop)', 'asc(x.y)'],
        ranking: ['desc(price)', 'typo', 'asc(price)', 'custom'],
        attributeForDistinct: 'group',
        customNormalization: { default: { ä: 'ae' } },
        separatorsToIndex: '+#',
      },
    ),
  );
  expect(schema.searchable).toEqual([
    { path: 'title', rank: 0, ordered: false },
    { path: 'alt', rank: 0, ordered: false },
    { path: 'body', rank: 1, ordered: false },
    { path: 'brand.name', rank: 2, ordered: true },
  ]);
  expect(schema.facets).toEqual([
    { path: 'a', searchable: false, filterOnly: false, afterDistinct: false },
    { path: 'b', searchable: true, filterOnly: false, afterDistinct: false },
    { path: 'c', searchable: false, filterOnly: true, afterDistinct: false },
    { path: 'd', searchable: true, filterOnly: false, afterDistinct: true },
  ]);
  expect(schema.numericFilterable).toEqual([
    { path: 'price', equalOnly: false },
    { path: 'stock', equalOnly: true },
  ]);
  expect(schema.customRanking).toEqual([
    { path: 'pop', direction: 'desc' },
    { path: 'x.y', direction: 'asc' },
  ]);
  expect(schema.sortAttributes).toEqual(['price']);
  expect(schema.distinctAttribute).toBe('group');
  expect(schema.text.customNormalization).toEqual(new Map([['ä', 'ae']]));
});

test('4: settings of the query alone do not change the schema', () => {
  const before = mergeSettings({}, { searchableAttributes: ['a'] });
  const same = mergeSettings(before, {
    hitsPerPage: 3,
    typoTolerance: false,
    userData: 1,
    paginationLimitedTo: 5,
    distinct: 1,
  });
  expect(sameSchema(schemaOf(before), schemaOf(same))).toBe(true);
  for (const patch of [
    { searchableAttributes: ['unordered(a)'] },
    { attributesForFaceting: ['a'] },
    { numericAttributesForFiltering: ['a'] },
    { customRanking: ['asc(a)'] },
    { ranking: ['asc(a)', 'typo'] },
    { attributeForDistinct: 'a' },
    { separatorsToIndex: '+' },
    { keepDiacriticsOnCharacters: 'ø' },
    { customNormalization: { default: { ä: 'ae' } } },
    { camelCaseAttributes: ['a'] },
    { indexLanguages: ['ja'] },
  ]) {
    expect(sameSchema(schemaOf(before), schemaOf(mergeSettings(before, patch)))).toBe(false);
  }
});
