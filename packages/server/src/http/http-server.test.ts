import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, expect, test, vi } from 'vitest';
import { type Handler, json } from './api-request.ts';
import { credentialsOf, parametersOf } from './credentials.ts';
import { ErrorLog } from './error-log.ts';
import { HttpServer, type HttpServerOptions } from './http-server.ts';
import { parseJson, parseJsonObject } from './json-body.ts';
import { Router } from './router.ts';

const running: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.drain('stop', 1)));
});

const echo: Handler = (request) =>
  json({
    params: request.params,
    query: [...request.query],
    body: request.body.toString(),
    method: request.method,
  });

async function start(handlers: Record<string, Handler> = {}, options: Partial<HttpServerOptions> = {}) {
  const lines: string[] = [];
  const log = pino(
    { level: 'info' },
    new Writable({ write: (chunk, _e, done) => done(void lines.push(String(chunk))) }),
  );
  const routes = Object.entries({ 'POST /echo/{name}': echo, 'GET /echo/{name}': echo, ...handlers }).map(
    ([key, handler]) => {
      const [method = '', pattern = ''] = key.split(' ');
      return {
        method: method === 'POST' ? ('POST' as const) : ('GET' as const),
        pattern,
        name: key,
        handler,
      };
    },
  );
  const server = new HttpServer({
    router: new Router(routes),
    log,
    bodyBytesMax: 1_000,
    gzipBytesMin: 2_000,
    keepAliveMs: 5_000,
    requestTimeoutMs: 5_000,
    ...options,
  });
  running.push(server);
  server.node.listen(0, '127.0.0.1');
  await once(server.node, 'listening');
  const address = server.node.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { server, port, lines };
}

interface Asked {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | string;
  readonly agent?: Agent;
}

async function ask(port: number, path: string, asked: Asked = {}) {
  const { method = 'GET', headers = {}, body, agent } = asked;
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    path,
    method,
    headers,
    ...(agent === undefined ? {} : { agent }),
  });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString() };
}

/** Sends raw bytes and reads until the server closes. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

test('answers of the API say what they show of the log, errors included; other answers do not', async () => {
  const sequences = { shown: 7, answers: true, whenShown: async () => false };
  const handlers: Record<string, Handler> = {
    'GET /1/read': () => json({}),
    'POST /1/write': async () => ({ ...json({}), sequence: 9 }),
    'GET /health': () => json({}),
  };
  const { port } = await start(handlers, { sequences });
  const read = await ask(port, '/1/read');
  expect(read.headers['x-skein-sequence']).toBe('7');
  expect(read.headers['access-control-expose-headers']).toContain('X-Skein-Sequence');
  expect((await ask(port, '/1/write', { method: 'POST' })).headers['x-skein-sequence']).toBe('9');
  expect((await ask(port, '/1/nowhere')).headers['x-skein-sequence']).toBe('7');
  expect((await ask(port, '/health')).headers['x-skein-sequence']).toBeUndefined();
  const behind = await ask(port, '/1/read', { headers: { 'X-Skein-Min-Sequence': '8' } });
  expect([behind.status, behind.headers['retry-after']]).toEqual([503, '1']);
  expect(JSON.parse(behind.text)).toMatchObject({ status: 503, message: expect.stringContaining('up to 8') });
  const bad = await ask(port, '/1/read', { headers: { 'X-Skein-Min-Sequence': 'x' } });
  expect(bad.status).toBe(400);
});

test('names in paths are percent-decoded, slashes included, and a star is a route of its own', async () => {
  const { port } = await start({ 'GET /echo/*': () => json({ star: true }) });
  expect(JSON.parse((await ask(port, '/echo/a%2Fb%20%C3%A9%252F?x=1&X=%26')).text)).toMatchObject({
    params: { name: 'a/b é%2F' },
    query: [
      ['x', '1'],
      ['X', '&'],
    ],
  });
  expect((await ask(port, '/echo/*')).text).toBe('{"star":true}');
  expect((await ask(port, '/echo/**')).text).toContain('"**"');
});

test('an unknown path is 404, a known path with another method 405, a broken encoding 404: all in JSON with CORS', async () => {
  const { port } = await start();
  const nothing = await ask(port, '/nothing');
  expect(nothing.status).toBe(404);
  expect(JSON.parse(nothing.text)).toMatchObject({ status: 404, message: expect.any(String) });
  expect(nothing.headers['access-control-allow-origin']).toBe('*');
  const other = await ask(port, '/echo/x', { method: 'DELETE' });
  expect(other.status).toBe(405);
  expect(other.headers.allow).toBe('GET, POST, OPTIONS');
  expect((await ask(port, '/echo/%zz')).status).toBe(404);
});

test('OPTIONS is answered for every path, and allows the headers that were asked for', async () => {
  const { port } = await start();
  const answer = await ask(port, '/any/where', {
    method: 'OPTIONS',
    headers: { 'access-control-request-headers': 'x-algolia-api-key,x-new' },
  });
  expect(answer.status).toBe(204);
  expect(answer.headers['access-control-allow-headers']).toBe('x-algolia-api-key,x-new');
  expect(answer.headers['access-control-allow-methods']).toContain('DELETE');
});

test('HEAD is GET without the body', async () => {
  const { port } = await start();
  const answer = await ask(port, '/echo/x', { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.text).toBe('');
});

test('Correlation-ID ends with the Request-ID of header or query, whatever it holds', async () => {
  const { port } = await start();
  expect(
    (await ask(port, '/echo/x', { headers: { 'Request-ID': 'abc-1' } })).headers['correlation-id'],
  ).toMatch(/-abc-1$/);
  expect((await ask(port, '/echo/x?x-algolia-request-id=q-2')).headers['correlation-id']).toMatch(/-q-2$/);
  expect((await ask(port, '/nothing?x-algolia-request-id=%0d%0aX:y')).headers['correlation-id']).toMatch(
    /-X:y$/,
  );
  expect((await ask(port, '/echo/x')).headers['correlation-id']).toMatch(/^\w+-\w+$/);
});

test('gzip and deflate bodies are unpacked; one that unfolds past the limit is refused', async () => {
  const { port } = await start();
  const send = (body: Buffer, encoding: string) =>
    ask(port, '/echo/x', { method: 'POST', body, headers: { 'content-encoding': encoding } });
  expect(JSON.parse((await send(gzipSync('hello'), 'gzip')).text).body).toBe('hello');
  expect(JSON.parse((await send(deflateSync('hello'), 'deflate')).text).body).toBe('hello');
  expect((await send(gzipSync(Buffer.alloc(100_000)), 'gzip')).status).toBe(413);
  expect((await send(Buffer.from('not gzip'), 'gzip')).status).toBe(400);
  expect((await send(Buffer.from('x'), 'br')).status).toBe(400);
});

test('a body of the largest size is taken, one byte more is 413, declared or not', async () => {
  const { port } = await start();
  const send = (size: number, headers: OutgoingHttpHeaders = {}) =>
    ask(port, '/echo/x', { method: 'POST', body: Buffer.alloc(size, 'x'), headers });
  expect((await send(1_000)).status).toBe(200);
  expect((await send(1_001)).status).toBe(413);
  expect((await send(1_001, { 'transfer-encoding': 'chunked' })).status).toBe(413);
  expect((await send(3_000_000)).status).toBe(413);
});

test('answers are compressed when they are large enough and the client accepts it', async () => {
  const { port } = await start({
    'GET /large': () => json({ text: 'x'.repeat(5_000) }),
    'GET /small': () => json({}),
  });
  const packed = await ask(port, '/large', { headers: { 'accept-encoding': 'br;q=1, gzip;q=0.5' } });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(packed.bytes).toString()).toContain('xxxx');
  for (const accept of ['identity', 'gzip;q=0', 'gzip; q=0.0']) {
    expect(
      (await ask(port, '/large', { headers: { 'accept-encoding': accept } })).headers['content-encoding'],
    ).toBeUndefined();
  }
  expect(
    (await ask(port, '/small', { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'],
  ).toBeUndefined();
});

test('a handler that fails unexpectedly is answered 500 without details, logged once, and the next request is served', async () => {
  const { port, lines } = await start({
    'GET /broken': () => {
      throw new Error('inner detail');
    },
  });
  const answer = await ask(port, '/broken');
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('inner');
  expect(lines.filter((line) => line.includes('inner detail'))).toHaveLength(1);
  expect((await ask(port, '/echo/x')).status).toBe(200);
});

test('an error that every request meets is logged once in a while', () => {
  const lines: string[] = [];
  const log = pino(
    { level: 'info' },
    new Writable({ write: (chunk, _e, done) => done(void lines.push(String(chunk))) }),
  );
  let nowMs = 0;
  const errors = new ErrorLog(log, () => nowMs);
  for (nowMs = 0; nowMs < 20_000; nowMs += 100) errors.tell(new Error('the same'), 'search');
  expect(lines).toHaveLength(2);
  errors.tell(new Error('another'), 'search');
  expect(lines).toHaveLength(3);
});

test('bodies on their way are bounded together; when they are gone there is room again', async () => {
  const { port } = await start();
  const head = 'POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n';
  const slow = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  for (const socket of slow) socket.write(head + 'x'.repeat(999));
  const send = () => ask(port, '/echo/x', { method: 'POST', body: Buffer.alloc(500) });
  await vi.waitFor(async () => expect((await send()).status).toBe(503), { timeout: 10_000 });
  for (const socket of slow) socket.destroy();
  await vi.waitFor(async () => expect((await send()).status).toBe(200), { timeout: 10_000 });
});

test('what is not HTTP gets a JSON error and the connection closed; the server lives', async () => {
  const { port } = await start();
  expect(await raw(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"status":400}$/s);
  expect(await raw(port, `GET /echo/x HTTP/1.1\r\nA: ${'x'.repeat(70_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect((await ask(port, '/echo/x')).status).toBe(200);
});

test('a client that sends too slowly is answered 408 and cut, in its head and in its body', async () => {
  const { port } = await start({}, { requestTimeoutMs: 200 });
  const [head, body] = await Promise.all([
    raw(port, 'GET /echo/x HTTP/1.1\r\nHost: x\r\n'),
    raw(port, 'POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'),
  ]);
  expect(head).toMatch(/^HTTP\/1\.1 408 /);
  expect(body).toMatch(/^HTTP\/1\.1 408 /);
  expect((await ask(port, '/echo/x')).status).toBe(200);
});

test('while it drains, a request under way is finished, its connection told to close, and new ones are refused', async () => {
  let release = (): void => undefined;
  const entered = new Promise<void>((resolve) => {
    release = resolve;
  });
  let finish = (): void => undefined;
  const { server, port } = await start({
    'GET /slow': async () => {
      release();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return json({ done: true });
    },
  });
  const agent = new Agent({ keepAlive: true });
  const slow = ask(port, '/slow', { agent });
  await entered;
  const drained = server.drain('reload', 5_000);
  await expect(ask(port, '/echo/x')).rejects.toThrow(/ECONNREFUSED/);
  finish();
  const answer = await slow;
  expect(answer.text).toBe('{"done":true}');
  expect(answer.headers.connection).toBe('close');
  await drained;
  agent.destroy();
});

test('a reload leaves an idle connection usable once more; a stop closes it at once', async () => {
  const { server, port } = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await ask(port, '/echo/x', { agent });
  const drained = server.drain('reload', 5_000);
  const last = await ask(port, '/echo/x', { agent });
  expect(last.status).toBe(200);
  expect(last.headers.connection).toBe('close');
  await drained;
  agent.destroy();

  const second = await start();
  const idle = new Agent({ keepAlive: true });
  await ask(second.port, '/echo/x', { agent: idle });
  await second.server.drain('stop', 60_000);
  idle.destroy();
});

test('credentials come from headers, the query string in any case, or the body; transport names are no search parameters', () => {
  const request = (headers: Record<string, string>, query: string) => ({
    method: 'GET',
    params: {},
    query: new URLSearchParams(query),
    headers,
    body: Buffer.alloc(0),
    clientAddress: '',
    startedAtMs: 0,
  });
  const query = 'X-Algolia-Application-Id=A&x-ALGOLIA-api-key=K&query=x';
  expect(credentialsOf(request({}, query))).toEqual({ applicationId: 'A', apiKey: 'K' });
  expect(credentialsOf(request({ 'x-algolia-api-key': 'H' }, query)).apiKey).toBe('H');
  expect(credentialsOf(request({}, ''), { apiKey: 'B' })).toEqual({ applicationId: '', apiKey: 'B' });
  expect(parametersOf(new URLSearchParams(query)).toString()).toBe('query=x');
});

test('any bytes as a body are JSON or a documented error that does not repeat them', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json(), fc.string()), (content) => {
      const body = Buffer.from(content as Uint8Array);
      try {
        parseJson(body);
        parseJsonObject(body);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ApiError', status: 400 });
      }
    }),
  );
  expect(() => parseJson(Buffer.from('{"query":"secret words'))).toThrow(/^(?!.*secret).*line:1/);
  expect(() => parseJson(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)))).toThrow(
    /nested more than 128/,
  );
  expect(parseJsonObject(Buffer.from(' '))).toEqual({});
  expect(() => parseJsonObject(Buffer.from('[]'))).toThrow(/expected a JSON object/);
});
