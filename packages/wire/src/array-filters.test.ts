/**
 * `facetFilters`, `numericFilters`, `tagFilters`, `optionalFilters`:
 *   1. The outer array is AND, an inner one is OR; empty arrays are no condition.
 *   2. Old clients' texts mean the same: JSON, or a comma list with parentheses.
 *   3. `attribute:-value` negates, `attribute:\-value` is a dash, quotes are plain characters.
 *   4. Scores of optional filters default to 1.
 */
import type { FilterNode } from '@skein/engine';
import { expect, test } from 'vitest';
import {
  parseFacetFilters,
  parseNumericFilters,
  parseOptionalFilters,
  parseTagFilters,
} from './array-filters.ts';

const facet = (path: string, value: string, score = 0): FilterNode => ({ kind: 'facet', path, value, score });
const not = (child: FilterNode): FilterNode => ({ kind: 'not', child });
const and = (...children: FilterNode[]): FilterNode => ({ kind: 'and', children });
const or = (...children: FilterNode[]): FilterNode => ({ kind: 'or', children });

test('1: arrays nest as AND of ORs', () => {
  expect(parseFacetFilters(['a:1', ['b:2', 'c:3']])).toEqual(
    and(facet('a', '1'), or(facet('b', '2'), facet('c', '3'))),
  );
  expect(parseFacetFilters([['a:1', 'b:2']])).toEqual(or(facet('a', '1'), facet('b', '2')));
  expect(parseFacetFilters([[]])).toBeUndefined();
  expect(parseFacetFilters([[], 'a:1', ''])).toEqual(facet('a', '1'));
  expect(parseFacetFilters([['a:1', ['b:2', 'c:3']]])).toEqual(
    or(facet('a', '1'), and(facet('b', '2'), facet('c', '3'))),
  );
});

test('2: texts of old clients', () => {
  expect(parseFacetFilters('a:1,(b:2,c:3)')).toEqual(
    and(facet('a', '1'), or(facet('b', '2'), facet('c', '3'))),
  );
  expect(parseFacetFilters('["a:1",["b:2","c:3"]]')).toEqual(
    and(facet('a', '1'), or(facet('b', '2'), facet('c', '3'))),
  );
  expect(parseFacetFilters('a:x (old)')).toEqual(facet('a', 'x (old)'));
  expect(parseTagFilters('t1,(t2,t3)')).toEqual(
    and(facet('_tags', 't1'), or(facet('_tags', 't2'), facet('_tags', 't3'))),
  );
  expect(parseTagFilters('(public,user1)')).toEqual(or(facet('_tags', 'public'), facet('_tags', 'user1')));
  expect(parseNumericFilters('n=6,(n=10,n>40)')).toEqual(
    and(
      { kind: 'compare', path: 'n', operator: '=', value: 6, score: 0 },
      or(
        { kind: 'compare', path: 'n', operator: '=', value: 10, score: 0 },
        { kind: 'compare', path: 'n', operator: '>', value: 40, score: 0 },
      ),
    ),
  );
});

test('3: negation, dashes, quotes and colons in values', () => {
  expect(parseFacetFilters(['a:-v'])).toEqual(not(facet('a', 'v')));
  expect(parseFacetFilters(['-a:v'])).toEqual(not(facet('a', 'v')));
  expect(parseFacetFilters(['a:\\-v'])).toEqual(facet('a', '-v'));
  expect(parseFacetFilters(['a:"v"'])).toEqual(facet('a', '"v"'));
  expect(parseFacetFilters(['url:https://x.org/?a=(b)'])).toEqual(facet('url', 'https://x.org/?a=(b)'));
  expect(parseFacetFilters(['h.lvl1:Men > Shoes'])).toEqual(facet('h.lvl1', 'Men > Shoes'));
  expect(parseTagFilters(['-old'])).toEqual(not(facet('_tags', 'old')));
  expect(() => parseFacetFilters(['novalue'])).toThrow(
    'facetFilters: invalid condition novalue, expected attribute:value',
  );
  expect(() => parseFacetFilters([{ a: 1 }])).toThrow('Invalid value for "facetFilters" parameter');
});

test('3: numeric conditions', () => {
  expect(parseNumericFilters(['price: 1.5 TO 20'])).toEqual({
    kind: 'range',
    path: 'price',
    from: 1.5,
    to: 20,
    score: 0,
  });
  expect(parseNumericFilters(['price != -1'])).toEqual({
    kind: 'compare',
    path: 'price',
    operator: '!=',
    value: -1,
    score: 0,
  });
  expect(() => parseNumericFilters(['status=open'])).toThrow(
    'Invalid syntax for numeric condition:status=open',
  );
  expect(() => parseNumericFilters(['price'])).toThrow('Invalid syntax for numeric condition:price');
});

test('4: optional filters carry scores', () => {
  expect(parseOptionalFilters(['a:v', ['b:w<score=3>', 'c:-x']])).toEqual([
    [{ filter: facet('a', 'v'), score: 1 }],
    [
      { filter: facet('b', 'w'), score: 3 },
      { filter: not(facet('c', 'x')), score: 1 },
    ],
  ]);
  expect(parseOptionalFilters('a:v,b:w<score=2>')).toEqual([
    [{ filter: facet('a', 'v'), score: 1 }],
    [{ filter: facet('b', 'w'), score: 2 }],
  ]);
  expect(parseFacetFilters(['a:v<score=2>'])).toEqual(facet('a', 'v', 2));
});
