/** Lines between members with the certificates that `skein cluster certificates` makes. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { ClusterCertificates } from '@skein/member';
import { PeerClient, PeerServer } from '@skein/member/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeCertificates } from './make-certificates.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SECRET = 'a secret of the whole cluster';
type PeerServerOptions = Parameters<typeof PeerServer.listen>[0];
type PeerClientOptions = ConstructorParameters<typeof PeerClient>[0];

let folder: string;
const open: { close(): unknown }[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-peer-tls-'));
  const members = ['a', 'b'].map((name) => ({ name, hosts: [] }));
  const common = { members, days: 10, onExisting: 'refuse' } as const;
  makeCertificates({ ...common, folder: join(folder, 'ours'), nowMs: Date.now() });
  makeCertificates({ ...common, folder: join(folder, 'theirs'), nowMs: Date.now() });
  makeCertificates({ ...common, folder: join(folder, 'expired'), nowMs: Date.now() - 20 * DAY_MS });
});

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

/** Of a member, from one of the folders above. */
function certificates(from: 'ours' | 'theirs' | 'expired', member: string): ClusterCertificates {
  const read = (file: string): string => readFileSync(join(folder, from, member, file), 'utf8');
  return { ca: read('ca.pem'), cert: read('member.pem'), key: read('member-key.pem') };
}

async function serve(
  options: Partial<PeerServerOptions> = {},
): Promise<{ readonly server: PeerServer; readonly refused: string[] }> {
  const refused: string[] = [];
  const server = await PeerServer.listen(
    {
      host: '127.0.0.1',
      port: 0,
      certificates: certificates('ours', 'b'),
      secret: SECRET,
      member: 'b',
      onRefused: (reason) => refused.push(reason),
      ...options,
    },
    { echo: async ({ from, payload }) => ({ fields: { from }, payload }) },
  );
  open.push(server);
  return { server, refused };
}

function ask(port: number, options: Partial<PeerClientOptions> = {}): PeerClient {
  const client = new PeerClient({
    self: 'a',
    peer: { name: 'b', host: '127.0.0.1', port },
    certificates: certificates('ours', 'a'),
    secret: SECRET,
    ...options,
  });
  open.push(client);
  return client;
}

async function problemOf(port: number, options: Partial<PeerClientOptions>): Promise<string> {
  let client: PeerClient | undefined;
  const problem = await new Promise<string>((resolve) => {
    client = ask(port, { ...options, onProblem: resolve });
  });
  expect(client?.connected).toBe(false);
  client?.close();
  return problem;
}

async function stranger(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  open.push({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

async function until(isTrue: () => boolean): Promise<void> {
  const last = Date.now() + 20_000;
  while (!isTrue()) {
    if (Date.now() > last) throw new Error('it did not become true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('encrypted lines between members', () => {
  test('carry large payloads, and many at once', async () => {
    const { server } = await serve();
    const client = ask(server.port);
    await client.whenConnected();
    const payload = Buffer.alloc(20 * 1024 * 1024, 7);
    const answers = [payload, Buffer.from('small'), Buffer.alloc(0), payload].map(async (one) => {
      const answer = await client.request({ kind: 'echo' }, one, { timeoutMs: 30_000 });
      expect(answer.fields).toEqual({ from: 'a' });
      expect(Buffer.compare(answer.payload, one)).toBe(0);
    });
    await Promise.all(answers);
    expect(server.connectedMembers).toEqual(['a']);
    expect(server.strangerCount).toBe(0);
  });

  test('are not made with another secret', async () => {
    const { server, refused } = await serve();
    expect(await problemOf(server.port, { secret: 'another secret of a cluster' })).toContain('its secret');
    expect(refused).toEqual([expect.stringContaining('a has not proved that it knows')]);
  });

  test('are not made with certificates of another authority, or that have expired, by either side', async () => {
    const { server, refused } = await serve();
    for (const from of ['theirs', 'expired'] as const) {
      const before = refused.length;
      expect(await problemOf(server.port, { certificates: certificates(from, 'a') })).toMatch(/certificate/);
      await until(() => refused.length > before);
    }
    // Trusting the right authority is of no use without a certificate of it.
    const mixed = { ...certificates('theirs', 'a'), ca: certificates('ours', 'a').ca };
    expect(await problemOf(server.port, { certificates: mixed })).not.toBe('');
    const expired = await serve({ certificates: certificates('expired', 'b') });
    expect(await problemOf(expired.server.port, {})).toMatch(/certificate/);
    for (const { connectedMembers } of [server, expired.server]) expect(connectedMembers).toEqual([]);
  });

  test('are only made between the members that the certificates name', async () => {
    const { server, refused } = await serve();
    // c is a member that knows the secret, with the certificate of a.
    await problemOf(server.port, { self: 'c' });
    await until(() => refused.some((reason) => reason.includes('of another member than c')));
    // Who answers at the address of c is b. The address itself is one of those that the certificate has.
    const peer = { name: 'c', host: 'localhost', port: server.port };
    expect(await problemOf(server.port, { peer })).toContain('its secret, its name');
    const impostor = await serve({ host: '127.0.0.2', member: 'c' });
    const there = { name: 'c', host: '127.0.0.2', port: impostor.server.port };
    expect(await problemOf(there.port, { peer: there })).toContain('names neither c.skein nor 127.0.0.2');
  });

  test('answer nothing to who shows no certificate, speaks an older TLS or none at all', async () => {
    const { server, refused } = await serve();
    const { ca, cert, key } = certificates('ours', 'a');
    const tries: ConnectionOptions[] = [
      { ca, servername: 'b.skein' },
      { ca, cert, key, servername: 'b.skein', maxVersion: 'TLSv1.2' },
    ];
    for (const options of tries) {
      const before = refused.length;
      const socket = connectTls({ host: '127.0.0.1', port: server.port, ...options });
      open.push({ close: () => socket.destroy() });
      socket.on('error', () => {});
      let read = 0;
      socket.on('data', (chunk) => {
        read += chunk.byteLength;
      });
      socket.write('x'.repeat(100));
      await closed(socket);
      expect(read).toBe(0);
      await until(() => refused.length > before);
    }
    const plain = await stranger(server.port);
    plain.write(Buffer.alloc(500, 'GET / HTTP/1.1\r\n'));
    await closed(plain);
    await until(() => server.strangerCount === 0);
  });

  test('are not kept from members by strangers who hold theirs open', async () => {
    const { server } = await serve({ strangersMax: 5, handshakeMsMax: 400 });
    const strangers: Socket[] = [];
    for (let count = 0; count < 10; count++) strangers.push(await stranger(server.port));
    await until(() => server.strangerCount === 5);
    const client = ask(server.port);
    await client.whenConnected();
    for (const socket of strangers) await closed(socket);
    await until(() => server.strangerCount === 0);
    expect((await client.request({ kind: 'echo' })).fields).toEqual({ from: 'a' });
    expect(server.connectedMembers).toEqual(['a']);
  });
});
