/**
 * Arbitrary requests that are well formed: calls of every function of the language, with arguments that mostly are of the right type, so that
 * what is behind the checks is reached, too. Variables mostly have values; lambdas, functions, schema, history and sets occur everywhere.
 *
 * They fit a database that `ARBITRARY_SETUP` was sent to, and change it as they like.
 */
import fc from 'fast-check';
import { allForms } from '../forms/table.ts';

/** JSON of an expression, as sent. */
export type WireExpression = unknown;

const C = { collection: 'c' };

/** Requests that make what the arbitrary ones refer to. Sending one again may fail, and does no harm. */
export const ARBITRARY_SETUP: readonly WireExpression[] = [
  { create_collection: { object: { name: 'c' } } },
  {
    create_index: {
      object: {
        name: 'i',
        source: C,
        terms: [{ object: { field: ['data', 'tag'] } }],
        values: [{ object: { field: ['data', 'n'] } }, { object: { field: ['ref'] } }],
      },
    },
  },
  { create_index: { object: { name: 'all', source: C, values: [{ object: { field: ['data', 'n'] } }] } } },
  {
    create_index: {
      object: {
        name: 'bound',
        source: {
          object: {
            collection: C,
            fields: {
              object: {
                twice: { query: { lambda: 'd', expr: { select: ['data', 'n'], from: { var: 'd' } } } },
              },
            },
          },
        },
        values: [{ object: { binding: 'twice', reverse: true } }],
      },
    },
  },
  {
    create_function: {
      object: { name: 'f', body: { query: { lambda: 'x', expr: [{ var: 'x' }, { documents: C }] } } },
    },
  },
  {
    create_function: {
      object: {
        name: 'again',
        body: { query: { lambda: 'x', expr: { call: 'again', arguments: { var: 'x' } } } },
      },
    },
  },
  {
    create_role: {
      object: { name: 'r', privileges: [{ object: { resource: C, actions: { object: { read: true } } } }] },
    },
  },
  { create_database: { object: { name: 'd' } } },
  ...[0, 1, 2, 3, 4].map((n) => ({
    create: { ref: C, id: `${n}` },
    params: { object: { data: { object: { n, tag: n % 2 === 0 ? 'even' : 'odd' } } } },
  })),
];

const VARIABLES = ['x', 'y', 'z'] as const;
const names = fc.constantFrom(
  'c',
  'i',
  'f',
  'all',
  'x',
  '1',
  'admin',
  'NFC',
  'day',
  'create',
  'even',
  '%s',
  '(a+)+',
);

const scalar = fc.oneof(
  names,
  fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 2, 64, 1.5, -0.5, 1e308, 2 ** 53),
  fc.string({ maxLength: 4 }),
  fc.constantFrom<unknown>(
    { '@ts': '2020-01-01T00:00:00Z' },
    { '@ts': '9999-12-31T23:59:59.999999999Z' },
    { '@date': '2020-01-01' },
    { '@bytes': 'AQID' },
    { '@uuid': '01234567-89ab-cdef-0123-456789abcdef' },
    { '@obj': { '@ref': 1 } },
    { '@ref': 'collections/c/1' },
    { '@ref': 'collections/nope/1' },
    { '@ref': 'tokens/self' },
    { '@ref': { id: 'collections' } },
    { '@ref': { id: 'i', collection: { '@ref': { id: 'indexes' } } } },
    { '@set': { match: { '@ref': 'indexes/i' }, terms: 'even' } },
    { '@query': { lambda: 'x', expr: { var: 'x' } } },
    { collection: 'c' },
    { documents: C },
    { events: { '@ref': 'collections/c/1' } },
    { paginate: { match: { index: 'all' } } },
    { get: { '@ref': 'collections/c/1' } },
  ),
);

const DOCUMENT = { '@ref': 'collections/c/1' };
const SETS = [
  { documents: C },
  { match: { index: 'i' }, terms: 'even' },
  { match: { index: 'all' } },
  { match: { index: 'bound' } },
  { singleton: DOCUMENT },
  {
    union: [
      { match: { index: 'i' }, terms: 'even' },
      { match: { index: 'i' }, terms: 'odd' },
    ],
  },
  { join: { documents: C }, with: { lambda: 'x', expr: { singleton: { var: 'x' } } } },
  { filter: { lambda: 'x', expr: { exists: { var: 'x' } } }, collection: { documents: C } },
  { range: { match: { index: 'all' } }, from: 1, to: 3 },
  { reverse: { distinct: { documents: C } } },
] as const;

/** Something that fits, by what a cast expects. */
const FITTING: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Integer: fc.oneof(fc.integer({ min: -3, max: 100 }), fc.constantFrom(2 ** 31, -(2 ** 53))),
  Number: fc.oneof(fc.integer({ min: -3, max: 100 }), fc.constantFrom(1.5, 1e300)),
  String: names,
  Boolean: fc.boolean(),
  Null: fc.constant(null),
  Ref: fc.constantFrom<unknown>(DOCUMENT, C, { ref: C, id: '9' }),
  'Ref or Set': fc.constantFrom<unknown>(DOCUMENT, ...SETS),
  Set: fc.constantFrom<unknown>(...SETS),
  'Set or Array': fc.constantFrom<unknown>([1, 2], ...SETS),
  Identifier: fc.constantFrom<unknown>('f', 'again', 'i', 'c', C, { index: 'i' }, DOCUMENT),
  'Array, Set, or Page': fc.constantFrom<unknown>([1, 2], { paginate: SETS[2] }, ...SETS),
  Array: fc.constantFrom<unknown>([], [1, 'a'], [[1, 2], [3]]),
  Time: fc.constantFrom<unknown>({ now: null }, 1_700_000_000_000_000),
  Temporal: fc.constantFrom<unknown>({ now: null }, { '@date': '2020-01-01' }),
  Object: fc
    .tuple(names, fc.oneof(names, fc.constant(C)), fc.nat({ max: 9 }))
    .map(([name, source, n]) => ({ object: { name, source, data: { object: { n } } } })),
};

const forms = allForms();
const writeForms = forms.filter(({ effect }) => effect === 'write');

const { request } = fc.letrec<{ request: WireExpression; lambda: WireExpression }>((tie) => ({
  lambda: fc
    .tuple(fc.constantFrom<unknown>('x', '_', ['x'], ['x', 'y']), tie('request'))
    .map(([lambda, expr]) => ({ lambda, expr })),
  request: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 2, arbitrary: scalar },
    { weight: 1, arbitrary: fc.constantFrom(...VARIABLES).map((name) => ({ var: name })) },
    { weight: 1, arbitrary: fc.array(tie('request'), { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.dictionary(names, tie('request'), { maxKeys: 3 }).map((object) => ({ object })),
    },
    { weight: 1, arbitrary: tie('lambda').map((query) => ({ query })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('request'), tie('request'))
        .map(([bound, inner]) => ({ let: { x: bound, y: 1 }, in: inner })),
    },
    {
      weight: 8,
      arbitrary: fc.oneof(fc.constantFrom(...forms), fc.constantFrom(...writeForms)).chain((form) =>
        fc
          .tuple(
            ...form.parameters.map(({ cast }) => {
              const fitting = FITTING[cast.expected] ?? tie('request');
              const any = fc.oneof(
                { weight: 3, arbitrary: fitting },
                { weight: 1, arbitrary: tie('request') },
              );
              const value = cast.expected === 'Lambda' ? tie('lambda') : any;
              return cast.optional === true ? fc.option(value, { nil: undefined }) : value;
            }),
          )
          .map((given) => Object.fromEntries(form.parameters.map(({ key }, at) => [key, given[at]]))),
      ),
    },
  ),
}));

/** Variables that nothing binds get values. */
export const arbitraryExpression: fc.Arbitrary<WireExpression> = request.map((inner) => ({
  let: { x: 1, y: [1, 'a'], z: { documents: C } },
  in: inner,
}));
