/**
 * Disks that fail under documents, with clients at work whose histories are checked afterwards:
 *   1. While the journal finds no room, writes are refused and reads go on; with room again, writes go on.
 *   2. While the store finds no room, the builder cannot go on; reads and searches do, and nothing is lost or done twice.
 *   3. The same with a real limit: the builder's files cannot grow.
 *   4. After a power loss nothing is read before everything acknowledged is there again, however long that takes.
 *   5. Damaged documents are told to their clients; searches and changes of indexes go on.
 */
import { execFileSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataLayout } from '@skein/member';
import type { RunningSkein } from '@skein/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { randomFrom } from '../cluster/random-moments.ts';
import { ask, published, save } from '../server/http.ts';
import { FqlConnection } from './server/fql-connection.ts';
import { ServerUnderFire } from './server/server-under-fire.ts';
import { until, untilAnswered } from './server/until.ts';
import { Workload } from './server/workload.ts';

vi.setConfig({ testTimeout: 240_000 });

let server: ServerUnderFire;
let workload: Workload;
beforeEach(async () => {
  server = await ServerUnderFire.start();
  workload = new Workload(server, randomFrom(1));
  await workload.prepare();
  await save(running(), 'things', [{ objectID: '1', name: 'lamp' }]);
});
afterEach(() => server.remove());

function running(): RunningSkein {
  expect(server.running).toBeDefined();
  return server.running!;
}

async function expectSearchable(text: string): Promise<void> {
  const { status, json } = await ask(running(), 'POST /1/indexes/things/query', { body: { query: text } });
  expect([status, json?.['nbHits']]).toEqual([200, 1]);
}

const count = { count: { documents: { collection: 'events' } } };
const insert = { create: { collection: 'events' }, params: { object: { data: { object: { number: -1 } } } } };

/** Waits until a write is refused, and shows that reads and searches still work. */
async function whileWritesFail(): Promise<void> {
  const connection = new FqlConnection(server, 'fresh');
  const write = { create: { collection: 'registers' }, params: { object: {} } };
  const quickly = { headers: { 'x-query-timeout': '300' } };
  await until('a write without an answer', async () => (await connection.ask(write, quickly)).status === 503);
  expect((await connection.ask(count)).status).toBe(200);
  await expectSearchable('lamp');
  connection.close();
}

async function endAndCheck(): Promise<void> {
  await untilAnswered(workload, 50);
  await workload.finish();
  expect(workload.check().slice(0, 10)).toEqual([]);
}

test('1: while the journal finds no room, writes are refused and reads go on', async () => {
  workload.start();
  await untilAnswered(workload, 30);
  server.control.order({ diskFull: 'journal' });
  await whileWritesFail();
  server.control.order({ diskFull: undefined });
  await endAndCheck();
});

test('2: while the store finds no room, reads and searches go on, and nothing is lost or done twice', async () => {
  workload.start();
  await untilAnswered(workload, 30);
  server.control.order({ diskFull: 'store' });
  await whileWritesFail();
  server.control.order({ diskFull: undefined });
  await endAndCheck();
});

test('3: a builder whose files cannot grow is replaced by one whose files can', async () => {
  workload.start();
  await untilAnswered(workload, 30);
  const { dataFolder } = running();
  const store = join(new DataLayout(dataFolder).documentsFolder('TESTAPP'), 'documents.mdb');
  const { builder } = running().processes();
  execFileSync('prlimit', ['--pid', String(builder), `--fsize=${statSync(store).size}`]);
  // Written over and over, the store has to grow at last.
  await until('another builder', () => ![0, builder].includes(running().processes().builder));
  await endAndCheck();
});

test('4: after a power loss nothing is read before everything acknowledged is there again', async () => {
  workload.start();
  await untilAnswered(workload, 50);
  server.control.order({ replayMs: 2_000 });
  await server.end('kill');
  server.losePower(() => 0);
  await server.begin();
  await endAndCheck();
});

test('5: damaged documents are told to their clients, and searches go on', async () => {
  await server.end('stop');
  const layout = new DataLayout(server.dataFolder);
  writeFileSync(join(layout.documentsFolder('TESTAPP'), 'documents.mdb'), Buffer.alloc(64 * 1024));
  await server.begin();
  const connection = new FqlConnection(server, 'fresh');
  for (const expression of [count, insert]) {
    const { status, text } = await connection.ask(expression);
    expect(status).toBe(503);
    expect(JSON.parse(text)).toEqual({
      errors: [
        {
          code: 'unavailable',
          description: 'the documents of this application are damaged; the server log tells more',
        },
      ],
    });
  }
  expect(running().output()).toContain('the documents of application TESTAPP are set aside');
  await expectSearchable('lamp');
  const { json } = await ask(running(), 'PUT /1/indexes/things/2', { body: { name: 'table' } });
  await published(running(), json?.['taskID']);
  await expectSearchable('table');
  connection.close();
});
