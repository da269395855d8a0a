/** A POST ends in time and within bounds, whatever is at the other end. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AlertInbox } from '../testing/alert-inbox.ts';
import { selfSigned } from '../testing/self-signed.ts';
import { postJson } from './post-json.ts';

let inbox: AlertInbox;
beforeEach(async () => {
  inbox = await AlertInbox.open();
});
afterEach(() => inbox.close());

const send = (more: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  postJson({ url: `${inbox.url}/in?token=secret`, body: { a: 'ü' }, ...more });

test('what is taken comes back with the beginning of the answer', async () => {
  expect(await send()).toEqual({ kind: 'taken', status: 202, text: 'ok' });
  expect(inbox.received).toEqual([
    { path: '/in?token=secret', contentType: 'application/json', body: { a: 'ü' } },
  ]);
});

test('a redirection is not followed', async () => {
  inbox.answer = (_, response) => {
    response.writeHead(307, { Location: `${inbox.url}/elsewhere` });
    response.end();
  };
  expect(await send()).toMatchObject({ kind: 'refused', status: 307 });
  expect(inbox.received.map(({ path }) => path)).toEqual(['/in?token=secret']);
});

test('status 4xx is refused, but too many requests and errors of the receiver may go better later', async () => {
  const outcomes: unknown[] = [];
  for (const status of [400, 404, 410, 408, 429, 500, 503]) {
    inbox.answer = (_, response) => {
      response.writeHead(status, { 'Retry-After': '7' });
      response.end('no');
    };
    outcomes.push(await send());
  }
  const refused = (status: number) => ({ kind: 'refused', status, text: 'no' });
  const failed = (status: number) => ({ kind: 'failed', reason: `status ${status}`, retryAfterMs: 7_000 });
  expect(outcomes).toEqual([refused(400), refused(404), refused(410), ...[408, 429, 500, 503].map(failed)]);
});

test('an answer without end is cut', async () => {
  let isCut = false;
  inbox.answer = (_, response) => {
    response.writeHead(200);
    response.on('close', () => {
      isCut = true;
    });
    const more = (): void => {
      if (!response.destroyed) response.write('x'.repeat(1_000), more);
    };
    more();
  };
  const outcome = await send();
  expect(outcome).toMatchObject({ kind: 'taken', status: 200 });
  expect('text' in outcome ? outcome.text.length : 0).toBeLessThanOrEqual(1_024);
  await expect.poll(() => isCut).toBe(true);
});

test('a receiver that says nothing is left after the time', async () => {
  inbox.answer = () => undefined;
  expect(await send({ timeoutMs: 50 })).toEqual({
    kind: 'failed',
    reason: 'no answer within 50 ms',
    retryAfterMs: undefined,
  });
});

test('one that is not there, or that breaks off, fails without a word of the address', async () => {
  inbox.answer = (request) => request.socket.destroy();
  const broken = await send();
  await inbox.close();
  const absent = await send();
  expect([broken, absent]).toMatchObject([{ kind: 'failed' }, { kind: 'failed', reason: 'ECONNREFUSED' }]);
  expect(JSON.stringify([broken, absent])).not.toContain('secret');
});

test('it can be given up', async () => {
  inbox.answer = () => undefined;
  const stop = new AbortController();
  const sent = send({ signal: stop.signal });
  await expect.poll(() => inbox.received.length).toBe(1);
  stop.abort();
  expect(await sent).toMatchObject({ kind: 'failed' });
});

test('a receiver whose certificate nobody vouches for is told nothing', async () => {
  let requestCount = 0;
  const server = createServer(selfSigned(), () => requestCount++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await postJson({ url, body: {} })).toMatchObject({
    kind: 'failed',
    reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  });
  expect(requestCount).toBe(0);
  server.close();
});
