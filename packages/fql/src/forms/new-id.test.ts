import { expect, test } from 'vitest';
import { newId } from './new-id.ts';

function contextAt(now: number, first = 0): Parameters<typeof newId>[0] {
  return { now, random: { bytes: (count) => new Uint8Array(count).fill(first) } };
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
  expect(id & 0xfffffn).toBe(7n);
  expect(newId(contextAt(0))).toBeGreaterThanOrEqual(0n);
});
