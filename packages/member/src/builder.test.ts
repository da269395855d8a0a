import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@skein/base';
import { defaultSearchQuery, readManifest } from '@skein/engine';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Builder, type BuilderConfiguration } from './builder.ts';
import { DataLayout } from './data-layout.ts';
import { FileDirectory } from './file-directory.ts';
import { Member } from './member.ts';
import type { BatchRequest, Operation } from './operation.ts';
import { IndexDamagedError } from './views.ts';

const APP = 'APP';
const secret = 'a secret of enough bytes';

interface Running {
  readonly folder: string;
  readonly member: Member;
  builder: Builder;
  readonly log: string[];
  /** Proposes, and waits until every query process sees the effect; gives the sequence. */
  run(
    operation: Operation,
    options?: { readonly operationId?: string; readonly application?: string },
  ): Promise<number>;
  restart(configuration?: Partial<BuilderConfiguration>): Promise<void>;
}

const running: Running[] = [];

async function start(configuration: Partial<BuilderConfiguration> = {}): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-builder-'));
  const log: string[] = [];
  const options = (more: Partial<BuilderConfiguration>): BuilderConfiguration => ({
    dataFolder: join(folder, 'data'),
    socketPath: join(folder, 'builder.sock'),
    secret,
    publishIntervalMs: 5,
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
  const one: Running = {
    folder,
    member,
    builder,
    log,
    run: async (operation, { operationId, application = APP } = {}) => {
      const { sequence } = await member.propose(operation, {
        application,
        proposedAtMs: 1_700_000_000_000,
        until: 'visible',
        operationId,
      });
      return sequence;
    },
    restart: async (more = {}) => {
      await one.builder.close();
      one.builder = await Builder.start(options(more));
      await member.whenBuilderPresent();
    },
  };
  running.push(one);
  await one.run({ kind: 'createApplication' });
  return one;
}

afterEach(async () => {
  for (const { member, builder, folder } of running.splice(0)) {
    member.close();
    await builder.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

const add = (objectID: string, attributes: JsonObject = {}): BatchRequest => ({
  action: 'addObject',
  objectID,
  body: { objectID, ...attributes },
});
const batch = (index: string, ...requests: readonly BatchRequest[]): Operation => ({
  kind: 'batch',
  index,
  requests,
});

function records(one: Running, index: string, application = APP): readonly JsonObject[] {
  const open = one.member.openIndex(application, index);
  if (open === undefined) return [];
  const { records: found } = open.view.browse(defaultSearchQuery(), undefined, 1000);
  return found
    .map((json) => JSON.parse(json) as JsonObject)
    .sort((a, b) => ((a['objectID'] as string) < (b['objectID'] as string) ? -1 : 1));
}
const ids = (one: Running, index: string): readonly unknown[] =>
  records(one, index).map((record) => record['objectID']);

describe('Builder', () => {
  test('a visible operation is seen by the next search, and again after a restart', async () => {
    const one = await start();
    const sequence = await one.run(
      batch('movies', add('1', { title: 'Alien' }), add('2', { title: 'Brazil' })),
    );
    expect(await one.member.taskStatus(APP, sequence)).toEqual({ status: 'published' });
    expect(await one.member.taskStatus(APP, sequence + 1)).toEqual({ status: 'notPublished' });
    const search = (text: string) =>
      one.member.openIndex(APP, 'movies')?.view.search({ ...defaultSearchQuery(), text, length: 10 })
        .hitCount;
    expect(search('alien')).toBe(1);
    await one.restart();
    expect(search('brazil')).toBe(1);
    expect(ids(one, 'movies')).toEqual(['1', '2']);
    expect(await one.run(batch('movies', add('3')))).toBe(sequence + 1);
  });

  test('all actions of a batch, in order', async () => {
    const one = await start();
    await one.run(batch('i', add('1', { n: 1, tags: ['a'] }), add('2'), add('3')));
    await one.run(
      batch(
        'i',
        {
          action: 'partialUpdateObject',
          objectID: '1',
          body: { n: { _operation: 'Increment', value: 2 }, tags: { _operation: 'Add', value: 'b' } },
        },
        { action: 'partialUpdateObjectNoCreate', objectID: '9', body: { n: 1 } },
        { action: 'partialUpdateObject', objectID: '8', body: { n: 1 } },
        { action: 'updateObject', objectID: '2', body: { m: 1 } },
        { action: 'deleteObject', objectID: '3' },
      ),
    );
    expect(records(one, 'i')).toEqual([
      { objectID: '1', n: 3, tags: ['a', 'b'] },
      { objectID: '2', m: 1 },
      { objectID: '8', n: 1 },
    ]);
    await one.run(batch('i', { action: 'clear' }, add('4')));
    expect(ids(one, 'i')).toEqual(['4']);
    await one.run({ kind: 'setSettings', index: 'i', settings: { searchableAttributes: ['title'] } });
    await one.run(batch('i', { action: 'delete' }, add('5')));
    expect(ids(one, 'i')).toEqual(['5']);
    expect(one.member.openIndex(APP, 'i')?.meta.settings).toEqual({});
    await one.run(batch('i', add('6'), { action: 'delete' }));
    expect(one.member.openIndex(APP, 'i')).toBeUndefined();
  });

  test('a clock that is set back holds up no publication', async () => {
    const one = await start();
    await one.run(batch('i', add('1')));
    const now = Date.now;
    vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    try {
      await one.run(batch('i', add('2')));
      await one.run({ kind: 'setSettings', index: 'i', settings: { searchableAttributes: ['title'] } });
      await one.run(batch('j', add('3')));
    } finally {
      vi.restoreAllMocks();
    }
    expect(ids(one, 'i')).toEqual(['1', '2']);
  });

  test('an operation id that was taken is answered with the first sequence and done once, also after restarts', async () => {
    const one = await start({ journalFileBytesMax: 2000 });
    const increment = batch('i', {
      action: 'partialUpdateObject',
      objectID: '1',
      body: { n: { _operation: 'Increment', value: 1 } },
    });
    const [first, same] = await Promise.all([
      one.run(increment, { operationId: 'x' }),
      one.run(increment, { operationId: 'x' }),
    ]);
    expect(same).toBe(first);
    await one.restart();
    expect(await one.run(increment, { operationId: 'x' })).toBe(first);
    expect(records(one, 'i')).toEqual([{ objectID: '1', n: 1 }]);
  });

  test('a settings change that alters the schema rebuilds, with the records of before and after it', async () => {
    const one = await start();
    const requests = Array.from({ length: 500 }, (_, at) =>
      add(String(at), { title: `word${at}`, other: 'common' }),
    );
    await one.run(batch('i', ...requests));
    const count = (text: string) =>
      one.member.openIndex(APP, 'i')!.view.search({ ...defaultSearchQuery(), text, length: 1 }).hitCount;
    expect(count('common')).toBe(500);
    const settings = one.member.propose(
      {
        kind: 'setSettings',
        index: 'i',
        settings: { searchableAttributes: ['title'], customRanking: ['desc(rank)'] },
      },
      { application: APP, proposedAtMs: 5 },
    );
    const later = one.run(batch('i', add('new', { title: 'latest', other: 'common' })));
    const elsewhere = one.run(batch('j', add('1')));
    await Promise.all([settings, later, elsewhere]);
    expect(count('common')).toBe(0);
    expect(count('word7')).toBeGreaterThan(0);
    expect(count('latest')).toBe(1);
    expect(one.member.openIndex(APP, 'i')!.meta.settings).toMatchObject({ searchableAttributes: ['title'] });
    await one.restart();
    expect(count('latest')).toBe(1);
    expect(ids(one, 'j')).toEqual(['1']);
  });

  test('settings before records, on an empty index and alone', async () => {
    const one = await start();
    await one.run({ kind: 'setSettings', index: 'i', settings: { searchableAttributes: ['a'] } });
    expect(one.member.openIndex(APP, 'i')?.view.recordCount).toBe(0);
    await one.run({
      kind: 'setSettings',
      index: 'i',
      settings: { searchableAttributes: ['b'], hitsPerPage: 3 },
    });
    await one.run(batch('i', add('1', { a: 'red', b: 'blue' })));
    await one.run({ kind: 'setSettings', index: 'i', settings: { hitsPerPage: null } });
    const { view, meta } = one.member.openIndex(APP, 'i')!;
    expect(meta.settings).toEqual({ searchableAttributes: ['b'] });
    expect(view.search({ ...defaultSearchQuery(), text: 'red', length: 1 }).hitCount).toBe(0);
    expect(view.search({ ...defaultSearchQuery(), text: 'blue', length: 1 }).hitCount).toBe(1);
  });

  test('copy, move, clear, delete and what they do when there is no source', async () => {
    const one = await start();
    await one.run(batch('a', add('1'), add('2')));
    await one.run({ kind: 'setSettings', index: 'a', settings: { hitsPerPage: 7 } });
    await one.run(batch('b', add('old')));
    await one.run({ kind: 'copyIndex', index: 'a', destination: 'b' });
    await one.run(batch('a', add('3')));
    expect(ids(one, 'b')).toEqual(['1', '2']);
    expect(one.member.openIndex(APP, 'b')?.meta.settings).toEqual({ hitsPerPage: 7 });
    await one.run(batch('b', add('4'), { action: 'deleteObject', objectID: '1' }));
    expect(ids(one, 'a')).toEqual(['1', '2', '3']);
    await one.run({ kind: 'moveIndex', index: 'b', destination: 'a' });
    expect(ids(one, 'a')).toEqual(['2', '4']);
    expect(one.member.openIndex(APP, 'b')).toBeUndefined();
    await one.run({ kind: 'moveIndex', index: 'nothing', destination: 'a' });
    expect(ids(one, 'a')).toEqual(['2', '4']);
    await one.run({ kind: 'copyIndex', index: 'nothing', destination: 'c' });
    expect(one.member.openIndex(APP, 'c')?.view.recordCount).toBe(0);
    await one.run({ kind: 'copyIndex', index: 'a', destination: 'c', scope: ['settings'] });
    expect(one.member.openIndex(APP, 'c')?.meta.settings).toEqual({ hitsPerPage: 7 });
    await one.run({ kind: 'copyIndex', index: 'a', destination: 'a' });
    await one.run({ kind: 'clearIndex', index: 'a' });
    expect(ids(one, 'a')).toEqual([]);
    expect(one.member.openIndex(APP, 'a')?.meta.settings).toEqual({ hitsPerPage: 7 });
    await one.run({ kind: 'deleteIndex', index: 'a' });
    await one.run({ kind: 'deleteIndex', index: 'never-there' });
    await one.restart();
    expect(one.member.openIndex(APP, 'a')).toBeUndefined();
    expect((await one.member.listIndexes(APP)).map(({ name }) => name)).toEqual(['c']);
    await one.run(batch('a', add('again')));
    await one.restart();
    expect(ids(one, 'a')).toEqual(['again']);
  });

  test('copying settings that alter the schema rebuilds the destination', async () => {
    const one = await start();
    await one.run({ kind: 'setSettings', index: 'a', settings: { searchableAttributes: ['x'] } });
    await one.run(batch('b', add('1', { x: 'red', y: 'blue' })));
    await one.run({ kind: 'copyIndex', index: 'a', destination: 'b', scope: ['settings'] });
    await one.run(batch('b', add('2', { x: 'green' })));
    const { view } = one.member.openIndex(APP, 'b')!;
    expect(view.search({ ...defaultSearchQuery(), text: 'blue', length: 1 }).hitCount).toBe(0);
    expect(view.recordCount).toBe(2);
    expect(await one.run(batch('a', add('3')))).toBeGreaterThan(0);
  });

  test('deleteBy removes what matches at its place in the log', async () => {
    const one = await start();
    await one.run({ kind: 'setSettings', index: 'i', settings: { attributesForFaceting: ['colour'] } });
    await one.run(
      batch('i', add('1', { colour: 'red' }), add('2', { colour: 'blue' }), add('3', { colour: 'red' })),
    );
    const proposals = [
      batch('i', add('4', { colour: 'red' })),
      { kind: 'deleteBy', index: 'i', params: { filters: 'colour:red' } } as const,
      batch('i', add('5', { colour: 'red' })),
    ].map((operation) => one.run(operation));
    await Promise.all(proposals);
    expect(ids(one, 'i')).toEqual(['2', '5']);
  });

  test('a batch over several indexes is one operation', async () => {
    const one = await start();
    const sequence = await one.run({
      kind: 'multiBatch',
      requests: [
        { ...add('1'), index: 'a' },
        { ...add('2'), index: 'b' },
        { ...add('3'), index: 'a' },
      ],
    });
    expect(ids(one, 'a')).toEqual(['1', '3']);
    expect(ids(one, 'b')).toEqual(['2']);
    expect(await one.member.taskStatus(APP, sequence)).toEqual({ status: 'published' });
  });

  test('keys are seen at once, survive a restart, and stand nowhere in clear text', async () => {
    const one = await start();
    const value = `key-${randomBytes(8).toString('hex')}`;
    const sealedKey = () => one.member.sealKey(APP, value);
    await one.run({ kind: 'saveKey', sealedKey: sealedKey(), definition: { acl: ['search'] } });
    expect(one.member.application(APP)?.keys.get(value)?.definition).toEqual({ acl: ['search'] });
    await one.run({ kind: 'deleteKey', sealedKey: sealedKey() });
    expect(one.member.application(APP)?.keys.has(value)).toBe(false);
    await one.restart();
    await one.run({ kind: 'restoreKey', sealedKey: sealedKey() });
    expect(one.member.application(APP)?.keys.get(value)?.createdAtMs).toBe(1_700_000_000_000);
    await one.restart();
    const files = (readdirSync(join(one.folder, 'data'), { recursive: true }) as string[])
      .map((name) => join(one.folder, 'data', name))
      .filter((path) => statSync(path).isFile());
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect(readFileSync(file).includes(value)).toBe(false);
  });

  test('applications do not see each other, and one that does not exist takes nothing', async () => {
    const one = await start();
    await one.run({ kind: 'createApplication' }, { application: 'OTHER' });
    await one.run(batch('i', add('1')));
    await one.run(batch('i', add('2')), { application: 'OTHER' });
    expect(records(one, 'i')).toEqual([{ objectID: '1' }]);
    expect(records(one, 'i', 'OTHER')).toEqual([{ objectID: '2' }]);
    await expect(one.run(batch('i', add('1')), { application: 'NONE' })).rejects.toMatchObject({
      code: 'unknown-application',
      outcome: 'refused',
    });
    await expect(one.run(batch('i', add('1')), { application: '../APP' })).rejects.toMatchObject({
      code: 'unknown-application',
    });
  });

  test('a damaged index is set aside with a clear error; others go on; deleting it heals it', async () => {
    const one = await start();
    await one.run(batch('bad', add('1')));
    await one.run(batch('good', add('1')));
    await one.builder.close();
    writeFileSync(join(one.folder, 'data/apps/APP/indexes/bad/manifest'), 'nonsense');
    await one.restart();
    expect(() => one.member.openIndex(APP, 'bad')).toThrow(IndexDamagedError);
    await expect(one.run(batch('bad', add('2')))).rejects.toMatchObject({
      code: 'index-damaged',
      outcome: 'refused',
    });
    expect(one.log.join('\n')).toContain('index bad of application APP is set aside');
    expect(
      readdirSync(join(one.folder, 'data/apps/APP/indexes')).some((name) => /^bad\.damaged-\d+$/.test(name)),
    ).toBe(true);
    await one.run(batch('good', add('2')));
    expect(ids(one, 'good')).toEqual(['1', '2']);
    expect(
      (await one.member.listIndexes(APP)).map(({ name, damage }) => [name, damage !== undefined]),
    ).toEqual([
      ['bad', true],
      ['good', false],
    ]);
    expect(one.builder.statistics()).toMatchObject({ setAsideIndexCount: 1 });
    await one.restart();
    expect(() => one.member.openIndex(APP, 'bad')).toThrow(IndexDamagedError);
    await one.run({ kind: 'deleteIndex', index: 'bad' });
    expect(one.builder.statistics()).toMatchObject({ setAsideIndexCount: 0 });
    expect(one.member.openIndex(APP, 'bad')).toBeUndefined();
    await one.run(batch('bad', add('3')));
    expect(ids(one, 'bad')).toEqual(['3']);
  });

  test('another secret is refused at start', async () => {
    const one = await start();
    await one.run({ kind: 'saveKey', sealedKey: one.member.sealKey(APP, 'k'), definition: {} });
    await one.builder.close();
    await expect(one.restart({ secret: 'another secret of enough bytes' })).rejects.toThrow(
      'does not open with this secret',
    );
  });

  test('while the builder is away reads go on, a proposal waits for it, and is refused when it stays away', async () => {
    const one = await start();
    await one.run(batch('i', add('1')));
    await one.builder.close();
    expect(ids(one, 'i')).toEqual(['1']);
    const waiting = one.run(batch('i', add('2')));
    await one.restart();
    await waiting;
    expect(ids(one, 'i')).toEqual(['1', '2']);
    const impatient = new Member({
      dataFolder: join(one.folder, 'data'),
      socketPath: join(one.folder, 'none.sock'),
      secret,
      waitMsMax: 50,
    });
    await expect(
      impatient.propose(batch('i', add('3')), { application: APP, proposedAtMs: 0 }),
    ).rejects.toMatchObject({
      code: 'unavailable',
      outcome: 'refused',
    });
    impatient.close();
  });

  test('the journal is released behind what is published, and nothing comes back from it', async () => {
    const one = await start({ journalFileBytesMax: 500, checkpointIntervalMs: 5 });
    await one.run(batch('gone', add('1')));
    for (let at = 0; at < 20; at++) await one.run(batch('i', add(String(at))));
    await one.run({ kind: 'deleteIndex', index: 'gone' });
    await one.restart({ journalFileBytesMax: 500 });
    await one.run(batch('i', add('x')));
    expect(one.member.openIndex(APP, 'gone')).toBeUndefined();
    expect(ids(one, 'i')).toHaveLength(21);
  });

  test('one application’s flood does not keep another waiting', async () => {
    const one = await start();
    await one.run({ kind: 'createApplication' }, { application: 'OTHER' });
    let flooding = 120;
    const flood = Array.from({ length: flooding }, async (_, at) => {
      await one.run(batch(`flood ${at}`, add('1')));
      flooding--;
    });
    await one.run(batch('i', add('1')), { application: 'OTHER' });
    expect(flooding).toBeGreaterThan(60);
    await Promise.all(flood);
  });

  test('many small indexes cost few open writers', async () => {
    const one = await start();
    await Promise.all(
      Array.from({ length: 150 }, (_, at) => one.run(batch(`index ${at}/é`, add('1', { at })))),
    );
    const { builder } = await one.member.statistics();
    expect(builder?.['openWriterCount']).toBeLessThanOrEqual(64);
    expect(builder?.['bufferedBytes']).toBeLessThanOrEqual(64 * 100_000);
    expect(await one.member.listIndexes(APP)).toHaveLength(150);
    expect(records(one, 'index 77/é')).toEqual([{ objectID: '1', at: 77 }]);
  });

  test('segments are merged in the background while writes go on', async () => {
    const one = await start();
    for (let round = 0; round < 40; round++) {
      await one.run(
        batch('i', ...Array.from({ length: 20 }, (_, at) => add(`${round % 20}-${at}`, { round }))),
      );
    }
    const { builder } = await one.member.statistics();
    expect(builder?.['mergeCount']).toBeGreaterThan(0);
    expect(records(one, 'i')).toHaveLength(400);
    expect(records(one, 'i').every((record) => Number(record['round']) >= 20)).toBe(true);
  });
});

describe('an index that is not written to for a while', () => {
  const records = (from: number, count: number): Operation => ({
    kind: 'batch',
    index: 'idle',
    requests: Array.from({ length: count }, (_, at) => ({
      action: 'addObject',
      objectID: String(from + at),
      body: { objectID: String(from + at), title: `record ${from + at}` },
    })),
  });
  const segmentCount = ({ folder }: Running): number => {
    const layout = new DataLayout(join(folder, 'data'));
    return readManifest(new FileDirectory(layout.indexFolder(APP, 'idle')))?.segments.length ?? 0;
  };

  test('is merged into one segment; a few records more do not rewrite it', async () => {
    let aheadMs = 0;
    const clock = { nowMs: () => Date.now() + aheadMs };
    const one = await start({ clock, idleMergeMs: 60_000 });
    await one.run(records(0, 1200));
    await one.run(records(1200, 1200));
    expect(segmentCount(one)).toBe(2);
    aheadMs += 70_000;
    // The builder looks at its clock when something happens; its own timer would be real minutes away.
    await one.run({ kind: 'batch', index: 'other', requests: [] });
    await expect.poll(() => segmentCount(one), { timeout: 20_000 }).toBe(1);
    expect(one.member.openIndex(APP, 'idle')?.view.search(defaultSearchQuery('record')).hitCount).toBe(2400);
    const { mergeCount } = one.builder.statistics();

    await one.run(records(5000, 100));
    aheadMs += 70_000;
    await one.run({ kind: 'batch', index: 'other', requests: [] });
    await one.run({ kind: 'batch', index: 'other', requests: [] });
    expect(segmentCount(one)).toBe(2);
    expect(one.builder.statistics()['mergeCount']).toBe(mergeCount);

    await one.run(records(6000, 100));
    aheadMs += 70_000;
    await one.run({ kind: 'batch', index: 'other', requests: [] });
    await expect.poll(() => segmentCount(one), { timeout: 20_000 }).toBe(1);
  }, 60_000);

  test('is merged after a restart, too', async () => {
    let aheadMs = 0;
    const clock = { nowMs: () => Date.now() + aheadMs };
    const one = await start({ clock, idleMergeMs: 60_000 });
    await one.run(records(0, 1200));
    await one.run(records(1200, 1200));
    await one.restart();
    expect(segmentCount(one)).toBe(2);
    aheadMs += 70_000;
    await one.run({ kind: 'batch', index: 'other', requests: [] });
    await expect.poll(() => segmentCount(one), { timeout: 20_000 }).toBe(1);
  }, 60_000);
});
