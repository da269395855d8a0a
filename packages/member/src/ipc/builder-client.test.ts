import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@skein/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Operation } from '../operation.ts';
import { BuilderClient } from './builder-client.ts';
import { BuilderServer, type BuilderService } from './builder-server.ts';
import { type Answer, BuilderError, type Change, type Request } from './messages.ts';

const operation: Operation = { kind: 'clearIndex', index: 'i' };
const at = { application: 'APP', proposedAtMs: 1 };

let folder: string;
let closing: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-ipc-'));
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  closing = [];
  rmSync(folder, { recursive: true, force: true });
});

const socketPath = (): string => join(folder, 's');

async function listen(answer: BuilderService['answer']): Promise<BuilderServer> {
  const server = await BuilderServer.listen(socketPath(), { answer });
  closing.push(() => server.close());
  return server;
}

function client(
  options: {
    waitMsMax?: number;
    onChanges?: (changes: readonly Change[]) => Promise<void>;
    onResync?: () => void;
    onCommitted?: (applications: readonly string[]) => void;
    onWatching?: () => void;
  } = {},
): BuilderClient {
  const one = new BuilderClient({
    socketPath: socketPath(),
    onChanges: async () => {},
    onResync: () => {},
    ...options,
  });
  closing.push(() => one.close());
  return one;
}

describe('BuilderClient and BuilderServer', () => {
  test('a proposal carries its operation unread and brings the sequence back', async () => {
    const seen: { request: Request; payload: string }[] = [];
    await listen(async (request, payload) => {
      seen.push({ request, payload: Buffer.from(payload).toString() });
      return { fields: { sequence: 42 } };
    });
    expect(await client().propose(operation, at)).toEqual({ sequence: 42 });
    expect(seen).toMatchObject([
      {
        request: { kind: 'propose', application: 'APP', indexes: ['i'], until: 'durable' },
        payload: '{"v":1,"kind":"clearIndex","index":"i"}',
      },
    ]);
  });

  test('a refusal arrives with its code', async () => {
    await listen(async () => {
      throw new BuilderError('disk-full', 'refused', 'no room');
    });
    await expect(client().propose(operation, at)).rejects.toMatchObject({
      code: 'disk-full',
      outcome: 'refused',
      message: 'no room',
    });
  });

  test('what was not answered when the builder died is asked again under the same operation id', async () => {
    const ids: string[] = [];
    const noting =
      (answer: () => Promise<Answer>): BuilderService['answer'] =>
      (request) => {
        if (request.kind === 'propose') ids.push(request.operationId);
        return answer();
      };
    const first = await BuilderServer.listen(socketPath(), { answer: noting(() => new Promise(() => {})) });
    const one = client();
    const proposing = one.propose(operation, at);
    await one.whenCurrent();
    while (ids.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await first.close();
    await listen(noting(async () => ({ fields: { sequence: 7 } })));
    expect(await proposing).toEqual({ sequence: 7 });
    expect(ids).toHaveLength(2);
    expect(ids[1]).toBe(ids[0]);
  });

  test('who watches is told of what is committed from then on, and that it is from then on; so by the next builder', async () => {
    const told: string[] = [];
    const until = async (count: number): Promise<void> => {
      while (told.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    const first = await BuilderServer.listen(socketPath(), { answer: async () => ({ fields: {} }) });
    const one = client({
      onCommitted: (applications) => told.push(...applications),
      onWatching: () => told.push('from now on'),
    });
    await one.whenCurrent();
    first.tellCommitted(['UNSEEN']);
    one.watch(true);
    await until(1);
    first.tellCommitted(['A']);
    await until(2);
    await first.close();
    const next = await listen(async () => ({ fields: {} }));
    await until(3);
    next.tellCommitted(['B']);
    await until(4);
    one.watch(false);
    // Requests come after it on the same line.
    await one.openDocuments('A');
    next.tellCommitted(['C']);
    await one.openDocuments('A');
    expect(told).toEqual(['from now on', 'A', 'from now on', 'B']);
  });

  test('an answer of unknown outcome is asked again of the next builder', async () => {
    let asked = 0;
    const first = await BuilderServer.listen(socketPath(), {
      answer: async () => {
        asked++;
        throw new BuilderError('log-failed', 'unknown', 'input/output error');
      },
    });
    const proposing = client().propose(operation, at);
    while (asked === 0) await new Promise((resolve) => setImmediate(resolve));
    await first.close();
    await listen(async () => ({ fields: { sequence: 8 } }));
    expect(await proposing).toEqual({ sequence: 8 });
  });

  test('an announcement resolves when every subscriber has marked the change and said so', async () => {
    const server = await listen(async () => ({ fields: {} }));
    const changes: Change[][] = [[], []];
    const clients = changes.map((list) => client({ onChanges: async (some) => void list.push(...some) }));
    await Promise.all(clients.map((one) => one.whenCurrent()));
    await server.announce([{ application: 'APP', index: 'i' }, { application: 'APP' }]);
    const expected = [
      { application: 'APP', index: 'i' },
      { application: 'APP', index: undefined },
    ];
    expect(changes).toEqual([expected, expected]);
  });

  test('an announcement does not wait for a subscriber that went away', async () => {
    const server = await listen(async () => ({ fields: {} }));
    const silent = await new Promise<Socket>((resolve) => {
      const socket = connect(socketPath(), () => resolve(socket));
    });
    silent.write(Buffer.concat(frame({ kind: 'subscribe', id: 0 })));
    await new Promise((resolve) => silent.once('data', resolve));
    expect(server.subscriberCount).toBe(1);
    const announcing = server.announce([{ application: 'APP' }]);
    silent.destroy();
    await announcing;
  });

  test('a client that reconnects resyncs before it counts as current', async () => {
    const first = await BuilderServer.listen(socketPath(), { answer: async () => ({ fields: {} }) });
    let resyncs = 0;
    const one = client({ onResync: () => resyncs++ });
    await one.whenCurrent();
    await first.close();
    while (one.current) await new Promise((resolve) => setImmediate(resolve));
    expect(await one.taskStatus('APP', 1)).toEqual({ status: 'notPublished' });
    await listen(async () => ({ fields: {} }));
    await one.whenCurrent();
    expect(resyncs).toBe(2);
  });

  test('garbage closes the connection of the one that sent it, and nothing else', async () => {
    await listen(async () => ({ fields: { sequence: 1 } }));
    const rude = connect(socketPath());
    rude.on('error', () => {});
    rude.write(Buffer.alloc(100, 0xff));
    await new Promise((resolve) => rude.once('close', resolve));
    const odd = connect(socketPath());
    odd.write(
      Buffer.concat([
        ...frame({ kind: 'nonsense', id: 1 }),
        ...frame({ id: 'x' }),
        ...frame({ kind: 'acknowledge' }),
      ]),
    );
    await new Promise((resolve) => odd.once('data', resolve));
    odd.destroy();
    expect(await client().propose(operation, at)).toEqual({ sequence: 1 });
  });

  test('a builder that speaks garbage is left and tried again', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.resume();
      socket.write(Buffer.alloc(100, 0xff));
    });
    await new Promise<void>((resolve) => server.listen(socketPath(), resolve));
    const one = client({ waitMsMax: 100 });
    await expect(one.propose(operation, at)).rejects.toMatchObject({
      code: 'unavailable',
      outcome: 'refused',
    });
    one.close();
    await new Promise((resolve) => server.close(resolve));
  });
});

function frame(header: JsonObject): Buffer[] {
  const bytes = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeUInt32LE(4 + bytes.byteLength, 0);
  prefix.writeUInt32LE(bytes.byteLength, 4);
  return [prefix, bytes];
}
