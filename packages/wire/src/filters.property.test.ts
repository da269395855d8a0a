import type { FilterNode } from '@skein/engine';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiError } from './api-error.ts';
import {
  parseFacetFilters,
  parseNumericFilters,
  parseOptionalFilters,
  parseTagFilters,
} from './array-filters.ts';
import { normaliseFilter, renderFilter } from './filter-nodes.ts';
import { parseFilters } from './filters.ts';

const name = fc.string({
  minLength: 1,
  maxLength: 8,
  unit: fc.constantFrom(...Array.from('ab \\"\':()<>-._TO é😀')),
});
const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (Object.is(value, -0) ? 0 : value));

const leaf: fc.Arbitrary<FilterNode> = fc.oneof(
  fc.record({
    kind: fc.constant('facet'),
    path: name,
    value: name,
    score: fc.integer({ min: 0, max: 65_535 }),
  }),
  fc.record({
    kind: fc.constant('compare'),
    path: name,
    operator: fc.constantFrom('<', '<=', '=', '!=', '>', '>='),
    value: number,
    score: fc.constant(0),
  }),
  fc.record({ kind: fc.constant('range'), path: name, from: number, to: number, score: fc.constant(0) }),
);

const { tree } = fc.letrec<{ tree: FilterNode }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom('and', 'or'),
      children: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('not'), child: tie('tree') }),
  ),
}));

test('every tree in normal form survives being written and parsed', () => {
  fc.assert(
    fc.property(tree, (node) => {
      const normal = normaliseFilter(node);
      expect(parseFilters(renderFilter(normal))).toEqual(normal);
    }),
  );
});

test('any nesting means the same as its normal form', () => {
  fc.assert(
    fc.property(tree, (node) => {
      expect(parseFilters(renderFilter(node))).toEqual(normaliseFilter(node));
    }),
  );
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '(',
        ')',
        ' AND ',
        ' OR ',
        ' NOT ',
        ' TO ',
        ':',
        '<',
        '>',
        '=',
        '!',
        '"',
        "'",
        '\\',
        '-',
        ',',
        'a',
        '1',
        '.',
        '[',
        ']',
        'score',
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
);

test('any text gives a node, nothing, or an ApiError', () => {
  const parsers = [
    parseFilters,
    parseFacetFilters,
    parseNumericFilters,
    parseTagFilters,
    parseOptionalFilters,
  ];
  fc.assert(
    fc.property(hostile, (text) => {
      for (const parse of parsers) {
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 500) },
  );
});
