/**
 * Whatever is sent to the FQL port of a real server:
 *   1. Every answer is JSON with a documented status; no process ends.
 *   2. Requests that are as heavy as they may be end with their error, in bounded memory, while searches and other queries are answered.
 *   3. A body of 8 MiB is taken, one byte more is not.
 *   4. Connections that are slow, broken or far too many harm nobody else.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect as connectHttp2, constants } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { ARBITRARY_SETUP, arbitraryExpression } from '@skein/fql/arbitrary-expression';
import { type RunningSkein, startSkein } from '@skein/testkit';
import fc from 'fast-check';
import { type ExprArg, query as q } from 'faunadb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ask, save } from './http.ts';

vi.setConfig({ testTimeout: 180_000 });

let skein: RunningSkein;
beforeAll(async () => {
  skein = await startSkein({ env: { SKEIN_QUERY_PROCESSES: '1', SKEIN_REQUEST_TIMEOUT_MS: '10000' } });
  await save(skein, 'kept', [{ objectID: '1', name: 'kept as it is' }]);
  expect((await query(q.CreateCollection({ name: 'heavy' }))).status).toBe(201);
  expect((await query(q.Create(q.Ref(q.Collection('heavy'), '1'), {}))).status).toBe(201);
  for (const setup of ARBITRARY_SETUP) expect((await fql(JSON.stringify(setup))).status).toBe(201);
}, 120_000);
afterAll(async () => {
  await skein.stop();
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

function fql(body: string | Uint8Array): Promise<Answer> {
  const { hostname, port } = new URL(skein.fqlUrl);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        agent: false,
        hostname,
        port,
        method: 'POST',
        headers: { authorization: `Bearer ${skein.fqlSecret}` },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

const query = (expression: ExprArg): Promise<Answer> => fql(JSON.stringify(expression));

function codeOf({ status, text }: Answer): string {
  if (status < 300) return 'fine';
  return (JSON.parse(text) as { errors: readonly { code: string }[] }).errors[0]?.code ?? 'none';
}

function expectDocumented({ status, text }: Answer): void {
  expect([200, 201, 400, 401, 403, 404], text.slice(0, 1000)).toContain(status);
  expect(Object.keys(JSON.parse(text) as object)).toEqual([status < 300 ? 'resource' : 'errors']);
}

async function expectUnharmed(): Promise<void> {
  expect(await fql('{"add":[1,2]}')).toMatchObject({ status: 200, text: '{"resource":3}' });
  expect((await ask(skein, 'GET /1/indexes/kept/1', { agent: false })).json).toEqual({
    objectID: '1',
    name: 'kept as it is',
  });
  expect(skein.output()).not.toContain('ended unasked');
  expect(skein.output()).not.toMatch(/operation \d+ failed/);
}

/** Of all memory that the process does not share with files. */
function ownMegabytes(pid: number): number {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

test('1: arbitrary calls of all functions', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryExpression, async (expression) => {
      expectDocumented(await fql(JSON.stringify(expression)));
    }),
    { numRuns: 300 },
  );
  await expectUnharmed();
});

test('1: arbitrary bytes and JSON', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.uint8Array({ maxLength: 60 }),
        fc.json().map((text) => Buffer.from(text)),
      ),
      async (bytes) => expectDocumented(await fql(bytes)),
    ),
    { numRuns: 200 },
  );
  await expectUnharmed();
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

function text(doublings: number, of = 'a'): ExprArg {
  let made: ExprArg = q.Repeat(of, 1024);
  for (let at = 0; at < doublings; at++) made = q.Let({ s: made }, q.Concat([q.Var('s'), q.Var('s')]));
  return made;
}

function again(bound: Record<string, ExprArg>, expression: ExprArg): ExprArg {
  const inner = q.Foreach(q.Var('all'), q.Lambda('_', expression));
  return q.Let({ all: numbers(4000), ...bound }, q.Foreach(numbers(4000), q.Lambda('_', inner)));
}

const HEAVY: Readonly<Record<string, () => ExprArg>> = {
  'a loop': () => again({}, q.Add(1, 2)),
  'a loop of reads': () => again({}, q.Exists(q.Ref(q.Collection('heavy'), '1'))),
  'a loop of counts': () => again({}, q.Count(q.Documents(q.Collection('heavy')))),
  'long texts': () =>
    q.Let(
      {
        t: text(13),
        ...Object.fromEntries(numbers(200).map((at) => [`t${at}`, q.ReplaceStr(q.Var('t'), 'aa', 'é')])),
      },
      1,
    ),
  'long texts compared': () => again({ t: text(10, 'é') }, q.LT(q.Var('t'), q.Concat([q.Var('t'), 'b']))),
  'a pattern': () => again({ t: q.Concat([text(2), 'b']) }, q.ContainsStrRegex(q.Var('t'), '(a|aa)+$')),
  'a loop of writes': () => again({}, q.Create(q.Collection('heavy'), { data: { a: 1 } })),
  'collections without end': () =>
    q.Foreach(numbers(3000), q.Lambda('n', q.CreateCollection({ name: q.Format('n%d', q.Var('n')) }))),
};

test('2: heavy requests, while others are answered', async () => {
  const processes = skein.processes();
  let megabytesMost = 0;
  let searchMsMost = 0;
  let searchCount = 0;
  let done = false;
  const searching = (async () => {
    while (!done) {
      const startedAt = performance.now();
      const answer = await ask(skein, 'POST /1/indexes/kept/query', {
        agent: false,
        body: { query: 'kept' },
      });
      expect(answer.status).toBe(200);
      searchMsMost = Math.max(searchMsMost, performance.now() - startedAt);
      searchCount++;
      for (const pid of [processes.builder, ...processes.query])
        megabytesMost = Math.max(megabytesMost, ownMegabytes(pid));
    }
  })();
  const harm = async (): Promise<void> => {
    for (const [name, expression] of Object.entries(HEAVY)) {
      const startedAt = performance.now();
      const answer = await query(expression());
      expect(codeOf(answer), name).toBe('resources exceeded');
      if (process.env['SHOW'] !== undefined)
        console.log(name, Math.round(performance.now() - startedAt), 'ms');
      await expectUnharmed();
    }
  };
  await Promise.all([
    harm().finally(() => {
      done = true;
    }),
    searching,
  ]);
  if (process.env['SHOW'] !== undefined) console.log({ searchMsMost, searchCount, megabytesMost });
  expect(searchCount).toBeGreaterThan(0);
  expect(megabytesMost).toBeLessThan(2_048);
  expect(skein.processes()).toEqual(processes);
});

test('3: a body of 8 MiB is taken, one byte more is not', async () => {
  const body = (byteCount: number): string => `"${'x'.repeat(byteCount - 2)}"`;
  expect((await fql(body(8 * 1024 * 1024))).status).toBe(200);
  expect((await fql(body(8 * 1024 * 1024 + 1))).status).toBe(413);
  const values = `[${'1,'.repeat(4 * 1024 * 1024 - 2)}1]`;
  expect((await fql(values)).status).toBe(200);
  const calls = `[${'{"now":null},'.repeat(600_000)}1]`;
  expectDocumented(await fql(calls));
  const levels = (count: number): string => '['.repeat(count) + ']'.repeat(count);
  expect((await fql(levels(1000))).status).toBe(200);
  expect((await fql(levels(4 * 1024 * 1024))).status).toBe(400);
  await expectUnharmed();
});

test('4: slow, broken and far too many connections', async () => {
  const { hostname, port } = new URL(skein.fqlUrl);
  const sockets: Socket[] = [];
  const open = async (first: string | Buffer): Promise<Socket> => {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(first);
    return socket;
  };
  const cut = (socket: Socket): Promise<unknown> => {
    socket.resume();
    return socket.closed ? Promise.resolve() : once(socket, 'close');
  };
  try {
    const silent = await Promise.all(numbers(500).map(() => open('')));
    const slow = await Promise.all(numbers(100).map(() => open('POST / HTTP/1.1\r\nHost: x\r\nX-A: ')));
    const bodies = await Promise.all(
      numbers(100).map(() =>
        open(
          `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${skein.fqlSecret}\r\nContent-Length: 9\r\n\r\n1`,
        ),
      ),
    );
    const garbage = await Promise.all(
      numbers(50).map((at) =>
        open(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.alloc(200, at + 1)])),
      ),
    );
    const floods = await Promise.all(
      numbers(20).map(() => open(`GET / HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(20_000)}`)),
    );
    await expectUnharmed();
    await Promise.all([...silent, ...slow, ...bodies, ...garbage, ...floods].map(cut));
    await expectUnharmed();

    const sessions = numbers(100).map(() => connectHttp2(skein.fqlUrl));
    for (const session of sessions) session.on('error', () => undefined);
    await Promise.all(sessions.map((session) => once(session, 'remoteSettings')));
    for (const session of sessions.slice(0, 10)) {
      for (const _ of numbers(2000)) {
        if (session.destroyed || session.closed) break;
        const stream = session.request({ ':method': 'POST', authorization: `Bearer ${skein.fqlSecret}` });
        stream.on('error', () => undefined);
        stream.close(constants.NGHTTP2_CANCEL);
      }
    }
    await expectUnharmed();
    for (const session of sessions) session.destroy();
    await expectUnharmed();
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
