/** Background work, step by step. */
import { query as q } from 'faunadb';
import { beforeEach, expect, test } from 'vitest';
import { schemaFor } from '../schema/schema-cache.ts';
import type { CollectionId, DocumentWriter, IndexId, ScopeId } from '../store/document-store.ts';
import { newDatabase, type QueryOptions, ROOT, type TestDatabase } from '../testing/run-fql.ts';
import { addJob } from './job-rows.ts';
import { nextStep, runStep } from './steps.ts';

let database: TestDatabase;
let store: DocumentWriter;

interface Loose extends Iterable<Loose> {
  readonly [key: string]: Loose;
}
const value = (expression: unknown, options?: QueryOptions): Loose => database.value(expression, options);
const inside = (scope: number): QueryOptions => ({ authentication: { ...ROOT, scope: scope as ScopeId } });
const things = q.Collection('things');
const thing = (id: number): ReturnType<typeof q.Ref> => q.Ref(things, id);
const ROOT_SCOPE = 0 as ScopeId;
const SECOND = 1_000_000;
const HOUR = 3600 * SECOND;

beforeEach(() => {
  database = newDatabase();
  store = database.store;
  value(q.CreateCollection({ name: 'things' }));
});

/** Everything that is to be done now; returns in how many steps. */
function runAll(limit?: number): number {
  let stepCount = 0;
  for (; nextStep(store, database.now); stepCount++) {
    expect(stepCount).toBeLessThan(1000);
    database.advance(10);
    runStep(store, database.now, limit);
  }
  return stepCount;
}

const versionCount = (id: number): number =>
  [...store.versions({ scope: ROOT_SCOPE, collection: 1024 as CollectionId, id: BigInt(id) })].length;

/** How much of something is stored: what dropping it would do, undone. */
function stored(count: (writer: DocumentWriter) => number): number {
  const undone = new Error('undone');
  let found = 0;
  try {
    store.transact(database.now + 1, () => {
      found = count(store);
      throw undone;
    });
  } catch (error) {
    if (error !== undone) throw error;
  }
  return found;
}
const spanCount = (index: number): number =>
  stored((writer) => writer.dropIndex(ROOT_SCOPE, index as IndexId, 1e6));

test('nothing is to be done in a new database, nor on an idle one', () => {
  const empty = newDatabase();
  expect(nextStep(empty.store, empty.now)).toBe(false);
  expect(runStep(empty.store, empty.now)).toEqual({ done: 0, more: false });
  runAll();
  database.advance(24 * HOUR);
  runAll();
  for (let hour = 0; hour < 50; hour++) {
    database.advance(HOUR);
    expect(nextStep(store, database.now)).toBe(false);
  }
});

test('a document whose time is over is deleted, in a transaction of its own', () => {
  runAll();
  value(q.CreateIndex({ name: 'all', source: things }));
  const ttl = q.Epoch(database.now + 10 * SECOND, 'microseconds');
  value(q.Create(thing(1), { data: { a: 1 }, ttl }));
  value(q.Create(thing(2), { data: { a: 1 } }));
  database.advance(9 * SECOND);
  expect(nextStep(store, database.now)).toBe(false);
  database.advance(SECOND);
  expect(nextStep(store, database.now)).toBe(true);
  const { done, more } = runStep(store, database.now);
  expect([done, more]).toEqual([1, false]);
  expect(value(q.Exists(thing(1)))).toBe(false);
  expect(value(q.Exists(thing(2)))).toBe(true);
  expect(value(q.Paginate(q.Match(q.Index('all'))))['data']).toHaveLength(1);
  expect(store.lastTime).toBe(database.now - 30_000);
});

test('an end that was moved or taken away counts as it is now', () => {
  const at = (micros: number): object => ({ ttl: q.Epoch(micros, 'microseconds') });
  const now = database.now;
  value(q.Create(thing(1), at(now + 10 * SECOND)));
  value(q.Create(thing(2), at(now + 10 * SECOND)));
  value(q.Update(thing(1), at(now + 20 * SECOND)));
  value(q.Update(thing(2), { ttl: null }));
  database.advance(15 * SECOND);
  runAll();
  expect(value(q.Exists(thing(1)))).toBe(true);
  database.advance(10 * SECOND);
  runAll();
  expect(value([q.Exists(thing(1)), q.Exists(thing(2))])).toEqual([false, true]);
});

test('tokens end too, and their secrets with them', () => {
  value(q.Create(thing(1), { credentials: { password: 'secret' } }));
  const ttl = q.TimeAdd(q.Now(), 10, 'seconds');
  value(q.Login(thing(1), { password: 'secret', ttl }));
  const rowCount = (): number => [...store.rows(ROOT_SCOPE)].length;
  const before = rowCount();
  database.advance(20 * SECOND);
  runAll();
  expect(value(q.Paginate(q.Tokens()))['data']).toEqual([]);
  expect(rowCount()).toBeLessThan(before);
});

test('many ends at once take many steps', () => {
  runAll();
  for (let id = 0; id < 10; id++) value(q.Create(thing(id), { ttl: q.Epoch(database.now, 'microseconds') }));
  expect(runAll(3)).toBe(4);
  expect(value(q.Paginate(q.Documents(things)))['data']).toEqual([]);
});

test('a dropped collection goes, with its entries in the indexes of others', () => {
  value(q.CreateCollection({ name: 'others' }));
  value(q.CreateIndex({ name: 'shared', source: [things, q.Collection('others')] }));
  value(q.CreateIndex({ name: 'everything', source: '_' }));
  for (let id = 0; id < 7; id++) value(q.Create(thing(id)));
  value(q.Create(q.Ref(q.Collection('others'), 1)));
  value(q.Delete(thing(6)));
  value(q.Delete(things));
  runAll(2);
  expect(stored((writer) => writer.dropCollection(ROOT_SCOPE, 1024 as CollectionId, 1e6))).toBe(0);
  // The deleted document's spans end with the history of the indexes.
  expect([spanCount(1), spanCount(2)]).toEqual([2, 2]);
  database.advance(HOUR);
  runAll();
  expect([spanCount(1), spanCount(2)]).toEqual([1, 1]);
});

test('a dropped index goes, and its number is not given again', () => {
  value(q.CreateIndex({ name: 'all', source: things }));
  for (let id = 0; id < 5; id++) value(q.Create(thing(id)));
  value(q.Delete(q.Index('all')));
  expect(spanCount(1)).toBe(5);
  value(q.CreateIndex({ name: 'all', source: things, values: [{ field: ['data', 'a'] }] }));
  expect(schemaFor(store, ROOT_SCOPE).index('all')?.id).toBe(2);
  runAll(2);
  expect(spanCount(1)).toBe(0);
});

test('a dropped database goes with all databases in it', () => {
  value(q.CreateDatabase({ name: 'child' }));
  value(q.CreateDatabase({ name: 'inner' }), inside(1));
  value(q.CreateCollection({ name: 'c' }), inside(2));
  const soon = q.TimeAdd(q.Now(), 1, 'hour');
  for (let id = 0; id < 5; id++) value(q.Create(q.Ref(q.Collection('c'), id), { ttl: soon }), inside(2));
  value(q.Delete(q.Database('child')));
  value(q.CreateDatabase({ name: 'child' }));
  runAll(2);
  for (const scope of [1, 2]) expect(stored((writer) => writer.dropScope(scope as ScopeId, 1e6))).toBe(0);
  expect(value(q.Paginate(q.Databases()), inside(3))['data']).toEqual([]);
  database.advance(2 * HOUR);
  runAll();
  expect(nextStep(store, database.now)).toBe(false);
});

test('an index that is too large to be built at once is inactive until it is', () => {
  for (let id = 0; id < 6; id++) value(q.Create(thing(id), { data: { a: id % 2 } }));
  value(q.CreateIndex({ name: 'by_a', source: things, terms: [{ field: ['data', 'a'] }] }));
  // As if there had been more documents.
  const index = schemaFor(store, ROOT_SCOPE).index('by_a')!;
  database.advance(10);
  store.transact(database.now, () => {
    store.dropIndex(ROOT_SCOPE, index.id, 1e6);
    addJob(store, { kind: 'buildIndex', scope: ROOT_SCOPE, number: index.id });
  });
  expect(runAll(2)).toBeGreaterThan(3);
  expect(value(q.Paginate(q.Match(q.Index('by_a'), 1)))['data']).toHaveLength(3);
  expect(value(q.Select('active', q.Get(q.Index('by_a'))))).toBe(true);
});

test('a build ends when its index is dropped', () => {
  value(q.CreateIndex({ name: 'all', source: things }));
  database.advance(10);
  store.transact(database.now, () => addJob(store, { kind: 'buildIndex', scope: ROOT_SCOPE, number: 1 }));
  value(q.Delete(q.Index('all')));
  runAll();
  expect(nextStep(store, database.now)).toBe(false);
});

test('history is forgotten when its days and the grace are over, of documents and of entries', () => {
  value(q.CreateIndex({ name: 'by_a', source: things, terms: [{ field: ['data', 'a'] }] }));
  value(q.Create(thing(1), { data: { a: 1 } }));
  value(q.Create(thing(2), { data: { a: 1 } }));
  for (let a = 2; a < 6; a++) value(q.Update(thing(1), { data: { a } }));
  value(q.Delete(thing(2)));
  runAll();
  expect([versionCount(1), versionCount(2), spanCount(1)]).toEqual([5, 2, 6]);
  database.advance(10 * 60 * SECOND);
  value(q.Update(thing(1), { data: { b: 1 } }));
  runAll(2);
  expect([versionCount(1), versionCount(2), spanCount(1)]).toEqual([6, 2, 6]);
  database.advance(10 * 60 * SECOND);
  value(q.Update(thing(1), { data: { b: 2 } }));
  runAll(2);
  expect([versionCount(1), versionCount(2), spanCount(1)]).toEqual([3, 0, 1]);
  database.advance(2 * HOUR);
  runAll();
  expect([versionCount(1), spanCount(1)]).toEqual([1, 1]);
});

test('however small the steps are, a sweep ends', () => {
  value(q.Create(thing(1), { data: { at: 1 } }));
  value(q.Update(thing(1), { data: { at: 2 } }));
  expect(versionCount(1)).toBe(2);
  database.advance(HOUR);
  expect(runAll(1)).toBeGreaterThan(1);
  expect(versionCount(1)).toBe(1);
});

test('history can be rewritten after its beginning was forgotten', () => {
  value(q.CreateIndex({ name: 'by_a', source: things, terms: [{ field: ['data', 'a'] }] }));
  value(q.Create(thing(1), { data: { a: 1 } }));
  value(q.Update(thing(1), { data: { b: 1 } }));
  database.advance(HOUR);
  runAll();
  expect(versionCount(1)).toBe(1);
  const before = database.now - 10 * SECOND;
  value(q.Insert(thing(1), before, 'update', { data: { a: 2 } }));
  const matches = (a: number): Loose => value(q.Paginate(q.Match(q.Index('by_a'), a)))['data']!;
  expect([matches(1), matches(2)].map((page) => [...page].length)).toEqual([0, 1]);
  expect(value(q.At(before - 1, q.Paginate(q.Match(q.Index('by_a'), 1))))['data']).toHaveLength(1);
  value(q.Remove(thing(1), before, 'update'));
  expect([matches(1), matches(2)].map((page) => [...page].length)).toEqual([1, 0]);
  expect(spanCount(1)).toBe(1);
});

test('an index over collections that keep history for different times keeps the longer one', () => {
  value(q.CreateCollection({ name: 'kept', history_days: 1 }));
  value(q.CreateCollection({ name: 'for_ever', history_days: null }));
  value(q.CreateIndex({ name: 'two', source: [things, q.Collection('kept')] }));
  value(q.CreateIndex({ name: 'all', source: '_' }));
  value(q.Create(thing(1)));
  value(q.Delete(thing(1)));
  database.advance(HOUR);
  runAll();
  expect([versionCount(1), spanCount(1), spanCount(2)]).toEqual([0, 1, 1]);
  for (let hour = 0; hour < 26; hour++) {
    database.advance(HOUR);
    runAll();
  }
  expect([spanCount(1), spanCount(2)]).toEqual([0, 1]);
});

test('history of a collection that keeps it for ever stays', () => {
  value(q.Update(things, { history_days: null }));
  value(q.Create(thing(1)));
  value(q.Update(thing(1), {}));
  database.advance(1000 * HOUR);
  runAll();
  expect(versionCount(1)).toBe(2);
});

test('history in child databases is swept, and lists of changes end', () => {
  value(q.CreateDatabase({ name: 'child' }));
  value(q.CreateCollection({ name: 'c' }), inside(1));
  value(q.Create(q.Ref(q.Collection('c'), 1)), inside(1));
  value(q.Update(q.Ref(q.Collection('c'), 1), {}), inside(1));
  expect([...store.changes(0)].length).toBeGreaterThan(4);
  database.advance(2 * HOUR);
  runAll(3);
  const key = { scope: 1 as ScopeId, collection: 1024 as CollectionId, id: 1n };
  expect([...store.versions(key)]).toHaveLength(1);
  expect([...store.changes(0)]).toEqual([]);
});
