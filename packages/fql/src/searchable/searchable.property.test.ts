/**
 * Searchable collections over the plain store:
 *   1. Whatever transactions and steps come in whatever order: when no step is left, each index holds exactly the records of its documents.
 *   2. A record is what the mapping says of each kind of value.
 *   3. Declarations are checked, and belong to admins of the root database.
 *   4. A dropped one, and one whose collection is gone, let go of their index.
 *   5. Filling goes on while documents are written, a bounded piece at a time.
 */
import fc from 'fast-check';
import { Expr, query as q } from 'faunadb';
import { describe, expect, test } from 'vitest';
import { newDatabase, type TestDatabase } from '../testing/run-fql.ts';
import { type IndexChanges, searchChangesOf } from './search-changes.ts';
import { searchableCollections } from './searchable-rows.ts';
import { nextSearchableStep, runSearchableStep } from './searchable-step.ts';

type Records = Map<string, unknown>;

const raw = (fields: object): unknown => new (Expr as unknown as new (fields: object) => unknown)(fields);
const declare = (index: string, source: string, attributes?: object): unknown =>
  raw({
    create_searchable: index,
    source: q.Collection(source),
    ...(attributes === undefined ? {} : { attributes: raw({ object: attributes }) }),
  });
const drop = (index: string, records: 'keep' | 'delete' = 'keep'): unknown =>
  raw({ drop_searchable: index, records });

/** A database with the indexes that follow it, kept as plain maps. */
class Followed {
  readonly database: TestDatabase = newDatabase();
  readonly indexes = new Map<string, Records>();
  fillSteps = 0;

  query(expression: unknown): ReturnType<TestDatabase['query']> {
    const { store } = this.database;
    const before = store.lastTime;
    const answer = this.database.query(expression);
    if (store.lastTime > before) this.#apply(searchChangesOf(store, before, searchableCollections(store)));
    return answer;
  }

  step(limit: number): boolean {
    const changes = runSearchableStep(this.database.store, this.database.store.lastTime + 1, limit);
    if (changes !== undefined) this.#apply([changes]);
    if (changes?.whole === undefined) this.fillSteps++;
    return changes !== undefined;
  }

  finish(): void {
    while (this.step(3));
    expect(nextSearchableStep(this.database.store)).toBe(false);
  }

  #apply(changes: readonly IndexChanges[]): void {
    for (const { index, whole, records } of changes) {
      if (whole === 'empty') this.indexes.set(index, new Map());
      if (whole === 'create') this.indexes.set(index, this.indexes.get(index) ?? new Map());
      if (whole === 'delete') this.indexes.delete(index);
      for (const change of records) {
        const known = this.indexes.get(index);
        expect(known, 'only an index that is there changes').toBeDefined();
        if (change.kind === 'delete') known?.delete(String(change.id));
        else known?.set(String(change.id), JSON.parse(JSON.stringify(change.record)));
      }
    }
  }
}

const id = fc.integer({ min: 1, max: 6 }).map(String);
const name = fc.constantFrom('a', 'b');
const action = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), name, id, n: fc.integer({ min: 0, max: 99 }) }),
  fc.record({ kind: fc.constant('delete' as const), name, id }),
  fc.record({ kind: fc.constant('both' as const), name, id, n: fc.integer({ min: 0, max: 99 }) }),
  fc.record({ kind: fc.constant('fail' as const), name, id }),
  fc.record({ kind: fc.constant('past' as const), name, id, n: fc.integer({ min: 0, max: 99 }) }),
  fc.record({
    kind: fc.constant('declare' as const),
    index: fc.constantFrom('i', 'j', 'k'),
    name,
    all: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('drop' as const),
    index: fc.constantFrom('i', 'j', 'k'),
    records: fc.constantFrom('keep' as const, 'delete' as const),
  }),
  fc.record({ kind: fc.constant('step' as const), limit: fc.integer({ min: 1, max: 3 }) }),
);

function run(followed: Followed, act: typeof action extends fc.Arbitrary<infer A> ? A : never): void {
  switch (act.kind) {
    case 'write':
    case 'both':
    case 'fail': {
      const ref = q.Ref(q.Collection(act.name), act.id);
      const data = { data: { n: act.kind === 'fail' ? -1 : act.n, text: `t${act.id}` } };
      const save = q.If(q.Exists(ref), q.Replace(ref, data), q.Create(ref, data));
      if (act.kind === 'write') followed.query(save);
      else if (act.kind === 'fail') followed.query(q.Do(save, q.Abort('no')));
      else followed.query(q.Do(save, q.Delete(ref), q.Create(ref, data)));
      return;
    }
    case 'past':
      followed.query(
        q.Insert(q.Ref(q.Collection(act.name), act.id), 1000 + act.n, 'create', { data: { n: act.n } }),
      );
      return;
    case 'delete': {
      const ref = q.Ref(q.Collection(act.name), act.id);
      followed.query(q.If(q.Exists(ref), q.Delete(ref), null));
      return;
    }
    case 'declare':
      followed.query(declare(act.index, act.name, act.all ? undefined : { number: ['data', 'n'] }));
      return;
    case 'drop':
      followed.query(drop(act.index, act.records));
      return;
    case 'step':
      followed.step(act.limit);
  }
}

function begin(): Followed {
  const followed = new Followed();
  for (const collection of ['a', 'b']) followed.query(q.CreateCollection({ name: collection }));
  return followed;
}

describe('content', () => {
  test('1: index and collection agree, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const followed = begin();
        for (const each of actions) run(followed, each);
        followed.finish();
        const { store, value } = followed.database;
        const schema = new Map<number, string>();
        for (const collection of ['a', 'b']) {
          const declared = followed.query(declare(`probe-${collection}`, collection)).json as never as {
            resource: object;
          };
          expect(declared.resource).toBeDefined();
        }
        for (const each of searchableCollections(store)) {
          const probe = /^probe-(.)/.exec(each.index)?.[1];
          if (probe !== undefined) schema.set(each.collection, probe);
        }
        for (const { index, collection, attributes } of searchableCollections(store)) {
          if (index.startsWith('probe')) continue;
          const documents = value(
            q.Select(
              'data',
              q.Map(
                q.Paginate(q.Documents(q.Collection(schema.get(collection) ?? '')), { size: 100 }),
                q.Lambda(
                  'r',
                  q.Let({ d: q.Get(q.Var('r')) }, [
                    q.Select(['ref', 'id'], q.Var('d')),
                    q.Select('data', q.Var('d')),
                  ]),
                ),
              ),
            ),
          ) as unknown as [string, { n: number }][];
          const expected = documents.map(([objectID, data]) => [
            objectID,
            attributes === undefined ? { objectID, ...data } : { objectID, number: data.n },
          ]);
          const actual = [...(followed.indexes.get(index) ?? [])];
          expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected as [string, unknown][]));
        }
      }),
    );
  });

  test('2: every kind of value has a form in JSON', () => {
    const followed = begin();
    followed.query(
      declare('i', 'a', {
        whole: ['data'],
        first: 'data.list.0',
        second: ['data', 'list', 1],
        nothing: ['data', 'list', 'x'],
        'own ref': ['ref'],
        ts: ['ts'],
      }),
    );
    followed.finish();
    followed.query(
      q.Create(q.Ref(q.Collection('a'), '7'), {
        data: {
          list: [1, q.Collection('a'), null],
          big: q.ToInteger('9007199254740993'),
          double: 1.5,
          time: q.Time('2026-01-02T03:04:05.678Z'),
          date: q.Date('2026-01-02'),
          bytes: q.Bytes('AQID'),
          ref: q.Ref(q.Collection('a'), '8'),
          set: q.Documents(q.Collection('a')),
          deep: { set: q.Documents(q.Collection('a')), yes: true },
          objectID: 'mine',
          __proto: 1,
        },
      }),
    );
    expect(followed.indexes.get('i')?.get('7')).toEqual({
      objectID: '7',
      whole: {
        list: [1, 'a', null],
        big: '9007199254740993',
        double: 1.5,
        time: '2026-01-02T03:04:05.678Z',
        date: '2026-01-02',
        bytes: 'AQID',
        ref: '8',
        deep: { yes: true },
        objectID: 'mine',
        __proto: 1,
      },
      first: 1,
      second: 'a',
      'own ref': '7',
      ts: followed.database.store.lastTime,
    });
  });
});

describe('declarations', () => {
  test('3: what is wrong with one is told', () => {
    const { database } = begin();
    const description = (expression: unknown): unknown => database.error(expression)['description'];
    expect(description(declare('', 'a'))).toBe("'' is not the name of an index.");
    expect(description(declare('x'.repeat(257), 'a'))).toMatch('is longer than 256 bytes');
    expect(description(declare('i', 'none'))).toMatch("undefined collection 'none'");
    expect(description(declare('i', 'a', {}))).toMatch('1 to 256 attributes');
    expect(description(declare('i', 'a', { objectID: ['data', 'x'] }))).toMatch(
      "'objectID' cannot be mapped",
    );
    expect(description(declare('i', 'a', { x: ['credentials'] }))).toMatch("'x': a path expected");
    expect(description(drop('i'))).toBe("'i' is not filled from a collection.");
    database.query(q.CreateDatabase({ name: 'child' }));
    const child = { ...rootOf(), scope: 1 as never, roles: ['admin' as const] };
    expect(database.error(raw({ searchables: null }), { authentication: child })['description']).toMatch(
      'Only collections of the root database',
    );
    for (const role of ['server', 'server-readonly'] as const) {
      const authentication = { ...rootOf(), roles: [role] };
      for (const expression of [declare('i', 'a'), drop('i')]) {
        expect(database.error(expression, { authentication })['code'], role).toBe('permission denied');
      }
      expect(database.value(raw({ searchables: null }), { authentication })).toEqual([]);
    }
  });

  test('3: declaring the same again changes nothing; another mapping fills the index anew', () => {
    const followed = begin();
    followed.query(q.Create(q.Ref(q.Collection('a'), '1'), { data: { n: 1, m: 2 } }));
    followed.query(declare('i', 'a'));
    followed.finish();
    followed.query(declare('i', 'a'));
    expect(nextSearchableStep(followed.database.store)).toBe(false);
    followed.query(declare('i', 'a', { m: 'data.m' }));
    expect(nextSearchableStep(followed.database.store)).toBe(true);
    followed.finish();
    expect([...(followed.indexes.get('i')?.values() ?? [])]).toEqual([{ objectID: '1', m: 2 }]);
    expect(followed.database.value(raw({ searchables: null }))).toMatchObject([
      { index: 'i', state: 'ready', filled: 1, attributes: { m: ['data', 'm'] } },
    ]);
  });

  test('4: dropped ones and those without a collection let go', () => {
    const followed = begin();
    followed.query(q.Create(q.Ref(q.Collection('a'), '1'), {}));
    for (const index of ['i', 'j', 'k']) followed.query(declare(index, 'a'));
    followed.finish();
    followed.query(drop('i', 'delete'));
    followed.query(drop('j', 'keep'));
    followed.query(q.Delete(q.Collection('a')));
    followed.finish();
    expect(searchableCollections(followed.database.store)).toEqual([]);
    expect([...followed.indexes].map(([index, records]) => [index, records.size])).toEqual([
      ['j', 1],
      ['k', 0],
    ]);
  });

  test('5: filling takes as many steps as its bound says', () => {
    const followed = begin();
    followed.query(
      q.Foreach(
        Array.from({ length: 10 }, (_, at) => at),
        q.Lambda('n', q.Create(q.Collection('a'), { data: { n: q.Var('n') } })),
      ),
    );
    followed.query(declare('i', 'a'));
    followed.step(3);
    followed.step(3);
    expect(followed.indexes.get('i')?.size).toBe(0);
    followed.step(3);
    expect(followed.indexes.get('i')?.size).toBe(3);
    followed.finish();
    expect(followed.indexes.get('i')?.size).toBe(10);
  });
});

function rootOf(): { scope: never; principal: { kind: 'root' }; roles: never[]; actsAs: undefined } {
  return { scope: 0 as never, principal: { kind: 'root' }, roles: [], actsAs: undefined };
}
