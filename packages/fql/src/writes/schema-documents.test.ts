/** Creating, changing and dropping collections, indexes, functions and databases. */
import fc from 'fast-check';
import { type Expr, query as q } from 'faunadb';
import { beforeEach, expect, test } from 'vitest';
import { newDatabase, type QueryOptions, type TestDatabase } from '../testing/run-fql.ts';

let database: TestDatabase;

/** What answers are looked into as. */
interface Loose extends Iterable<Loose> {
  readonly [key: string]: Loose;
}
const value = (expression: unknown, options?: QueryOptions): Loose => database.value(expression, options);
const error = (expression: unknown): Loose => database.error(expression);

const things = q.Collection('things');

beforeEach(() => {
  database = newDatabase();
  value(q.CreateCollection({ name: 'things' }));
});

const failuresOf = (expression: unknown): Loose => error(expression)['failures']!;
const fieldsOf = (document: Loose): string[] => Object.keys(document);

test('fields of a new document of the schema: defaults first, in their order', () => {
  const collection = value(q.CreateCollection({ name: 'c', data: { a: 1 }, ttl_days: 2, colour: 'red' }));
  expect(fieldsOf(collection)).toEqual(['ref', 'ts', 'history_days', 'name', 'data', 'ttl_days']);
  expect(collection['history_days']).toBe(0);
  const index = value(
    q.CreateIndex({ unique: true, values: [{ field: 'ref' }], name: 'i', source: things, terms: [] }),
  );
  expect(fieldsOf(index)).toEqual([
    ...['ref', 'ts', 'active', 'serialized', 'name', 'source', 'terms', 'values', 'partitions', 'unique'],
  ]);
  expect(index).toMatchObject({ active: true, serialized: true, partitions: 8, unique: true });
  expect(fieldsOf(value(q.CreateDatabase({ name: 'd' })))).toEqual(['ref', 'ts', 'name', 'global_id']);
  const body = q.Query(q.Lambda('x', q.Var('x')));
  expect(fieldsOf(value(q.CreateFunction({ name: 'f', body })))).toEqual(['ref', 'ts', 'name', 'body']);
});

test('partitions are 8 without terms, else 1, or as given', () => {
  const partitionsOf = (name: string, params: object): Loose =>
    value(q.CreateIndex({ name, source: things, ...params }))['partitions']!;
  expect(partitionsOf('a', {})).toBe(8);
  expect(partitionsOf('b', { terms: [{ field: ['data', 'a'] }] })).toBe(1);
  expect(partitionsOf('c', { terms: [{ field: ['class'] }] })).toBe(8);
  expect(partitionsOf('d', { partitions: 3 })).toBe(3);
  expect(failuresOf(q.CreateIndex({ name: 'e', source: things, partitions: 9 }))).toEqual([
    {
      field: ['partitions'],
      code: 'bounds error',
      description: 'Value 9 is not in expected range 1 to 8.',
    },
  ]);
});

test.each([
  ['create_collection', 'Collection', {}],
  ['create_class', 'Collection', {}],
  ['create_index', 'Index', { source: { collection: 'things' } }],
  ['create_function', 'Function', { body: { query: { lambda: 'x', expr: { var: 'x' } } } }],
  ['create_database', 'Database', {}],
  ['create_role', 'Role', {}],
])('%s: names are required, checked, and unique', (key, kind, more) => {
  const creating = (name: unknown): unknown => ({ [key]: { object: { name, ...more } } });
  expect(database.query(creating('välid-1~')).status).toBe(201);
  expect(error(creating('välid-1~'))).toEqual({
    position: [key],
    code: 'instance already exists',
    description: `${kind} already exists.`,
  });
  const codesOf = (name: unknown): unknown => Array.from(failuresOf(creating(name)), ({ code }) => code);
  expect(codesOf('_')).toEqual(['reserved name']);
  expect(codesOf('a b')).toEqual(['invalid characters']);
  expect(codesOf('')).toEqual(['invalid characters']);
  expect(codesOf(1)).toEqual(['invalid type']);
  expect(codesOf(null)).toEqual(['value required']);
});

test('the same name may be used by different kinds', () => {
  value(q.CreateIndex({ name: 'things', source: things }));
  value(q.CreateDatabase({ name: 'things' }));
});

test('a collection may have the name of a native one', () => {
  value(q.CreateCollection({ name: 'tokens' }));
  value(q.Create(q.Ref(q.Collection('tokens'), 5), { data: { a: 1 } }));
  expect(value(q.Get(q.Ref(q.Collection('tokens'), 5)))['data']).toEqual({ a: 1 });
  expect(value(q.Paginate(q.Documents(q.Collection('tokens'))))['data']).toHaveLength(1);
  expect(value(q.Paginate(q.Tokens()))['data']).toEqual([]);
  expect(database.query(q.Create('tokens')).status).toBe(201);
});

test('a rename is seen at once, and refs to what was renamed stay good', () => {
  value(q.Create(q.Ref(things, 1), { data: { self: things, next: q.Ref(things, 2) } }));
  const ref = q.Ref(things, 1);
  value(q.CreateIndex({ name: 'by_next', source: things, terms: [{ field: ['data', 'next'] }] }));
  expect(value(q.Update(things, { name: 'stuff' }))['name']).toBe('stuff');
  expect(error(q.Get(ref))).toMatchObject({ code: 'invalid ref' });
  const renamed = q.Ref(q.Collection('stuff'), 1);
  expect(JSON.stringify(value(q.Get(renamed)))).not.toContain('things');
  const page = value(q.Paginate(q.Match(q.Index('by_next'), q.Ref(q.Collection('stuff'), 2))));
  expect(page['data']).toHaveLength(1);
  value(q.Update(q.Index('by_next'), { name: 'next' }));
  expect(value(q.Paginate(q.Match(q.Index('next'), q.Ref(q.Collection('stuff'), 2))))['data']).toHaveLength(
    1,
  );
});

test('a rename to a name in use is refused', () => {
  value(q.CreateCollection({ name: 'stuff' }));
  expect(error(q.Update(things, { name: 'stuff' }))['code']).toBe('instance not unique');
  expect(database.query(q.Update(things, { name: 'things' })).status).toBe(200);
});

test('source, terms and values of an index do not change; the same ones may be given again', () => {
  const params = { source: things, terms: [{ field: ['data', 'a'] }], values: [{ field: 'ref' }] };
  value(q.CreateIndex({ name: 'i', ...params }));
  expect(failuresOf(q.Update(q.Index('i'), { terms: null, values: [] }))).toEqual([
    {
      field: [],
      code: 'invalid index',
      description: 'Index sources, terms, and values may not be updated (terms, values)',
    },
  ]);
  expect(value(q.Update(q.Index('i'), { ...params, data: { a: 1 }, active: false }))).toMatchObject({
    active: true,
    data: { a: 1 },
  });
  expect(failuresOf(q.Update(q.Index('i'), { partitions: 2 }))).toMatchObject([{ code: 'bounds error' }]);
  expect(value(q.Replace(q.Index('i'), params))).toMatchObject({ name: 'i', active: true });
});

test('what is wrong with an index is told', () => {
  const creating = (params: object): Expr => q.CreateIndex({ name: 'i', source: things, ...params });
  expect(failuresOf(q.CreateIndex({ name: 'i' }))).toMatchObject([
    { field: ['source'], code: 'value required' },
  ]);
  expect(failuresOf(creating({ source: 1 }))).toMatchObject([{ field: ['source'], code: 'invalid type' }]);
  expect(failuresOf(creating({ source: [] }))).toMatchObject([{ field: ['source'], code: 'value required' }]);
  expect(failuresOf(creating({ source: q.Databases() }))).toMatchObject([{ code: 'invalid reference' }]);
  expect(failuresOf(creating({ source: [things, things] }))).toMatchObject([{ code: 'multiple bindings' }]);
  expect(failuresOf(creating({ source: ['_', things] }))).toMatchObject([{ code: 'mixed wildcards' }]);
  expect(failuresOf(creating({ terms: [{}] }))).toMatchObject([
    {
      field: ['field'],
      code: 'value required',
      description: 'Must provide one of the following: field, binding',
    },
  ]);
  expect(failuresOf(creating({ terms: 1 }))).toMatchObject([{ field: ['terms'], code: 'invalid type' }]);
  expect(failuresOf(creating({ terms: [{ field: [true] }] }))).toMatchObject([{ code: 'invalid type' }]);
  expect(failuresOf(creating({ values: [{ field: 'a', reverse: 1 }] }))).toMatchObject([
    { field: ['reverse'] },
  ]);
  expect(failuresOf(creating({ values: [{ field: 'a', transform: 'upper' }] }))).toMatchObject([
    { field: ['transform'], code: 'invalid value' },
  ]);
  expect(failuresOf(creating({ unique: 'yes' }))).toMatchObject([
    { field: ['unique'], code: 'invalid type' },
  ]);
});

test('bindings are pure, unary, and used', () => {
  const creating = (lambda: Expr, terms: object[]): Expr =>
    q.CreateIndex({
      name: 'i',
      source: { collection: things, fields: { b: q.Query(lambda) } },
      terms,
    });
  const used = [{ binding: 'b' }];
  expect(failuresOf(creating(q.Lambda('x', q.Get(q.Select('ref', q.Var('x')))), used))).toMatchObject([
    { field: ['source', '0', 'fields', '0', 'b'], code: 'invalid binding' },
  ]);
  expect(failuresOf(creating(q.Lambda(['x', 'y'], 1), used))).toMatchObject([{ code: 'invalid binding' }]);
  expect(failuresOf(creating(q.Lambda('x', 1), []))).toMatchObject([{ code: 'unused binding' }]);
  expect(database.query(creating(q.Lambda('x', q.Select('ts', q.Var('x'))), used)).status).toBe(201);
});

test('one binding for each source, and one for all others', () => {
  value(q.CreateCollection({ name: 'others' }));
  const constant = (value: number): Expr => q.Query(q.Lambda('_', value));
  value(
    q.CreateIndex({
      name: 'i',
      source: [
        { collection: things, fields: { b: constant(1) } },
        { class: '_', fields: { b: constant(2) } },
      ],
      values: [{ binding: 'b' }],
    }),
  );
  value(q.Create(things));
  value(q.Create(q.Collection('others')));
  value(q.CreateCollection({ name: 'more' }));
  value(q.Create(q.Collection('more')));
  expect(value(q.Paginate(q.Match(q.Index('i'))))['data']).toEqual([1, 2, 2]);
  expect(value(q.Select(['source', 1, 'collection'], q.Get(q.Index('i'))))).toBe('_');
});

test('dropping a collection drops the indexes on it alone, and hides its documents in others', () => {
  value(q.CreateCollection({ name: 'others' }));
  const others = q.Collection('others');
  value(q.CreateIndex({ name: 'alone', source: things }));
  value(q.CreateIndex({ name: 'shared', source: [things, others] }));
  value(q.CreateIndex({ name: 'everything', source: '_' }));
  value(q.Create(q.Ref(things, 1)));
  value(q.Create(q.Ref(others, 1), { data: { friend: q.Ref(things, 1) } }));
  value(q.Delete(things));
  expect(value(q.Exists(q.Index('alone')))).toBe(false);
  for (const name of ['shared', 'everything']) {
    expect(value(q.Paginate(q.Match(q.Index(name))))['data']).toHaveLength(1);
  }
  expect(error(q.Create(things))).toMatchObject({ code: 'invalid ref' });
  // A document that points there can still be changed, and a new collection of the name is another one.
  value(q.CreateCollection({ name: 'things' }));
  value(q.Update(q.Ref(others, 1), { data: { a: 1 } }));
  expect(value(q.Exists(q.Ref(things, 1)))).toBe(false);
});

test('a unique index is not made over documents that are not', () => {
  value(q.Create(things, { data: { a: 1 } }));
  value(q.Create(things, { data: { a: 1 } }));
  const params = { name: 'u', source: things, terms: [{ field: ['data', 'a'] }], unique: true };
  expect(error(q.CreateIndex(params))['code']).toBe('instance not unique');
  expect(value(q.Exists(q.Index('u')))).toBe(false);
});

test('history_days is not negative; without it history is kept for ever', () => {
  expect(failuresOf(q.CreateCollection({ name: 'c', history_days: -1 }))).toMatchObject([
    { field: ['history_days'], code: 'non-negative value required' },
  ]);
  expect(value(q.CreateCollection({ name: 'c', history_days: null }))['history_days']).toBeUndefined();
});

test('history that was over does not come back when more of it is kept', () => {
  value(q.Create(q.Ref(things, 1), { data: { a: 1 } }));
  const early = database.now;
  database.advance(3_600_000_000);
  value(q.Update(things, { history_days: 10 }));
  expect(error(q.At(early, q.Get(q.Ref(things, 1))))['description']).toContain('less than minimum allowed');
  expect(database.query(q.At(database.now - 600_000_000, q.Get(q.Ref(things, 1)))).status).toBe(200);
});

test('a function is changed, replaced and dropped', () => {
  const body = (by: number): Expr => q.Query(q.Lambda('x', q.Add(q.Var('x'), by)));
  value(q.CreateFunction({ name: 'f', body: body(1), data: { a: 1 } }));
  expect(value(q.Call('f', 1))).toBe(2);
  value(q.Update(q.Function('f'), { body: body(2) }));
  expect(value(q.Call('f', 1))).toBe(3);
  expect(value(q.Replace(q.Function('f'), { body: body(3) }))['data']).toBeUndefined();
  expect(value(q.Call('f', 1))).toBe(4);
  expect(failuresOf(q.Update(q.Function('f'), { body: 1 }))).toMatchObject([
    { field: ['body'], code: 'invalid type' },
  ]);
  value(q.Delete(q.Function('f')));
  expect(error(q.Call('f', 1))['code']).toBe('invalid ref');
});

test('what is made in a transaction can be used in it', () => {
  const made = q.Do(
    q.CreateCollection({ name: 'c' }),
    q.CreateIndex({ name: 'i', source: q.Collection('c'), terms: [{ field: ['data', 'a'] }] }),
    q.Create(q.Collection('c'), { data: { a: 1 } }),
    q.Paginate(q.Match(q.Index('i'), 1)),
  );
  expect(value(made)['data']).toHaveLength(1);
});

test('a transaction that fails leaves no trace of the schema it made', () => {
  error(q.Do(q.CreateCollection({ name: 'c' }), q.Abort('no')));
  expect(value(q.Exists(q.Collection('c')))).toBe(false);
  value(q.Do(q.CreateCollection({ name: 'd' })));
  expect(value(q.Exists(q.Collection('c')))).toBe(false);
  expect(value(q.Exists(q.Collection('d')))).toBe(true);
});

test('whatever a schema document is made of gives a document or a documented error', () => {
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(
        null,
        1,
        1.5,
        true,
        'a',
        '_',
        '',
        things,
        q.Now(),
        q.Databases(),
        q.Role('nobody'),
      ),
      fc.constantFrom<unknown>(
        q.Query(q.Lambda('x', q.Var('x'))),
        q.Query(q.Lambda(['x', 'y'], q.Create(things))),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc
        .dictionary(
          fc.constantFrom(
            'field',
            'binding',
            'reverse',
            'mva',
            'transform',
            'collection',
            'class',
            'fields',
            'resource',
            'actions',
            'x',
          ),
          tie('value'),
          { maxKeys: 3 },
        )
        .map((object) => ({ object })),
    ),
  })).value;
  const fields = fc.dictionary(
    fc.constantFrom(
      ...[
        'name',
        'data',
        'history_days',
        'ttl_days',
        'source',
        'terms',
        'values',
        'unique',
        'partitions',
        'serialized',
      ],
      ...[
        'active',
        'body',
        'role',
        'priority',
        'container',
        'privileges',
        'membership',
        'database',
        'ttl',
        'issuer',
      ],
    ),
    value,
  );
  const kinds = ['collection', 'index', 'function', 'database', 'role', 'key', 'access_provider'] as const;
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fields, fc.string({ minLength: 1 }), (kind, given, name) => {
      const { status, json } = database.query({ [`create_${kind}`]: { object: { name, ...given } } });
      expect([201, 400]).toContain(status);
      for (const { code } of (json['errors'] ?? []) as { code: string }[]) {
        expect(['invalid argument', 'validation failed', 'invalid ref', 'instance already exists']).toContain(
          code,
        );
      }
    }),
    { numRuns: 300 },
  );
});
