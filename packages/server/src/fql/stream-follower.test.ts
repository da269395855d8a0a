/** One follower for many streams, over a store in memory: when it looks, when it stops, and what ends streams. */
import { newDatabase, ROOT, type TestDatabase } from '@skein/fql/testing';
import { query as q } from 'faunadb';
import { afterEach, expect, test, vi } from 'vitest';
import { type FollowedStream, StreamFollower, type StreamFollowerOptions } from './stream-follower.ts';

const DOC = q.Ref(q.Collection('c'), '1');
const MINUTE_MS = 60_000;

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

class Documents {
  readonly database: TestDatabase = newDatabase();
  readonly listeners = new Set<() => void>();
  snapshotCount = 0;
  openSnapshotCount = 0;
  broken: Error | undefined;
  /** Runs when a snapshot for reading was taken, before anything is done with it. */
  beforeUse: () => void = () => undefined;

  constructor() {
    this.database.value(q.CreateCollection({ name: 'c' }));
  }

  /** As the member does it. */
  readonly port: StreamFollowerOptions['documents'] = {
    readSince: async (_application, _options, use) => {
      await Promise.resolve();
      this.beforeUse();
      return use(this.database.store);
    },
    snapshot: async () => {
      await Promise.resolve();
      if (this.broken !== undefined) throw this.broken;
      this.snapshotCount++;
      this.openSnapshotCount++;
      const reader = this.database.store as never;
      return { reader, release: () => void this.openSnapshotCount-- };
    },
    watch: (_application, listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
  };

  write(expression: unknown): void {
    this.database.value(expression);
    this.committed();
  }

  committed(): void {
    for (const listener of this.listeners) listener();
  }
}

function followerOf(documents: Documents): StreamFollower {
  return new StreamFollower({
    documents: documents.port,
    application: 'A',
    strictTemporal: false,
    nowMs: () => 1_700_000_000_000,
  });
}

async function open(
  follower: StreamFollower,
  abort = new AbortController(),
  expression: unknown = DOC,
): Promise<Extract<FollowedStream, { readonly kind: 'open' }>> {
  const opened = await follower.open(ROOT, Buffer.from(JSON.stringify(expression)), {
    fields: new Set(['action', 'document']),
    lastSeenTime: undefined,
    timeoutMs: 1_000,
    signal: abort.signal,
  });
  if (opened.kind === 'refused') throw new Error(opened.result.body);
  return opened;
}

async function take(stream: { readonly events: AsyncIterable<string> }, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const event of stream.events) {
    taken.push((JSON.parse(event) as { readonly type: string }).type);
    if (taken.length === count) break;
  }
  return taken;
}

test('one look at the store for all streams, while there are any', async () => {
  const documents = new Documents();
  const follower = followerOf(documents);
  const aborts = Array.from({ length: 5 }, () => new AbortController());
  const streams = await Promise.all(aborts.map((abort) => open(follower, abort)));
  expect(documents.listeners.size).toBe(1);
  documents.write(q.Create(DOC, {}));
  documents.write(q.Update(DOC, {}));
  for (const stream of streams) expect(await take(stream, 3)).toEqual(['start', 'version', 'version']);
  expect(documents.snapshotCount).toBeLessThanOrEqual(2);
  for (const abort of aborts) abort.abort();
  expect(documents.listeners.size).toBe(0);
  const { snapshotCount } = documents;
  documents.write(q.Update(DOC, {}));
  expect(documents.snapshotCount).toBe(snapshotCount);
  await vi.waitFor(() => expect(documents.openSnapshotCount).toBe(0));
});

test('what is committed while a stream is opened is told, or is before its start', async () => {
  const documents = new Documents();
  const follower = followerOf(documents);
  documents.database.value(q.Create(DOC, {}));
  documents.beforeUse = () => documents.write(q.Update(DOC, {}));
  const opening = open(follower);
  documents.write(q.Update(DOC, {}));
  const stream = await opening;
  documents.write(q.Update(DOC, {}));
  expect(await take(stream, 2)).toEqual(['start', 'version']);
  expect(stream.time).toBe([...documents.database.store.changes(0)].at(-2)?.ts);
});

test('a refused stream, and one whose client is gone already, leave nothing behind', async () => {
  const documents = new Documents();
  const follower = followerOf(documents);
  await expect(open(follower, undefined, 'text')).rejects.toThrow('Expected a Document Ref');
  expect(documents.listeners.size).toBe(0);
  const gone = new AbortController();
  gone.abort();
  expect(await take(await open(follower, gone), 5)).toEqual([]);
  expect(documents.listeners.size).toBe(0);
  documents.beforeUse = () => {
    throw new Error('no store');
  };
  await expect(open(follower)).rejects.toThrow('no store');
  expect(documents.listeners.size).toBe(0);
});

test('when the store cannot be read, all streams fail, and new ones begin anew', async () => {
  const documents = new Documents();
  const follower = followerOf(documents);
  const stream = await open(follower);
  documents.broken = new Error('damaged');
  documents.write(q.Create(DOC, {}));
  await expect(take(stream, 9)).rejects.toThrow('damaged');
  documents.broken = undefined;
  const again = await open(follower);
  documents.write(q.Update(DOC, {}));
  expect(await take(again, 2)).toEqual(['start', 'version']);
});

test('a client that takes nothing is ended with an error event', async () => {
  const documents = new Documents();
  const follower = followerOf(documents);
  const stream = await open(follower);
  documents.database.value(q.Create(DOC, {}));
  const text = 'x'.repeat(1_000_000);
  for (let n = 0; n < 8; n++) documents.database.value(q.Update(DOC, { data: { n, text } }));
  documents.committed();
  await vi.waitFor(() => expect(documents.listeners.size).toBe(0));
  const types = await take(stream, 99);
  expect(types.at(-1)).toBe('error');
  expect(types.length).toBeLessThan(8);
});

test('a process that stood still for long ends its streams instead of missing events', async () => {
  vi.useFakeTimers();
  const documents = new Documents();
  const follower = followerOf(documents);
  const stream = await open(follower);
  // Idle, but awake.
  await vi.advanceTimersByTimeAsync(120 * MINUTE_MS);
  documents.write(q.Create(DOC, {}));
  await vi.advanceTimersByTimeAsync(10);
  vi.setSystemTime(Date.now() + 120 * MINUTE_MS);
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 120 * MINUTE_MS);
  documents.write(q.Update(DOC, {}));
  expect(await take(stream, 9)).toEqual(['start', 'version', 'error']);
});
