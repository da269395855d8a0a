/**
 * Strict serialisability of transactions that append to lists and read them, in the manner of Elle: as every appended value is unique and
 * reads return whole lists, the order of all writes to a key can be read off the longest list anybody saw. From it follow
 *
 *   ww: whose value stands next in a list came later            wr: who read a list came after the writer of its last value
 *   rw: who read a list came before the writer of the next one  rt: who was called after the answer to another came later
 *
 * A cycle of these is a violation, as are lists that no order explains: values twice, never written, written by transactions that
 * failed, lists that are no prefixes of each other, and acknowledged values that a later read misses.
 *
 * Cost: edges are linear in the history (real time goes through a chain of barriers), and so is the search for cycles.
 */
import { nameOf, type Transaction, type Violation } from './history.ts';
import { Precedence } from './precedence.ts';

export type AppendStep =
  | { readonly kind: 'append'; readonly key: string; readonly value: number }
  /** `list` is undefined where the answer did not arrive. */
  | { readonly kind: 'read'; readonly key: string; readonly list: readonly number[] | undefined };

export type AppendTransaction = Transaction<AppendStep>;

export function checkAppends(history: readonly AppendTransaction[]): readonly Violation[] {
  const violations: Violation[] = [];
  const writers = writersOf(history);
  const longest = new Map<string, readonly number[]>();
  const reads = history.flatMap((transaction) => {
    if (transaction.outcome !== 'ok') return [];
    const { external, problems } = externalReads(transaction);
    violations.push(...problems);
    return external;
  });
  for (const { key, list } of reads) {
    if (list.length > (longest.get(key)?.length ?? -1)) longest.set(key, list);
  }
  for (const [key, list] of longest) violations.push(...checkList(key, list, writers));
  for (const read of reads) violations.push(...checkRead(read, longest.get(read.key) ?? [], writers));
  violations.push(...findLost(history, longest, reads));
  // An order that contradicts itself has no cycles worth reading.
  return violations.length > 0 ? violations : findCycles(history, longest, reads, writers);
}

interface Writer {
  readonly transaction: AppendTransaction;
  readonly key: string;
  /** Of its values for this key. */
  readonly isLast: boolean;
}

interface ExternalRead {
  readonly transaction: AppendTransaction;
  readonly key: string;
  /** Without what the transaction appended itself. */
  readonly list: readonly number[];
}

function writersOf(history: readonly AppendTransaction[]): ReadonlyMap<number, Writer> {
  const writers = new Map<number, Writer>();
  for (const transaction of history) {
    const seen = new Set<string>();
    for (const step of transaction.steps.toReversed()) {
      if (step.kind !== 'append') continue;
      writers.set(step.value, { transaction, key: step.key, isLast: !seen.has(step.key) });
      seen.add(step.key);
    }
  }
  return writers;
}

/** Reads of one transaction agree with each other and with its own appends: what is left is what it saw of others. */
function externalReads(transaction: AppendTransaction): {
  readonly external: readonly ExternalRead[];
  readonly problems: readonly Violation[];
} {
  const own = new Map<string, number[]>();
  const seen = new Map<string, readonly number[]>();
  const problems: Violation[] = [];
  for (const step of transaction.steps) {
    const appended = own.get(step.key) ?? [];
    if (step.kind === 'append') {
      own.set(step.key, [...appended, step.value]);
      continue;
    }
    if (step.list === undefined) continue;
    const others = step.list.slice(0, Math.max(0, step.list.length - appended.length));
    const before = seen.get(step.key);
    if (!isEqual(step.list, [...(before ?? others), ...appended])) {
      problems.push({
        kind: 'internal',
        text: `${nameOf(transaction)} read ${step.key} as ${show(step.list)}, after ${show(before ?? [])} and appending ${show(appended)}`,
      });
    }
    if (before === undefined) seen.set(step.key, others);
  }
  return { external: [...seen].map(([key, list]) => ({ transaction, key, list })), problems };
}

function checkList(
  key: string,
  list: readonly number[],
  writers: ReadonlyMap<number, Writer>,
): readonly Violation[] {
  const violations: Violation[] = [];
  const seen = new Set<number>();
  for (const value of list) {
    if (seen.has(value)) violations.push({ kind: 'duplicate', text: `${key} holds ${value} twice` });
    seen.add(value);
    const writer = writers.get(value);
    if (writer === undefined || writer.key !== key) {
      violations.push({ kind: 'unwritten', text: `${key} holds ${value}, which nobody appended to it` });
    } else if (writer.transaction.outcome === 'failed') {
      violations.push({
        kind: 'failed-write',
        text: `${key} holds ${value} of ${nameOf(writer.transaction)}`,
      });
    }
  }
  return violations;
}

function checkRead(
  { transaction, key, list }: ExternalRead,
  longest: readonly number[],
  writers: ReadonlyMap<number, Writer>,
): readonly Violation[] {
  if (!isEqual(list, longest.slice(0, list.length))) {
    return [
      {
        kind: 'incompatible-order',
        text: `${nameOf(transaction)} read ${key} as ${show(list)}, another ${show(longest)}`,
      },
    ];
  }
  const last = list.at(-1);
  const writer = last === undefined ? undefined : writers.get(last);
  if (writer !== undefined && !writer.isLast && writer.transaction !== transaction) {
    return [
      {
        kind: 'half-transaction',
        text: `${nameOf(transaction)} read ${key} in the middle of ${nameOf(writer.transaction)}`,
      },
    ];
  }
  return [];
}

function findLost(
  history: readonly AppendTransaction[],
  longest: ReadonlyMap<string, readonly number[]>,
  reads: readonly ExternalRead[],
): readonly Violation[] {
  const lastCalledMs = new Map<string, number>();
  for (const { key, transaction } of reads) {
    lastCalledMs.set(key, Math.max(lastCalledMs.get(key) ?? 0, transaction.calledMs));
  }
  const observed = new Map([...longest].map(([key, list]) => [key, new Set(list)]));
  return history.flatMap((transaction) =>
    transaction.steps.flatMap((step) => {
      if (step.kind !== 'append' || transaction.outcome !== 'ok') return [];
      if (observed.get(step.key)?.has(step.value) === true) return [];
      if ((lastCalledMs.get(step.key) ?? 0) <= transaction.returnedMs) return [];
      const text = `${step.value}, appended to ${step.key} by ${nameOf(transaction)}, is missing from later reads`;
      return [{ kind: 'lost', text }];
    }),
  );
}

function findCycles(
  history: readonly AppendTransaction[],
  longest: ReadonlyMap<string, readonly number[]>,
  reads: readonly ExternalRead[],
  writers: ReadonlyMap<number, Writer>,
): readonly Violation[] {
  const observed = new Set<AppendTransaction>();
  for (const list of longest.values()) {
    for (const value of list) observed.add(writers.get(value)!.transaction);
  }
  // What is unknown and was never seen may as well not have happened.
  const precedence = new Precedence(
    history.filter((transaction) => transaction.outcome === 'ok' || observed.has(transaction)),
  );
  const writerAt = (key: string, at: number): AppendTransaction | undefined => {
    const value = longest.get(key)?.[at];
    return value === undefined ? undefined : writers.get(value)!.transaction;
  };
  for (const [key, list] of longest) {
    for (let at = 1; at < list.length; at++) {
      precedence.add(writerAt(key, at - 1), writerAt(key, at), `appended to ${key} before`);
    }
  }
  for (const { transaction, key, list } of reads) {
    precedence.add(writerAt(key, list.length - 1), transaction, `was read in ${key} by`);
    precedence.add(transaction, writerAt(key, list.length), `read ${key} without`);
  }
  return precedence.cycles();
}

function isEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}

function show(list: readonly number[]): string {
  return list.length > 8 ? `[… ${list.slice(-8).join(' ')}] (${list.length})` : `[${list.join(' ')}]`;
}
