import { query as q } from 'faunadb';
import { expect, test } from 'vitest';
import type { CollectionId, DocumentKey, ScopeId } from '../store/document-store.ts';
import { MemoryStore } from '../testing/memory-store.ts';
import { newDatabase, ROOT } from '../testing/run-fql.ts';
import { collectionRef, Ref } from '../values/ref.ts';
import { compiledFor, schemaFor } from './schema-cache.ts';
import { storedNames } from './stored-names.ts';

const SCOPE = 0 as ScopeId;
const document = (collection: number, id: bigint, scope = SCOPE): DocumentKey => ({
  scope,
  collection: collection as CollectionId,
  id,
});

test('a schema is compiled once until it changes, and a snapshot keeps its own', () => {
  const store = new MemoryStore();
  const database = newDatabase({ store });
  database.query(q.CreateCollection({ name: 'a' }));
  const first = compiledFor(store, SCOPE);
  const snapshot = store.snapshot();
  database.query(q.Create(q.Collection('a')));
  expect(compiledFor(store, SCOPE)).toBe(first);
  database.query(q.CreateCollection({ name: 'b' }));
  expect(schemaFor(store, SCOPE).collection('b')?.id).toBe(1025);
  expect(compiledFor(snapshot, SCOPE)).toBe(first);
  expect(schemaFor(snapshot, SCOPE).collection('b')).toBeUndefined();
});

test('two stores with the same beginnings and different changes have different schemas', () => {
  const [one, two] = [newDatabase(), newDatabase()];
  one.query(q.CreateCollection({ name: 'a' }));
  two.query(q.CreateCollection({ name: 'b' }));
  expect(schemaFor(one.store, SCOPE).collection('b')).toBeUndefined();
  expect(schemaFor(two.store, SCOPE).collection('b')?.id).toBe(1024);
});

test('refs lead to keys and back', () => {
  const database = newDatabase();
  database.query(q.CreateCollection({ name: 'things' }));
  database.query(q.CreateIndex({ name: 'all', source: q.Collection('things') }));
  database.query(q.CreateDatabase({ name: 'child' }));
  database.query(q.CreateCollection({ name: 'inner' }), { authentication: { ...ROOT, scope: 1 as ScopeId } });
  const schema = schemaFor(database.store, SCOPE);
  const child = new Ref('child', new Ref('databases'));
  const pairs: readonly (readonly [Ref, DocumentKey])[] = [
    [new Ref('5', collectionRef('things')), document(1024, 5n)],
    [collectionRef('things'), document(2, 1024n)],
    [new Ref('all', new Ref('indexes')), document(3, 1n)],
    [new Ref('keys'), document(2, 7n)],
    [new Ref('9', new Ref('keys')), document(7, 9n)],
    [child, document(1, 1n)],
    [new Ref('5', collectionRef('inner', child)), document(1024, 5n, 1 as ScopeId)],
    [collectionRef('inner', child), document(2, 1024n, 1 as ScopeId)],
  ];
  for (const [ref, key] of pairs) {
    expect(schema.resolve(ref)).toEqual(key);
    expect(schema.refOf(key)).toEqual(ref);
  }
});

test('refs that lead nowhere', () => {
  const schema = schemaFor(newDatabase().store, SCOPE);
  for (const ref of [
    new Ref('things'),
    collectionRef('things'),
    new Ref('1', collectionRef('things')),
    new Ref('x', new Ref('keys')),
    new Ref('-1', new Ref('keys')),
    new Ref('9223372036854775808', new Ref('keys')),
    new Ref('self', new Ref('tokens')),
    new Ref('1', collectionRef('things', new Ref('none', new Ref('databases')))),
    new Ref('1', new Ref('i', new Ref('indexes'))),
  ]) {
    expect(schema.resolve(ref)).toBeUndefined();
  }
});

test('what was dropped has a name that nothing can have, and that is stored as the same number', () => {
  const database = newDatabase();
  database.query(q.CreateCollection({ name: 'things' }));
  database.query(q.Delete(q.Collection('things')));
  const schema = schemaFor(database.store, SCOPE);
  for (const key of [document(1024, 5n), document(2, 1024n), document(3, 77n)]) {
    const ref = schema.refOf(key);
    expect(schema.resolve(ref)).toBeUndefined();
    expect(storedNames(schema).resolve(ref)).toEqual(key);
  }
});
