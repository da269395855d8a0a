/** Both ends over real sockets, not encrypted; with certificates: packages/server/src/certificates. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeFrame, FrameReader } from '../ipc/frame.ts';
import { AskerHandshake, handshakeKey } from './handshake.ts';
import { PeerClient, type PeerClientOptions } from './peer-client.ts';
import type { PeerAnswer, PeerHandlers, PeerRequest } from './peer-handler.ts';
import { PEER_FRAME_BYTES_MAX } from './peer-line.ts';
import { PeerServer, type PeerServerOptions } from './peer-server.ts';

const SECRET = 'a secret of the whole cluster';
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function serve(handlers: PeerHandlers, options: Partial<PeerServerOptions> = {}): Promise<PeerServer> {
  const server = await PeerServer.listen(
    { host: '127.0.0.1', port: 0, certificates: undefined, secret: SECRET, member: 'b', ...options },
    handlers,
  );
  open.push(server);
  return server;
}

function ask(port: number, options: Partial<PeerClientOptions> = {}): PeerClient {
  const client = new PeerClient({
    self: 'a',
    peer: { name: 'b', host: '127.0.0.1', port },
    certificates: undefined,
    secret: SECRET,
    ...options,
  });
  open.push(client);
  return client;
}

/** A connection of our own making. */
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

const echo: PeerHandlers = {
  echo: async ({ from, fields, payload }) => ({ fields: { ...fields, from }, payload }),
};

describe('requests', () => {
  test('are answered to the right asker, however many there are at once', async () => {
    const waiting: (() => void)[] = [];
    const server = await serve({
      echo: async ({ from, fields, payload }) => {
        // The first ones are answered last.
        await new Promise<void>((resolve) => waiting.push(resolve));
        return { fields: { number: fields['number'], from }, payload };
      },
    });
    const clients = [ask(server.port, { self: 'a' }), ask(server.port, { self: 'c' })];
    await Promise.all(clients.map((client) => client.whenConnected()));
    expect([...server.connectedMembers].sort()).toEqual(['a', 'c']);
    const answers = clients.flatMap((client, at) =>
      Array.from({ length: 200 }, async (_, number) => {
        const payload = Buffer.from(`${at} ${number}`);
        const answer = await client.request({ kind: 'echo', number }, payload);
        expect(answer.fields).toEqual({ number, from: at === 0 ? 'a' : 'c' });
        expect(Buffer.from(answer.payload).toString()).toBe(`${at} ${number}`);
      }),
    );
    await until(() => waiting.length === 400);
    for (const answer of waiting.reverse()) answer();
    await Promise.all(answers);
  });

  test('carry the largest entry both ways', async () => {
    const server = await serve(echo);
    const client = ask(server.port);
    await client.whenConnected();
    const payload = Buffer.alloc(72 * 1024 * 1024);
    for (let at = 0; at < payload.byteLength; at += 65_537) payload[at] = at;
    const answer = await client.request({ kind: 'echo' }, payload, { timeoutMs: 30_000 });
    expect(Buffer.compare(answer.payload, payload)).toBe(0);
  });

  test('of an unknown kind, or whose handler fails, are answered with an error, and the line stays', async () => {
    const server = await serve({
      ...echo,
      fails: async () => {
        throw new Error('the disk is full');
      },
      failsAtOnce: () => {
        throw new Error('not even a promise');
      },
    });
    const client = ask(server.port);
    await client.whenConnected();
    for (const kind of ['other', 'toString', '__proto__', '']) {
      await expect(client.request({ kind })).rejects.toMatchObject({ code: 'unknown-kind' });
    }
    await expect(client.request({ kind: 'fails' })).rejects.toMatchObject({
      code: 'failed',
      message: 'b: the disk is full',
    });
    await expect(client.request({ kind: 'failsAtOnce' })).rejects.toMatchObject({ code: 'failed' });
    expect((await client.request({ kind: 'echo' })).fields).toEqual({ kind: 'echo', from: 'a' });
  });

  test('that time out or are cancelled tell the other side', async () => {
    const running: PeerRequest[] = [];
    const server = await serve({
      ...echo,
      slow: (request) => {
        running.push(request);
        return new Promise(() => {});
      },
    });
    const client = ask(server.port);
    await client.whenConnected();
    await expect(client.request({ kind: 'slow' }, undefined, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'timeout',
    });
    const abort = new AbortController();
    const cancelled = client.request({ kind: 'slow' }, undefined, { signal: abort.signal });
    await until(() => running.length === 2);
    abort.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await until(() => running.every(({ signal }) => signal.aborted));
    await expect(client.request({ kind: 'slow' }, undefined, { signal: abort.signal })).rejects.toMatchObject(
      { code: 'cancelled' },
    );
    expect((await client.request({ kind: 'echo' })).fields['from']).toBe('a');
  });

  test('past the bound are refused at once, by number and by bytes; one that is larger goes alone', async () => {
    const waiting: (() => void)[] = [];
    const server = await serve({
      wait: () => new Promise((resolve) => waiting.push(() => resolve({}))),
    });
    const client = ask(server.port, { inFlightMax: 3, bytesMax: 1_000 });
    await client.whenConnected();
    const large = client.request({ kind: 'wait' }, Buffer.alloc(5_000));
    await expect(client.request({ kind: 'wait' }, Buffer.alloc(10))).rejects.toMatchObject({ code: 'busy' });
    await until(() => waiting.length === 1);
    waiting.shift()?.();
    await large;
    const small = [1, 2, 3].map(() => client.request({ kind: 'wait' }, Buffer.alloc(100)));
    await expect(client.request({ kind: 'wait' })).rejects.toMatchObject({ code: 'busy' });
    await until(() => waiting.length === 3);
    for (const answer of waiting) answer();
    await Promise.all(small);
  });

  test('reject when the line breaks, and are not sent again', async () => {
    const running: PeerRequest[] = [];
    const handlers: PeerHandlers = {
      wait: (request) => {
        running.push(request);
        return new Promise(() => {});
      },
    };
    const server = await serve(handlers);
    const changes: boolean[] = [];
    const client = ask(server.port, { onChange: (connected) => changes.push(connected) });
    await client.whenConnected();
    const lost = expect(client.request({ kind: 'wait' })).rejects.toMatchObject({ code: 'disconnected' });
    await until(() => running.length === 1);
    await server.close();
    await lost;
    expect(running[0]?.signal.aborted).toBe(true);
    await expect(client.request({ kind: 'wait' })).rejects.toMatchObject({ code: 'not-connected' });
    const again = await serve({ ...handlers, ...echo }, { port: server.port });
    await client.whenConnected();
    expect(changes).toEqual([true, false, true]);
    expect((await client.request({ kind: 'echo' })).fields['from']).toBe('a');
    expect(running).toHaveLength(1);
    expect(again.connectedMembers).toEqual(['a']);
  });
});

describe('streams', () => {
  /** Counts what was made, so that a test sees how far it ran ahead. */
  function counting(
    parts: number,
    bytes: number,
  ): { made: number; returned: boolean; handlers: PeerHandlers } {
    const state = {
      made: 0,
      returned: false,
      handlers: {
        ...echo,
        async *count(): AsyncIterable<PeerAnswer> {
          try {
            while (state.made < parts) {
              yield { fields: { number: state.made++ }, payload: Buffer.alloc(bytes, state.made) };
            }
          } finally {
            state.returned = true;
          }
        },
      },
    };
    return state;
  }

  test('come whole and in order, in parts of any size', async () => {
    for (const [parts, bytes] of [
      [0, 0],
      [5_000, 0],
      [40, 1024 * 1024],
    ] as const) {
      const state = counting(parts, bytes);
      const server = await serve(state.handlers);
      const client = ask(server.port);
      await client.whenConnected();
      let number = 0;
      for await (const part of client.stream({ kind: 'count' })) {
        expect(part.fields).toEqual({ number: number++ });
        expect(part.payload.byteLength).toBe(bytes);
      }
      expect(number).toBe(parts);
    }
  });

  test('run ahead of their reader by little, and leave the line free for others', async () => {
    const state = counting(1_000, 256 * 1024);
    const server = await serve(state.handlers);
    const client = ask(server.port);
    await client.whenConnected();
    const parts = client.stream({ kind: 'count' })[Symbol.asyncIterator]();
    await parts.next();
    await until(() => state.made >= 16);
    // Whatever the stream has on the line is before this answer.
    for (let round = 0; round < 3; round++) await client.request({ kind: 'echo' });
    expect(state.made).toBeLessThanOrEqual(17);
    for (let at = 0; at < 100; at++) await parts.next();
    await client.request({ kind: 'echo' });
    expect(state.made).toBeLessThanOrEqual(101 + 17);
    await parts.return?.();
    await until(() => state.returned);
    expect(state.made).toBeLessThan(200);
  });

  test('end when their reader stops, when it is cancelled, and when the line breaks', async () => {
    for (const how of ['stops', 'cancelled', 'breaks'] as const) {
      const state = counting(1_000, 100_000);
      const server = await serve(state.handlers);
      const client = ask(server.port);
      await client.whenConnected();
      const abort = new AbortController();
      const read = async (): Promise<void> => {
        let count = 0;
        for await (const _ of client.stream({ kind: 'count' }, { signal: abort.signal })) {
          if (++count < 3) continue;
          if (how === 'stops') return;
          if (how === 'cancelled') abort.abort();
          else await server.close();
        }
      };
      if (how === 'stops') await read();
      else
        await expect(read()).rejects.toMatchObject({ code: how === 'breaks' ? 'disconnected' : 'cancelled' });
      await until(() => state.returned);
    }
  });

  test('tell what went wrong, and when nothing more comes', async () => {
    const server = await serve({
      ...echo,
      async *breaks() {
        yield { fields: { number: 1 } };
        throw new Error('a file is damaged');
      },
      async *hangs({ signal }) {
        yield {};
        await once(signal, 'abort');
      },
    });
    const client = ask(server.port);
    await client.whenConnected();
    const read = async (kind: string): Promise<number> => {
      let count = 0;
      for await (const _ of client.stream({ kind }, { timeoutMs: 50 })) count++;
      return count;
    };
    await expect(read('breaks')).rejects.toMatchObject({ code: 'failed', message: 'b: a file is damaged' });
    await expect(read('hangs')).rejects.toMatchObject({ code: 'timeout' });
    await expect(read('other')).rejects.toMatchObject({ code: 'unknown-kind' });
    expect(await read('echo')).toBe(1);
    await expect(client.request({ kind: 'breaks' })).rejects.toMatchObject({ code: 'failed' });
    client.close();
    await expect(read('echo')).rejects.toMatchObject({ code: 'not-connected' });
  });
});

describe('lines', () => {
  test('that leave the machine have to be encrypted', async () => {
    await expect(serve({}, { host: '0.0.0.0' })).rejects.toThrow('skein cluster certificates');
    const peer = { name: 'b', host: '10.0.0.1', port: 7701 };
    expect(() => new PeerClient({ self: 'a', peer, certificates: undefined, secret: SECRET })).toThrow(
      'skein cluster certificates',
    );
  });

  test('are not made with another secret or to another member, and both sides say why', async () => {
    const refused: string[] = [];
    const server = await serve(echo, { onRefused: (reason) => refused.push(reason) });
    const problems: string[] = [];
    const onProblem = (reason: string): void => void problems.push(reason);
    ask(server.port, { secret: 'another secret of a cluster', onProblem });
    await until(() => problems.length === 1);
    expect(problems[0]).toContain('its secret, its name or its certificates');
    expect(refused[0]).toContain('a has not proved that it knows');
    const other = ask(server.port, { peer: { name: 'c', host: '127.0.0.1', port: server.port }, onProblem });
    await until(() => problems.length === 2);
    expect(refused.at(-1)).toBeDefined();
    await expect(other.request({ kind: 'echo' })).rejects.toMatchObject({
      code: 'not-connected',
      message: expect.stringContaining('its secret'),
    });
    expect(server.connectedMembers).toEqual([]);
  });

  test('to a member that is too new are not made, and both sides say so', async () => {
    const refused: string[] = [];
    const server = await serve(echo, {
      versions: { min: 3, max: 4 },
      onRefused: (reason) => refused.push(reason),
    });
    const problems: string[] = [];
    ask(server.port, { versions: { min: 1, max: 2 }, onProblem: (reason) => problems.push(reason) });
    await until(() => problems.length > 0);
    expect(problems).toEqual([expect.stringContaining('versions 3 to 4')]);
    expect(refused[0]).toContain('versions 1 to 2');
    const neighbour = ask(server.port, { versions: { min: 2, max: 3 } });
    await neighbour.whenConnected();
    expect((await neighbour.request({ kind: 'echo' })).fields['from']).toBe('a');
  });

  test('a member that is stopped is noticed, and found again when it goes on', async () => {
    // Between the two: carries bytes until it is told to hold them back.
    const server = await serve(echo);
    const pairs: [Socket, Socket][] = [];
    const middle: Server = createServer((front) => {
      const back = connect(server.port, '127.0.0.1');
      pairs.push([front, back]);
      for (const [from, to] of [
        [front, back],
        [back, front],
      ] as const) {
        from.on('error', () => {});
        from.on('data', (chunk) => void to.write(chunk));
        from.on('close', () => to.destroy());
      }
    });
    middle.listen(0, '127.0.0.1');
    await once(middle, 'listening');
    open.push({
      close: () => {
        middle.close();
        for (const pair of pairs) for (const socket of pair) socket.destroy();
      },
    });
    const { port } = middle.address() as { readonly port: number };
    const client = ask(port, { silenceMsMax: 100 });
    await client.whenConnected();
    const lost = expect(client.request({ kind: 'echo' }, Buffer.alloc(10_000_000))).rejects.toMatchObject({
      code: 'disconnected',
    });
    for (const pair of pairs) for (const socket of pair) socket.pause();
    await lost;
    expect(client.connected).toBe(false);
    await client.whenConnected();
    expect((await client.request({ kind: 'echo' })).fields['from']).toBe('a');
  });

  test('that are idle stay up', async () => {
    const server = await serve(echo, { silenceMsMax: 60 });
    const changes: boolean[] = [];
    const client = ask(server.port, { silenceMsMax: 60, onChange: (connected) => changes.push(connected) });
    await client.whenConnected();
    // Five times as long as silence is borne.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(changes).toEqual([true]);
    expect(server.connectedMembers).toEqual(['a']);
  });

  test('of a member that only listens are given up by the other side too', async () => {
    const server = await serve(echo, { silenceMsMax: 80 });
    const socket = await prove(server.port);
    await until(() => server.connectedMembers.length === 1);
    await closed(socket);
    await until(() => server.connectedMembers.length === 0);
  });

  test('are bounded in number', async () => {
    const server = await serve(echo, { linesMax: 2 });
    const clients = ['a', 'c'].map((self) => ask(server.port, { self }));
    await Promise.all(clients.map((client) => client.whenConnected()));
    const problems: string[] = [];
    ask(server.port, { self: 'd', onProblem: (reason) => problems.push(reason) });
    await until(() => problems.length > 0);
    expect(server.connectedMembers).toHaveLength(2);
    expect((await clients[0]!.request({ kind: 'echo' })).fields['from']).toBe('a');
  });
});

/** Does the handshake by hand, then stays silent. */
async function prove(port: number): Promise<Socket> {
  const socket = await stranger(port);
  const handshake = new AskerHandshake({
    member: 'a',
    to: 'b',
    key: handshakeKey(SECRET),
    binding: new Uint8Array(0),
  });
  const reader = new FrameReader();
  const send = (header: JsonObject): void => {
    for (const part of encodeFrame(header)) socket.write(part);
  };
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      for (const { header } of reader.push(chunk)) {
        if (header['type'] === 'beat') continue;
        const step = handshake.receive(header);
        if (step.kind === 'send') send(step.header);
        else if (step.kind === 'done') resolve();
        else reject(new Error(step.reason));
      }
    });
    send(handshake.hello());
  });
  return socket;
}

describe('strangers', () => {
  test('who say nothing, or say it slowly, are gone after the time; members get through', async () => {
    const server = await serve(echo, { handshakeMsMax: 150 });
    const silent = await stranger(server.port);
    const slow = await stranger(server.port);
    const [hello] = encodeFrame({ type: 'hello', member: 'a', to: 'b' });
    let at = 0;
    const drip = setInterval(() => slow.write(hello!.subarray(at, ++at)), 10);
    open.push({ close: () => clearInterval(drip) });
    await until(() => server.strangerCount === 2);
    const client = ask(server.port);
    await client.whenConnected();
    await Promise.all([closed(silent), closed(slow)]);
    await until(() => server.strangerCount === 0);
    expect((await client.request({ kind: 'echo' })).fields['from']).toBe('a');
  });

  test('are bounded in number: the oldest goes, and members get through', async () => {
    const server = await serve(echo, { strangersMax: 5, handshakeMsMax: 20_000 });
    const first = await stranger(server.port);
    await until(() => server.strangerCount === 1);
    const others: Socket[] = [];
    for (let count = 0; count < 20; count++) others.push(await stranger(server.port));
    await closed(first);
    await until(() => server.strangerCount === 5);
    const client = ask(server.port);
    await client.whenConnected();
    expect((await client.request({ kind: 'echo' })).fields['from']).toBe('a');
    expect(others.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(5);
  });

  test('whose first frame is large are gone before it has arrived', async () => {
    const server = await serve(echo, { handshakeMsMax: 20_000 });
    const socket = await stranger(server.port);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(5_000, 0);
    head.writeUInt32LE(10, 4);
    socket.write(head);
    await closed(socket);
    expect(socket.bytesRead).toBe(0);
  });

  test('who send anything else get nothing but a challenge, and stop nobody', async () => {
    let isAsked = false;
    const server = await serve({
      ...echo,
      secret: async () => {
        isAsked = true;
        return {};
      },
    });
    const client = ask(server.port);
    await client.whenConnected();
    const frame = fc
      .record({
        type: fc.constantFrom('hello', 'proof', 'ask', 'challenge', 'welcome', 'more', 'cancel'),
        member: fc.constant('a'),
        to: fc.constant('b'),
        versions: fc.constantFrom([1, 1], [1, 1e9], 'x'),
        nonce: fc.constantFrom('A'.repeat(43), 'A'),
        proof: fc.string(),
        id: fc.nat(3),
        fields: fc.constant({ kind: 'secret' }),
      })
      .map((header) => Buffer.concat(encodeFrame(header)));
    const bytes = fc.array(
      fc.oneof(
        frame,
        fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some)),
      ),
      {
        maxLength: 6,
      },
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (pieces) => {
        const socket = await stranger(server.port);
        const read: Buffer[] = [];
        socket.on('data', (chunk: Buffer) => read.push(chunk));
        for (const piece of pieces) socket.write(piece);
        socket.end();
        await closed(socket);
        const frames = new FrameReader().push(Buffer.concat(read));
        expect(frames.length).toBeLessThanOrEqual(1);
        for (const { header } of frames) expect(Object.keys(header)).toEqual(['type', 'nonce']);
      }),
    );
    expect(isAsked).toBe(false);
    expect((await client.request({ kind: 'echo' })).fields['from']).toBe('a');
  });

  test('a replayed handshake is refused', async () => {
    const server = await serve(echo);
    const frames: Buffer[] = [];
    const tap = createServer((front) => {
      const back = connect(server.port, '127.0.0.1');
      front.on('data', (chunk: Buffer) => {
        frames.push(chunk);
        back.write(chunk);
      });
      back.on('data', (chunk) => void front.write(chunk));
      for (const socket of [front, back]) socket.on('error', () => {});
      front.on('close', () => back.destroy());
    });
    tap.listen(0, '127.0.0.1');
    await once(tap, 'listening');
    open.push({ close: () => tap.close() });
    const client = ask((tap.address() as { readonly port: number }).port);
    await client.whenConnected();
    const said = Buffer.concat(frames);
    client.close();
    await until(() => server.connectedMembers.length === 0);
    const socket = await stranger(server.port);
    socket.write(said);
    const read: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => read.push(chunk));
    await closed(socket);
    // At most the challenge, which is another one each time.
    for (const { header } of new FrameReader().push(Buffer.concat(read)))
      expect(Object.keys(header)).toEqual(['type', 'nonce']);
    expect(server.connectedMembers).toEqual([]);
  });
});

describe('members that misbehave', () => {
  test('lose their line over a frame past the bound, and nobody else does', async () => {
    const server = await serve(echo);
    const client = ask(server.port, { self: 'c' });
    await client.whenConnected();
    const socket = await prove(server.port);
    const head = Buffer.alloc(8);
    head.writeUInt32LE(PEER_FRAME_BYTES_MAX + 1, 0);
    socket.write(head);
    await closed(socket);
    expect((await client.request({ kind: 'echo' })).fields['from']).toBe('c');
    await until(() => !server.connectedMembers.includes('a'));
  });

  test('may say anything in frames: what is not understood is passed over', async () => {
    const server = await serve(echo);
    const client = ask(server.port, { self: 'c' });
    await client.whenConnected();
    const header = fc.dictionary(
      fc.constantFrom('type', 'id', 'fields', 'bytes', 'kind'),
      fc.oneof(
        fc.jsonValue(),
        fc.constantFrom('ask', 'cancel', 'more', 'reply', 'part', 'end', 'error', 'new'),
        fc.nat(3),
        fc.constant({ kind: 'echo' }),
      ),
    );
    const socket = await prove(server.port);
    fc.assert(
      fc.property(header, (words) => {
        for (const part of encodeFrame(words as JsonObject)) socket.write(part);
      }),
    );
    const answers = new FrameReader();
    const answered = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        for (const frame of answers.push(chunk)) if (frame.header['id'] === 77) resolve();
      });
    });
    for (const part of encodeFrame({ type: 'ask', id: 77, fields: { kind: 'echo' } })) socket.write(part);
    await answered;
    expect((await client.request({ kind: 'echo' })).fields['from']).toBe('c');
  });
});
