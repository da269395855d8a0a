import { cpSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CorruptionError } from '@skein/base';
import { DocumentStorage } from '@skein/documents';
import { defaultSearchQuery } from '@skein/engine';
import type { Authentication } from '@skein/fql';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Builder, type BuilderConfiguration } from '../builder.ts';
import { Member } from '../member.ts';
import type { Operation } from '../operation.ts';

const APP = 'APP';
const secret = 'a secret of enough bytes';
const root: Authentication = {
  scope: 0 as Authentication['scope'],
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};

interface Running {
  readonly folder: string;
  readonly member: Member;
  builder: Builder;
  readonly log: string[];
  query(
    expression: unknown,
    application?: string,
  ): Promise<{ readonly status: number; readonly time: number; readonly json: unknown }>;
  restart(configuration?: Partial<BuilderConfiguration>): Promise<void>;
  /** After the builder was closed. */
  begin(configuration?: Partial<BuilderConfiguration>): Promise<void>;
}

const running: Running[] = [];

async function start(configuration: Partial<BuilderConfiguration> = {}): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-documents-'));
  const log: string[] = [];
  const options = (more: Partial<BuilderConfiguration>): BuilderConfiguration => ({
    dataFolder: join(folder, 'data'),
    socketPath: join(folder, 'builder.sock'),
    secret,
    log: (_, message) => log.push(message),
    ...configuration,
    ...more,
  });
  const builder = await Builder.start(options({}));
  const member = new Member({
    dataFolder: join(folder, 'data'),
    socketPath: join(folder, 'builder.sock'),
    secret,
  });
  await member.whenBuilderPresent();
  await member.propose(
    { kind: 'createApplication' },
    { application: APP, proposedAtMs: 1, until: 'visible' },
  );
  const one: Running = {
    folder,
    member,
    builder,
    log,
    query: async (expression, application = APP) => {
      const { status, time, body } = await member.documents.transact(application, {
        body: Buffer.from(JSON.stringify(expression)),
        authentication: root,
        strictTemporal: false,
        timeoutMs: 10_000,
      });
      return { status, time, json: JSON.parse(body) };
    },
    restart: async (more) => {
      await one.builder.close();
      await one.begin(more);
    },
    begin: async (more = {}) => {
      one.builder = await Builder.start(options(more));
      await member.whenBuilderPresent();
    },
  };
  running.push(one);
  return one;
}

afterEach(async () => {
  for (const { member, builder, folder } of running.splice(0)) {
    member.close();
    await builder.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

const create = (collection: string, data: object): unknown => ({
  create: { collection },
  params: { object: { data: { object: data } } },
});
const count = (collection: string): unknown => ({ count: { documents: { collection } } });

describe('documents behind the builder', () => {
  test('what a transaction wrote is read by the next read of any process, and after a restart', async () => {
    const one = await start();
    expect((await one.query({ create_collection: { object: { name: 'events' } } })).status).toBe(201);
    const created = await one.query(create('events', { user: 'a' }));
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({ resource: { ts: created.time, data: { user: 'a' } } });
    expect((await one.query(count('events'))).json).toEqual({ resource: 1 });
    await one.restart();
    expect((await one.query(count('events'))).json).toEqual({ resource: 1 });
    expect((await one.query(create('events', { user: 'b' }))).time).toBeGreaterThan(created.time);
  });

  test('a store that was replaced while the builder was away is read from then on', async () => {
    const one = await start();
    const store = join(one.folder, 'data', 'apps', APP, 'documents');
    await one.query({ create_collection: { object: { name: 'events' } } });
    expect((await one.query(count('events'))).json).toEqual({ resource: 0 });
    await one.builder.close();
    // As when another member's state is taken.
    cpSync(store, `${store}.fresh`, { recursive: true });
    renameSync(store, `${store}.old`);
    renameSync(`${store}.fresh`, store);
    await one.begin();
    await one.query(create('events', { user: 'a' }));
    expect((await one.query(count('events'))).json).toEqual({ resource: 1 });
  });

  test('a transaction that fails changes nothing and says why', async () => {
    const one = await start();
    const failed = await one.query({
      do: [{ create_collection: { object: { name: 'events' } } }, { abort: 'no' }],
    });
    expect(failed.status).toBe(400);
    expect(failed.json).toMatchObject({ errors: [{ code: 'transaction aborted', description: 'no' }] });
    expect((await one.query({ exists: { collection: 'events' } })).json).toEqual({ resource: false });
  });

  test('times ascend strictly, also when the clock goes back', async () => {
    let nowMs = 2_000_000_000_000;
    const one = await start({ clock: { nowMs: () => nowMs } });
    await one.query({ create_collection: { object: { name: 'events' } } });
    const times: number[] = [];
    for (let at = 0; at < 5; at++) {
      nowMs -= 60_000;
      times.push((await one.query(create('events', {}))).time);
    }
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(5);
  });

  test.each([
    ['shortened', (file: string) => truncateSync(file, 9_000)],
    ['overwritten', (file: string) => writeFileSync(file, Buffer.alloc(64 * 1024))],
    ['taken away', (file: string) => rmSync(file)],
  ])(
    'a store that was %s is set aside: its application is told, the others and the indexes go on',
    async (_, damage) => {
      const one = await start();
      await one.query({ create_collection: { object: { name: 'events' } } });
      const { member } = one;
      await member.propose(
        { kind: 'createApplication' },
        { application: 'OTHER', proposedAtMs: 1, until: 'visible' },
      );
      await one.builder.close();
      damage(join(one.folder, 'data/apps', APP, 'documents/documents.mdb'));
      await one.begin();

      await expect(one.query(create('events', {}))).rejects.toMatchObject({
        code: 'documents-damaged',
        outcome: 'refused',
      });
      expect(one.log.join()).toContain(`the documents of application ${APP} are set aside`);
      expect(one.builder.statistics()).toMatchObject({ setAsideStoreCount: 1 });
      expect((await one.query({ create_collection: { object: { name: 'events' } } }, 'OTHER')).status).toBe(
        201,
      );
      const saved: Operation = {
        kind: 'batch',
        index: 'things',
        requests: [{ action: 'addObject', objectID: '1', body: { objectID: '1', title: 'lamp' } }],
      };
      await member.propose(saved, { application: APP, proposedAtMs: 1, until: 'visible' });
      expect(member.openIndex(APP, 'things')?.view.search(defaultSearchQuery('lamp')).hitCount).toBe(1);
      // A process that reads for the first time is told, too, and does not fall over what is missing.
      const fresh = new Member({
        dataFolder: join(one.folder, 'data'),
        socketPath: join(one.folder, 'builder.sock'),
        secret,
      });
      await fresh.whenBuilderPresent();
      await expect(fresh.documents.read(APP, ({ lastTime }) => lastTime)).rejects.toThrow(CorruptionError);
      fresh.close();
    },
  );

  test('after a power loss nobody reads before the journal is replayed; after a kill everybody does', async () => {
    const one = await start();
    await one.query({ create_collection: { object: { name: 'events' } } });
    // It has read before, so it goes on.
    expect((await one.query(count('events'))).status).toBe(200);
    await one.builder.close();
    const begun = (): Member =>
      new Member({
        dataFolder: join(one.folder, 'data'),
        socketPath: join(one.folder, 'builder.sock'),
        secret,
      });
    const lastTime = (member: Member): Promise<number> =>
      member.documents.read(APP, (reader) => reader.lastTime);

    const killed = begun();
    expect(await lastTime(killed)).toBeGreaterThan(0);
    killed.close();

    // Noted before the machine was last started.
    writeFileSync(join(one.folder, 'data/apps', APP, 'documents/ready'), 'another start');
    const restarted = begun();
    let isRead = false;
    const reading = lastTime(restarted).then((time) => {
      isRead = true;
      return time;
    });
    expect(await lastTime(one.member)).toBeGreaterThan(0);
    expect(isRead).toBe(false);
    await one.begin();
    expect(await reading).toBeGreaterThan(0);
    restarted.close();
  });

  test('a store that is found damaged while it is written is set aside, and the others go on', async () => {
    const one = await start();
    await one.query({ create_collection: { object: { name: 'events' } } });
    await one.member.propose(
      { kind: 'createApplication' },
      { application: 'OTHER', proposedAtMs: 1, until: 'visible' },
    );
    const damage = new CorruptionError({ file: 'documents.mdb', offset: 4096, expected: 'a page' });
    const write = vi.spyOn(DocumentStorage.prototype, 'write').mockImplementationOnce(() => {
      throw damage;
    });
    const told = { code: 'documents-damaged', outcome: 'unknown' };
    await expect(one.query(create('events', {}))).rejects.toMatchObject(told);
    write.mockRestore();
    await expect(one.query(create('events', {}))).rejects.toMatchObject({ ...told, outcome: 'refused' });
    const collection = { create_collection: { object: { name: 'events' } } };
    expect((await one.query(collection, 'OTHER')).status).toBe(201);
  });

  test('many transactions at once share commits', async () => {
    const one = await start();
    await one.query({ create_collection: { object: { name: 'events' } } });
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, at) => one.query(create('events', { at }))),
    );
    expect(new Set(answers.map(({ time }) => time)).size).toBe(300);
    expect((await one.query(count('events'))).json).toEqual({ resource: 300 });
    expect(Number(one.builder.statistics()['commitCount'])).toBeLessThan(300);
  });
});
