/**
 * The array filters `facetFilters`, `numericFilters`, `tagFilters`, `optionalFilters`: AND of entries, an inner array is an
 * OR (deeper arrays alternate). Old clients send strings: JSON, or `"a,(b,c)"` where parentheses are the OR.
 */
import type { Json } from '@skein/base';
import type { CompareOperator, FilterNode, OptionalFilter } from '@skein/engine';
import { ApiError } from './api-error.ts';
import { allOf, negate, normaliseGroup } from './filter-nodes.ts';
import { parseJsonText } from './json-text.ts';
import { arrayFilterDepthMax, filterTermCountMax } from './limits.ts';

type ArrayFilterName =
  | 'facetFilters'
  | 'numericFilters'
  | 'tagFilters'
  | 'optionalFilters'
  | 'reRankingApplyFilter';
type Entry = (text: string) => FilterNode;

export function parseFacetFilters(
  value: Json,
  name: ArrayFilterName = 'facetFilters',
): FilterNode | undefined {
  return parseGroup(value, name, (text) => facetCondition(text, name, 0).filter);
}

export function parseNumericFilters(value: Json): FilterNode | undefined {
  return parseGroup(value, 'numericFilters', numericCondition);
}

export function parseTagFilters(value: Json): FilterNode | undefined {
  return parseGroup(value, 'tagFilters', tagCondition);
}

/** Scores without `<score=n>` are 1. */
export function parseOptionalFilters(value: Json): readonly (readonly OptionalFilter[])[] {
  const groups: OptionalFilter[][] = [];
  const list = listOf(value, 'optionalFilters');
  for (const member of list) {
    const group: OptionalFilter[] = [];
    for (const text of textsOf(member, 'optionalFilters'))
      group.push(facetCondition(text, 'optionalFilters', 1));
    if (group.length > 0) groups.push(group);
  }
  if (groups.reduce((count, group) => count + group.length, 0) > filterTermCountMax)
    throw tooMany('optionalFilters');
  return groups;
}

function parseGroup(value: Json, name: ArrayFilterName, entry: Entry): FilterNode | undefined {
  let termCount = 0;
  const read = (member: Json, kind: 'and' | 'or', depth: number): FilterNode | undefined => {
    if (Array.isArray(member)) {
      if (depth > arrayFilterDepthMax)
        throw new ApiError('filter-too-deep', { name, max: arrayFilterDepthMax });
      const inner = kind === 'and' ? 'or' : 'and';
      const nodes = (member as readonly Json[])
        .map((child) => read(child, inner, depth + 1))
        .filter((node) => node !== undefined);
      // An empty inner array is no condition: interfaces send `[[]]` for "nothing refined".
      return nodes.length === 0 ? undefined : normaliseGroup(kind, nodes);
    }
    const text = textOf(member, name);
    if (text === '') return undefined;
    if (++termCount > filterTermCountMax) throw tooMany(name);
    return entry(text);
  };
  return allOf([read(listOf(value, name), 'and', 1)]);
}

function tooMany(name: string): ApiError {
  return new ApiError('filter-too-many', { name, max: filterTermCountMax });
}

/** The list that a value stands for. A plain string is JSON if it looks so, else the old comma form. */
function listOf(value: Json, name: ArrayFilterName): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  if (value === null) return [];
  const text = textOf(value, name);
  if (text.startsWith('[')) {
    const parsed = parseJsonText(text);
    if (!Array.isArray(parsed))
      throw new ApiError('parameter-invalid', { name, expected: 'array of strings' });
    return parsed as readonly Json[];
  }
  return legacyList(text);
}

/** `a,(b,c),d` → `['a', ['b', 'c'], 'd']`. Parentheses group only at the start of an entry: values may hold them. */
function legacyList(text: string): readonly Json[] {
  const list: Json[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '(') {
      const close = closingParenthesis(text, at);
      if (close !== undefined) {
        list.push(
          text
            .slice(at + 1, close)
            .split(',')
            .map((entry) => entry.trim()),
        );
        at = close + 1;
        if (text[at] === ',') at++;
        continue;
      }
    }
    let end = text.indexOf(',', at);
    if (end === -1) end = text.length;
    const entry = text.slice(at, end).trim();
    if (entry !== '') list.push(entry);
    at = end + 1;
    while (text[at] === ' ') at++;
  }
  return list;
}

/** The parenthesis that closes a group: followed by a comma or the end. */
function closingParenthesis(text: string, open: number): number | undefined {
  for (let at = text.indexOf(')', open); at !== -1; at = text.indexOf(')', at + 1)) {
    if (at + 1 === text.length || text[at + 1] === ',') return at;
  }
  return undefined;
}

function* textsOf(member: Json, name: ArrayFilterName): Generator<string> {
  if (Array.isArray(member)) {
    for (const child of member as readonly Json[]) {
      const text = textOf(child, name);
      if (text !== '') yield text;
    }
    return;
  }
  const text = textOf(member, name);
  if (text !== '') yield text;
}

function textOf(value: Json, name: ArrayFilterName): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ApiError('parameter-invalid', { name, expected: 'array of strings' });
}

/** `attribute:value`, `attribute:-value` (negated), `attribute:\-value` (a dash), each with `<score=n>` at its end. */
function facetCondition(text: string, name: ArrayFilterName, scoreDefault: number): OptionalFilter {
  const { body, score } = splitScore(text);
  const colon = body.indexOf(':');
  // A leading dash before the attribute is the old form of negation.
  const leading = body.startsWith('-') && colon > 1;
  const path = body.slice(leading ? 1 : 0, Math.max(colon, 0)).trim();
  let value = body.slice(colon + 1).trim();
  if (colon < 1 || path === '') throw new ApiError('filter-facet', { name, condition: text });
  const negated = value.length > 1 && value.startsWith('-');
  if (negated) value = value.slice(1);
  else if (value.startsWith('\\-')) value = value.slice(1);
  const node: FilterNode = { kind: 'facet', path, value, score: scoreDefault === 0 ? (score ?? 0) : 0 };
  return { filter: negated !== leading ? negate(node) : node, score: score ?? scoreDefault };
}

const SCORE = /<\s*score\s*=\s*(\d{1,5})\s*>$/;

function splitScore(text: string): { readonly body: string; readonly score: number | undefined } {
  if (!text.endsWith('>')) return { body: text, score: undefined };
  const open = text.lastIndexOf('<');
  const found = open === -1 ? null : SCORE.exec(text.slice(open));
  const score = Number(found?.[1]);
  if (found === null || score > 65_535) return { body: text, score: undefined };
  return { body: text.slice(0, open), score };
}

function tagCondition(text: string): FilterNode {
  const plain = text.startsWith('_tags:') ? text.slice('_tags:'.length) : text;
  if (plain.length > 1 && plain.startsWith('-')) {
    return negate({ kind: 'facet', path: '_tags', value: plain.slice(1), score: 0 });
  }
  return { kind: 'facet', path: '_tags', value: plain.startsWith('\\-') ? plain.slice(1) : plain, score: 0 };
}

/** `attribute<op>number` or `attribute:low TO high`. */
function numericCondition(text: string): FilterNode {
  let at = 0;
  while (at < text.length && !'<>=!:'.includes(text[at]!)) at++;
  const path = text.slice(0, at).trim();
  if (path !== '' && at < text.length) {
    const range = text[at] === ':' ? text.slice(at + 1).split(' TO ') : [];
    if (range.length === 2) {
      const from = numberOf(range[0]!);
      const to = numberOf(range[1]!);
      if (from !== undefined && to !== undefined) return { kind: 'range', path, from, to, score: 0 };
    }
    const operator = operatorAt(text, at);
    const value = operator === undefined ? undefined : numberOf(text.slice(at + operator.length));
    if (operator !== undefined && value !== undefined)
      return { kind: 'compare', path, operator, value, score: 0 };
  }
  throw new ApiError('filter-numeric', { condition: text });
}

function operatorAt(text: string, at: number): CompareOperator | undefined {
  const two = text.slice(at, at + 2);
  if (two === '<=' || two === '>=' || two === '!=') return two;
  const one = text[at];
  return one === '<' || one === '>' || one === '=' ? one : undefined;
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  const value = Number(trimmed);
  return NUMBER.test(trimmed) && Number.isFinite(value) ? value : undefined;
}
