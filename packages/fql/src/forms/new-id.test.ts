import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newDocumentId, newId } from './new-id.ts';

function contextAt(now: number, first = 0): Parameters<typeof newId>[0] {
  return { now, random: { bytes: (count) => new Uint8Array(count).fill(first) }, ids: { next: undefined } };
}

test('ids of a transaction are distinct and ascend, also beyond a millisecond', () => {
  const context = contextAt(1_700_000_000_000_999);
  const ids = Array.from({ length: 5000 }, () => newId(context));
  expect(ids.every((id, at) => at === 0 || id > ids[at - 1]!)).toBe(true);
});

test('ids of transactions one microsecond apart differ, whatever chance says', () => {
  const seen = new Set<bigint>();
  for (let transaction = 0; transaction < 100; transaction++) {
    const context = contextAt(1_700_000_000_000_000 + transaction, (transaction * 37) % 256);
    for (let count = 0; count < 768; count++) seen.add(newId(context));
  }
  expect(seen.size).toBe(100 * 768);
});

test('ids fit 63 bits and hold the millisecond', () => {
  const id = newId(contextAt(1_700_000_000_123_000, 7));
  expect(id >> 20n).toBe(1_700_000_000_123n - 1_336_258_850_000n);
  expect(id & 0xfffffn).toBe(8n);
  expect(newId(contextAt(0))).toBeGreaterThanOrEqual(0n);
});

test('an id is what 64-bit arithmetic makes of time and counter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 52 }), fc.nat(254), fc.nat(3000), (now, first, count) => {
      const context = contextAt(now, first);
      for (let made = 0; made < count; made++) newId(context);
      const place = BigInt(now) * 1024n + BigInt(1 + first + count);
      const ms = place / 1_024_000n - 1_336_258_850_000n;
      expect(newId(context)).toBe(BigInt.asUintN(63, (ms << 20n) | (place % 1_024_000n)));
    }),
  );
});

test('ids of documents and ids that were asked for are distinct within a transaction, and the first document needs no chance', () => {
  const now = 1_700_000_000_000_000;
  const noChance = { now, random: { bytes: () => expect.unreachable() }, ids: { next: undefined } };
  expect(newDocumentId(noChance) & 0xfffffn).toBe(0n);
  expect(newId(noChance) & 0xfffffn).toBe(1n);
  const context = contextAt(now, 9);
  const ids = [newId(context), newDocumentId(context), newId(context), newDocumentId(context)];
  expect(new Set(ids).size).toBe(4);
  expect(newDocumentId(noChance)).toBeLessThan(ids[0]!);
});
