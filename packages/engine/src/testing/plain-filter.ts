/**
 * Filters, facets, numbers and sort values read from one parsed record, without any index: the oracle that columns are
 * compared with, and what the plain engine uses. It follows `docs/relevance.md` §4, §5 and §6, plus what that page leaves open:
 *
 *  - a path's names are separated by dots; a name that contains a dot can't be reached; arrays on the way are looked
 *    through; an object at the end is no value;
 *  - facet values that are empty after trimming are no values; lone surrogates count as U+FFFD;
 *  - numbers are JSON numbers only (no numeric strings), and finite; `_geoloc` holds no numbers to filter by;
 *  - what lies deeper than `NESTING_MAX` objects and arrays is not looked at.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { NESTING_MAX } from '../columns/attribute-values.ts';
import { SORT_TEXT_UNITS_MAX, type SortValue } from '../columns/sort-value.ts';
import type { CompareOperator, FilterNode } from '../filters/filter-node.ts';
import type { OptionalFilter } from '../query/search-query.ts';
import type { IndexSchema } from '../schema.ts';

export function matchesFilter(
  record: JsonObject,
  objectID: string,
  filter: FilterNode,
  schema: IndexSchema,
): boolean {
  const matches = (node: FilterNode) => matchesFilter(record, objectID, node, schema);
  switch (filter.kind) {
    case 'and':
      return filter.children.every(matches);
    case 'or':
      return filter.children.some(matches);
    case 'not':
      return !matches(filter.child);
    case 'facet':
      if (filter.path === 'objectID') return filter.value === objectID;
      if (filter.path !== '_tags' && !schema.facets.some((facet) => facet.path === filter.path)) return false;
      return facetValues(record, filter.path).some((value) => facetKey(value) === facetKey(filter.value));
    case 'compare': {
      const { operator, value } = filter;
      if (!numberFilterAllowed(schema, filter.path, operator === '=' || operator === '!=')) return false;
      return numericValues(record, filter.path).some((number) => compareNumbers(number, operator, value));
    }
    case 'range':
      if (!numberFilterAllowed(schema, filter.path, false)) return false;
      return numericValues(record, filter.path).some((n) => n >= filter.from && n <= filter.to);
  }
}

/** The `filters` criterion's number: scores of `<score=n>` terms inside `filter`, plus those of optional filters. */
export function filterScore(
  record: JsonObject,
  objectID: string,
  query: {
    readonly filter: FilterNode | undefined;
    readonly optionalFilters: readonly (readonly OptionalFilter[])[];
    readonly sumOrFiltersScores: boolean;
  },
  schema: IndexSchema,
): number {
  const best = (scores: readonly number[]) =>
    query.sumOrFiltersScores ? scores.reduce((sum, score) => sum + score, 0) : Math.max(0, ...scores);
  const scoreOf = (node: FilterNode): number => {
    if (node.kind === 'not' || !matchesFilter(record, objectID, node, schema)) return 0;
    if ('children' in node) {
      const scores = node.children.map(scoreOf);
      return node.kind === 'or' ? best(scores) : scores.reduce((sum, score) => sum + score, 0);
    }
    return node.score;
  };
  let score = query.filter === undefined ? 0 : scoreOf(query.filter);
  for (const group of query.optionalFilters) {
    const matching = group.filter((member) => matchesFilter(record, objectID, member.filter, schema));
    score += best(matching.map((member) => member.score));
  }
  return score;
}

/** Trimmed values of an attribute, in record order; of values that differ only in case the first. */
export function facetValues(record: JsonObject, path: string): string[] {
  const values = new Map<string, string>();
  for (const leaf of leavesAt(record, path)) {
    if (typeof leaf === 'number' && !Number.isFinite(leaf)) continue;
    const value = (typeof leaf === 'string' ? wellFormed(leaf) : String(leaf)).trim();
    if (value !== '' && !values.has(facetKey(value))) values.set(facetKey(value), value);
  }
  return [...values.values()];
}

/** Facet values with the same key are one value. */
export function facetKey(value: string): string {
  return wellFormed(value).trim().toLowerCase();
}

/** All finite numbers of an attribute, in record order. */
export function numericValues(record: JsonObject, path: string): number[] {
  if (path === '_geoloc' || path.startsWith('_geoloc.')) return [];
  return leavesAt(record, path).filter(
    (leaf): leaf is number => typeof leaf === 'number' && Number.isFinite(leaf),
  );
}

/** The value that sorting and custom ranking use: of arrays the first element; strings normalised and cut. */
export function sortValueOf(
  record: JsonObject,
  path: string,
  normalise: (text: string) => string,
): SortValue {
  const value = firstAt(record, path);
  if (typeof value !== 'string') return value;
  return wellFormed(wellFormed(normalise(value)).slice(0, SORT_TEXT_UNITS_MAX));
}

/** The name of the group that a record belongs to; undefined: a group of its own. */
export function distinctValueOf(record: JsonObject, path: string): string | undefined {
  const value = firstAt(record, path);
  return value === undefined ? undefined : wellFormed(String(value));
}

function firstAt(record: JsonObject, path: string): number | string | boolean | undefined {
  let value: Json | undefined = record;
  const names = path.split('.');
  for (let depth = 0; depth <= NESTING_MAX; depth++) {
    if (Array.isArray(value)) value = (value as readonly Json[])[0];
    else if (names.length > 0) {
      if (!isJsonObject(value)) return undefined;
      const name = names.shift()!;
      value = Object.hasOwn(value, name) ? value[name] : undefined;
    } else break;
  }
  // Adding 0 turns -0 into 0.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
}

function leavesAt(record: JsonObject, path: string): (string | number | boolean)[] {
  const leaves: (string | number | boolean)[] = [];
  const visit = (value: Json | undefined, names: readonly string[], depth: number): void => {
    if (depth > NESTING_MAX) return;
    if (Array.isArray(value)) for (const element of value) visit(element, names, depth + 1);
    else if (isJsonObject(value)) {
      const [name, ...rest] = names;
      if (name !== undefined && Object.hasOwn(value, name)) visit(value[name], rest, depth + 1);
    } else if (value != null && names.length === 0) leaves.push(value as string | number | boolean);
  };
  visit(record, path.split('.'), 0);
  return leaves;
}

function numberFilterAllowed(schema: IndexSchema, path: string, equality: boolean): boolean {
  if (schema.numericFilterable === undefined) return true;
  const declared = schema.numericFilterable.find((attribute) => attribute.path === path);
  return declared !== undefined && (equality || !declared.equalOnly);
}

function compareNumbers(number: number, operator: CompareOperator, value: number): boolean {
  switch (operator) {
    case '<':
      return number < value;
    case '<=':
      return number <= value;
    case '=':
      return number === value;
    case '!=':
      return number !== value;
    case '>':
      return number > value;
    case '>=':
      return number >= value;
  }
}

function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
