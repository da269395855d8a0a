/**
 * The `filters` expression:
 *   1. Conditions: facet, tag, comparison, range, score.
 *   2. OR binds tighter than AND; parentheses and NOT nest freely.
 *   3. Quotes and escapes as in Algolia's own validator.
 *   4. Mistakes are reported with Algolia's words and 0-based column.
 *   5. Hostile text costs no stack and no exponential time.
 */
import type { FilterNode } from '@skein/engine';
import { describe, expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import { parseFilters } from './filters.ts';

const facet = (path: string, value: string, score = 0): FilterNode => ({ kind: 'facet', path, value, score });
const tag = (value: string) => facet('_tags', value);
const not = (child: FilterNode): FilterNode => ({ kind: 'not', child });
const and = (...children: FilterNode[]): FilterNode => ({ kind: 'and', children });
const or = (...children: FilterNode[]): FilterNode => ({ kind: 'or', children });

function messageOf(text: string): string {
  try {
    parseFilters(text);
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('1: conditions of every kind', () => {
  expect(parseFilters('')).toBeUndefined();
  expect(parseFilters('  \n ')).toBeUndefined();
  expect(parseFilters('brand:Apple')).toEqual(facet('brand', 'Apple'));
  expect(parseFilters('brand : Apple')).toEqual(facet('brand', 'Apple'));
  expect(parseFilters('public')).toEqual(tag('public'));
  expect(parseFilters('isEnabled:true')).toEqual(facet('isEnabled', 'true'));
  expect(parseFilters('price >= -3.5')).toEqual({
    kind: 'compare',
    path: 'price',
    operator: '>=',
    value: -3.5,
    score: 0,
  });
  for (const operator of ['<', '<=', '=', '!=', '>', '>='] as const) {
    expect(parseFilters(`n${operator}10`)).toEqual({
      kind: 'compare',
      path: 'n',
      operator,
      value: 10,
      score: 0,
    });
  }
  expect(parseFilters('price:5.99 TO 100')).toEqual({
    kind: 'range',
    path: 'price',
    from: 5.99,
    to: 100,
    score: 0,
  });
  expect(parseFilters('price:-5 TO -1')).toEqual({
    kind: 'range',
    path: 'price',
    from: -5,
    to: -1,
    score: 0,
  });
  expect(parseFilters('num:123TO456')).toEqual(facet('num', '123TO456'));
  expect(parseFilters('a:b<score=789>')).toEqual(facet('a', 'b', 789));
  expect(parseFilters(' a < score = 789 > ')).toEqual(facet('_tags', 'a', 789));
});

test('2: OR binds tighter than AND, groups and NOT nest freely', () => {
  expect(parseFilters('a AND b OR c')).toEqual(and(tag('a'), or(tag('b'), tag('c'))));
  expect(parseFilters('a OR b AND c OR d')).toEqual(and(or(tag('a'), tag('b')), or(tag('c'), tag('d'))));
  expect(parseFilters('(a AND b) OR c')).toEqual(or(and(tag('a'), tag('b')), tag('c')));
  expect(parseFilters('NOT (a OR x:y)')).toEqual(not(or(tag('a'), facet('x', 'y'))));
  expect(parseFilters('NOT(a)')).toEqual(not(tag('a')));
  expect(parseFilters('NOT NOT a')).toEqual(tag('a'));
  expect(parseFilters('((a) AND ((b)))')).toEqual(and(tag('a'), tag('b')));
  expect(parseFilters('a\nAND\rb\tAND\fc AND d')).toEqual(and(tag('a'), tag('b'), tag('c'), tag('d')));
  expect(parseFilters('a OR price > 3')).toEqual(
    or(tag('a'), { kind: 'compare', path: 'price', operator: '>', value: 3, score: 0 }),
  );
  expect(parseFilters('a AND (b AND c)')).toEqual(and(tag('a'), tag('b'), tag('c')));
});

test('3: quotes keep spaces, keywords and separators; backslashes escape quotes inside them', () => {
  expect(parseFilters('"my brand":"Black & Decker"')).toEqual(facet('my brand', 'Black & Decker'));
  expect(parseFilters(`a:'AND'`)).toEqual(facet('a', 'AND'));
  expect(parseFilters('a:"x > y"')).toEqual(facet('a', 'x > y'));
  expect(parseFilters('a:"say \\"hi\\""')).toEqual(facet('a', 'say "hi"'));
  expect(parseFilters(`a:'it\\'s'`)).toEqual(facet('a', "it's"));
  expect(parseFilters('a:"back\\\\slash"')).toEqual(facet('a', 'back\\slash'));
  expect(parseFilters('a:"no \\n newline"')).toEqual(facet('a', 'no \\n newline'));
  expect(parseFilters('\\name\\:\\value\\')).toEqual(facet('\\name\\', '\\value\\'));
  expect(parseFilters('" "')).toEqual(tag(' '));
  expect(parseFilters('"123" > 3')).toMatchObject({ kind: 'compare', path: '123' });
});

test('3: a dash before an unquoted value negates it, an escaped or quoted dash does not', () => {
  expect(parseFilters('brand:-Apple')).toEqual(not(facet('brand', 'Apple')));
  expect(parseFilters('NOT brand:-Apple')).toEqual(facet('brand', 'Apple'));
  expect(parseFilters('brand:\\-Apple')).toEqual(facet('brand', '-Apple'));
  expect(parseFilters('brand:"-Apple"')).toEqual(facet('brand', '-Apple'));
  expect(parseFilters('temperature:-5')).toEqual(facet('temperature', '-5'));
});

describe('4: mistakes are reported in Algolia’s words', () => {
  test.each([
    [':value1 AND name2:value2', "Unexpected token ':' expected filter at col 0"],
    ['name1: AND name2:value2', "Unexpected token 'AND' expected string at col 7"],
    ['"":value1 AND name2:value2', 'Unexpected token empty string expected filter at col 1'],
    ['name1:"" AND name2:value2', 'Unexpected token empty string expected string at col 7'],
    ['"unclosed', 'Unexpected token incomplete string expected filter at col 0'],
    ['"unclosed because escaped \\"', 'Unexpected token incomplete string expected filter at col 0'],
    ['"unclosed with trailing backslash \\', 'Unexpected token incomplete string expected filter at col 0'],
    ['a"b"c', 'Unexpected token string(b) expected end of filter at col 1'],
    ['a\\ AND\\ b', 'Unexpected token string(AND\\) expected end of filter at col 3'],
    ['not a', 'Unexpected token string(a) expected end of filter at col 4'],
    ['a and b', 'Unexpected token string(and) expected end of filter at col 2'],
    ['num:123 to 456', 'Unexpected token string(to) expected end of filter at col 8'],
    ['num < 123 <score=789>', 'Unexpected token < expected end of filter at col 10'],
    ['num:123 TO 456<score=789>', 'Unexpected token < expected end of filter at col 14'],
    ['a<unknown=666>', 'Unexpected token string(unknown) expected numeric at col 2'],
    ['status=open', 'Unexpected token string(open) expected numeric at col 7'],
    ['category.lvl2:Womens>Tailoring', 'Unexpected token > expected end of filter at col 20'],
    ['(languages:pythonORlanguages:javascript)', "Unexpected token ':' expected ')' at col 28"],
    ['(a OR b', "Unexpected token end of filter expected ')' at col 7"],
    ['a OR', 'Unexpected token end of filter expected filter at col 4'],
    ['a)', "Unexpected token ')' expected end of filter at col 1"],
    ['()', "Unexpected token ')' expected filter at col 1"],
    ['a !b', 'Unexpected token ! expected end of filter at col 2'],
    ['a:b<score=70000>', 'Unexpected token numeric(70000) expected integer between 0 and 65535 at col 10'],
  ])('%s', (text, message) => {
    expect(messageOf(text)).toBe(`filters: ${message}`);
  });
});

test('5: a hundred thousand parentheses are only parentheses', () => {
  const count = 100_000;
  expect(parseFilters(`${'('.repeat(count)}a${')'.repeat(count)}`)).toEqual(tag('a'));
  expect(parseFilters(`${'NOT('.repeat(count)}a${')'.repeat(count)}`)).toEqual(tag('a'));
  expect(messageOf('('.repeat(count))).toContain('expected filter at col 100000');
  expect(messageOf(`${'(a AND (b OR '.repeat(count)}c${'))'.repeat(count)}`)).toMatch(/too many/);
  expect(messageOf(`${'(a AND (b OR '.repeat(100)}c${'))'.repeat(100)}`)).toMatch(/nested conditions/);
  // Groups of one kind would melt into one, but copying them at each level is work.
  const leftNested = `${'('.repeat(10_000)}a${' OR b)'.repeat(10_000)}`;
  const rightNested = `${'a OR ('.repeat(10_000)}b${')'.repeat(10_000)}`;
  expect(messageOf(leftNested)).toMatch(/nested conditions/);
  expect(messageOf(rightNested)).toMatch(/nested conditions/);
  expect(messageOf(`${'('.repeat(50)}a${' OR b)'.repeat(50)}`)).toBe('accepted');
  expect(messageOf('a OR '.repeat(19_999).concat('a'))).toBe('accepted');
  expect(messageOf('a OR '.repeat(20_000).concat('a'))).toMatch(/too many conditions/);
});
