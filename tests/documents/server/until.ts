/** Waiting for what a test has to see, without a guess of how long it takes. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Workload } from './workload.ts';

/** Rejects when it does not come true for a long time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  msMax = 90_000,
): Promise<void> {
  const endMs = performance.now() + msMax;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`waited in vain for: ${what}`);
    await pause(10);
  }
}

/** So many more transactions are answered. */
export function untilAnswered(workload: Workload, count: number): Promise<void> {
  const goal = workload.answeredCount + count;
  return until(`${count} answers`, () => workload.answeredCount >= goal);
}
