/**
 * Three members with one log:
 *   1. What they have after the same operations has the same digests, however they published and when they were started again.
 *   2. One whose index is another, or damaged, finds that out and fetches it from the others, while they and it go on.
 *   3. What cannot be healed so is told.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@skein/base';
import { DocumentStorage } from '@skein/documents';
import { defaultSearchQuery, IndexWriter, readManifest } from '@skein/engine';
import type { Authentication } from '@skein/fql';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Builder, type BuilderConfiguration } from '../builder.ts';
import { FileDirectory } from '../file-directory.ts';
import { Member } from '../member.ts';
import type { BatchRequest, Operation } from '../operation.ts';
import { JournalCluster } from '../testing/journal-cluster.ts';
import type { ClusteredBuilder } from './builder-cluster.ts';
import { Sameness, type SamenessOptions, type SamenessPeer } from './sameness.ts';

const APP = 'APP';
const INDEXES = ['a', 'b', 'c'];
const secret = 'a secret of enough bytes';
const until = { timeout: 20_000, interval: 10 };
const root: Authentication = {
  scope: 0 as Authentication['scope'],
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** Its journal is filled by the test; only the first one is written to. */
class Machine extends JournalCluster {
  readonly name: string;
  readonly folder: string;
  readonly data: string;
  builder!: Builder;
  member!: Member;
  sameness!: Sameness;
  peers: readonly Machine[] = [];
  readonly log: string[] = [];
  readonly #configuration: Partial<BuilderConfiguration>;

  constructor(name: string, configuration: Partial<BuilderConfiguration> = {}) {
    super(name === 'one');
    this.name = name;
    this.#configuration = configuration;
    this.folder = mkdtempSync(join(tmpdir(), 'skein-sameness-'));
    this.data = join(this.folder, 'data');
    cleanUp.push(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  async start(sameness: Partial<SamenessOptions> = {}): Promise<this> {
    const socketPath = join(this.folder, 'builder.sock');
    this.builder = await Builder.start({
      dataFolder: this.data,
      socketPath,
      secret,
      publishIntervalMs: 5,
      idleMergeMs: 50,
      log: (level, message) => this.log.push(`${level} ${message}`),
      ...this.#configuration,
      openCluster: ({ journal }) => Promise.resolve(this.open(journal)),
    });
    this.member = new Member({ dataFolder: this.data, socketPath, secret });
    await this.member.whenBuilderPresent();
    const clustered: ClusteredBuilder = this.builder;
    this.sameness = new Sameness({
      parts: clustered.sameness,
      peers: () => this.peers.map((machine) => peerOf(machine)),
      cpuShare: 1,
      ...sameness,
    });
    cleanUp.push(() => this.stop());
    return this;
  }

  #isStopped = false;
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    await this.sameness.close();
    this.member.close();
    await this.builder.close();
  }

  async restart(between: () => unknown = () => {}, sameness: Partial<SamenessOptions> = {}): Promise<void> {
    await this.stop();
    await between();
    this.#isStopped = false;
    await this.start(sameness);
  }

  propose(operation: Operation, wait: 'durable' | 'visible' = 'visible'): Promise<unknown> {
    return this.member.propose(operation, { application: APP, proposedAtMs: 1_700_000_000_000, until: wait });
  }

  async query(expression: unknown): Promise<void> {
    const { status, body } = await this.member.documents.transact(APP, {
      body: Buffer.from(JSON.stringify(expression)),
      authentication: root,
      strictTemporal: false,
      timeoutMs: 10_000,
    });
    if (status >= 300) throw new Error(body);
  }

  whenPublished(sequence: number): Promise<void> {
    return vi.waitFor(() => expect(this.builder.publishedThrough).toBeGreaterThanOrEqual(sequence), until);
  }

  records(index: string): readonly string[] {
    const view = this.member.openIndex(APP, index)?.view;
    return [...(view?.browse(defaultSearchQuery(), undefined, 100_000).records ?? [])].sort();
  }

  indexFolder(index: string): string {
    return join(this.data, 'apps', APP, 'indexes', index);
  }
}

/** As asked over a line. */
function peerOf(machine: Machine): SamenessPeer {
  const ask = (fields: JsonObject & { readonly kind: string }): unknown => {
    const signal = AbortSignal.timeout(20_000);
    return machine.sameness.handlers()[fields.kind]!({
      from: 'test',
      fields: JSON.parse(JSON.stringify(fields)) as JsonObject,
      payload: new Uint8Array(0),
      signal,
    });
  };
  return {
    member: machine.name,
    connected: true,
    request: async (fields) => {
      const { fields: answer = {}, payload = new Uint8Array(0) } = (await ask(fields)) as {
        readonly fields?: JsonObject;
        readonly payload?: Uint8Array;
      };
      return { fields: answer, payload };
    },
    stream: async function* (fields) {
      for await (const { fields: part = {}, payload = new Uint8Array(0) } of ask(fields) as AsyncIterable<{
        readonly fields?: JsonObject;
        readonly payload?: Uint8Array;
      }>)
        yield { fields: part, payload };
    },
  };
}

/** The first one is written to; what it appends comes into the journals of the others a little later. */
async function startThree(
  sameness: Partial<SamenessOptions> = {},
): Promise<readonly [Machine, Machine, Machine]> {
  const one = await new Machine('one').start(sameness);
  const two = await new Machine('two', { publishIntervalMs: 60, idleMergeMs: 5_000 }).start(sameness);
  const three = await new Machine('three', { publishIntervalMs: 1, idleMergeMs: 1 }).start(sameness);
  const all = [one, two, three] as const;
  for (const machine of all) machine.peers = all.filter((other) => other !== machine);
  await one.propose({ kind: 'createApplication' });
  return all;
}

/** Gives the two what the first has beyond them; and tells how far that is. */
async function feed([one, ...others]: readonly Machine[]): Promise<number> {
  const last = one!.journal.lastSequence;
  for (const machine of others) {
    const from = machine.journal.lastSequence + 1;
    if (from > last) continue;
    for await (const operations of one!.journal.follow(from as typeof last)) {
      await machine.journal.append(operations.filter(({ sequence }) => sequence <= last));
      if (operations.at(-1)!.sequence >= last) break;
    }
  }
  return last;
}

/** What one of them does by itself comes to the others, too. */
async function roundsOf(machines: readonly Machine[]): Promise<void> {
  await settle(machines);
  for (const machine of machines) await machine.sameness.round();
}

async function settle(machines: readonly Machine[]): Promise<void> {
  const last = await feed(machines);
  for (const machine of machines) await machine.whenPublished(last);
}

const add = (objectID: string, attributes: JsonObject): BatchRequest => ({
  action: 'addObject',
  objectID,
  body: { objectID, ...attributes },
});
const batch = (index: string, from: number, count: number): Operation => ({
  kind: 'batch',
  index,
  requests: Array.from({ length: count }, (_, at) =>
    add(`r${from + at}`, { text: `some words of ${at}`, x: at }),
  ),
});

const index = fc.constantFrom(...INDEXES);
const id = fc.integer({ min: 0, max: 20 }).map(String);
const number = fc.integer({ min: 0, max: 99 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('batch' as const),
      index,
      requests: fc.array(
        fc.oneof(
          fc.tuple(id, number).map(([objectID, x]) => add(objectID, { x, text: `words ${x}` })),
          id.map((objectID): BatchRequest => ({ action: 'deleteObject', objectID })),
        ),
        { minLength: 1, maxLength: 8 },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('setSettings' as const),
      index,
      settings: fc.constantFrom<JsonObject>(
        { searchableAttributes: ['x'] },
        { attributesForFaceting: ['x'] },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('copyIndex' as const, 'moveIndex' as const),
      index,
      destination: index,
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
const transaction = fc.tuple(fc.integer({ min: 1, max: 30 }), number).map(([key, x]) => {
  const ref = { ref: { collection: 'things' }, id: String(key) };
  const data = { object: { data: { object: { x } } } };
  return {
    if: { exists: ref },
    then: x % 3 === 0 ? { delete: ref } : { update: ref, params: data },
    else: { create: ref, params: data },
  };
});

describe('members with one log', () => {
  test('1: have the same digests wherever they speak of the same place, however they work', async () => {
    const machines = await startThree();
    const [one, two, three] = machines;
    await one.query({ create_collection: { object: { name: 'things' } } });
    await one.query({ create_searchable: 'things', source: { collection: 'things' } });
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const step = fc.oneof(
      operation.map((each) => ({ operation: each })),
      transaction.map((each) => ({ transaction: each })),
    );
    for (const [at, each] of fc.sample(step, { numRuns: 60, seed }).entries()) {
      if ('operation' in each) await one.propose(each.operation, at % 9 === 0 ? 'visible' : 'durable');
      else await one.query(each.transaction);
      if (at % 7 === 0) await feed(machines);
      if (at % 30 === 0) for (const machine of machines) await machine.sameness.round();
      if (at === 25) await two.restart();
      if (at === 45) await three.restart();
    }
    await vi.waitFor(async () => {
      await roundsOf(machines);
      for (const { sameness, log } of machines) {
        const statistics = { differing: [], damageCount: 0, healedCount: 0 };
        expect(sameness.statistics, `seed ${seed}\n${log.join('\n')}`).toMatchObject(statistics);
        // The application, its documents, and the index that follows them at least.
        expect(sameness.statistics.sameCount, `seed ${seed}`).toBeGreaterThanOrEqual(3);
      }
    }, until);
  }, 60_000);

  test('2: an index with another content is found and fetched, while searches go on', async () => {
    const machines = await startThree();
    const [one, two, three] = machines;
    await one.propose(batch('a', 0, 300));
    await settle(machines);
    await two.restart(() => {
      // As if an operation had been applied in another way.
      const directory = new FileDirectory(two.indexFolder('a'));
      const manifest = readManifest(directory)!;
      const writer = IndexWriter.open(directory, { schema: manifest.schema });
      const record = { objectID: 'r7', text: 'other words' };
      writer.put('r7', record, JSON.stringify(record));
      writer.publish(manifest.meta);
    });
    expect(two.records('a')).not.toEqual(one.records('a'));
    let isDone = false;
    const searching = (async () => {
      while (!isDone) {
        expect(two.records('a')).toHaveLength(300);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    for (const machine of machines) await machine.sameness.round();
    for (const machine of machines) await machine.sameness.round();
    isDone = true;
    await searching;
    expect(one.sameness.statistics.healedCount + three.sameness.statistics.healedCount).toBe(0);
    expect(two.sameness.statistics).toMatchObject({ healedCount: 1, differing: [] });
    await vi.waitFor(() => expect(two.records('a')).toEqual(one.records('a')), until);
    await one.propose(batch('a', 290, 20));
    await settle(machines);
    expect(two.records('a')).toEqual(one.records('a'));
    await two.restart();
    expect(two.records('a')).toEqual(one.records('a'));
    for (const machine of machines) await machine.sameness.round();
    expect(two.sameness.statistics).toMatchObject({ healedCount: 0, differing: [] });
  });

  test('2: an index that is never quiet is compared at certain places of the log', async () => {
    const machines = await startThree();
    const [one, two] = machines;
    await one.propose(batch('a', 0, 300));
    await settle(machines);
    await two.restart(() => {
      const directory = new FileDirectory(two.indexFolder('a'));
      const manifest = readManifest(directory)!;
      const writer = IndexWriter.open(directory, { schema: manifest.schema });
      writer.delete('r7');
      writer.publish(manifest.meta);
    });
    for (let round = 0; two.sameness.statistics.healedCount === 0; round++) {
      expect(round, two.log.join('\n')).toBeLessThan(40);
      await Promise.all(
        Array.from({ length: 12 }, (_, at) => one.propose(batch('a', 100 + at, 2), 'durable')),
      );
      await settle(machines);
      for (const machine of machines) await machine.sameness.round();
    }
    await settle(machines);
    await vi.waitFor(() => expect(two.records('a')).toEqual(one.records('a')), until);
    for (const { sameness, log } of machines)
      expect(sameness.statistics, log.join('\n')).toMatchObject({ differing: [], damageCount: 0 });
  });

  test('2: a damaged byte in a segment is found by reading everything now and then, and healed', async () => {
    const machines = await startThree({ scrubIntervalMs: 0 });
    const [one, two] = machines;
    await one.propose(batch('a', 0, 300));
    await settle(machines);
    await two.restart(() => undefined, { scrubIntervalMs: 0 });
    const [name] = readdirSync(two.indexFolder('a')).filter((each) => each.endsWith('.segment'));
    const file = join(two.indexFolder('a'), name!);
    const at = statSync(file).size - 10;
    const byte = readFileSync(file)[at]!;
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, Buffer.of(byte ^ 1), 0, 1, at);
    closeSync(descriptor);
    await one.sameness.round();
    await two.sameness.round();
    expect(two.sameness.statistics, two.log.join('\n')).toMatchObject({ damageCount: 1, healedCount: 1 });
    await vi.waitFor(() => expect(two.records('a')).toEqual(one.records('a')), until);
  });

  test('2: an index that was set aside is fetched and takes writes again', async () => {
    const machines = await startThree();
    const [one, two] = machines;
    await one.propose(batch('a', 0, 50));
    await one.propose(batch('b', 0, 50));
    await settle(machines);
    await two.restart(() => {
      const file = join(two.indexFolder('a'), 'manifest');
      const descriptor = openSync(file, 'r+');
      writeSync(descriptor, 'damage', 0);
      closeSync(descriptor);
    });
    expect(() => two.records('a')).toThrow();
    // What comes while it is set aside is in what is fetched.
    await one.propose(batch('a', 40, 50));
    await settle(machines);
    await two.sameness.round();
    expect(two.sameness.statistics, two.log.join('\n')).toMatchObject({ healedCount: 1 });
    await vi.waitFor(() => expect(two.records('a')).toEqual(one.records('a')), until);
    await one.propose(batch('a', 80, 50));
    await settle(machines);
    expect(two.records('a')).toEqual(one.records('a'));
    await two.restart();
    expect(two.records('a')).toEqual(one.records('a'));
  });

  test('2: a heal that a crash cut short is thrown away, or finished later', async () => {
    const machines = await startThree();
    const [one, two] = machines;
    await one.propose(batch('a', 0, 50));
    await one.propose(batch('b', 0, 50));
    await settle(machines);
    const folder = two.indexFolder('a');
    const fresh = `${folder}.copying-0`;
    // In the middle of fetching.
    await two.restart(() => {
      mkdirSync(fresh);
      writeFileSync(join(fresh, 'manifest'), 'a part of');
    });
    expect(existsSync(fresh)).toBe(false);
    expect(two.records('a')).toEqual(one.records('a'));
    // In place, but where folders cannot change places in one step: the old one is away, the new one not there yet.
    await two.restart(() => renameSync(folder, `${fresh}-old`));
    expect(two.records('a')).toEqual(one.records('a'));
    // In place, while the mark still says that what was there before was damaged.
    await two.restart(() => {
      const mark = { name: 'a', sequence: one.journal.lastSequence, message: 'it was' };
      writeFileSync(`${folder}.damaged`, JSON.stringify(mark));
    });
    await two.sameness.round();
    expect(two.sameness.statistics).toMatchObject({ healedCount: 1 });
    expect(existsSync(`${folder}.damaged`)).toBe(false);
    await vi.waitFor(() => expect(two.records('a')).toEqual(one.records('a')), until);
    // In place, while the mark still says that the index was deleted: it is missing, which the others tell.
    await two.restart(() => {
      const mark = { name: 'b', sequence: one.journal.lastSequence };
      writeFileSync(`${two.indexFolder('b')}.deleted`, JSON.stringify(mark));
    });
    expect(two.records('b')).toEqual([]);
    await vi.waitFor(async () => {
      await roundsOf(machines);
      expect(two.sameness.statistics.healedCount).toBe(1);
    }, until);
    await vi.waitFor(() => expect(two.records('b')).toEqual(one.records('b')), until);
    await one.propose(batch('b', 40, 50));
    await settle(machines);
    await two.restart();
    expect(two.records('b')).toEqual(one.records('b'));
  });

  test('2: an index is healed while it is written to, copied and moved, and nothing is lost', async () => {
    const machines = await startThree({ scrubIntervalMs: 0 });
    const [one, two] = machines;
    await one.propose(batch('a', 0, 500));
    await one.propose(batch('b', 0, 10));
    await settle(machines);
    let isDone = false;
    const writing = (async () => {
      for (let at = 0; !isDone; at++) {
        await one.propose(batch('a', at * 3, 5), 'durable');
        if (at % 10 === 5) await one.propose({ kind: 'copyIndex', index: 'a', destination: 'c' }, 'durable');
        if (at % 20 === 9) await one.propose({ kind: 'moveIndex', index: 'c', destination: 'b' }, 'durable');
        if (at % 30 === 19) await one.propose({ kind: 'copyIndex', index: 'b', destination: 'a' }, 'durable');
        await feed(machines);
      }
    })();
    for (let count = 0; count < 2; count++) {
      // Until something stands in nobody's way.
      await vi.waitFor(async () => {
        const healed = two.sameness.statistics.healedCount;
        damage(two, 'a');
        await two.sameness.round();
        expect(two.sameness.statistics.healedCount).toBeGreaterThan(healed);
      }, until);
    }
    isDone = true;
    await writing;
    await settle(machines);
    await vi.waitFor(() => {
      for (const name of INDEXES) expect(two.records(name), name).toEqual(one.records(name));
    }, until);
    await two.restart();
    for (const name of INDEXES) expect(two.records(name), name).toEqual(one.records(name));
  }, 60_000);

  test('1: a store of documents that was only looked into is as none', async () => {
    const machines = await startThree();
    await settle(machines);
    await machines[1].query({ paginate: { collections: null } });
    for (let round = 0; round < 2; round++) for (const machine of machines) await machine.sameness.round();
    for (const { sameness } of machines)
      expect(sameness.statistics).toMatchObject({ sameCount: 1, differing: [] });
  });

  test('3: documents that differ are told', async () => {
    const machines = await startThree();
    const [one, two, three] = machines;
    await one.query({ create_collection: { object: { name: 'things' } } });
    await settle(machines);
    await two.restart(async () => {
      const storage = DocumentStorage.open(join(two.data, 'apps', APP, 'documents'));
      storage.write((writer) => writer.putSystemRow(Buffer.from('x'), Buffer.from('y')));
      await storage.close();
    });
    await vi.waitFor(async () => {
      await roundsOf(machines);
      expect(two.sameness.statistics.differing).toEqual([JSON.stringify(['documents', APP])]);
      expect(two.log.join('\n')).toContain('this member is the odd one');
    }, until);
    expect(three.sameness.statistics).toMatchObject({ healedCount: 0 });
  });
});

/** The damage of the last record in the newest segment: it hurts nobody who does not read it. */
function damage(machine: Machine, name: string): void {
  const folder = machine.indexFolder(name);
  const files = readdirSync(folder)
    .filter((each) => each.endsWith('.segment'))
    .map((each) => join(folder, each));
  const [largest] = files.sort((a, b) => statSync(b).size - statSync(a).size);
  const at = statSync(largest!).size - 3;
  const byte = readFileSync(largest!)[at]!;
  const descriptor = openSync(largest!, 'r+');
  writeSync(descriptor, Buffer.of(byte ^ 1), 0, 1, at);
  closeSync(descriptor);
}
