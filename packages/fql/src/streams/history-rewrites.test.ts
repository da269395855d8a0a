/** What is noted of rewritten history, and for how long. */
import { query as q } from 'faunadb';
import { expect, test } from 'vitest';
import { nextStep, runStep } from '../jobs/steps.ts';
import { newDatabase } from '../testing/mod.ts';
import { rewritesFrom } from './history-rewrites.ts';

const DOC = q.Ref(q.Collection('c'), '1');
const MINUTE = 60 * 1_000_000;

test('what stood there before is noted with the transaction, and forgotten with the lists of changes', () => {
  const database = newDatabase();
  const { store } = database;
  database.value(q.CreateCollection({ name: 'c' }));
  database.value(q.Create(DOC, { data: { n: 1 } }));
  const created = store.lastTime;
  expect([...rewritesFrom(store, 0)]).toEqual([]);
  database.value(q.Insert(DOC, (created - 5) as never, 'create', {}));
  const first = store.lastTime;
  const inserted = [...rewritesFrom(store, 0)];
  expect(inserted).toMatchObject([
    {
      time: first,
      key: { scope: 0, id: 1n },
      places: [
        { ts: created - 5, before: undefined },
        { ts: created, before: { ts: created, action: 'create' } },
      ],
    },
  ]);
  database.query(q.Do(q.Remove(DOC, created as never, 'create'), q.Abort('no')));
  expect([...rewritesFrom(store, 0)]).toEqual(inserted);
  database.advance(50 * MINUTE);
  database.value(q.Remove(DOC, created as never, 'create'));
  const second = store.lastTime;
  expect([...rewritesFrom(store, 0)].map(({ time }) => time)).toEqual([first, second]);
  expect([...rewritesFrom(store, first + 1)].map(({ time }) => time)).toEqual([second]);
  database.advance(20 * MINUTE);
  for (let at = 1; nextStep(store, database.now); at++) {
    expect(at).toBeLessThan(1_000);
    database.advance(10);
    runStep(store, database.now, 3);
  }
  expect([...rewritesFrom(store, 0)].map(({ time }) => time)).toEqual([second]);
  expect([...store.changes(0)].map(({ ts }) => ts)).toEqual([second]);
});
