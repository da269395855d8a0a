import { afterEach, describe, expect, test } from 'vitest';
import {
  type EtcdError,
  type EtcdEvent,
  type EtcdPort,
  type EtcdWatchBatch,
  type EtcdWrite,
} from './etcd-port.ts';

export interface EtcdUnderTest {
  readonly etcd: EtcdPort;
  /** Nothing else uses keys that begin so. Ends with a slash. */
  readonly prefix: string;
  /** Resolves when the lease, of so many seconds, has ended by itself. */
  letLeaseEnd(lease: string, ttlS: number): Promise<void>;
  cleanUp(): Promise<void>;
}

/** What every `EtcdPort` promises. */
export function etcdPortContract(name: string, open: () => Promise<EtcdUnderTest>): void {
  describe(`${name} keeps the contract of EtcdPort`, () => {
    const opened: EtcdUnderTest[] = [];
    const aborts: AbortController[] = [];
    const openOne = async (): Promise<EtcdUnderTest> => {
      const one = await open();
      opened.push(one);
      return one;
    };
    const watching = (
      { etcd, prefix }: EtcdUnderTest,
      fromRevision: number,
    ): { readonly batches: AsyncIterator<EtcdWatchBatch>; readonly abort: AbortController } => {
      const abort = new AbortController();
      aborts.push(abort);
      const iterable = etcd.watch(prefix, { end: `${prefix.slice(0, -1)}0`, fromRevision }, abort.signal);
      return { batches: iterable[Symbol.asyncIterator](), abort };
    };
    afterEach(async () => {
      for (const abort of aborts.splice(0)) abort.abort();
      for (const one of opened.splice(0)) await one.cleanUp();
    });

    test('a key knows when it was created and changed, and how often', async () => {
      const { etcd, prefix } = await openOne();
      const key = `${prefix}é\u{1f980}`;
      const first = await write(etcd, put(key, 'one'));
      const second = await write(etcd, put(key, 'zwei ✓'));
      expect(second).toBe(first + 1);
      expect(await etcd.range(key, {})).toEqual({
        kvs: [
          { key, value: 'zwei ✓', createRevision: first, modRevision: second, version: 2, lease: undefined },
        ],
        more: false,
        revision: second,
      });
      await write(etcd, { kind: 'delete', key });
      const again = await write(etcd, put(key, 'three'));
      const [kv] = (await etcd.range(key, {})).kvs;
      expect(kv).toMatchObject({ createRevision: again, modRevision: again, version: 1 });
    });

    test('a transaction writes all of it in one revision, or nothing and tells what it found', async () => {
      const { etcd, prefix } = await openOne();
      const [a, b, c] = [`${prefix}a`, `${prefix}b`, `${prefix}c`];
      const done = await etcd.transaction({
        compare: [
          { key: a, target: 'create', is: 0 },
          { key: a, target: 'version', is: 0 },
          { key: a, target: 'mod', is: 0 },
        ],
        then: [put(a, '1'), put(b, '2')],
        otherwiseGet: [a],
      });
      expect(done).toMatchObject({ succeeded: true, found: new Map() });
      const { kvs } = await etcd.range(prefix, { end: `${prefix}z` });
      expect(kvs.map((kv) => [kv.key, kv.modRevision])).toEqual([
        [a, done.revision],
        [b, done.revision],
      ]);
      const refused = await etcd.transaction({
        compare: [
          { key: a, target: 'create', is: done.revision },
          { key: b, target: 'value', is: 'another' },
        ],
        then: [put(c, '3')],
        otherwiseGet: [a, c],
      });
      expect(refused.succeeded).toBe(false);
      expect(refused.revision).toBe(done.revision);
      expect([...refused.found].map(([key, kv]) => [key, kv.value])).toEqual([[a, '1']]);
      const guarded = await etcd.transaction({
        compare: [
          { key: b, target: 'value', is: '2' },
          { key: b, target: 'mod', is: done.revision },
        ],
        then: [put(b, '3')],
      });
      expect(guarded).toMatchObject({ succeeded: true, revision: done.revision + 1 });
    });

    test('the value of a key that does not exist equals nothing', async () => {
      const { etcd, prefix } = await openOne();
      const answer = await etcd.transaction({
        compare: [{ key: `${prefix}none`, target: 'value', is: '' }],
        then: [put(`${prefix}none`, 'x')],
      });
      expect(answer.succeeded).toBe(false);
    });

    test('a transaction that changes nothing takes no revision', async () => {
      const { etcd, prefix } = await openOne();
      const before = await write(etcd, put(`${prefix}a`, ''));
      expect(await write(etcd, { kind: 'delete', key: `${prefix}b`, end: `${prefix}c` })).toBe(before);
    });

    test('a key may not be put twice, nor put and deleted, in one transaction', async () => {
      const { etcd, prefix } = await openOne();
      for (const writes of [
        [put(`${prefix}a`, '1'), put(`${prefix}a`, '2')],
        [put(`${prefix}b`, '1'), { kind: 'delete', key: `${prefix}a`, end: `${prefix}c` } as const],
      ]) {
        const error = await failure(etcd.transaction({ compare: [], then: writes }));
        expect(error).toMatchObject({ code: 'failed', outcome: 'refused' });
      }
      expect((await etcd.range(prefix, { end: `${prefix}z` })).kvs).toEqual([]);
    });

    test('ranges are in the order of bytes, in pages of one revision', async () => {
      const { etcd, prefix } = await openOne();
      const names = ['a', 'b', 'ä', '\u{ff21}', '\u{1f980}'].map((name) => prefix + name);
      await write(etcd, ...[...names].reverse().map((name) => put(name, 'old')));
      const end = `${prefix}\u{10ffff}`;
      const first = await etcd.range(prefix, { end, limit: 2 });
      expect(first.kvs.map(({ key }) => key)).toEqual(names.slice(0, 2));
      expect(first.more).toBe(true);
      await write(etcd, { kind: 'delete', key: names[2]! }, put(names[3]!, 'new'));
      const rest = await etcd.range(`${names[1]!}\0`, { end, limit: 3, revision: first.revision });
      expect(rest.kvs.map(({ key, value }) => [key, value])).toEqual(
        names.slice(2).map((name) => [name, 'old']),
      );
      expect(rest).toMatchObject({ more: false, revision: first.revision + 1 });
      const ahead = failure(etcd.range(prefix, { end, revision: first.revision + 1000 }));
      expect(await ahead).toMatchObject({ code: 'failed' });
    });

    test('a watch tells what was and what comes, in order, each revision whole', async () => {
      const one = await openOne();
      const { etcd, prefix } = one;
      const first = await write(etcd, put(`${prefix}a`, '1'));
      const { batches } = watching(one, first);
      expect(await events(batches, 1)).toMatchObject([{ kind: 'put', kv: { value: '1' } }]);
      await write(etcd, put(`${prefix.slice(0, -1)}!`, 'outside'));
      await write(etcd, put(`${prefix}b`, '2'), put(`${prefix}c`, '3'));
      const last = await write(etcd, { kind: 'delete', key: `${prefix}a`, end: `${prefix}c` });
      const told = await events(batches, 4);
      expect(told).toMatchObject([
        { kind: 'put', kv: { key: `${prefix}b`, modRevision: last - 1 } },
        { kind: 'put', kv: { key: `${prefix}c`, modRevision: last - 1 } },
        { kind: 'delete', key: `${prefix}a`, modRevision: last },
        { kind: 'delete', key: `${prefix}b`, modRevision: last },
      ]);
    });

    test('a watch from a revision that is not yet there begins with it', async () => {
      const one = await openOne();
      const { etcd, prefix } = one;
      const now = await write(etcd, put(`${prefix}a`, '1'));
      const { batches } = watching(one, now + 3);
      const next = events(batches, 1);
      for (const value of ['2', '3', '4']) await write(etcd, put(`${prefix}a`, value));
      expect(await next).toMatchObject([{ kind: 'put', kv: { value: '4', modRevision: now + 3 } }]);
    });

    test('a watch ends when it is aborted, also while nothing comes', async () => {
      const one = await openOne();
      const now = await write(one.etcd, put(`${one.prefix}a`, '1'));
      const { batches, abort } = watching(one, now + 1);
      const next = batches.next();
      abort.abort();
      expect(await next).toMatchObject({ done: true });
      const controller = new AbortController();
      controller.abort();
      const late = one.etcd.watch(
        one.prefix,
        { end: `${one.prefix}z`, fromRevision: now },
        controller.signal,
      );
      expect(await late[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
    });

    test('what is compacted cannot be read or watched; its newest values can', async () => {
      const one = await openOne();
      const { etcd, prefix } = one;
      const first = await write(etcd, put(`${prefix}a`, '1'));
      const second = await write(etcd, put(`${prefix}a`, '2'));
      await write(etcd, put(`${prefix}b`, '3'));
      await etcd.compact(second);
      expect((await etcd.range(`${prefix}a`, { revision: second })).kvs).toMatchObject([{ value: '2' }]);
      expect(await failure(etcd.range(`${prefix}a`, { revision: first }))).toMatchObject({
        code: 'compacted',
      });
      expect(await failure(watching(one, first).batches.next())).toMatchObject({ code: 'compacted' });
      expect(await failure(etcd.compact(first))).toMatchObject({ code: 'compacted' });
      expect(await failure(etcd.compact(second + 1000))).toMatchObject({ code: 'failed' });
      expect(await events(watching(one, second).batches, 2)).toMatchObject([
        { kv: { value: '2' } },
        { kv: { value: '3' } },
      ]);
    });

    test('the keys of a lease go with it, in one revision', async () => {
      const one = await openOne();
      const { etcd, prefix } = one;
      const lease = await etcd.grantLease(60);
      expect(lease).toMatch(/^[1-9a-f][0-9a-f]*$/);
      const last = await write(
        etcd,
        put(`${prefix}a`, '1', lease),
        put(`${prefix}b`, '2', lease),
        put(`${prefix}c`, '3'),
      );
      expect((await etcd.range(`${prefix}a`, {})).kvs[0]?.lease).toBe(lease);
      expect(await etcd.keepLeaseAlive(lease)).toBe(true);
      await etcd.revokeLease(lease);
      expect(await events(watching(one, last + 1).batches, 2)).toEqual([
        { kind: 'delete', key: `${prefix}a`, modRevision: last + 1 },
        { kind: 'delete', key: `${prefix}b`, modRevision: last + 1 },
      ]);
      expect(await etcd.keepLeaseAlive(lease)).toBe(false);
      await etcd.revokeLease(lease);
      const late = failure(write(etcd, put(`${prefix}d`, '4', lease)));
      expect(await late).toMatchObject({ code: 'no-lease', outcome: 'refused' });
    });

    test('a put without the lease takes the key off it', async () => {
      const { etcd, prefix } = await openOne();
      const lease = await etcd.grantLease(60);
      await write(etcd, put(`${prefix}a`, '1', lease));
      await write(etcd, put(`${prefix}a`, '2'));
      await etcd.revokeLease(lease);
      expect((await etcd.range(`${prefix}a`, {})).kvs).toMatchObject([{ value: '2', lease: undefined }]);
    });

    test('a lease that nobody keeps alive ends, with its keys', async () => {
      const one = await openOne();
      const { etcd, prefix } = one;
      const [kept, left] = [await etcd.grantLease(3600), await etcd.grantLease(1)];
      await write(etcd, put(`${prefix}kept`, '', kept), put(`${prefix}left`, '', left));
      await one.letLeaseEnd(left, 1);
      expect((await etcd.range(prefix, { end: `${prefix}z` })).kvs.map(({ key }) => key)).toEqual([
        `${prefix}kept`,
      ]);
      expect(await etcd.keepLeaseAlive(left)).toBe(false);
      await etcd.revokeLease(kept);
    });

    test('a call that is cancelled before it is made is not made', async () => {
      const { etcd, prefix } = await openOne();
      const controller = new AbortController();
      controller.abort();
      const call = etcd.transaction(
        { compare: [], then: [put(`${prefix}a`, '1')] },
        { signal: controller.signal },
      );
      expect(await failure(call)).toMatchObject({ code: 'cancelled', outcome: 'refused' });
      expect((await etcd.range(`${prefix}a`, {})).kvs).toEqual([]);
    });

    test('a closed port refuses calls and ends watches', async () => {
      const one = await openOne();
      const now = await write(one.etcd, put(`${one.prefix}a`, '1'));
      const next = watching(one, now + 1).batches.next();
      one.etcd.close();
      expect(await next).toMatchObject({ done: true });
      expect(await failure(one.etcd.range(one.prefix, {}))).toMatchObject({
        code: 'cancelled',
        outcome: 'refused',
      });
    });
  });
}

function put(key: string, value: string, lease?: string): EtcdWrite {
  return { kind: 'put', key, value, lease };
}

/** The revision. */
async function write(etcd: EtcdPort, ...writes: readonly EtcdWrite[]): Promise<number> {
  const { revision, succeeded } = await etcd.transaction({ compare: [], then: writes });
  expect(succeeded).toBe(true);
  return revision;
}

async function failure(call: Promise<unknown>): Promise<EtcdError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error as EtcdError;
  }
}

/** The next `count` of them; checks that batches say honestly how far they go. */
export async function events(
  batches: AsyncIterator<EtcdWatchBatch>,
  count: number,
): Promise<readonly EtcdEvent[]> {
  const told: EtcdEvent[] = [];
  let revision = 0;
  while (told.length < count) {
    const next = await batches.next();
    if (next.done === true) throw new Error('the watch ended');
    for (const event of next.value.events) {
      const at = event.kind === 'put' ? event.kv.modRevision : event.modRevision;
      expect(at).toBeGreaterThan(revision);
      expect(at).toBeLessThanOrEqual(next.value.revision);
    }
    revision = next.value.revision;
    told.push(...next.value.events);
  }
  return told;
}
