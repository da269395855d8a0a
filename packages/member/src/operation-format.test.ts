/**
 * A builder and formats of operations:
 *   1. What is newer than what all members are known to read is refused, and nothing happens.
 *   2. Where the log holds what came after this program, the builder stops and says so, again at each start; a program that knows it goes on.
 *   3. What is wrong in a format that is known is passed over.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalJournal, NodeJournalDisk } from '@skein/oplog';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Builder, type BuilderConfiguration } from './builder.ts';
import { DataLayout } from './data-layout.ts';
import { encodeOperation } from './operation.ts';
import { OPERATION_FORMAT } from './operation-format.ts';

const APP = 'APP';
let folder: string;
let log: string[];
let failed: Error[];
const configuration = (): BuilderConfiguration => ({
  dataFolder: join(folder, 'data'),
  socketPath: join(folder, 'builder.sock'),
  secret: 'a secret of enough bytes',
  log: (_, message) => log.push(message),
  onFatal: (error) => failed.push(error),
});

let number = 0;
function propose(builder: Builder, payload: Uint8Array): Promise<unknown> {
  return builder.answer(
    {
      id: 1,
      kind: 'propose',
      application: APP,
      indexes: [],
      operationId: `operation-${++number}`,
      proposedAtMs: 1_700_000_000_000,
      until: 'visible',
    },
    payload,
  );
}

/** As another program would write into the log. */
async function journal(payload: Uint8Array): Promise<void> {
  const disk = await NodeJournalDisk.open(new DataLayout(join(folder, 'data')).journalFolder);
  const written = await LocalJournal.open(disk);
  await written.append([
    { application: APP, operationId: `journaled-${++number}`, proposedAtMs: 1_700_000_000_000, payload },
  ]);
  await written.close();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-format-'));
  log = [];
  failed = [];
  const builder = await Builder.start(configuration());
  await propose(builder, encodeOperation({ kind: 'createApplication' }, OPERATION_FORMAT));
  await builder.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('1: a proposal of a newer format is refused', async () => {
  const builder = await Builder.start(configuration());
  const before = builder.publishedThrough;
  const later = encodeOperation({ kind: 'deleteIndex', index: 'i' }, OPERATION_FORMAT + 1);
  await expect(propose(builder, later)).rejects.toMatchObject({ code: 'unavailable', outcome: 'refused' });
  expect(builder.publishedThrough).toBe(before);
  await propose(builder, encodeOperation({ kind: 'deleteIndex', index: 'i' }, OPERATION_FORMAT));
  await builder.close();
});

test('2: an operation of a newer format in the log stops the builder', async () => {
  await journal(encodeOperation({ kind: 'deleteIndex', index: 'i' }, OPERATION_FORMAT + 1));
  for (let times = 0; times < 2; times++) {
    await expect(Builder.start(configuration())).rejects.toThrow(
      'it is older than what wrote the log; upgrade it',
    );
    expect(failed).toHaveLength(times + 1);
  }
  expect(log.filter((line) => line.includes('changes nothing'))).toEqual([]);
});

test('3: what is wrong in a known format changes nothing, and the builder goes on', async () => {
  await journal(Buffer.from(JSON.stringify({ v: OPERATION_FORMAT, kind: 'unheardOf' })));
  const builder = await Builder.start(configuration());
  expect(log.join()).toContain('changes nothing: unknown kind of operation "unheardOf"');
  expect(builder.statistics()).toMatchObject({ unreadableOperationCount: 1 });
  await propose(builder, encodeOperation({ kind: 'deleteIndex', index: 'i' }, OPERATION_FORMAT));
  await vi.waitFor(() => expect(builder.publishedThrough).toBe(3));
  await builder.close();
  expect(failed).toEqual([]);
});
