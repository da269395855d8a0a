/**
 * One parameter's value, checked against its type. In a search a value may be text that stands for another type (all are text
 * in a query string: JSON, or a comma list); a setting must have its type, except for the words that old clients send.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { ApiError } from './api-error.ts';
import { parseJsonText } from './json-text.ts';
import { isLanguage } from './languages.ts';
import { definitionOf, type ParameterName, type ParameterType } from './parameters.ts';

export type ValueSource = 'search' | 'settings';

/** The value in its own type. Throws `ApiError` for what does not fit. */
export function checkValue(name: ParameterName, value: Json, source: ValueSource): Json {
  return checkType(name, definitionOf(name).type, value, source);
}

export function checkType(name: string, type: ParameterType, value: Json, source: ValueSource): Json {
  switch (type.kind) {
    case 'string':
      return stringValue(name, value);
    case 'boolean':
      return booleanOf(value) ?? fail(name, 'boolean');
    case 'integer':
      return integerValue(name, value, type);
    case 'strings':
      return stringsValue(name, value, source);
    case 'languages':
      return languagesValue(name, value, source);
    case 'boolean-or-languages':
      return booleanOf(value) ?? languagesValue(name, value, source);
    case 'enum':
      return enumValue(name, value, type.values);
    case 'boolean-or-enum':
      return booleanOf(value) ?? enumValue(name, value, type.values, 'boolean or ');
    case 'enums':
      return stringsValue(name, value, source).map((entry) =>
        enumValue(name, entry, type.values, 'array of '),
      );
    case 'distinct':
      return booleanOf(value, 'words') ?? integerValue(name, value, { min: 0, max: 4 });
    case 'string-or-strings':
      return typeof value === 'string' && !value.startsWith('[') ? value : stringsValue(name, value, source);
    case 'filters':
      return typeof value === 'string' || Array.isArray(value) ? value : fail(name, 'array of strings');
    case 'radius':
      return value === 'all' ? value : integerValue(name, value, { min: 1, max: Number.MAX_SAFE_INTEGER });
    case 'precision':
      return Array.isArray(fromJsonText(value))
        ? fromJsonText(value)
        : integerValue(name, value, { min: 0, max: Number.MAX_SAFE_INTEGER });
    case 'numbers': {
      const parsed = fromJsonText(value);
      return typeof parsed === 'string' || Array.isArray(parsed) ? parsed : fail(name, 'array of numbers');
    }
    case 'object':
      return objectValue(name, value);
    case 'json':
      return value;
  }
}

function fail(name: string, expected: string): never {
  throw new ApiError('parameter-invalid', { name, expected });
}

function stringValue(name: string, value: Json): string {
  if (typeof value === 'string') return value;
  // Query strings carry no types, and some clients send numbers where a text is meant.
  if (typeof value === 'number') return String(value);
  return fail(name, 'string');
}

/** `'words'`: only true and false, so that 0 and 1 keep their meaning as numbers. */
function booleanOf(value: Json, accept: 'words' | 'digits' = 'digits'): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  if (value === 'false') return false;
  if (accept === 'digits') {
    if (value === 1 || value === '1') return true;
    if (value === 0 || value === '0') return false;
  }
  return undefined;
}

interface IntegerBounds {
  readonly min: number;
  readonly max: number;
  readonly cut?: 'max';
}

function integerValue(name: string, value: Json, bounds: IntegerBounds): number {
  const number = typeof value === 'string' && /^\s*[-+]?\d+(\.0*)?\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    return fail(
      name,
      bounds.max === Number.MAX_SAFE_INTEGER ? 'integer' : `integer between ${bounds.min} and ${bounds.max}`,
    );
  }
  if (number > bounds.max) {
    if (bounds.cut === 'max') return bounds.max;
    return fail(name, `integer between ${bounds.min} and ${bounds.max}`);
  }
  if (number < bounds.min) {
    if (bounds.max !== Number.MAX_SAFE_INTEGER && bounds.cut === undefined) {
      return fail(name, `integer between ${bounds.min} and ${bounds.max}`);
    }
    // Algolia's words for parameters without a bound above.
    throw new ApiError('parameter-too-small', { name, min: bounds.min, max: '9223372036854775807' });
  }
  return number;
}

function stringsValue(name: string, value: Json, source: ValueSource): readonly string[] {
  const list = source === 'search' ? listOf(value) : value;
  if (!Array.isArray(list)) return fail(name, 'array of strings');
  for (const entry of list as readonly Json[])
    if (typeof entry !== 'string') return fail(name, 'array of strings');
  return list as readonly string[];
}

/** A text that stands for a list: JSON, or words between commas. */
function listOf(value: Json): Json {
  if (typeof value !== 'string') return value;
  const parsed = fromJsonText(value);
  if (typeof parsed !== 'string') return parsed;
  return parsed
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** The array or object that a text spells as JSON, else the value itself. */
function fromJsonText(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return parseJsonText(value) ?? value;
}

function languagesValue(name: string, value: Json, source: ValueSource): readonly string[] {
  const list = stringsValue(name, value, source);
  for (const language of list) if (!isLanguage(language)) return fail(name, 'array of language codes');
  return list;
}

function enumValue(name: string, value: Json, values: readonly string[], prefix = ''): string {
  if (typeof value === 'string' && values.includes(value)) return value;
  return fail(name, `${prefix}${values.map((entry) => `"${entry}"`).join(', ')}`);
}

function objectValue(name: string, value: Json): JsonObject {
  const parsed = fromJsonText(value);
  return isJsonObject(parsed) ? parsed : fail(name, 'object');
}
