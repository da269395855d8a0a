import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { JsonObject } from '@skein/base';
import { defaultSearchQuery, IndexWriter } from '@skein/engine';
import { schemaOf } from '@skein/wire';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { DataLayout } from './data-layout.ts';
import { FileDirectory } from './file-directory.ts';
import { IndexDamagedError, Views } from './views.ts';

const APP = 'APP';

interface IndexRecord extends JsonObject {
  readonly objectID: string;
}

function publishIn(folder: string, records: readonly IndexRecord[]): void {
  mkdirSync(folder, { recursive: true });
  const writer = IndexWriter.open(new FileDirectory(folder), { schema: schemaOf({}) });
  for (const record of records) writer.put(record.objectID, record, JSON.stringify(record));
  writer.publish({});
}

describe('Views', () => {
  let folder: string;
  let layout: DataLayout;
  let views: Views;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skein-views-'));
    layout = new DataLayout(folder);
    views = new Views({ layout, isCurrent: () => true });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true, force: true });
  });

  const publish = (index: string, ...records: readonly IndexRecord[]): void =>
    publishIn(layout.indexFolder(APP, index), records);
  const countIn = (index: string): number | undefined =>
    views.open(APP, index)?.view.search(defaultSearchQuery()).hitCount;

  test('an index that was opened piece by piece is at hand', async () => {
    publish('i', { objectID: '1' });
    const opening = views.whenAtHand(APP, 'i');
    expect(opening).toBeDefined();
    expect(views.whenAtHand(APP, 'i') ?? opening).toBe(opening);
    await opening;
    expect(views.count).toBe(1);
    expect(views.whenAtHand(APP, 'i')).toBeUndefined();
    expect(countIn('i')).toBe(1);
  });

  test('no index, and a damaged one, are found out by opening', async () => {
    await views.whenAtHand(APP, 'none');
    expect(views.open(APP, 'none')).toBeUndefined();
    publish('bad', { objectID: '1' });
    const [segment] = readdirSync(layout.indexFolder(APP, 'bad')).filter((name) => name.endsWith('.segment'));
    truncateSync(join(layout.indexFolder(APP, 'bad'), segment!), 100);
    await views.whenAtHand(APP, 'bad');
    expect(() => views.open(APP, 'bad')).toThrow(IndexDamagedError);
  });

  test('an index that was replaced by one of the same generation is opened anew', async () => {
    publish('i', { objectID: '1' });
    expect(countIn('i')).toBe(1);
    const place = layout.indexFolder(APP, 'i');
    publishIn(`${place}.fresh`, [{ objectID: '1' }, { objectID: '2' }]);
    renameSync(place, `${place}.old`);
    renameSync(`${place}.fresh`, place);
    await views.renew([{ application: APP, index: 'i' }]);
    expect(countIn('i')).toBe(2);
    renameSync(place, `${place}.fresh`);
    renameSync(`${place}.old`, place);
    views.markAllStale();
    expect(countIn('i')).toBe(1);
  });

  describe('while a large index is being opened', () => {
    const recordCount = 2600;
    let large: string;
    /** Sections of several steps, each of which takes a turn of its own. */
    beforeAll(() => {
      const words = (from: number): string =>
        Array.from({ length: 950 }, (_, at) => `w${(from * 950 + at) % 5003}`).join(' ');
      large = mkdtempSync(join(tmpdir(), 'skein-views-large-'));
      const records = Array.from({ length: recordCount }, (_, at) => ({
        objectID: `${at}`,
        text: words(at),
      }));
      publishIn(large, records);
    });
    afterAll(() => rmSync(large, { recursive: true, force: true }));

    const publishLarge = (): void => {
      cpSync(large, layout.indexFolder(APP, 'large'), { recursive: true });
      let nowMs = 0;
      vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 1000));
    };

    test('others are answered, and a state that is published meanwhile is not missed', async () => {
      publishLarge();
      publish('small', { objectID: '1' });
      let isOpen = false;
      const opening = views.whenAtHand(APP, 'large')?.then(() => (isOpen = true));
      expect(views.count).toBe(0);
      await views.whenAtHand(APP, 'small');
      expect(countIn('small')).toBe(1);
      expect(isOpen).toBe(false);
      publish('large', { objectID: 'new' });
      const renewed = views.renew([{ application: APP, index: 'large' }]);
      await opening;
      await renewed;
      expect(countIn('large')).toBe(recordCount + 1);
    });

    test('changes that nobody told of meanwhile are looked for', async () => {
      publishLarge();
      const opening = views.whenAtHand(APP, 'large');
      publish('large', { objectID: 'new' });
      views.markAllStale();
      await opening;
      expect(countIn('large')).toBe(recordCount + 1);
    });

    test('who does not wait opens it at one go', async () => {
      publishLarge();
      const opening = views.whenAtHand(APP, 'large');
      const view = views.open(APP, 'large')?.view;
      expect(view?.recordCount).toBe(recordCount);
      await opening;
      expect(views.open(APP, 'large')?.view).toBe(view);
    });
  });
});
