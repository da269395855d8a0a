/** Several applications in one server know nothing of each other. */
import { type RunningSkein, startSkein } from '@skein/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ask, indexNames, save } from './http.ts';

vi.setConfig({ testTimeout: 120_000 });

let skein: RunningSkein;
let other: { application: string; key: string };
beforeAll(async () => {
  const first = await startSkein({ env: { SKEIN_APPLICATION_ID: 'FIRST', SKEIN_QUERY_PROCESSES: '1' } });
  await save(first, 'shared', [{ objectID: '1', owner: 'first' }]);
  await first.stop({ data: 'keep' });
  other = { application: 'FIRST', key: first.adminKey };
  skein = await startSkein({ env: { SKEIN_APPLICATION_ID: 'SECOND' }, folder: first.folder });
}, 120_000);
afterAll(async () => {
  await skein.stop();
});

test('indexes of one name are two indexes', async () => {
  await save(skein, 'shared', [{ objectID: '1', owner: 'second' }]);
  expect((await ask(skein, 'GET /1/indexes/shared/1')).json).toEqual({ objectID: '1', owner: 'second' });
  expect((await ask(skein, 'GET /1/indexes/shared/1', other)).json).toEqual({
    objectID: '1',
    owner: 'first',
  });
  await ask(skein, 'PUT /1/indexes/only-second/1', { body: {} });
  expect(await indexNames(skein, other)).toEqual(['shared']);
});

test('a key opens its own application only, also secured keys and key management', async () => {
  expect((await ask(skein, 'GET /1/indexes', { application: 'FIRST' })).status).toBe(403);
  expect((await ask(skein, 'GET /1/indexes', { application: 'SECOND', key: other.key })).status).toBe(403);
  const { json } = await ask(skein, 'POST /1/keys', { ...other, body: { acl: ['search'] } });
  const key = String(json?.['key']);
  expect(
    (await ask(skein, 'POST /1/indexes/shared/query', { application: 'FIRST', key, body: {} })).status,
  ).toBe(200);
  expect(
    (await ask(skein, 'POST /1/indexes/shared/query', { application: 'SECOND', key, body: {} })).status,
  ).toBe(403);
  expect((await ask(skein, `GET /1/keys/${key}`)).status).toBe(404);
  expect((await ask(skein, `DELETE /1/keys/${key}`)).status).toBe(404);
});

test('tasks are numbers of the whole log, and each application asks for its own', async () => {
  const { json } = await ask(skein, 'PUT /1/indexes/shared/2', { ...other, body: {} });
  expect(json).toMatchObject({ taskID: expect.any(Number) });
  expect((await ask(skein, `GET /1/indexes/shared/task/${String(json?.['taskID'])}`, other)).status).toBe(
    200,
  );
});
