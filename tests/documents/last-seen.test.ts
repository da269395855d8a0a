/**
 * Who has seen a transaction reads what it wrote, whatever process answers:
 *   1. The time of a write's answer, sent with reads on other connections, always finds the write.
 *   2. A read for a time that has not come waits for it, and is answered once it has.
 *   3. When it does not come in time, the answer says so.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FqlConnection } from './server/fql-connection.ts';
import { ServerUnderFire } from './server/server-under-fire.ts';

vi.setConfig({ testTimeout: 120_000 });

let server: ServerUnderFire;
let writer: FqlConnection;
const readers: FqlConnection[] = [];
beforeAll(async () => {
  server = await ServerUnderFire.start({ queryProcesses: 3 });
  writer = new FqlConnection(server, 'kept');
  for (let at = 0; at < 6; at++) readers.push(new FqlConnection(server, at % 2 === 0 ? 'kept' : 'fresh'));
  expect((await writer.ask({ create_collection: { object: { name: 'things' } } })).status).toBe(201);
});
afterAll(async () => {
  for (const each of [writer, ...readers]) each.close();
  await server.remove();
});

const write = (number: number): unknown => ({
  create: { ref: { collection: 'things' }, id: String(number) },
  params: { object: {} },
});
const count = { count: { documents: { collection: 'things' } } };

test('1: reads on other connections find what their client has seen', async () => {
  for (let number = 1; number <= 30; number++) {
    const { time, status } = await writer.ask(write(number));
    expect(status).toBe(201);
    const headers = { 'x-last-seen-txn': String(time) };
    const answers = await Promise.all(readers.map((reader) => reader.ask(count, { headers })));
    for (const answer of answers) {
      expect(answer.resource).toBe(number);
      expect(answer.time).toBeGreaterThanOrEqual(time!);
    }
  }
});

test('2: a read for a time to come is answered once it has come', async () => {
  const { time } = await writer.ask(write(100));
  let isAnswered = false;
  const headers = { 'x-last-seen-txn': String(time! + 1) };
  const reading = readers[0]!.ask(count, { headers }).then((answer) => {
    isAnswered = true;
    return answer;
  });
  // Another read that was sent later overtakes it.
  await readers[1]!.ask(count);
  expect(isAnswered).toBe(false);
  const next = await writer.ask(write(101));
  expect(next.time).toBeGreaterThan(time!);
  expect((await reading).time).toBe(next.time);
});

test('3: a time that does not come is told', async () => {
  const { time } = await writer.ask(write(200));
  const headers = { 'x-last-seen-txn': String(time! + 60_000_000), 'x-query-timeout': '50' };
  const { status, text } = await readers[0]!.ask(count, { headers });
  expect(status).toBe(503);
  expect(text).toContain('time out');
});
