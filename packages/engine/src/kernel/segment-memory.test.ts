import { expect, test } from 'vitest';
import { bitsetBytes, SegmentMemory, SegmentMemoryError } from './segment-memory.ts';

test('scratch starts behind the file and is aligned to 64 bytes', () => {
  const memory = SegmentMemory.create(100_000);
  const first = memory.allocate(3);
  const second = memory.allocate(1);
  expect(first).toBeGreaterThanOrEqual(memory.fileAt + 100_000);
  expect(first % 64).toBe(0);
  expect(second).toBe(first + 64);
});

test('releasing a mark gives back what was allocated since', () => {
  const memory = SegmentMemory.create(0);
  const kept = memory.allocate(10);
  const mark = memory.mark();
  const given = memory.allocate(1000);
  memory.release(mark);
  expect(memory.allocate(10)).toBe(given);
  expect(given).toBeGreaterThan(kept);
});

test('growth keeps the bytes and old views stay valid', () => {
  const memory = SegmentMemory.create(10);
  const before = memory.u8;
  before[memory.fileAt] = 42;
  const far = memory.allocate(50_000_000);
  expect(memory.u8.length).toBeGreaterThanOrEqual(far + 50_000_000);
  expect(memory.u8[memory.fileAt]).toBe(42);
  memory.u8[memory.fileAt] = 43;
  expect(before[memory.fileAt]).toBe(43);
  expect(memory.u32.byteLength).toBe(memory.u8.length);
  expect(memory.buffer.byteLength).toBe(memory.u8.length);
});

test('a bitset is zeroed even where scratch was used before', () => {
  const memory = SegmentMemory.create(0);
  const mark = memory.mark();
  const dirty = memory.allocate(128);
  memory.u8.fill(255, dirty, dirty + 128);
  memory.release(mark);
  const at = memory.allocateBitset(1000);
  expect(at).toBe(dirty);
  expect(memory.u8.subarray(at, at + bitsetBytes(1000)).every((byte) => byte === 0)).toBe(true);
});

test('persistent pieces survive a release and the stack steps over them', () => {
  const memory = SegmentMemory.create(0);
  const mark = memory.mark();
  memory.allocate(100);
  const persistent = memory.allocatePersistent(64);
  memory.u8[persistent] = 7;
  memory.release(mark);
  const low = memory.allocate(64);
  const high = memory.allocate(200);
  expect(low).toBeLessThan(persistent);
  expect(high).toBeGreaterThanOrEqual(persistent + 64);
  memory.u8.fill(0, low, low + 64);
  memory.u8.fill(0, high, high + 200);
  expect(memory.u8[persistent]).toBe(7);
});

test('asking for more than 4 GiB is a clear error', () => {
  const memory = SegmentMemory.create(0);
  expect(() => memory.allocate(5e9)).toThrow(SegmentMemoryError);
  expect(() => SegmentMemory.create(5e9)).toThrow(SegmentMemoryError);
});

test('the size of a bitset is rounded up to whole lines of 64 bytes', () => {
  expect([0, 1, 512, 513, 1_000_000].map(bitsetBytes)).toEqual([0, 64, 64, 128, 125_056]);
});
