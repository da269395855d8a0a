/**
 * Indexes that follow collections, behind the builder:
 *   1. What a transaction wrote is found by search; what it deleted is not.
 *   2. Transactions and operations on the index keep their order, also when they share a commit.
 *   3. What was committed but not published is handed on by the next builder.
 *   4. Nobody else writes such an index; its settings are its owner's.
 *   5. Records that are too large are left out, and come back when they are small.
 *   6. Expired documents go.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSearchQuery } from '@skein/engine';
import type { Authentication } from '@skein/fql';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Builder, type BuilderConfiguration } from '../builder.ts';
import { Member } from '../member.ts';
import type { Operation } from '../operation.ts';
import { searchableStatuses } from './searchable-status.ts';

const APP = 'APP';
const secret = 'a secret of enough bytes';
const root: Authentication = {
  scope: 0 as Authentication['scope'],
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};
const until = { timeout: 20_000, interval: 10 };

class Machine {
  readonly folder = mkdtempSync(join(tmpdir(), 'skein-searchable-'));
  readonly log: string[] = [];
  data = join(this.folder, 'data');
  socketPath = join(this.folder, 'builder.sock');
  builder!: Builder;
  member!: Member;

  async start(configuration: Partial<BuilderConfiguration> = {}): Promise<void> {
    const { data: dataFolder, socketPath } = this;
    this.builder = await Builder.start({
      dataFolder,
      socketPath,
      secret,
      publishIntervalMs: 10,
      log: (_, message) => this.log.push(message),
      ...configuration,
    });
    this.member = new Member({ dataFolder, socketPath, secret });
    await this.member.whenBuilderPresent();
  }

  async stop(): Promise<void> {
    this.member.close();
    await this.builder.close();
  }

  propose(operation: Operation, until: 'durable' | 'visible' = 'visible'): Promise<unknown> {
    return this.member.propose(operation, { application: APP, proposedAtMs: Date.now(), until });
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

  records(index: string): readonly unknown[] {
    const view = this.member.openIndex(APP, index)?.view;
    return (view?.browse(defaultSearchQuery(), undefined, 1000).records ?? [])
      .map((record) => JSON.parse(record) as { readonly objectID: string })
      .sort((a, b) => Number(a.objectID) - Number(b.objectID));
  }

  async leftOut(index: string): Promise<unknown> {
    const all = await searchableStatuses(this.member.documents, APP, 10);
    return all.find((each) => each.index === index)?.leftOut;
  }

  hits(index: string, text: string): number {
    return this.member.openIndex(APP, index)?.view.search(defaultSearchQuery(text)).hitCount ?? -1;
  }

  async ready(index: string): Promise<void> {
    await vi.waitFor(async () => {
      const all = (await this.query({ searchables: null })) as readonly { index: string; state: string }[];
      expect(all.find((each) => each.index === index)?.state).toBe('ready');
    }, until);
  }
}

const machines: Machine[] = [];
async function start(configuration?: Partial<BuilderConfiguration>): Promise<Machine> {
  const machine = new Machine();
  machines.push(machine);
  await machine.start(configuration);
  await machine.propose({ kind: 'createApplication' });
  await machine.query({ create_collection: { object: { name: 'things' } } });
  return machine;
}

afterEach(async () => {
  for (const machine of machines.splice(0)) {
    await machine.stop();
    rmSync(machine.folder, { recursive: true, force: true });
  }
});

const ref = (id: number): unknown => ({ ref: { collection: 'things' }, id: String(id) });
const create = (id: number, data: object, more: object = {}): unknown => ({
  create: ref(id),
  params: { object: { data: { object: data }, ...more } },
});
const declare = (index: string): unknown => ({
  create_searchable: index,
  source: { collection: 'things' },
});

describe('an index that follows a collection', () => {
  test('1: has what was there, what is written, and nothing that is deleted', async () => {
    const machine = await start();
    for (let id = 1; id <= 5; id++) await machine.query(create(id, { title: `lamp ${id}` }));
    await machine.query(declare('lamps'));
    await machine.ready('lamps');
    await vi.waitFor(() => expect(machine.hits('lamps', 'lamp')).toBe(5), until);
    await machine.query({
      do: [
        create(6, { title: 'chair' }),
        { delete: ref(1) },
        { update: ref(2), params: { object: { data: { object: { title: 'table' } } } } },
      ],
    });
    await vi.waitFor(() => {
      expect(machine.hits('lamps', 'lamp')).toBe(3);
      expect(machine.hits('lamps', 'chair')).toBe(1);
      expect(machine.hits('lamps', 'table')).toBe(1);
    }, until);
    await machine.query({ drop_searchable: 'lamps', records: 'delete' });
    await vi.waitFor(() => expect(machine.member.openIndex(APP, 'lamps')).toBeUndefined(), until);
    expect(await machine.query({ searchables: null })).toEqual([]);
  });

  test('2: settings and transactions at once', async () => {
    const machine = await start();
    await machine.query(declare('lamps'));
    await machine.ready('lamps');
    const all: Promise<unknown>[] = [];
    for (let id = 1; id <= 200; id++) {
      all.push(machine.query(create(id, { title: `lamp ${id}`, n: id })));
      if (id % 20 === 0) {
        const searchableAttributes = id % 40 === 0 ? ['title'] : ['title', 'n'];
        all.push(
          machine.propose({ kind: 'setSettings', index: 'lamps', settings: { searchableAttributes } }),
        );
        all.push(machine.propose({ kind: 'copyIndex', index: 'lamps', destination: `copy${id % 3}` }));
      }
    }
    await Promise.all(all);
    await vi.waitFor(() => expect(machine.hits('lamps', 'lamp')).toBe(200), until);
    expect(machine.log.filter((line) => line.includes('set aside'))).toEqual([]);
  });

  test('3: a builder that starts from any moment hands on what was not published', async () => {
    const machine = await start();
    await machine.query(declare('lamps'));
    await machine.ready('lamps');
    await machine.stop();
    // No time passes, so nothing is published: the copied folder is what a crash would leave.
    const nowMs = Date.now();
    await machine.start({ clock: { nowMs: () => nowMs } });
    for (let id = 1; id <= 30; id++) await machine.query(create(id, { n: id }));
    await machine.query({ delete: ref(7) });
    const later = new Machine();
    machines.push(later);
    expect(machine.records('lamps')).toEqual([]);
    cpSync(machine.data, later.data, { recursive: true });
    await later.start();
    await vi.waitFor(() => expect(later.records('lamps')).toHaveLength(29), until);
    expect(later.records('lamps').slice(0, 7)).toEqual(
      [1, 2, 3, 4, 5, 6, 8].map((n) => ({ objectID: String(n), n })),
    );
    await later.query(create(40, { n: 40 }));
    await vi.waitFor(() => expect(later.records('lamps')).toHaveLength(30), until);
  });

  test('3: an index that is ahead of documents, as after a power loss, is met again by them', async () => {
    const machine = await start();
    await machine.query(declare('lamps'));
    await machine.ready('lamps');
    for (let id = 1; id <= 10; id++) await machine.query(create(id, { n: id }));
    await machine.stop();
    const documents = join(machine.data, 'apps', APP, 'documents');
    const older = join(machine.folder, 'older');
    cpSync(documents, older, { recursive: true });
    await machine.start();
    for (let id = 11; id <= 20; id++) await machine.query(create(id, { n: id }));
    await machine.query({ delete: ref(15) });
    await machine.stop();
    rmSync(documents, { recursive: true });
    cpSync(older, documents, { recursive: true });
    rmSync(join(machine.data, 'recent-operations.json'));
    await machine.start();
    await machine.query({ delete: ref(3) });
    const expected = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20];
    await vi.waitFor(
      () => expect(machine.records('lamps')).toEqual(expected.map((n) => ({ objectID: String(n), n }))),
      until,
    );
    expect(await machine.query({ count: { documents: { collection: 'things' } } })).toBe(18);
  });

  test('4: takes no other writes, but settings, and can be copied', async () => {
    const machine = await start();
    await machine.query(create(1, { n: 1 }));
    await machine.propose({
      kind: 'batch',
      index: 'lamps',
      requests: [{ action: 'addObject', objectID: 'old', body: { objectID: 'old' } }],
    });
    await machine.query(declare('lamps'));
    await machine.ready('lamps');
    const requests = [{ action: 'deleteObject', objectID: '1' }] as const;
    const refused: Operation[] = [
      { kind: 'batch', index: 'lamps', requests },
      { kind: 'multiBatch', requests: [{ ...requests[0], index: 'lamps' }] },
      { kind: 'clearIndex', index: 'lamps' },
      { kind: 'deleteIndex', index: 'lamps' },
      { kind: 'deleteBy', index: 'lamps', params: { filters: 'n=1' } },
      { kind: 'moveIndex', index: 'lamps', destination: 'elsewhere' },
      { kind: 'copyIndex', index: 'elsewhere', destination: 'lamps' },
    ];
    for (const operation of refused) {
      await expect(machine.propose(operation), operation.kind).rejects.toMatchObject({
        code: 'index-following',
      });
    }
    await machine.propose({ kind: 'setSettings', index: 'lamps', settings: { hitsPerPage: 3 } });
    await machine.propose({ kind: 'copyIndex', index: 'lamps', destination: 'copied' });
    expect(machine.records('lamps')).toEqual([{ objectID: '1', n: 1 }]);
    expect(machine.records('copied')).toEqual([{ objectID: '1', n: 1 }]);
    await machine.query({ drop_searchable: 'lamps' });
    await machine.propose({ kind: 'batch', index: 'lamps', requests });
    expect(machine.records('lamps')).toEqual([]);
  });

  test('4: writes that race with the declaration leave nothing behind', async () => {
    const machine = await start();
    await machine.query(create(1, { n: 1 }));
    const outcomes = { taken: 0, refused: 0 };
    let stopped = false;
    const writer = async (name: string): Promise<void> => {
      for (let at = 0; !stopped; at++) {
        const objectID = `${name}${at}`;
        const requests = [{ action: 'addObject', objectID, body: { objectID } }] as const;
        await machine.propose({ kind: 'batch', index: 'lamps', requests }, 'durable').then(
          () => outcomes.taken++,
          () => outcomes.refused++,
        );
      }
    };
    const writers = ['a', 'b', 'c', 'd'].map(writer);
    await vi.waitFor(() => expect(outcomes.taken).toBeGreaterThan(20), until);
    await machine.query(declare('lamps'));
    await machine.ready('lamps');
    await vi.waitFor(() => expect(outcomes.refused).toBeGreaterThan(20), until);
    stopped = true;
    await Promise.all(writers);
    await vi.waitFor(() => expect(machine.records('lamps')).toEqual([{ objectID: '1', n: 1 }]), until);
  });

  test('5: leaves out what is too large, says so, and takes it in when it is small', async () => {
    const machine = await start();
    await machine.query(declare('lamps'));
    await machine.ready('lamps');
    await machine.query(create(1, { title: 'small' }));
    await machine.query(create(2, { title: 'x'.repeat(200_000) }));
    await vi.waitFor(() => expect(machine.records('lamps')).toHaveLength(1), until);
    expect(await machine.leftOut('lamps')).toEqual([{ id: '2', bytes: expect.any(Number) as number }]);
    expect(machine.log.some((line) => line.includes('document 2 is left out of index lamps'))).toBe(true);
    const set = (id: number, title: string): unknown => ({
      replace: ref(id),
      params: { object: { data: { object: { title } } } },
    });
    await machine.query({ do: [set(1, 'y'.repeat(200_000)), set(2, 'small now')] });
    await vi.waitFor(
      () => expect(machine.records('lamps')).toEqual([{ objectID: '2', title: 'small now' }]),
      until,
    );
    expect(await machine.leftOut('lamps')).toMatchObject([{ id: '1' }]);
    await machine.query({ delete: ref(1) });
    expect(await machine.leftOut('lamps')).toEqual([]);
  });

  test('6: loses what has expired', async () => {
    let nowMs = Date.now();
    const machine = await start({ clock: { nowMs: () => nowMs++ } });
    await machine.query(declare('lamps'));
    await machine.ready('lamps');
    await machine.query(create(1, { n: 1 }, { ttl: { time_add: { now: null }, offset: 1, unit: 'hour' } }));
    await machine.query(create(2, { n: 2 }));
    await vi.waitFor(() => expect(machine.records('lamps')).toHaveLength(2), until);
    nowMs += 3_601_000;
    await vi.waitFor(() => expect(machine.records('lamps')).toEqual([{ objectID: '2', n: 2 }]), until);
  });
});
