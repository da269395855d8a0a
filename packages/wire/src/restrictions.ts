/**
 * What URL-encoded parameters force on requests: those inside a secured key, and a key's `queryParameters`. Limits in time and
 * place, conditions that every search must fulfil, and values that the request cannot change.
 */
import { type Json, utf8Encode } from '@skein/base';
import { ApiError } from './api-error.ts';
import { inSourceRange, isSourceRange } from './ip-ranges.ts';
import { parseJsonText } from './json-text.ts';
import { forcedParameterBytesMax } from './limits.ts';
import { checkValue } from './parameter-values.ts';
import { definitionOf, isParameterName, type ParameterName } from './parameters.ts';
import { matchesAnyPattern } from './patterns.ts';
import { parseQueryString } from './query-string.ts';
import { type ForcedSearch, filtersIn } from './search-request.ts';

export interface Restrictions {
  /** Unix time in milliseconds; undefined: none besides the parent's. */
  readonly validUntilMs: number | undefined;
  /** Patterns; undefined: none besides the parent's. */
  readonly indexes: readonly string[] | undefined;
  /** CIDR ranges. */
  readonly sources: readonly string[] | undefined;
  readonly userToken: string | undefined;
  readonly search: ForcedSearch;
}

const RESTRICTION_NAMES: ReadonlySet<string> = new Set(['validUntil', 'restrictIndices', 'restrictSources']);
const FILTER_NAMES: ReadonlySet<string> = new Set([
  'filters',
  'facetFilters',
  'numericFilters',
  'tagFilters',
]);

/**
 * What URL-encoded parameters (a secured key's, or a key's `queryParameters`) force. An unknown name is an error and not
 * ignored: a misspelt restriction must not open more than was meant.
 */
export function parseRestrictions(text: string): Restrictions {
  const given = parseQueryString(text);
  const sources = listIn(given, 'restrictSources');
  if (sources?.every(isSourceRange) === false) {
    throw new ApiError('parameter-invalid', {
      name: 'restrictSources',
      expected: 'IP addresses or CIDR ranges',
    });
  }
  const parameters = new Map<ParameterName, Json>();
  const filters = new Map<ParameterName, Json>();
  for (const [name, value] of given) {
    if (RESTRICTION_NAMES.has(name)) continue;
    if (!isParameterName(name) || definitionOf(name).scope === 'S')
      throw new ApiError('parameter-unknown', { name });
    if (!FILTER_NAMES.has(name) && utf8Encode(value).length > forcedParameterBytesMax) {
      throw new ApiError('parameter-invalid', {
        name,
        expected: `string shorter than ${forcedParameterBytesMax} bytes`,
      });
    }
    (FILTER_NAMES.has(name) ? filters : parameters).set(name, checkValue(name, value, 'search'));
  }
  const filter = filtersIn(filters);
  const userToken = parameters.get('userToken');
  return {
    validUntilMs: validUntilOf(given.get('validUntil')),
    indexes: listIn(given, 'restrictIndices'),
    sources,
    userToken: typeof userToken === 'string' ? userToken : undefined,
    search: {
      parameters,
      filters: filter === undefined ? [] : [filter],
      maxHitsPerQuery: 0,
      seeUnretrievable: false,
    },
  };
}

function validUntilOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,12}(\.\d*)?$/.test(text)) {
    throw new ApiError('parameter-invalid', { name: 'validUntil', expected: 'integer' });
  }
  return Math.floor(Number(text)) * 1000;
}

function listIn(given: ReadonlyMap<string, string>, name: string): readonly string[] | undefined {
  const value = given.get(name);
  return value === undefined || value === '' ? undefined : listOfText(value);
}

/** Undefined when the restrictions allow it; else the error. A secured key's parent is asked besides, with `authorise`. */
export function authoriseRestrictions(
  restrictions: Restrictions,
  request: {
    readonly indexes: readonly string[];
    readonly nowMs: number;
    readonly sourceIp: string | undefined;
  },
): ApiError | undefined {
  if (restrictions.validUntilMs !== undefined && request.nowMs >= restrictions.validUntilMs) {
    return new ApiError('secured-key-expired');
  }
  const { sources, indexes } = restrictions;
  if (sources !== undefined && !comesFrom(request.sourceIp, sources)) {
    return new ApiError('source-not-allowed');
  }
  if (indexes !== undefined && !request.indexes.every((index) => matchesAnyPattern(index, indexes))) {
    return new ApiError('index-not-allowed');
  }
  return undefined;
}

function comesFrom(sourceIp: string | undefined, sources: readonly string[]): boolean {
  return sourceIp !== undefined && sources.some((range) => inSourceRange(sourceIp, range));
}

/** `a,b` or `["a","b"]`. */
function listOfText(value: string): readonly string[] {
  const list = value.startsWith('[') ? parseJsonText(value) : undefined;
  if (Array.isArray(list)) return (list as readonly Json[]).filter((entry) => typeof entry === 'string');
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
