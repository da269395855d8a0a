/**
 * Linearisability of a group of registers that transactions read, write, and compare and set together: is there an order of the
 * transactions, each at a moment between its call and its answer, in which every answer is right? Groups are independent of each other.
 *
 * The search keeps all states that the registers may be in ("just-in-time linearisation", after Wing, Gong and Lowe): calls add to what
 * may happen; an answer keeps the states in which its transaction has happened. Written values are unique, so that a transaction of
 * unknown outcome whose value nobody saw can be left out: if an order with it exists, so does the same order without it.
 */
import { nameOf, type Transaction, type Violation } from './history.ts';

/** By register of the group; undefined: it holds nothing. */
export type Values = Readonly<Record<string, number | undefined>>;

export interface RegisterStep {
  /** What it saw; undefined where no answer arrived. */
  readonly seen?: Values | undefined;
  /** Its writes happen only where the registers hold this. */
  readonly expected?: Values | undefined;
  readonly writes: Values;
}

export type RegisterTransaction = Transaction<RegisterStep>;

/** So many possible states at once: with a dozen clients there are a few. */
const STATE_COUNT_MAX = 200_000;

export function checkRegisters(history: readonly RegisterTransaction[]): readonly Violation[] {
  const seen = new Set(
    history.flatMap(({ steps }) => steps.flatMap((step) => Object.values(step.seen ?? {}))),
  );
  const wasSeen = ({ steps }: RegisterTransaction): boolean =>
    steps.some(({ writes }) => Object.values(writes).some((value) => seen.has(value)));
  const relevant = history.filter(
    (transaction) =>
      transaction.outcome === 'ok' || (transaction.outcome === 'unknown' && wasSeen(transaction)),
  );
  const failed = history.filter((transaction) => transaction.outcome === 'failed' && wasSeen(transaction));
  if (failed.length > 0) {
    return failed.map((each) => ({ kind: 'failed-write', text: `what ${nameOf(each)} wrote was read` }));
  }
  const moments = relevant
    .flatMap((transaction, number) => [
      { atMs: transaction.calledMs, isCall: true, number },
      { atMs: transaction.returnedMs, isCall: false, number },
    ])
    .filter(({ atMs }) => atMs !== Number.POSITIVE_INFINITY)
    // At the same moment they overlap.
    .sort((a, b) => a.atMs - b.atMs || Number(b.isCall) - Number(a.isCall));

  let states = new Map([['|', { values: {} as Values, done: new Set<number>() }]]);
  const pending = new Set<number>();
  for (const { isCall, number } of moments) {
    if (isCall) {
      pending.add(number);
      continue;
    }
    const reached = explore(states, pending, relevant);
    if (reached === undefined) return [{ kind: 'undecided', text: 'too many states are possible' }];
    states = new Map();
    for (const { values, done } of reached.values()) {
      if (!done.has(number)) continue;
      const rest = new Set(done);
      rest.delete(number);
      states.set(keyOf(values, rest), { values, done: rest });
    }
    pending.delete(number);
    if (states.size === 0) return [{ kind: 'not-linearisable', text: explain(relevant[number]!) }];
  }
  return [];
}

interface State {
  readonly values: Values;
  /** Of those that are not answered yet, who has happened. */
  readonly done: ReadonlySet<number>;
}

/** All states that pending transactions can lead to; undefined: too many. */
function explore(
  states: ReadonlyMap<string, State>,
  pending: ReadonlySet<number>,
  transactions: readonly RegisterTransaction[],
): ReadonlyMap<string, State> | undefined {
  const reached = new Map(states);
  const queue = [...states.values()];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    const { values, done } = state;
    for (const number of pending) {
      if (done.has(number)) continue;
      const after = applied(values, transactions[number]!.steps[0]!);
      if (after === undefined) continue;
      const next = { values: after, done: new Set(done).add(number) };
      const key = keyOf(next.values, next.done);
      if (reached.has(key)) continue;
      if (reached.size > STATE_COUNT_MAX) return undefined;
      reached.set(key, next);
      queue.push(next);
    }
  }
  return reached;
}

/** The registers afterwards; undefined when it cannot have happened here. */
function applied(values: Values, { seen, expected, writes }: RegisterStep): Values | undefined {
  if (seen !== undefined && !agrees(values, seen)) return undefined;
  if (expected !== undefined && !agrees(values, expected)) return values;
  return { ...values, ...writes };
}

function agrees(values: Values, wanted: Values): boolean {
  return Object.entries(wanted).every(([register, value]) => values[register] === value);
}

function keyOf(values: Values, done: ReadonlySet<number>): string {
  const texts = Object.keys(values)
    .sort()
    .map((register) => `${register}=${values[register]}`);
  return `${texts.join()}|${[...done].sort((a, b) => a - b).join()}`;
}

function explain(transaction: RegisterTransaction): string {
  return `no order explains what was seen up to ${nameOf(transaction)}: ${JSON.stringify(transaction.steps[0])}`;
}
