/**
 * Index settings as the wire speaks of them: a plain object of what was set, in the type it was given. Merging, the answer of
 * `GET settings`, and the part of them that the engine needs to build segments (`schemaOf`).
 */
import { isJsonObject, type Json, type JsonObject, utf8Encode } from '@skein/base';
import {
  type FacetAttribute,
  type IndexSchema,
  type NumericAttribute,
  type SearchableAttribute,
  type SortAttribute,
} from '@skein/engine';
import { ApiError } from './api-error.ts';
import { userDataBytesMax } from './limits.ts';
import { checkValue } from './parameter-values.ts';
import { definitionOf, isParameterName, PARAMETERS, RANKING_DEFAULT, SETTING_ALIASES } from './parameters.ts';

/** Fields of a `GET settings` answer that are no settings: sent back by tools that copy settings. */
const IGNORED = new Set(['version', 'primary']);

/**
 * Old settings with the patch applied: what the patch does not name stays, `null` returns to the default. Values keep the type
 * they were given in. Throws `ApiError` for an unknown name or a value that does not fit, and then changes nothing.
 */
export function mergeSettings(old: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = {};
  for (const [name, value] of Object.entries(old)) if (value !== undefined) merged[name] = value;
  for (const [given, value] of Object.entries(patch)) {
    if (IGNORED.has(given) || value === undefined) continue;
    const name = Object.hasOwn(SETTING_ALIASES, given) ? SETTING_ALIASES[given]! : given;
    if (!isParameterName(name) || definitionOf(name).scope === 'Q') {
      throw new ApiError('setting-unknown', { name: given, column: columnAfter(patch, given) });
    }
    if (value === null) {
      delete merged[name];
      continue;
    }
    checkValue(name, value, 'settings');
    checkMeaning(name, value);
    merged[name] = value;
  }
  return merged;
}

/** Where a key of the body ends, as Algolia's parser counts, when the body is written without spaces as clients do. */
function columnAfter(body: JsonObject, name: string): number {
  let column = 1;
  for (const [key, value] of Object.entries(body)) {
    column += JSON.stringify(key).length;
    if (key === name) return column;
    column += (JSON.stringify(value) ?? '').length + 2;
  }
  return column;
}

function checkMeaning(name: string, value: Json): void {
  const expect = (fits: boolean, expected: string) => {
    if (!fits) throw new ApiError('parameter-invalid', { name, expected });
  };
  switch (name) {
    case 'customRanking':
      for (const entry of stringsOf(value))
        expect(sortOf(entry) !== undefined, 'array of asc(attribute) or desc(attribute)');
      break;
    case 'ranking':
      for (const entry of stringsOf(value)) {
        expect(
          sortOf(entry) !== undefined || RANKING_DEFAULT.includes(entry),
          `array of ${RANKING_DEFAULT.join(', ')}, asc(attribute) or desc(attribute)`,
        );
      }
      break;
    case 'userData':
      expect(
        utf8Encode(JSON.stringify(value)).length <= userDataBytesMax,
        `at most ${userDataBytesMax} bytes of JSON`,
      );
      break;
    case 'customNormalization':
      expect(isNormalization(value), 'object of objects of strings, such as {"default":{"ä":"ae"}}');
      break;
    case 'searchableAttributes':
    case 'attributesForFaceting':
    case 'numericAttributesForFiltering':
      for (const entry of stringsOf(value)) expect(entry.trim() !== '', 'array of attribute names');
      break;
  }
}

function isNormalization(value: Json): boolean {
  return (
    isJsonObject(value) &&
    Object.values(value).every(
      (table) =>
        isJsonObject(table) &&
        Object.entries(table).every(([from, to]) => Array.from(from).length === 1 && typeof to === 'string'),
    )
  );
}

/** Settings that are answered even when never set; `null` where Algolia's version 2 has no default to show. */
const ALWAYS_ANSWERED: readonly (readonly [name: keyof typeof PARAMETERS, neverSet: 'default' | null])[] = [
  ['minWordSizefor1Typo', 'default'],
  ['minWordSizefor2Typos', 'default'],
  ['hitsPerPage', 'default'],
  ['maxValuesPerFacet', 'default'],
  ['searchableAttributes', null],
  ['numericAttributesForFiltering', null],
  ['attributesToRetrieve', null],
  ['unretrievableAttributes', null],
  ['optionalWords', null],
  ['attributesForFaceting', null],
  ['attributesToSnippet', null],
  ['attributesToHighlight', null],
  ['paginationLimitedTo', 'default'],
  ['attributeForDistinct', null],
  ['exactOnSingleWordQuery', 'default'],
  ['ranking', 'default'],
  ['customRanking', null],
  ['separatorsToIndex', 'default'],
  ['removeWordsIfNoResults', 'default'],
  ['queryType', 'default'],
  ['highlightPreTag', 'default'],
  ['highlightPostTag', 'default'],
  ['snippetEllipsisText', 'default'],
  ['alternativesAsExact', 'default'],
];

const VERSION_1_NAMES: Readonly<Record<string, string>> = {
  searchableAttributes: 'attributesToIndex',
  numericAttributesForFiltering: 'numericAttributesToIndex',
  replicas: 'slaves',
};

/** What `GET settings` answers. Version 1 uses the old names. */
export function settingsResponse(settings: JsonObject, version: 1 | 2): JsonObject {
  const response: Record<string, Json> = {};
  const put = (name: string, value: Json) => {
    response[version === 1 ? (VERSION_1_NAMES[name] ?? name) : name] = value;
  };
  for (const [name, neverSet] of ALWAYS_ANSWERED) {
    put(name, settings[name] ?? (neverSet === null ? null : (definitionOf(name).default ?? null)));
  }
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) put(name, value);
  response['version'] = version;
  return response;
}

const schemas = new WeakMap<JsonObject, IndexSchema>();

/** What the engine must know to build segments. Takes settings that `mergeSettings` has let through; never throws. */
export function schemaOf(settings: JsonObject): IndexSchema {
  const known = schemas.get(settings);
  if (known !== undefined) return known;
  const distinct = settings['attributeForDistinct'];
  const numeric = stringsOf(settings['numericAttributesForFiltering']);
  const schema: IndexSchema = {
    searchable: searchableOf(stringsOf(settings['searchableAttributes'])),
    facets: uniquePaths(stringsOf(settings['attributesForFaceting']).map(facetOf)),
    numericFilterable: numeric.length === 0 ? undefined : uniquePaths(numeric.map(numericOf)),
    customRanking: sortsOf(settings['customRanking']),
    sortAttributes: [...new Set(sortsOf(settings['ranking']).map((sort) => sort.path))],
    distinctAttribute: typeof distinct === 'string' && distinct !== '' ? distinct : undefined,
    text: {
      separatorsToIndex: textOf(settings['separatorsToIndex']),
      keepDiacriticsOnCharacters: textOf(settings['keepDiacriticsOnCharacters']),
      customNormalization: normalizationOf(settings['customNormalization']),
      camelCaseAttributes: stringsOf(settings['camelCaseAttributes']),
      indexLanguages: stringsOf(settings['indexLanguages']),
    },
  };
  schemas.set(settings, schema);
  return schema;
}

/** Whether segments built for one schema serve the other; if not, the index is rebuilt. */
export function sameSchema(a: IndexSchema, b: IndexSchema): boolean {
  return a === b || canonical(a) === canonical(b);
}

function canonical(schema: IndexSchema): string {
  // Keys in one order, whoever made the object.
  const { text } = schema;
  return JSON.stringify([
    schema.searchable.map(({ path, rank, ordered }) => [path, rank, ordered]),
    schema.facets.map((facet) => [facet.path, facet.searchable, facet.filterOnly, facet.afterDistinct]),
    schema.numericFilterable?.map(({ path, equalOnly }) => [path, equalOnly]) ?? null,
    schema.customRanking.map(({ path, direction }) => [path, direction]),
    schema.sortAttributes,
    schema.distinctAttribute ?? null,
    text.separatorsToIndex,
    text.keepDiacriticsOnCharacters,
    [...text.customNormalization],
    text.camelCaseAttributes,
    text.indexLanguages,
  ]);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function stringsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((entry) => typeof entry === 'string') : [];
}

/** `name(inner)` with one of the given names; the inner text, trimmed. */
function unwrap(
  text: string,
  names: readonly string[],
): { readonly name: string; readonly inner: string } | undefined {
  const open = text.indexOf('(');
  if (open === -1 || !text.endsWith(')')) return undefined;
  const name = text.slice(0, open).trim();
  return names.includes(name) ? { name, inner: text.slice(open + 1, -1).trim() } : undefined;
}

/** Attributes of one comma list share a rank, and then positions do not count between them. */
function searchableOf(entries: readonly string[]): readonly SearchableAttribute[] {
  const found = new Map<string, SearchableAttribute>();
  entries.forEach((entry, rank) => {
    const parts = entry
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    for (const part of parts) {
      const wrapped = unwrap(part, ['ordered', 'unordered']);
      const path = wrapped?.inner ?? part;
      const ordered = parts.length === 1 && wrapped?.name !== 'unordered';
      // Named twice: the more important place counts.
      if (path !== '' && !found.has(path)) found.set(path, { path, rank, ordered });
    }
  });
  return [...found.values()];
}

function facetOf(entry: string): FacetAttribute {
  let path = entry.trim();
  const modifiers = new Set<string>();
  for (;;) {
    const wrapped = unwrap(path, ['searchable', 'filterOnly', 'afterDistinct']);
    if (wrapped === undefined) break;
    modifiers.add(wrapped.name);
    path = wrapped.inner;
  }
  return {
    path,
    searchable: modifiers.has('searchable'),
    filterOnly: modifiers.has('filterOnly'),
    afterDistinct: modifiers.has('afterDistinct'),
  };
}

function numericOf(entry: string): NumericAttribute {
  const wrapped = unwrap(entry.trim(), ['equalOnly']);
  return { path: wrapped?.inner ?? entry.trim(), equalOnly: wrapped !== undefined };
}

function uniquePaths<T extends { readonly path: string }>(entries: readonly T[]): readonly T[] {
  const found = new Map<string, T>();
  for (const entry of entries) if (entry.path !== '' && !found.has(entry.path)) found.set(entry.path, entry);
  return [...found.values()];
}

/** `asc(a)` or `desc(a)`; undefined for anything else. */
export function sortOf(entry: string): SortAttribute | undefined {
  const wrapped = unwrap(entry.trim(), ['asc', 'desc']);
  if (wrapped === undefined || wrapped.inner === '') return undefined;
  return { path: wrapped.inner, direction: wrapped.name === 'asc' ? 'asc' : 'desc' };
}

function sortsOf(value: Json | undefined): readonly SortAttribute[] {
  return stringsOf(value)
    .map(sortOf)
    .filter((sort) => sort !== undefined);
}

function normalizationOf(value: Json | undefined): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  if (!isJsonObject(value)) return table;
  for (const group of Object.values(value)) {
    if (!isJsonObject(group)) continue;
    for (const [from, to] of Object.entries(group)) if (typeof to === 'string') table.set(from, to);
  }
  return table;
}
