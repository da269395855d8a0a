/**
 * Copies of a member's state, taken while it works:
 *   1. Installed elsewhere and given the rest of the log, one becomes what the member itself becomes.
 *   2. What the member does later does not reach the copy.
 *   3. The journal keeps what a copy needs, and forgets again when it is released.
 *   4. Copies that nobody wants any more go: released, forgotten by their asker, or left by a process that was killed.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSequence, type JsonObject } from '@skein/base';
import { defaultSearchQuery } from '@skein/engine';
import type { Authentication } from '@skein/fql';
import { LocalJournal, NodeJournalDisk, type ProposedOperation } from '@skein/oplog';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Builder, type BuilderConfiguration } from '../builder.ts';
import { DataLayout } from '../data-layout.ts';
import { type AppliedAt, IndexStore } from '../index-store.ts';
import { BuilderError } from '../ipc/messages.ts';
import { Member } from '../member.ts';
import type { BatchRequest, Operation } from '../operation.ts';
import { JournalCluster } from '../testing/journal-cluster.ts';
import { type CheckpointParts, takeCheckpoint } from './checkpoint.ts';
import { checkpointPeer, installCheckpoint } from './checkpoint-install.ts';
import { CheckpointSource, serveCheckpoints } from './checkpoint-source.ts';
import { PeerClient } from './peer-client.ts';
import { PeerServer } from './peer-server.ts';

const APP = 'APP';
const COPIES = 2;
const INDEXES = ['a', 'b', 'c', 'd'];
const secret = 'a secret of enough bytes';
const until = { timeout: 20_000, interval: 10 };
const root: Authentication = {
  scope: 0 as Authentication['scope'],
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};

const folders: string[] = [];
const open: Machine[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-checkpoint-'));
  folders.push(folder);
  return folder;
}
afterEach(async () => {
  for (const machine of open.splice(0)) await machine.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Notes what became of what was written. */
class NotingCluster extends JournalCluster {
  readonly noted = new Map<number, ProposedOperation>();

  constructor(isChosen: boolean) {
    super(isChosen);
    this.onAppended = (batch, first) => {
      for (const [at, operation] of batch.entries()) this.noted.set(first + at, operation);
    };
  }
}

class Machine {
  readonly folder = newFolder();
  readonly data = join(this.folder, 'data');
  readonly cluster: NotingCluster;
  builder!: Builder;
  member!: Member;

  constructor(isChosen = true) {
    this.cluster = new NotingCluster(isChosen);
  }

  async start(configuration: Partial<BuilderConfiguration> = {}): Promise<this> {
    const socketPath = join(this.folder, 'builder.sock');
    this.builder = await Builder.start({
      dataFolder: this.data,
      socketPath,
      secret,
      publishIntervalMs: 5,
      journalFileBytesMax: 4_000,
      checkpointIntervalMs: 15,
      idleMergeMs: 50,
      openCluster: ({ journal }) => Promise.resolve(this.cluster.open(journal)),
      ...configuration,
    });
    this.member = new Member({ dataFolder: this.data, socketPath, secret });
    await this.member.whenBuilderPresent();
    open.push(this);
    return this;
  }

  async stop(): Promise<void> {
    this.member.close();
    await this.builder.close();
  }

  propose(operation: Operation, wait: 'durable' | 'visible' = 'visible'): Promise<unknown> {
    return this.member.propose(operation, { application: APP, proposedAtMs: 1_700_000_000_000, until: wait });
  }

  async query(expression: unknown): Promise<unknown> {
    const { status, body } = await this.member.documents.transact(APP, {
      body: Buffer.from(JSON.stringify(expression)),
      authentication: root,
      strictTemporal: false,
      timeoutMs: 10_000,
    });
    if (status >= 300) throw new Error(body);
    return (JSON.parse(body) as { readonly resource: unknown }).resource;
  }

  /** All that clients can see, when everything in the log is applied. */
  async contents(): Promise<unknown> {
    await vi.waitFor(
      () => expect(this.builder.publishedThrough).toBe(this.builder.statistics()['lastSequence']),
      until,
    );
    const indexes = [...INDEXES, 'things'].map((name) => {
      const opened = this.member.openIndex(APP, name);
      const records = opened?.view.browse(defaultSearchQuery(), undefined, 10_000).records ?? [];
      return { name, settings: opened?.meta.settings, records: [...records].sort() };
    });
    const list = { map: { lambda: 'x', expr: { get: { var: 'x' } } }, collection: DOCUMENTS };
    const keys = JSON.parse(
      readFileSync(join(this.data, 'apps', APP, 'application.json'), 'utf8'),
    ) as unknown;
    return { indexes, keys, documents: await this.query(list) };
  }
}

const DOCUMENTS = { paginate: { documents: { collection: 'things' } }, size: 10_000 };
const add = (objectID: string, attributes: JsonObject): BatchRequest => ({
  action: 'addObject',
  objectID,
  body: { objectID, ...attributes },
});
const lines = (count: number): Operation => ({
  kind: 'batch',
  index: 'a',
  requests: Array.from({ length: count }, (_, at) => add(`many ${at}`, { text: `row ${at}`, x: at % 7 })),
});

const operationOf = (at: number): ProposedOperation => ({
  application: APP,
  operationId: String(at),
  proposedAtMs: 1,
  payload: Buffer.from(`payload ${at}`),
});

/** With `count` operations, about one in each file. */
async function journalOf(layout: DataLayout, count: number): Promise<LocalJournal> {
  const journal = await LocalJournal.open(await NodeJournalDisk.open(layout.journalFolder), {
    fileBytesMax: 60,
  });
  for (let at = 1; at <= count; at++) await journal.append([operationOf(at)]);
  return journal;
}

function partsOf(
  layout: DataLayout,
  journal: LocalJournal,
  stores: (application: string) => Iterable<IndexStore>,
): CheckpointParts {
  return {
    layout,
    journal,
    documents: {
      open: () => {
        throw new Error('there are no documents');
      },
    },
    stores,
    savedThrough: () => asSequence(0),
    holdJournal: () => ({ appliedThrough: asSequence(0), letGo: () => {} }),
    log: () => {},
  };
}

/** A machine that was made of a checkpoint of `source`, over a line like that between members. */
async function install(
  source: Machine,
): Promise<{ readonly machine: Machine; readonly lastSequence: number }> {
  const common = { certificates: undefined, secret: 'a secret of the whole cluster', host: '127.0.0.1' };
  const server = await PeerServer.listen(
    { ...common, port: 0, member: 'source' },
    serveCheckpoints(source.builder.checkpoints),
  );
  const peer = { name: 'source', host: common.host, port: server.port };
  const client = new PeerClient({ ...common, self: 'new', peer });
  const machine = new Machine(false);
  try {
    await client.whenConnected();
    const { lastSequence } = await installCheckpoint({
      dataFolder: machine.data,
      peers: () => [checkpointPeer('source', client)],
      log: () => {},
    });
    await vi.waitFor(() => expect(source.builder.checkpoints.openCount).toBe(0), until);
    return { machine, lastSequence };
  } finally {
    client.close();
    await server.close();
  }
}

/** Brings the rest of the log into the journal, as the order of a cluster does. */
async function continueJournal(
  machine: Machine,
  noted: ReadonlyMap<number, ProposedOperation>,
): Promise<void> {
  const journal = await LocalJournal.open(await NodeJournalDisk.open(join(machine.data, 'journal')));
  for (let next = journal.lastSequence + 1; noted.has(next); next++) {
    expect(await journal.append([noted.get(next)!])).toMatchObject({ first: next });
  }
  await journal.close();
}

const index = fc.constantFrom(...INDEXES);
const id = fc.integer({ min: 0, max: 20 }).map(String);
const number = fc.integer({ min: 0, max: 99 });
const settings = fc.constantFrom<JsonObject>(
  { searchableAttributes: ['x'] },
  { searchableAttributes: ['text'] },
  { attributesForFaceting: ['x'] },
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      index,
      requests: fc.array(
        fc.tuple(id, number).map(([objectID, x]) => add(objectID, { x })),
        { minLength: 1, maxLength: 8 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      index,
      requests: id.map((objectID) => [{ action: 'deleteObject' as const, objectID }]),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('setSettings' as const), index, settings }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('copyIndex' as const, 'moveIndex' as const),
      index,
      destination: index,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('copyIndex' as const),
      index,
      destination: index,
      scope: fc.constant(['settings' as const]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('clearIndex' as const, 'deleteIndex' as const), index }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deleteBy' as const),
      index,
      params: number.map((x) => ({ filters: `x < ${x}` })),
    }),
  },
);
const transaction = fc
  .tuple(fc.integer({ min: 1, max: 30 }), number, fc.boolean())
  .map(([key, x, remove]) => {
    const ref = { ref: { collection: 'things' }, id: String(key) };
    const data = { object: { data: { object: { x, text: `thing ${x}` } } } };
    const save = {
      if: { exists: ref },
      then: { update: ref, params: data },
      else: { create: ref, params: data },
    };
    return remove ? { if: { exists: ref }, then: { delete: ref }, else: null } : save;
  });

describe('a checkpoint', () => {
  test('1: with the rest of the log becomes what its member becomes, wherever in its work it was taken', async () => {
    const source = await new Machine().start();
    await source.propose({ kind: 'createApplication' });
    await source.query({ create_collection: { object: { name: 'things' } } });
    await source.query({ create_searchable: 'things', source: { collection: 'things' } });
    await source.propose(lines(500));
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const step = fc.oneof(
      operation.map((each) => ({ operation: each })),
      transaction.map((each) => ({ transaction: each })),
    );
    const steps = fc.sample(step, { numRuns: 1_000, seed });
    const installed: Awaited<ReturnType<typeof install>>[] = [];
    const copying = (async () => {
      while (installed.length < COPIES) installed.push(await install(source));
    })();
    let isDone = false;
    const ended = copying.finally(() => {
      isDone = true;
    });
    const under: Promise<unknown>[] = [];
    for (const each of steps) {
      under.push(
        'operation' in each
          ? source.propose(each.operation, 'durable').catch(refusedIsFine)
          : source.query(each.transaction),
      );
      // Several wait at any time.
      if (under.length > 4) await under.shift();
      if (isDone) break;
    }
    await Promise.all(under);
    await ended;
    await source.stop();
    await source.start();
    const expected = await source.contents();
    const lasts: number[] = [];
    for (const { machine, lastSequence } of installed) {
      await continueJournal(machine, source.cluster.noted);
      await machine.start();
      expect(machine.builder.statistics()['lastSequence'], `replay with SEED=${seed}`).toBe(
        source.builder.statistics()['lastSequence'],
      );
      expect(await machine.contents(), `replay with SEED=${seed}`).toEqual(expected);
      lasts.push(lastSequence);
    }
    expect(
      lasts.some((last) => last < source.cluster.noted.size),
      'some were taken in the middle',
    ).toBe(true);
  }, 60_000);

  test('1: has all indexes of an application as of one moment, also what is published while it is taken', async () => {
    const layout = new DataLayout(join(newFolder(), 'data'));
    const [a, b] = [IndexStore.load(layout, APP, 'a'), IndexStore.load(layout, APP, 'b')];
    const at = (sequence: number): AppliedAt => ({ sequence: asSequence(sequence), proposedAtMs: 1 });
    const save = (store: IndexStore, sequence: number): void => {
      store.batch([add(String(sequence), { x: sequence })], at(sequence));
      store.publish();
    };
    save(a, 1);
    save(b, 2);
    const journal = await journalOf(layout, 3);
    let looks = 0;
    const target = new DataLayout(join(layout.root, 'checkpoints', 'one'));
    const { lastSequence } = await takeCheckpoint(
      partsOf(layout, journal, () => {
        looks++;
        // Between linking and the last look.
        if (looks > 1) {
          save(a, 3);
          b.copyFrom(a, at(4));
        }
        return [a, b];
      }),
      target.root,
    );
    expect(looks).toBe(2);
    expect(lastSequence).toBe(3);
    for (const name of ['a', 'b']) {
      const copy = IndexStore.load(target, APP, name);
      expect(copy.appliedSequence).toBe(name === 'a' ? 3 : 4);
      expect(copy.recordCount).toBe(2);
    }
    await journal.close();
  });

  test('1: has the whole journal from what is skipped at a start, also files that the member forgot or began meanwhile', async () => {
    const layout = new DataLayout(join(newFolder(), 'data'));
    mkdirSync(layout.indexesFolder(APP), { recursive: true });
    const journal = await journalOf(layout, 9);
    const target = new DataLayout(join(layout.root, 'checkpoints', 'one'));
    mkdirSync(layout.documentsFolder(APP));
    // While documents are copied.
    const backup = async (): Promise<void> => {
      // What is held may be more than what is skipped.
      await journal.release(asSequence(7));
      await journal.append([operationOf(10)]);
      await journal.append([operationOf(11)]);
    };
    const { lastSequence } = await takeCheckpoint(
      {
        ...partsOf(layout, journal, () => []),
        documents: { open: () => ({ fileBytes: 0, backup }) },
        savedThrough: () => asSequence(4),
      },
      target.root,
    );
    expect(lastSequence).toBe(11);
    expect(journal.firstSequence).toBeGreaterThan(5);
    await journal.append([operationOf(12)]);
    const copy = await LocalJournal.open(await NodeJournalDisk.open(target.journalFolder));
    expect(copy.firstSequence).toBeLessThanOrEqual(5);
    expect(copy.lastSequence).toBe(11);
    const sequences: number[] = [];
    const stop = new AbortController();
    for await (const operations of copy.follow(copy.firstSequence, stop.signal)) {
      sequences.push(...operations.map(({ sequence }) => sequence));
      if (sequences.at(-1) === copy.lastSequence) stop.abort();
    }
    expect(sequences).toEqual(sequences.map((_, at) => copy.firstSequence + at));
    await copy.close();
    await journal.close();
  });

  test('2: is not reached by what the member does later', async () => {
    const source = await new Machine().start();
    await source.propose({ kind: 'createApplication' });
    await source.query({ create_collection: { object: { name: 'things' } } });
    await source.propose({ kind: 'batch', index: 'a', requests: [add('1', { x: 1 })] });
    const offer = await source.builder.checkpoints.open();
    const read = async (): Promise<readonly string[]> => {
      const parts: string[] = [];
      for await (const { file, crc32 } of source.builder.checkpoints.read(offer.id, { file: 0, offset: 0 }))
        parts.push(`${file} ${crc32}`);
      return parts;
    };
    const before = await read();
    for (let at = 0; at < 30; at++)
      await source.propose({ kind: 'batch', index: 'a', requests: [add('1', { x: at })] });
    await source.propose({ kind: 'deleteIndex', index: 'a' });
    await source.query({ create: { collection: 'things' }, params: { object: { data: { object: {} } } } });
    expect(await read()).toEqual(before);
    expect(offer.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'apps/APP/application.json',
        'apps/APP/documents/documents.mdb',
        'apps/APP/indexes/a/manifest',
      ]),
    );
  });

  test('3: keeps the journal behind it while it is fetched', async () => {
    const source = await new Machine().start();
    await source.propose({ kind: 'createApplication' });
    const offer = await source.builder.checkpoints.open();
    const names = (): readonly string[] => readdirSync(join(source.data, 'journal'));
    const first = names()[0]!;
    const write = async (): Promise<void> => {
      for (let at = 0; at < 20; at++)
        await source.propose({ kind: 'batch', index: 'a', requests: [add('1', { text: 'x'.repeat(900) })] });
    };
    await write();
    const forgotten = source.builder.statistics()['journalFileCount'];
    expect(forgotten).toBeGreaterThan(4);
    expect(names()).toContain(first);
    await source.builder.checkpoints.release(offer.id);
    await write();
    await vi.waitFor(() => expect(names()).not.toContain(first), until);
  });

  test('4: goes when it is released, when nobody reads it, and when the process was killed', async () => {
    const source = new Machine();
    const left = join(source.data, 'checkpoints', 'left');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, 'file'), 'of a process that was killed');
    await source.start();
    expect(existsSync(left)).toBe(false);
    await source.propose({ kind: 'createApplication' });
    const { checkpoints } = source.builder;
    const [one, two] = [await checkpoints.open(), await checkpoints.open()];
    await expect(checkpoints.open()).rejects.toMatchObject({ code: 'busy' });
    await checkpoints.release(one.id);
    await checkpoints.release(one.id);
    expect(readdirSync(join(source.data, 'checkpoints'))).toEqual([two.id]);
    await expect(checkpoints.read(one.id, { file: 0, offset: 0 }).next()).rejects.toThrow('not kept');
    await expect(checkpoints.read(two.id, { file: two.files.length + 1, offset: 0 }).next()).rejects.toThrow(
      'no file',
    );
    const cancelled = new AbortController();
    cancelled.abort();
    await expect(checkpoints.open(cancelled.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(checkpoints.openCount).toBe(1);
    await source.builder.close();
    expect(readdirSync(join(source.data, 'checkpoints'))).toEqual([]);
  });
});

test('4: a copy that nobody reads goes after a while, one that is being read stays', async () => {
  const layout = new DataLayout(join(newFolder(), 'data'));
  const journal = await journalOf(layout, 2);
  const letGo = vi.fn<() => void>();
  const parts = {
    ...partsOf(layout, journal, () => []),
    holdJournal: () => ({ appliedThrough: asSequence(0), letGo }),
  };
  const source = new CheckpointSource(parts, { keepMs: 30 });
  const [read, left] = [await source.open(), await source.open()];
  const reading = source.read(read.id, { file: 0, offset: 0 });
  await reading.next();
  await vi.waitFor(() => expect(readdirSync(join(layout.root, 'checkpoints'))).toEqual([read.id]), until);
  expect(letGo).toHaveBeenCalledTimes(1);
  await expect(source.read(left.id, { file: 0, offset: 0 }).next()).rejects.toThrow('not kept');
  expect(await reading.next()).toMatchObject({ done: false });
  await reading.return();
  await vi.waitFor(() => expect(source.openCount).toBe(0), until);
  await vi.waitFor(() => expect(readdirSync(join(layout.root, 'checkpoints'))).toEqual([]), until);
  expect(letGo).toHaveBeenCalledTimes(2);
  await source.close();
  await journal.close();
});

test('documents that are set aside are no part of a copy, and documents that do not fit are not begun with', async () => {
  const layout = new DataLayout(join(newFolder(), 'data'));
  mkdirSync(layout.documentsFolder(APP), { recursive: true });
  const journal = await journalOf(layout, 1);
  const parts = partsOf(layout, journal, () => []);
  const damaged = (): never => {
    throw new BuilderError('documents-damaged', 'refused', 'damaged');
  };
  const source = new CheckpointSource({ ...parts, documents: { open: damaged } });
  await expect(source.open()).rejects.toMatchObject({ code: 'documents-damaged' });
  const huge = { fileBytes: 2 ** 60, backup: () => Promise.reject(new Error('begun')) };
  const full = new CheckpointSource({ ...parts, documents: { open: () => huge } });
  await expect(full.open()).rejects.toMatchObject({ code: 'no-room' });
  expect(readdirSync(join(layout.root, 'checkpoints'))).toEqual([]);
  expect(source.openCount).toBe(0);
  await journal.close();
});

function refusedIsFine(error: unknown): void {
  // An index that follows a collection takes no other writes.
  if (!(error instanceof Error)) throw error;
}
