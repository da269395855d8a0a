/** Official clients that know several members go on to the next one when the first has no state to answer from, or is behind. */
import { once } from 'node:events';
import { algoliasearch } from 'algoliasearch';
import { afterEach, expect, test } from 'vitest';
import { json } from '../../packages/server/src/http/api-request.ts';
import { HttpServer } from '../../packages/server/src/http/http-server.ts';
import { Router } from '../../packages/server/src/http/router.ts';
import type { SequenceSource } from '../../packages/server/src/http/sequence-gate.ts';
import { createLog } from '../../packages/server/src/log.ts';

const running: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.drain('stop', 1)));
});

interface Host {
  readonly port: number;
  readonly askedCount: () => number;
}

async function member(name: string, sequences: SequenceSource): Promise<Host> {
  let asked = 0;
  const search = {
    method: 'POST' as const,
    pattern: '/1/indexes/{indexName}/query',
    name: 'searchSingleIndex',
    handler: () => json({ hits: [{ objectID: name }], nbHits: 1 }),
  };
  const server = new HttpServer({
    router: new Router([search]),
    log: createLog('silent', 'test'),
    bodyBytesMax: 10_000,
    gzipBytesMin: 0,
    keepAliveMs: 100,
    requestTimeoutMs: 5_000,
    sequences,
    onAnswered: () => {
      asked++;
    },
  });
  running.push(server);
  server.node.listen(0, '127.0.0.1');
  await once(server.node, 'listening');
  const address = server.node.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    askedCount: () => asked,
  };
}

function client(hosts: readonly Host[]): ReturnType<typeof algoliasearch> {
  return algoliasearch('app', 'key', {
    hosts: hosts.map(({ port }) => ({ url: '127.0.0.1', port, protocol: 'http', accept: 'readWrite' })),
  });
}

const live: SequenceSource = { shown: 9, answers: true, whenShown: async () => true };

test('a member that is joining is passed over', async () => {
  const joining = await member('joining', { ...live, answers: false });
  const other = await member('other', live);
  const { hits } = await client([joining, other]).searchSingleIndex({ indexName: 'i' });
  expect(hits).toMatchObject([{ objectID: 'other' }]);
  expect(joining.askedCount()).toBe(1);
});

test('a member that does not reach the asked sequence in time is passed over', async () => {
  const behind = await member('behind', { ...live, shown: 3, whenShown: async () => false });
  const other = await member('other', live);
  const { hits } = await client([behind, other]).searchSingleIndex(
    { indexName: 'i' },
    { headers: { 'X-Skein-Min-Sequence': '9' } },
  );
  expect(hits).toMatchObject([{ objectID: 'other' }]);
  expect(behind.askedCount()).toBe(1);
});
