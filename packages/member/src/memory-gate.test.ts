import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryGate } from './memory-gate.ts';

test('what runs stays below the bound, begins in order, and all of it runs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 30 }), async (sizes) => {
      const gate = new MemoryGate(100);
      const running = new Set<number>();
      const begun: number[] = [];
      const ends: (() => void)[] = [];
      const all = sizes.map((bytes, at) =>
        gate.run(bytes, async () => {
          begun.push(at);
          running.add(at);
          const sum = [...running].reduce((total, each) => total + Math.min(100, sizes[each] ?? 0), 0);
          expect(sum).toBeLessThanOrEqual(100);
          await new Promise<void>((resolve) => ends.push(resolve));
          running.delete(at);
        }),
      );
      const done = Promise.all(all);
      let open = true;
      void done.finally(() => {
        open = false;
      });
      while (open) {
        ends.shift()?.();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await done;
      expect(begun).toEqual(sizes.map((_, at) => at));
      expect(gate.waitingCount).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('work that fails gives its memory back', async () => {
  const gate = new MemoryGate(10);
  await expect(gate.run(10, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await gate.run(10, () => Promise.resolve('done'))).toBe('done');
});
