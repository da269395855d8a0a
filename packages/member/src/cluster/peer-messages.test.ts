import { asSequence, type JsonObject } from '@skein/base';
import type { EntryId, JournalPage, Operation, PeerPort, PeerService } from '@skein/oplog';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { PeerClient } from './peer-client.ts';
import type { PeerAnswer, PeerHandlers } from './peer-handler.ts';
import { peerPort, servePeer } from './peer-messages.ts';
import { PeerServer } from './peer-server.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function connected(handlers: PeerHandlers): Promise<PeerClient> {
  const common = { certificates: undefined, secret: 'a secret of the whole cluster' };
  const server = await PeerServer.listen({ ...common, host: '127.0.0.1', port: 0, member: 'b' }, handlers);
  open.push(server);
  const peer = { name: 'b', host: '127.0.0.1', port: server.port };
  const client = new PeerClient({ ...common, self: 'a', peer });
  open.push(client);
  await client.whenConnected();
  return client;
}

const id: EntryId = { member: 'a', epoch: 123_456, counter: 7 };

/** Keeps what it is given, and has a journal. */
class PlainPeer implements PeerService {
  readonly entries = new Map<string, Uint8Array>();
  readonly asked: unknown[] = [];
  readonly journal: readonly Operation[];

  constructor(journal: readonly Operation[] = []) {
    this.journal = journal;
  }

  async storeEntry(entry: EntryId, payload: Uint8Array): Promise<void> {
    this.entries.set(JSON.stringify(entry), payload);
  }

  async fetchEntry(entry: EntryId, range: unknown): Promise<Uint8Array | undefined> {
    this.asked.push(range);
    return this.entries.get(JSON.stringify(entry));
  }

  async readJournal(from: number, bytesMax: number): Promise<JournalPage> {
    const first = this.journal[0]?.sequence ?? asSequence(1);
    if (from < first) return { kind: 'released', first };
    const operations: Operation[] = [];
    let bytes = 0;
    for (const operation of this.journal.slice(from - first)) {
      operations.push(operation);
      bytes += operation.payload.byteLength;
      if (bytes >= bytesMax) break;
    }
    return { kind: 'operations', operations, last: this.journal.at(-1)?.sequence ?? asSequence(0) };
  }
}

describe('a peer', () => {
  test('stores an entry, and gives it back or says that it has none', async () => {
    const service = new PlainPeer();
    const port = peerPort(await connected(servePeer(service)));
    expect([port.member, port.connected]).toEqual(['b', true]);
    expect(await port.fetchEntry(id, undefined)).toBeUndefined();
    await port.storeEntry(id, Uint8Array.of(1, 2, 3));
    const range = { first: asSequence(5), last: asSequence(9) };
    expect([...((await port.fetchEntry(id, range)) ?? [])]).toEqual([1, 2, 3]);
    expect(service.asked).toEqual([undefined, range]);
    await port.storeEntry({ ...id, counter: 8 }, new Uint8Array(0));
    expect(await port.fetchEntry({ ...id, counter: 8 }, undefined)).toHaveLength(0);
  });

  test('gives its journal page by page, as it is, whatever is in it', async () => {
    const operation = fc.record({
      application: fc.string({ maxLength: 10 }),
      operationId: fc.string({ maxLength: 10 }),
      proposedAtMs: fc.nat(),
      payload: fc.uint8Array({ maxLength: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { maxLength: 30 }),
        fc.integer({ min: 1, max: 9_000_000_000 }),
        fc.integer({ min: 1, max: 100 }),
        async (operations, first, bytesMax) => {
          const journal = operations.map((one, at) => ({ ...one, sequence: asSequence(first + at) }));
          const port = answering(servePeer(new PlainPeer(journal)));
          const read: Operation[] = [];
          for (;;) {
            const page = await port.readJournal(asSequence(first + read.length), bytesMax);
            if (page.kind !== 'operations') throw new Error('released');
            expect(page.last).toBe(journal.at(-1)?.sequence ?? 0);
            if (page.operations.length === 0) break;
            read.push(...page.operations);
          }
          const plain = (one: Operation): unknown => ({ ...one, payload: [...one.payload] });
          expect(read.map(plain)).toEqual(journal.map(plain));
          if (first > 1 && journal.length > 0)
            expect(await port.readJournal(asSequence(first - 1), bytesMax)).toEqual({
              kind: 'released',
              first,
            });
        },
      ),
    );
  });

  test('cuts a page that would not fit onto the line, and sends one large operation alone', async () => {
    const payload = Buffer.alloc(30 * 1024 * 1024);
    const journal = [1, 2, 3].map((sequence) => ({
      application: 'app',
      operationId: `${sequence}`,
      proposedAtMs: 1,
      payload: sequence === 2 ? Buffer.alloc(64 * 1024 * 1024) : payload,
      sequence: asSequence(sequence),
    }));
    const service = new PlainPeer(journal);
    service.readJournal = async (from) => ({
      kind: 'operations',
      operations: journal.slice(from - 1),
      last: asSequence(3),
    });
    const port = peerPort(await connected(servePeer(service)), { timeoutMs: 25_000 });
    const lengths: number[] = [];
    for (let from = 1; from <= 3; ) {
      const page = await port.readJournal(asSequence(from), 1_000);
      if (page.kind !== 'operations') throw new Error('released');
      lengths.push(page.operations.length);
      from += page.operations.length;
    }
    expect(lengths).toEqual([1, 1, 1]);
  });

  test('does not take from its own side what is no journal', async () => {
    const service = new PlainPeer();
    const gap = [1, 3].map((sequence) => ({
      application: 'app',
      operationId: '',
      proposedAtMs: 1,
      payload: new Uint8Array(0),
      sequence: asSequence(sequence),
    }));
    service.readJournal = async () => ({ kind: 'operations', operations: gap, last: asSequence(3) });
    const port = answering(servePeer(service));
    await expect(port.readJournal(asSequence(1), 10)).rejects.toThrow('gap');
  });

  test('answers bad requests with an error', async () => {
    const client = await connected(servePeer(new PlainPeer()));
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(-1, 0, 1.5, 2 ** 60, 'a/1/1', `a/${'1'.repeat(16)}/${'0'.repeat(12)}`),
    );
    const kind = fc.constantFrom('storeEntry', 'fetchEntry', 'readJournal');
    const fields = fc.dictionary(fc.constantFrom('entry', 'first', 'last', 'bytesMax'), value);
    await fc.assert(
      fc.asyncProperty(kind, fields, async (name, some) => {
        const asked = client.request({ ...(some as JsonObject), kind: name });
        await expect(asked).rejects.toMatchObject({ code: 'failed' });
      }),
    );
  });

  test('whose answers make no sense is not believed', async () => {
    const answer = fc.record({
      fields: fc.dictionary(
        fc.constantFrom('page', 'first', 'last'),
        fc.oneof(fc.jsonValue(), fc.constantFrom('operations', 'released', 1, 2, 3)),
      ),
      payload: fc.uint8Array({ maxLength: 60 }),
    }) as fc.Arbitrary<PeerAnswer>;
    await fc.assert(
      fc.asyncProperty(answer, async (wrong) => {
        const port = answering({ readJournal: async () => wrong });
        const page = await port.readJournal(asSequence(2), 10).catch((error: unknown) => error);
        if (page instanceof Error) {
          expect(['PeerError', 'EntryFormatError']).toContain(page.name);
          return;
        }
        expect(page).toMatchObject({ kind: wrong.fields?.['page'] });
      }),
    );
  });
});

/** A port whose line is a function call. */
function answering(handlers: PeerHandlers): PeerPort {
  return peerPort({
    member: 'b',
    connected: true,
    request: async (fields, payload = new Uint8Array(0)) => {
      const { signal } = new AbortController();
      const answer = await handlers[fields.kind]?.({ from: 'a', fields, payload, signal });
      if (answer === undefined || Symbol.asyncIterator in answer) throw new Error('no single answer');
      return { fields: answer.fields ?? {}, payload: answer.payload ?? new Uint8Array(0) };
    },
  });
}
