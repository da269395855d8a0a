/**
 * The order of transaction times is the order of visibility: what the server says of time is checked against what clients saw.
 *
 *   1. No two transactions that wrote have the same time.
 *   2. Who was called after another's answer has a later time; a reader may have the same.
 *   3. A read of time t has all that was written up to t, and nothing later.
 */
import type { AppendStep, AppendTransaction } from './append-checker.ts';
import { nameOf, type Transaction, type Violation } from './history.ts';

export interface TimedTransaction extends Transaction<unknown> {
  readonly time: number;
  readonly wrote: boolean;
}

export function checkTimes(history: readonly TimedTransaction[]): readonly Violation[] {
  const violations: Violation[] = [];
  const byTime = new Map<number, TimedTransaction>();
  for (const transaction of history) {
    if (!transaction.wrote) continue;
    const other = byTime.get(transaction.time);
    if (other !== undefined) {
      const text = `${nameOf(other)} and ${nameOf(transaction)} both have the time ${transaction.time}`;
      violations.push({ kind: 'same-time', text });
    }
    byTime.set(transaction.time, transaction);
  }
  const answered = history.toSorted((a, b) => a.returnedMs - b.returnedMs);
  let latest: TimedTransaction | undefined;
  let passed = 0;
  for (const transaction of history.toSorted((a, b) => a.calledMs - b.calledMs)) {
    for (; answered[passed]!.returnedMs < transaction.calledMs; passed++) {
      if (latest === undefined || answered[passed]!.time > latest.time) latest = answered[passed];
    }
    if (latest === undefined) continue;
    const isLate = transaction.wrote ? transaction.time > latest.time : transaction.time >= latest.time;
    if (isLate) continue;
    violations.push({
      kind: 'time-went-back',
      text: `${nameOf(transaction)} has the time ${transaction.time}, though ${nameOf(latest)} of ${latest.time} was answered before`,
    });
  }
  return violations;
}

/** Claim 3, for lists. */
export function checkListTimes(history: readonly AppendTransaction[]): readonly Violation[] {
  const acknowledged = history.filter(
    (each): each is AppendTransaction & { readonly time: number } =>
      each.outcome === 'ok' && each.time !== undefined,
  );
  const timeOf = new Map<number, number>();
  const appended = new Map<string, { readonly value: number; readonly time: number }[]>();
  for (const { steps, time } of acknowledged) {
    for (const step of steps) {
      if (step.kind !== 'append') continue;
      timeOf.set(step.value, time);
      const list = appended.get(step.key) ?? [];
      appended.set(step.key, list);
      list.push({ value: step.value, time });
    }
  }
  for (const list of appended.values()) list.sort((a, b) => a.time - b.time);
  return acknowledged.flatMap((transaction) => {
    const { time, steps } = transaction;
    // Of a transaction that writes itself the time is later than all that it can see.
    const wrote = steps.some(({ kind }) => kind === 'append');
    return steps.flatMap((step) => {
      if (step.kind !== 'read' || step.list === undefined) return [];
      const problem = problemOf(step.list, appended.get(step.key) ?? [], timeOf, { time, wrote, steps });
      return problem === undefined
        ? []
        : [{ kind: 'read-at-other-time', text: `${nameOf(transaction)} of ${time}: ${step.key} ${problem}` }];
    });
  });
}

function problemOf(
  list: readonly number[],
  appended: readonly { readonly value: number; readonly time: number }[],
  timeOf: ReadonlyMap<number, number>,
  reader: { readonly time: number; readonly wrote: boolean; readonly steps: readonly AppendStep[] },
): string | undefined {
  const has = new Set(list);
  for (const value of list) {
    const time = timeOf.get(value);
    if (time !== undefined && time > reader.time) return `has ${value}, which is of ${time}`;
  }
  for (const { value, time } of appended) {
    if (time > reader.time || (reader.wrote && time === reader.time)) break;
    if (!has.has(value)) return `lacks ${value}, which is of ${time}`;
  }
  return undefined;
}
