/**
 * Records and filters that meet often: few names, few values, and the odd cases of each kind (case variants, arrays in arrays, numeric
 * strings, poles, the date line). For property tests of columns and filters.
 */
import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import type { FilterNode } from '../filters/filter-node.ts';
import type { GeoPoint } from '../query/search-query.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from '../schema.ts';

const TEXTS = [
  'Red',
  'red',
  ' RED ',
  'blue',
  'Blue',
  '',
  ' ',
  'é',
  'É',
  'true',
  '3',
  'İ',
  'x\ud800',
  '\ufffd',
  '😀',
];
const NUMBERS = [0, -0, 1, 2, 3, 3.5, -7, 1e21, 100, Number.POSITIVE_INFINITY];

const text = fc.constantFrom(...TEXTS);
const number = fc.constantFrom(...NUMBERS);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 }),
);

export const LATITUDE = fc.oneof(
  fc.constantFrom(-90, 90, 0, 89.999, -89.5, 45, 45.001),
  fc.double({ min: -90, max: 90, noNaN: true }),
);
export const LONGITUDE = fc.oneof(
  fc.constantFrom(-180, 180, 0, 179.999, -179.5, 10, 10.001),
  fc.double({ min: -180, max: 180, noNaN: true }),
);
export const GEO_POINT: fc.Arbitrary<GeoPoint> = fc.record({ lat: LATITUDE, lng: LONGITUDE });
const badPoint = fc.constantFrom(
  { lat: '1', lng: 1 },
  { lat: 91, lng: 0 },
  { lat: 0, lng: -181 },
  'x',
  null,
  5,
);
const place = fc.oneof(
  { weight: 2, arbitrary: GEO_POINT },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof({ weight: 3, arbitrary: GEO_POINT }, badPoint), { maxLength: 3 }),
  },
  badPoint,
);

/** Attributes `color`, `size`, `nested.a`, `nested.b`, `_tags`, `rank`, `_geoloc`; each of them may be missing. */
export const COLUMN_RECORD: fc.Arbitrary<JsonObject> = fc.record(
  {
    color: value,
    size: value,
    rank: scalar,
    nested: fc.oneof(
      scalar,
      fc.record({ a: value, b: value }, { requiredKeys: [] }),
      fc.array(fc.record({ a: value, b: scalar }, { requiredKeys: [] }), { maxLength: 2 }),
    ),
    _tags: fc.oneof(text, fc.array(text, { maxLength: 3 })),
    _geoloc: place,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

const PATHS = ['color', 'size', 'nested.a', 'nested.b', 'nested', '_tags', 'rank', 'missing', '_geoloc.lat'];
const path = fc.constantFrom(...PATHS);

const facet = (name: string) => ({ path: name, searchable: false, filterOnly: false, afterDistinct: false });
const sort = fc.record({ path, direction: fc.constantFrom('asc' as const, 'desc' as const) });

export const COLUMN_SCHEMA: fc.Arbitrary<IndexSchema> = fc
  .record({
    facets: fc.uniqueArray(path, { maxLength: 5 }),
    numericFilterable: fc.option(
      fc.uniqueArray(fc.record({ path, equalOnly: fc.boolean() }), { selector: (entry) => entry.path }),
      { nil: undefined },
    ),
    customRanking: fc.array(sort, { maxLength: 3 }),
    sortAttributes: fc.uniqueArray(path, { maxLength: 2 }),
    distinctAttribute: fc.option(path, { nil: undefined }),
  })
  .map((schema) => ({ ...DEFAULT_SCHEMA, ...schema, facets: schema.facets.map(facet) }));

const score = fc.constantFrom(0, 0, 1, 2, 5);
const limit = fc.oneof(number, fc.constantFrom(-8, 2.5, 4, 1e22, Number.NEGATIVE_INFINITY));
const term: fc.Arbitrary<FilterNode> = fc.oneof(
  fc.record({ kind: fc.constant('facet' as const), path, value: text, score }),
  fc.record({
    kind: fc.constant('facet' as const),
    path: fc.constant('objectID'),
    value: fc.constantFrom('0', '1', '2', 'none'),
    score,
  }),
  fc.record({
    kind: fc.constant('compare' as const),
    path,
    operator: fc.constantFrom('<', '<=', '=', '!=', '>', '>='),
    value: limit,
    score,
  }),
  fc.record({ kind: fc.constant('range' as const), path, from: limit, to: limit, score }),
);

export const COLUMN_FILTER: fc.Arbitrary<FilterNode> = fc.letrec<{ node: FilterNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    term,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      children: fc.array(tie('node'), { maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('not' as const), child: tie('node') }),
  ),
})).node;
