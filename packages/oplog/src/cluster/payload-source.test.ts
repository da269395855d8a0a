import { asSequence } from '@skein/base';
import { expect, test } from 'vitest';
import { proposed } from '../operation-log.contract.ts';
import type { Operation } from '../operation-log.ts';
import { SimDisk } from '../testing/sim-disk.ts';
import { encodeEntry, hashOf } from './entry.ts';
import { EntryStore } from './entry-store.ts';
import type { OrderedEntry } from './order-tail.ts';
import { PayloadSource } from './payload-source.ts';
import type { JournalPage, PeerPort } from './peer-port.ts';

const operations = [proposed('one'), proposed('two')];
const payload = encodeEntry(operations);
const ordered: OrderedEntry = {
  id: { member: 'b', epoch: 5, counter: 1 },
  record: { count: 2, bytes: payload.byteLength, hash: hashOf(payload), holders: ['a', 'b'] },
  modRevision: 9,
  first: asSequence(7),
  last: asSequence(8),
};
const texts = (found: readonly { readonly payload: Uint8Array }[] | undefined) =>
  found?.map((operation) => Buffer.from(operation.payload).toString());

function peer(member: string, answers: Partial<PeerPort>): PeerPort {
  return {
    member,
    connected: true,
    storeEntry: () => Promise.reject(new Error('not asked for')),
    fetchEntry: async () => undefined,
    readJournal: async (): Promise<JournalPage> => ({
      kind: 'operations',
      operations: [],
      last: asSequence(0),
    }),
    ...answers,
  };
}

async function sourceOf(peers: readonly PeerPort[]) {
  const disk = new SimDisk(() => 0.5);
  const entries = await EntryStore.open(disk, { tailBytesMax: 0 });
  const log: string[] = [];
  const source = new PayloadSource({
    member: 'a',
    entries,
    others: () => peers.map(({ member }) => member),
    peer: (name) => peers.find(({ member }) => member === name),
    log: (level, message) => log.push(`${level} ${message}`),
  });
  const find = (onReleased = () => {}, signal = new AbortController().signal) =>
    source.operationsOf(ordered, signal, onReleased);
  return { disk, entries, source, log, find };
}

test('a copy that is damaged here is fetched from another member', async () => {
  const { disk, entries, find, log } = await sourceOf([peer('b', { fetchEntry: async () => payload })]);
  await entries.add(ordered.id, payload);
  const [name] = await disk.list();
  disk.flipBit(name!, disk.bytes(name!).byteLength - 1, 3);
  expect(texts(await find())).toEqual(['one', 'two']);
  expect(log.join()).toContain('is fetched again');
});

test('bytes that are not those that were ordered are not taken, from whoever they come', async () => {
  const other = encodeEntry([proposed('one'), proposed('TWO')]);
  const { entries, find, source } = await sourceOf([
    peer('b', { fetchEntry: async () => other }),
    peer('c', { fetchEntry: async () => payload }),
  ]);
  await entries.add(ordered.id, other);
  expect(texts(await find())).toEqual(['one', 'two']);
  expect(source.fetchedEntryCount).toBe(1);
});

test('a journal is asked when no member makes the same bytes any more, and only where it goes on', async () => {
  const stored = (sequence: number, text: string): Operation => ({
    ...proposed(text),
    sequence: asSequence(sequence),
  });
  const page = (...found: readonly Operation[]): Promise<JournalPage> =>
    Promise.resolve({ kind: 'operations', operations: found, last: asSequence(9) });
  const { find, log } = await sourceOf([
    peer('b', { readJournal: () => page(stored(8, 'two')) }),
    peer('c', {
      readJournal: (from) => (from === 7 ? page(stored(7, 'one')) : page(stored(8, 'two'), stored(9, 'x'))),
    }),
  ]);
  expect(texts(await find())).toEqual(['one', 'two']);
  expect(log.join()).toContain('does not go on at 7');
});

test('what nobody has is asked for until somebody has it, and said to be released when it is', async () => {
  let tries = 0;
  const released: JournalPage = { kind: 'released', first: asSequence(100) };
  const { find } = await sourceOf([
    peer('b', {
      fetchEntry: async () => {
        if (++tries === 3) throw new Error('busy');
        return tries < 8 ? undefined : payload;
      },
      readJournal: async () => released,
    }),
  ]);
  let isReleased = false;
  expect(
    texts(
      await find(() => {
        isReleased = true;
      }),
    ),
  ).toEqual(['one', 'two']);
  expect(isReleased).toBe(true);
  expect(tries).toBe(8);
});

test('looking ends when it is told to', async () => {
  const stop = new AbortController();
  const { find } = await sourceOf([]);
  const finding = find(() => {}, stop.signal);
  stop.abort();
  expect(await finding).toBeUndefined();
});
