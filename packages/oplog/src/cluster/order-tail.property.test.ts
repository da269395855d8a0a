import { asSequence } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SimEtcd } from '../testing/sim-etcd.ts';
import { KEYS } from './entry-id.ts';
import { type OrderedStretch, OrderTail, orderKey, parseOrderRecord } from './order-tail.ts';

interface Counted {
  readonly key: string;
  readonly last: number;
  readonly modRevision: number;
}

/** What may happen in etcd, or to the one who follows it. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant('order' as const),
    member: fc.constantFrom('a', 'b'),
    counts: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant('trim' as const), part: fc.integer({ min: 0, max: 100 }) }),
  fc.record({
    kind: fc.constantFrom('compact' as const, 'cut' as const, 'other' as const, 'restart' as const),
  }),
);

test('a tail counts as one that sees everything, however often it begins again and whatever was trimmed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat(), async (steps, seed) => {
      const etcd = new SimEtcd();
      const admin = etcd.connect('admin');
      const all: Counted[] = [];
      const counters = new Map<string, number>();
      let trimmed = 0;
      let position = 0;
      /** Sequences that were delivered, and by which record; a gap: by none. */
      const delivered: (string | undefined)[] = [];

      const deliver = (stretch: OrderedStretch): void => {
        const { first, last } = stretch.kind === 'gap' ? stretch : stretch.entry;
        expect(first).toBe(position + 1);
        position = last;
        const key = stretch.kind === 'gap' ? undefined : orderKey(stretch.entry.id);
        for (let sequence = first; sequence <= last; sequence++) delivered[sequence] = key;
      };
      let random = seed;
      const start = () => {
        const line = etcd.connect('tail', {
          random: () => {
            random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
            return random / 2 ** 31;
          },
        });
        const tail = new OrderTail({
          etcd: line,
          position: asSequence(position),
          deliver,
          onAdvance: () => {},
          room: () => Promise.resolve(),
          log: () => {},
        });
        const running = tail.run();
        return { line, tail, running };
      };
      const end = async ({ tail, line, running }: ReturnType<typeof start>): Promise<void> => {
        tail.stop();
        line.close();
        await running;
      };
      let following = start();
      for (const next of steps) {
        switch (next.kind) {
          case 'order': {
            const counter = counters.get(next.member) ?? 0;
            const last = all.at(-1)?.last ?? 0;
            const records = next.counts.map((count, at) => {
              const key = orderKey({ member: next.member, epoch: 1, counter: counter + at + 1 });
              return { key, count };
            });
            counters.set(next.member, counter + records.length);
            const { revision } = await admin.transaction({
              compare: [],
              then: records.map(({ key, count }) => ({
                kind: 'put' as const,
                key,
                value: JSON.stringify({ count, bytes: 1, hash: 'h', holders: ['a'] }),
              })),
            });
            let at = last;
            for (const { key, count } of records) {
              at += count;
              all.push({ key, last: at, modRevision: revision });
            }
            break;
          }
          case 'trim': {
            let count = trimmed + Math.floor(((all.length - trimmed) * next.part) / 100);
            while (count > trimmed && all[count]?.modRevision === all[count - 1]!.modRevision) count--;
            const newest = all[count - 1];
            if (count === trimmed || newest === undefined) break;
            const value = JSON.stringify({ revision: newest.modRevision, sequence: newest.last });
            await admin.transaction({
              compare: [],
              then: [
                { kind: 'put', key: KEYS.trimmed, value },
                ...all.slice(trimmed, count).map(({ key }) => ({ kind: 'delete' as const, key })),
              ],
            });
            trimmed = count;
            break;
          }
          case 'compact':
            if (etcd.revision > etcd.store.compactedRevision) await admin.compact(etcd.revision);
            break;
          case 'cut':
            following.line.cut = !following.line.cut;
            break;
          case 'other':
            await admin.transaction({
              compare: [],
              then: [{ kind: 'put', key: 'skein/status/x', value: '' }],
            });
            break;
          default:
            await end(following);
            following = start();
        }
      }
      following.line.cut = false;
      const last = all.at(-1)?.last ?? 0;
      // A tail knows its position before it has read anything; what it keeps shows that it has seen the end.
      const kept = all.slice(trimmed).map((record) => record.last);
      await expect
        .poll(() => [following.tail.position, following.tail.kept.map((record) => record.last)], {
          interval: 5,
          timeout: 5000,
        })
        .toEqual([last, kept]);
      expect(position).toBe(last);
      let first = 1;
      for (const { key, last: recordLast } of all) {
        for (let sequence = first; sequence <= recordLast; sequence++) {
          expect([key, undefined]).toContain(delivered[sequence]);
        }
        first = recordLast + 1;
      }
      await end(following);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('any text is an order record that means what it says, or none', () => {
  const field = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(null), fc.array(fc.string()));
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ count: field, bytes: field, hash: field, holders: field })
      .map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, (value) => {
      const record = parseOrderRecord(value);
      if (record === undefined) return;
      expect(record.count).toBeGreaterThanOrEqual(1);
      expect(Number.isSafeInteger(record.count) && Number.isSafeInteger(record.bytes)).toBe(true);
      expect(parseOrderRecord(JSON.stringify(record))).toEqual(record);
    }),
  );
});
