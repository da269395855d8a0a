/** The FQL port before a stand-in: with the real driver over HTTP/2 and HTTP/1.1, and with raw sockets. */
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls';
import fc from 'fast-check';
import { Client, type ClientConfig, Expr, errors, query as q } from 'faunadb';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { selfSigned } from '../testing/self-signed.ts';
import { STAND_IN_SECRET, StandInFql } from '../testing/stand-in-fql.ts';
import type { FqlAnswered } from './fql-handler.ts';
import { FqlServer, type FqlServerOptions } from './fql-server.ts';

vi.setConfig({ testTimeout: 30_000 });
const until = { timeout: 20_000, interval: 5 };

const cleanups: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function start(options: Partial<FqlServerOptions> = {}) {
  const port = new StandInFql();
  const answered: FqlAnswered[] = [];
  const ended: string[] = [];
  const server = new FqlServer({
    port,
    log: pino({ level: 'silent' }),
    bodyBytesMax: 1_000_000,
    requestTimeoutMs: 5_000,
    queryTimeoutMs: 10_000,
    keepAliveMs: 5_000,
    build: 'test',
    onAnswered: (answer) => answered.push(answer),
    onStreamEnded: (how) => ended.push(how),
    ...options,
  });
  server.node.listen(0, '127.0.0.1');
  await once(server.node, 'listening');
  cleanups.push(() => server.drain('stop', 1));
  return { port, server, answered, ended, at: (server.node.address() as AddressInfo).port };
}

const ADAPTERS = { 'HTTP/2': undefined, 'HTTP/1.1': fetchForDriver } as const;
type Adapter = keyof typeof ADAPTERS;
const both = Object.keys(ADAPTERS) as Adapter[];

/** Node's `fetch` takes only signals of its own kind; the driver brings another. */
async function fetchForDriver(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const { signal, ...rest } = init;
  const controller = new AbortController();
  signal?.addEventListener('abort', () => controller.abort());
  const response = await fetch(url, { ...rest, signal: controller.signal });
  const { body } = response;
  // And it reads streams as older libraries gave them.
  if (response.headers.has('x-fauna-stream-id') && body !== null)
    Object.defineProperty(response, 'body', { value: Readable.fromWeb(body as ReadableStream) });
  return response;
}

function driver(at: number, over: Adapter, options: Partial<ClientConfig> = {}): Client {
  const client = new Client({
    secret: STAND_IN_SECRET,
    domain: '127.0.0.1',
    scheme: 'http',
    port: at,
    ...(ADAPTERS[over] === undefined ? {} : { fetch: ADAPTERS[over] }),
    ...options,
  });
  cleanups.push(() => client.close({ force: true }));
  return client;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

const authorization = `Bearer ${STAND_IN_SECRET}`;

async function ask(
  at: number,
  path: string,
  asked: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { method = 'POST', headers = {}, body } = asked;
  const request = httpRequest({
    port: at,
    host: '127.0.0.1',
    path,
    method,
    headers: { authorization, ...headers },
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, headers: response.headers, text };
}

async function askHttp2(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body = '',
): Promise<Answer> {
  const stream = session.request({ ':method': 'POST', ':path': '/', authorization, ...headers });
  stream.setEncoding('utf8');
  stream.end(body);
  const [got] = (await once(stream, 'response')) as [Record<string, string>];
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return { status: Number(got[':status']), headers: got, text };
}

function session(at: number): ClientHttp2Session {
  const made = connectHttp2(`http://127.0.0.1:${at}`);
  made.on('error', () => undefined);
  cleanups.push(async () => made.destroy());
  return made;
}

async function connectionCount({ node }: FqlServer): Promise<number> {
  return new Promise((resolve) => node.getConnections((_error, count) => resolve(count)));
}

/** Sends raw bytes and reads until the server closes. */
async function raw(at: number, bytes: Uint8Array | string): Promise<string> {
  const socket = connect(at, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

const standIn = (command: object): Expr => new Expr(command);

test.each(both)('the driver over %s: ping, queries, and their errors', async (over) => {
  const { at, port } = await start();
  const client = driver(at, over);
  expect(await client.ping('all')).toBe('Scope all is OK');
  expect(await client.ping()).toBe('Scope write is OK');
  expect(await client.query(q.Add(1, 2))).toEqual({ add: [1, 2] });
  expect(port.queries[0]?.options).toEqual({
    lastSeenTime: 1_700_000_000_000_000,
    timeoutMs: 10_000,
    access: 'write',
    linearized: false,
  });
  await client.query(q.Now(), { queryTimeout: 1234 });
  expect(port.queries[1]?.options).toMatchObject({ lastSeenTime: 1_700_000_000_000_001, timeoutMs: 1234 });
  await expect(client.query(q.Now(), { secret: 'wrong' })).rejects.toBeInstanceOf(errors.Unauthorized);
  await expect(client.query(standIn({ refuse: 'busy' }))).rejects.toBeInstanceOf(errors.TooManyRequests);
  await expect(client.query(standIn({ refuse: 'outcome-unknown' }))).rejects.toMatchObject({
    name: 'UnavailableError',
    message: 'unavailable',
    description: 'Refused as was asked.',
  });
  await expect(client.query(standIn({ break: 'a secret detail' }))).rejects.toMatchObject({
    name: 'InternalError',
    description: 'The server failed; its log says how.',
  });
  await expect(client.query(q.Now(), { queryTimeout: 700_000 })).rejects.toMatchObject({
    name: 'BadRequest',
    message: 'bad request',
    description: "Invalid header 'x-query-timeout': Must be less than or equal to 600000.",
  });
});

test.each(both)('the driver over %s: metrics, traces and tags come back in headers', async (over) => {
  const { at } = await start();
  const seen: { responseHeaders: Record<string, string>; statusCode: number }[] = [];
  const client = driver(at, over, { observer: (result) => void seen.push(result as never) });
  const metrics = await client.queryWithMetrics(q.Now());
  expect(metrics).toMatchObject({
    value: { now: null },
    metrics: {
      'x-compute-ops': 1,
      'x-byte-read-ops': 2,
      'x-byte-write-ops': 3,
      'x-txn-retries': 0,
    },
  });
  expect(seen[0]?.responseHeaders).toMatchObject({
    'x-query-bytes-in': '12',
    'x-query-bytes-out': '25',
    'x-storage-bytes-read': '40',
    'x-storage-bytes-write': '50',
  });
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await client.query(q.Now(), { traceparent, tags: { foo: 'a', bar: 'b', baz: 'c' } });
  const headers = seen.at(-1)?.responseHeaders ?? {};
  expect(headers['traceparent']).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-01$/);
  expect(headers['x-fauna-tags']).toBe('baz=c,bar=b,foo=a');
  expect(headers['x-txn-time']).toBe('1700000000000002');
  expect(headers['x-faunadb-build']).toBe('test');
  expect(seen[0]?.responseHeaders['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
  await expect(client.query(q.Now(), { tags: { 'a b': 'c' } })).rejects.toMatchObject({
    description: "Invalid header 'x-fauna-tags': invalid tags",
  });
});

test.each(both)(
  'the driver over %s: an aborted query leaves the connection and the server in order',
  async (over) => {
    const { at, port } = await start();
    const client = driver(at, over);
    const controller = new AbortController();
    const asked = client.query(standIn({ hang: true }), { signal: controller.signal });
    await vi.waitFor(() => expect(port.queries).toHaveLength(1), until);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ isAbortError: true });
    expect(await client.query('after')).toBe('after');
  },
);

test.each(both)(
  'the driver over %s: a stream starts, tells events in order, and its end is noticed',
  async (over) => {
    const { at, port, ended } = await start();
    const client = driver(at, over);
    const got: unknown[] = [];
    const stream = client
      .stream(standIn({ some: 'ref' }), { fields: ['document', 'diff'] })
      .on('start', (time) => got.push(time))
      .on('version', (event) => got.push(event))
      .on('error', (error) => got.push(error))
      .start();
    await vi.waitFor(() => expect(got).toEqual([port.time]), until);
    const [open] = port.streams;
    expect([...(open?.options.fields ?? [])]).toEqual(['document', 'diff']);
    for (let at = 0; at < 5; at++) port.publish({ at });
    await vi.waitFor(() => expect(got).toHaveLength(6), until);
    expect(got.slice(1)).toEqual([0, 1, 2, 3, 4].map((at) => ({ at })));
    stream.close();
    await vi.waitFor(() => expect(port.streams.size).toBe(0), until);
    expect(ended).toEqual(['closed']);
  },
);

test('a stream of what is no stream, and of unknown fields, is refused with its errors', async () => {
  const { at } = await start();
  expect(await ask(at, '/stream', { body: '{"refuse":1}' })).toMatchObject({
    status: 400,
    text: '{"errors":[{"position":[],"code":"invalid argument","description":"Not a stream."}]}',
  });
  expect(await ask(at, '/stream?fields=action,colour', { body: '{}' })).toMatchObject({
    status: 400,
    text: '{"errors":[{"position":[],"code":"invalid url parameter","description":"Invalid field name \'colour\'"}]}',
  });
});

test('paths, methods and secrets are refused in the order of the original', async () => {
  const { at, port } = await start();
  const code = (answer: Answer): unknown => [
    answer.status,
    (JSON.parse(answer.text) as { errors: { code: string }[] }).errors[0]?.code,
  ];
  const bad = { 'x-faunadb-api-version': '99' };
  expect(await ask(at, '/ping', { method: 'GET', headers: bad })).toMatchObject({
    status: 400,
    text: '{"errors":[{"code":"bad request","description":"Invalid header \'x-faunadb-api-version\': Unsupported or invalid API version \'99\'."}]}',
  });
  expect(code(await ask(at, '/nowhere', { headers: { authorization: '' } }))).toEqual([404, 'not found']);
  const nobody = await ask(at, '/', { method: 'DELETE', headers: { authorization: 'Bearer x' } });
  expect(code(nobody)).toEqual([401, 'unauthorized']);
  expect(nobody.headers['www-authenticate']).toBe('Basic realm="Unauthorized"');
  expect(Object.keys(nobody.headers).filter((name) => /-ops|-bytes|query-time/.test(name))).toEqual([]);
  const put = await ask(at, '/', { method: 'PUT', body: '{}' });
  expect(code(put)).toEqual([405, 'method not allowed']);
  expect(put.headers['allow']).toBe('GET, POST');
  expect(code(await ask(at, '/stream', { method: 'GET' }))).toEqual([405, 'method not allowed']);
  expect(port.queries).toEqual([]);
});

test('the secret comes as Bearer or as the user name of Basic; no content type is asked for', async () => {
  const { at } = await start();
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  for (const headers of [
    basic(`${STAND_IN_SECRET}:`),
    basic(STAND_IN_SECRET),
    { authorization: `bearer ${STAND_IN_SECRET}` },
  ]) {
    expect(await ask(at, '/', { headers, body: '1' })).toMatchObject({ status: 200, text: '{"resource":1}' });
  }
  for (const headers of [
    basic('x:'),
    basic(':'),
    basic(''),
    { authorization: 'Bearer' },
    { authorization: STAND_IN_SECRET },
  ]) {
    expect(await ask(at, '/', { headers, body: '1' })).toMatchObject({ status: 401 });
  }
});

test('GET reads what q says, without a right to write; /linearized says so', async () => {
  const { at, port } = await start();
  expect(await ask(at, '/?q=%7B%22a%22%3A1%7D', { method: 'GET' })).toMatchObject({
    status: 200,
    text: '{"resource":{"a":1}}',
  });
  expect(port.queries[0]?.options.access).toBe('read');
  await ask(at, '/linearized', { body: '1' });
  expect(port.queries[1]?.options).toMatchObject({ access: 'write', linearized: true });
});

test('ping needs no secret, knows its scopes, and says what is not there', async () => {
  const { at, port } = await start();
  const ping = (query: string, method = 'GET') =>
    ask(at, `/ping${query}`, { method, headers: { authorization: '' } });
  expect((await ping('?scope=global')).text).toBe('{"resource":"Scope write is OK"}');
  expect((await ping('?scope=local&timeout=50')).text).toBe('{"resource":"Scope read is OK"}');
  expect((await ping('?scope=whatever')).text).toBe('{"resource":"Scope node is OK"}');
  expect(await ping('', 'HEAD')).toMatchObject({ status: 200, text: '' });
  expect(port.pings.map(({ scope, timeoutMs }) => [scope, timeoutMs])).toEqual([
    ['write', 1000],
    ['read', 50],
    ['node', 100],
    ['write', 1000],
  ]);
  port.present = false;
  expect(await ping('')).toMatchObject({
    status: 503,
    text: '{"errors":[{"code":"time out","description":"Scope write is unavailable"}]}',
  });
});

test('pages of any origin may ask, and read the headers of the answer', async () => {
  const { at } = await start();
  const preflight = await ask(at, '/', { method: 'OPTIONS', headers: { origin: 'https://app.test' } });
  expect(preflight.status).toBe(200);
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': 'https://app.test',
    'access-control-allow-credentials': 'true',
    'access-control-max-age': '86400',
  });
  expect(preflight.headers['access-control-allow-headers']).toContain('x-driver-env');
  const { headers } = await ask(at, '/', { body: '1', headers: { origin: 'https://app.test' } });
  expect(headers['access-control-expose-headers']).toContain('x-txn-time');
  expect((await ask(at, '/', { body: '1' })).headers['access-control-allow-origin']).toBeUndefined();
});

test('a body beyond the limit is refused with 413 whether it says its length or not, over both protocols', async () => {
  const { at, port } = await start({ bodyBytesMax: 1_000 });
  const large = 'x'.repeat(500_000);
  expect(await ask(at, '/', { body: large })).toMatchObject({ status: 413 });
  expect(await ask(at, '/', { body: large, headers: { 'transfer-encoding': 'chunked' } })).toMatchObject({
    status: 413,
  });
  const over2 = session(at);
  expect(await askHttp2(over2, {}, large)).toMatchObject({
    status: 413,
    text: '{"errors":[{"code":"request too large","description":"Request entity is too large."}]}',
  });
  expect(await askHttp2(over2, {}, '1')).toMatchObject({ status: 200 });
  expect(port.queries).toHaveLength(1);
});

test('a head beyond 8 KiB is refused, over both protocols', async () => {
  const { at } = await start();
  expect(await ask(at, '/', { headers: { 'x-large': 'x'.repeat(9_000) } })).toMatchObject({ status: 413 });
  const over2 = session(at);
  const outcome = await askHttp2(over2, { 'x-large': 'x'.repeat(9_000) }).catch((error: unknown) => error);
  expect(outcome).toSatisfy((got: Answer | Error) => got instanceof Error || got.status === 413);
  expect(await askHttp2(session(at), {}, '1')).toMatchObject({ status: 200 });
});

test('a port that never answers is given up, and the answer says that the outcome is unknown', async () => {
  const { at } = await start();
  const answer = await ask(at, '/', { body: '{"hang":true}', headers: { 'x-query-timeout': '1' } });
  expect(answer).toMatchObject({ status: 503 });
  expect(answer.text).toContain('whether it did is not known');
});

test('a body that does not come is answered 408, one that is cut off is forgotten', async () => {
  const { at, answered } = await start({ requestTimeoutMs: 200 });
  const over2 = session(at);
  const slow = over2.request({ ':method': 'POST', ':path': '/', authorization });
  slow.write('[1');
  const [headers] = (await once(slow, 'response')) as [Record<string, unknown>];
  expect(headers[':status']).toBe(408);
  slow.destroy();
  expect(
    await raw(
      at,
      `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: 10\r\n\r\n[1`,
    ),
  ).toMatch(/^HTTP\/1\.1 408 /);
  expect(await raw(at, 'POST / HTTP/1.1\r\nHost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /);
  const cut = connect(at, '127.0.0.1');
  cut.write(`POST / HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: 10\r\n\r\n[1`);
  cut.resume();
  cut.end();
  await once(cut, 'close');
  const stopped = over2.request({ ':method': 'POST', ':path': '/', authorization });
  stopped.on('error', () => undefined);
  stopped.write('[1');
  // What is asked later on the same session is answered: so the first has come.
  await askHttp2(over2, {}, '1');
  over2.destroy();
  await vi.waitFor(
    () => expect(answered.map(({ status }) => status)).toEqual([408, 408, 499, 200, 499]),
    until,
  );
});

test('who says nothing, or not what protocol it speaks, is cut', async () => {
  const { at, server } = await start({ requestTimeoutMs: 100 });
  for (const said of ['', 'P', 'PRI * HTT']) expect(await raw(at, said)).not.toContain('HTTP');
  const tls = await start({ requestTimeoutMs: 100, tls: selfSigned() });
  expect(await raw(tls.at, '\x16\x03\x01')).toBe('');
  await vi.waitFor(async () => expect(await connectionCount(server)).toBe(0), until);
});

test('who does not take the answer is cut, over both protocols', async () => {
  const { at, server } = await start({ requestTimeoutMs: 200 });
  const socket = connect(at, '127.0.0.1');
  cleanups.push(async () => socket.destroy());
  socket.on('error', () => undefined);
  const body = '{"bytes":30000000}';
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await once(socket, 'readable');
  await vi.waitFor(async () => expect(await connectionCount(server)).toBe(0), until);
  const stream = session(at).request({ ':method': 'POST', ':path': '/', authorization });
  stream.on('error', () => undefined);
  stream.end(body);
  await vi.waitFor(() => expect(stream.closed).toBe(true), until);
});

test('a client that does not read its events is ended, the others go on, and what it held is free again', async () => {
  const { at, port, ended } = await start({ requestTimeoutMs: 500 });
  const deaf = connect(at, '127.0.0.1');
  cleanups.push(async () => deaf.destroy());
  deaf.on('error', () => undefined);
  deaf.write(
    `POST /stream HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
  );
  deaf.pause();
  const got: unknown[] = [];
  driver(at, 'HTTP/2')
    .stream(standIn({ some: 'ref' }))
    .on('version', (event) => got.push(event))
    .start();
  await vi.waitFor(() => expect(port.streams.size).toBe(2), until);
  const text = 'x'.repeat(100_000);
  let published = 0;
  while (ended.length === 0) {
    port.publish({ text });
    published++;
    await vi.waitFor(() => expect(got).toHaveLength(published), until);
  }
  expect(ended).toEqual(['overflow']);
  expect(port.streams.size).toBe(1);
});

test('an overflowing stream tells its client why, if it reads again', async () => {
  const { at, port, ended } = await start({ requestTimeoutMs: 500 });
  const socket = connect(at, '127.0.0.1');
  cleanups.push(async () => socket.destroy());
  socket.write(
    `POST /stream HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
  );
  await once(socket, 'data');
  socket.pause();
  const text = 'x'.repeat(100_000);
  await vi.waitFor(() => {
    port.publish({ text });
    expect(ended).toEqual(['overflow']);
  }, until);
  let rest = '';
  socket.on('data', (chunk) => (rest += chunk.toString()));
  socket.resume();
  await once(socket, 'close');
  expect(rest).toMatch(/\{"type":"error","txn":\d+,"event":\{"code":"resources exceeded"/);
});

test('a thousand streams of one client are open at once, and each gets every event in order', async () => {
  const { at, port, server } = await start();
  const client = driver(at, 'HTTP/2');
  const got = Array.from({ length: 1_000 }, () => [] as number[]);
  for (const events of got) {
    client
      .stream(standIn({ some: 'ref' }))
      .on('version', (event) => events.push((event as unknown as { at: number }).at))
      .start();
  }
  await vi.waitFor(() => expect(port.streams.size).toBe(1_000), until);
  expect(server.streamCount).toBe(1_000);
  for (let at = 0; at < 10; at++) port.publish({ at });
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  await vi.waitFor(() => expect(got.filter((events) => events.length === 10)).toHaveLength(1_000), until);
  for (const events of got) expect(events).toEqual(all);
  await client.close({ force: true });
  await vi.waitFor(() => expect(server.streamCount).toBe(0), until);
});

test('sessions that come and go by the hundred leave nothing behind', async () => {
  const { at } = await start();
  for (let round = 0; round < 20; round++) {
    await Promise.all(
      Array.from({ length: 10 }, async (_, number) => {
        const client = session(at);
        expect(await askHttp2(client, {}, String(number))).toMatchObject({ text: `{"resource":${number}}` });
        if (number % 2 === 0) client.close();
        else client.destroy();
      }),
    );
  }
});

test('the first bytes may come one by one, and pipelined requests are answered', async () => {
  const { at } = await start();
  const socket = connect({ port: at, host: '127.0.0.1', noDelay: true });
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  const request = `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: 1\r\n\r\n1`;
  for (const letter of request.slice(0, 8)) {
    socket.write(letter);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.write(request.slice(8) + request);
  await vi.waitFor(() => expect(answer.match(/\{"resource":1\}/g)).toHaveLength(2), until);
  socket.destroy();
});

test('any bytes are refused or ignored, and the server goes on', async () => {
  const { at } = await start({ requestTimeoutMs: 100 });
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const start1 = fc.constantFrom(
    '',
    'P',
    'PR',
    'PRI',
    preface,
    'POST / HTTP/1.1\r\n',
    'GET ',
    '\x16\x03\x01',
  );
  await fc.assert(
    fc.asyncProperty(start1, fc.uint8Array({ maxLength: 300 }), async (head, rest) => {
      const socket = connect(at, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.resume();
      socket.end(Buffer.concat([Buffer.from(head, 'latin1'), rest]));
      await once(socket, 'close');
    }),
    { numRuns: 60 },
  );
  expect(await driver(at, 'HTTP/2').query('alive')).toBe('alive');
  expect(await driver(at, 'HTTP/1.1').query('alive')).toBe('alive');
});

test('a flood of streams that are opened and cancelled ends that session only', async () => {
  const { at } = await start();
  const flood = session(at);
  const closed = once(flood, 'close').catch(() => undefined);
  let opened = 0;
  while (!flood.destroyed && !flood.closed && opened < 20_000) {
    for (let each = 0; each < 200 && !flood.destroyed && !flood.closed; each++, opened++) {
      const stream = flood.request({ ':method': 'POST', ':path': '/', authorization });
      stream.on('error', () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await closed;
  expect(opened).toBeLessThan(20_000);
  expect(await driver(at, 'HTTP/2').query('alive')).toBe('alive');
});

test('with a certificate both protocols are chosen by ALPN, and cleartext is refused', async () => {
  const tls = selfSigned();
  const authorities = getCACertificates('default');
  setDefaultCACertificates([...authorities, tls.cert]);
  cleanups.push(async () => setDefaultCACertificates(authorities));
  const { at, port } = await start({ tls });
  const client = driver(at, 'HTTP/2', { scheme: 'https', domain: 'localhost' });
  expect(await client.query('over TLS')).toBe('over TLS');
  const got: unknown[] = [];
  client
    .stream(standIn({}))
    .on('version', (event) => got.push(event))
    .start();
  await vi.waitFor(() => expect(port.streams.size).toBe(1), until);
  port.publish({ text: 'y'.repeat(200_000) });
  await vi.waitFor(() => expect(got).toHaveLength(1), until);
  const large = await client.query<string>(standIn({ bytes: 3_000_000 }));
  expect(large).toHaveLength(3_000_000);
  const socket = connectTls({
    port: at,
    host: '127.0.0.1',
    servername: 'localhost',
    ALPNProtocols: ['http/1.1'],
  });
  socket.write(
    `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Length: 1\r\nConnection: close\r\n\r\n1`,
  );
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\{"resource":1\}$/);
  expect(await raw(at, 'POST / HTTP/1.1\r\nHost: x\r\n\r\n')).not.toContain('200');
});

/** Connections go to the server that is current, as the system passes them to the process that listens. */
test.each([
  ['cleartext', 'HTTP/2'],
  ['cleartext', 'HTTP/1.1'],
  ['TLS', 'HTTP/2'],
] as const)('a reload over %s %s refuses no request of clients that are busy', async (crypto, over) => {
  const tls = crypto === 'TLS' ? selfSigned() : undefined;
  if (tls !== undefined) {
    const authorities = getCACertificates('default');
    setDefaultCACertificates([...authorities, tls.cert]);
    cleanups.push(async () => setDefaultCACertificates(authorities));
  }
  let current = new FqlServer(optionsOf(tls));
  const front = createServer((socket) => current.node.emit('connection', socket)).listen(0, '127.0.0.1');
  await once(front, 'listening');
  cleanups.push(async () => front.close());
  const { port } = front.address() as AddressInfo;
  const failures: unknown[] = [];
  let count = 0;
  let stopped = false;
  const clients = Array.from({ length: 3 }, () =>
    driver(port, over, tls === undefined ? {} : { scheme: 'https', domain: 'localhost' }),
  );
  const loops = clients.flatMap((client) =>
    Array.from({ length: 4 }, async () => {
      while (!stopped) {
        const sent = `n${count++}`;
        await client.query<string>(sent).then(
          (got) => got === sent || failures.push(got),
          (error: unknown) => failures.push(error),
        );
      }
    }),
  );
  for (let round = 0; round < 5; round++) {
    const soFar = count;
    await vi.waitFor(() => expect(count).toBeGreaterThan(soFar + 100), until);
    const old = current;
    current = new FqlServer(optionsOf(tls));
    await old.drain('reload', 20_000);
  }
  stopped = true;
  await Promise.all(loops);
  await current.drain('stop', 1_000);
  expect(failures).toEqual([]);
});

test('at a reload event streams end with an error event, and start again at the successor', async () => {
  const { server, at, port, ended } = await start();
  const got: unknown[] = [];
  driver(at, 'HTTP/2')
    .stream(standIn({}))
    .on('error', (error) => got.push(error))
    .start();
  await vi.waitFor(() => expect(port.streams.size).toBe(1), until);
  const drained = server.drain('reload', 20_000);
  await vi.waitFor(() => expect(got[0]).toMatchObject({ code: 'unavailable' }), until);
  expect(ended).toEqual(['draining']);
  await drained;
});

test('a stop answers what is under way, and waits for nobody who is idle or half open', async () => {
  const { server, at, port } = await start();
  const idle1 = await ask(at, '/', { body: '1', headers: { connection: 'keep-alive' } });
  expect(idle1.status).toBe(200);
  const halfOpen: Socket = connect({ port: at, host: '127.0.0.1', allowHalfOpen: true });
  cleanups.push(async () => halfOpen.destroy());
  halfOpen.on('error', () => undefined);
  await once(halfOpen, 'connect');
  const [slow1, slow2] = [
    driver(at, 'HTTP/1.1').query(standIn({ wait: 100 })),
    driver(at, 'HTTP/2').query(standIn({ wait: 100 })),
  ];
  await vi.waitFor(() => expect(port.queries).toHaveLength(3), until);
  const drained = server.drain('stop', 1_000);
  expect(await slow1).toEqual({ wait: 100 });
  expect(await slow2).toEqual({ wait: 100 });
  await drained;
});

function optionsOf(tls: FqlServerOptions['tls']): FqlServerOptions {
  return {
    port: new StandInFql(),
    log: pino({ level: 'silent' }),
    bodyBytesMax: 1_000_000,
    requestTimeoutMs: 5_000,
    queryTimeoutMs: 10_000,
    keepAliveMs: 500,
    build: 'test',
    tls,
  };
}
