/**
 * Clients that use a server at the same time and write down what they see: transactions on lists, on registers, and events, with pollers
 * that ask for events after the last time, over and over. `check` tells what of it cannot have happened.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type AppendStep, checkAppends } from '../checker/append-checker.ts';
import { checkEvents, type SeenEvent } from '../checker/event-checker.ts';
import type { Transaction, Violation } from '../checker/history.ts';
import { checkRegisters, type RegisterStep, type Values } from '../checker/register-checker.ts';
import { checkListTimes, checkTimes, type TimedTransaction } from '../checker/time-checker.ts';
import * as fql from './expressions.ts';
import { type FqlAnswer, FqlConnection, type FqlEndpoint } from './fql-connection.ts';

const CLIENT_COUNT = 8;
const POLLER_COUNT = 3;
/** Lists are read whole: they are left behind when they have grown. */
const APPENDS_PER_LIST = 60;
const LIVE_LIST_COUNT = 3;
const GROUPS: readonly (readonly string[])[] = [['a', 'b', 'c'], ['d', 'e', 'f'], ['g']];
/** Some transactions insert several events, so that pages end in the middle of them. */
const POLL_PAGE_SIZE = 7;
const EVENT_COUNT_MAX = 100_000;

export interface WorkloadOptions {
  /**
   * Members of a cluster answer from what they have. A client that must see what others were told says so: all of them always do, except
   * for some reads, of which only a place in the past is asked. On one machine every answer is the newest: half of them say nothing.
   */
  readonly lastSeen?: 'half of own' | 'of all' | undefined;
  readonly clientCount?: number | undefined;
  /** Who is polled; each poller keeps to one, as cursors are of one's state. */
  readonly pollEndpoints?: readonly FqlEndpoint[] | undefined;
  /** Of each pause between two transactions of a client, at most. */
  readonly pauseMsMax?: number | undefined;
  /** Told of each transaction that was answered. */
  readonly onAnswer?: ((wrote: boolean) => void) | undefined;
}

interface Recorded<Step> extends Transaction<Step> {
  readonly wrote: boolean;
}

export class Workload {
  readonly #endpoints: readonly FqlEndpoint[];
  readonly #options: WorkloadOptions;
  /** µs: the latest time that anybody was told. */
  #lastSeenOfAll = 0;
  readonly #random: () => number;
  readonly #connections: FqlConnection[] = [];
  readonly #appends: Recorded<AppendStep>[] = [];
  readonly #registers = GROUPS.map((): Recorded<RegisterStep>[] => []);
  readonly #inserts: Recorded<number>[] = [];
  #answeredCount = 0;
  readonly #polled: SeenEvent[][] = Array.from({ length: POLLER_COUNT }, () => []);
  readonly #violations: Violation[] = [];
  /** Answers that no fault explains. */
  readonly #strange: string[] = [];
  #lastNumber = 0;
  #stopped = false;
  #endTime = Number.POSITIVE_INFINITY;
  #all: readonly SeenEvent[] = [];
  #clients: Promise<unknown> | undefined;
  #pollers: Promise<unknown> | undefined;

  /** Clients and pollers are spread over the endpoints. */
  constructor(
    endpoints: FqlEndpoint | readonly FqlEndpoint[],
    random: () => number,
    options: WorkloadOptions = {},
  ) {
    this.#endpoints = [endpoints].flat();
    this.#random = random;
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const connection = this.#connect('kept');
    for (const expression of fql.SCHEMA) await this.#insist(connection, expression);
  }

  start(): void {
    const clients = Array.from({ length: this.#options.clientCount ?? CLIENT_COUNT }, (_, number) =>
      this.#client(number),
    );
    const pollers = this.#polled.map((seen, number) => this.#poll(seen, number));
    this.#clients = Promise.all(clients);
    this.#pollers = Promise.all(pollers);
    // Told by `finish`.
    this.#pollers.catch(() => undefined);
  }

  get counts(): {
    readonly ok: number;
    readonly unknown: number;
    readonly failed: number;
    readonly polled: number;
  } {
    const all = [...this.#appends, ...this.#registers.flat(), ...this.#inserts];
    const count = (outcome: string): number => all.filter((each) => each.outcome === outcome).length;
    return {
      ok: count('ok'),
      unknown: count('unknown'),
      failed: count('failed'),
      polled: this.#polled.reduce((sum, { length }) => sum + length, 0),
    };
  }

  /** Transactions that were answered so far. */
  get answeredCount(): number {
    return this.#answeredCount;
  }

  /** Ends the clients, reads everything once more, and lets the pollers catch up. The server must be running. */
  async finish(): Promise<void> {
    this.#stopped = true;
    await this.#clients;
    const connection = this.#connect('fresh');
    const lists = [...new Set(this.#appends.flatMap(({ steps }) => steps.map(({ key }) => key)))];
    for (let at = 0; at < lists.length; at += 20) {
      await this.#appendOnce(
        connection,
        -1,
        lists.slice(at, at + 20).map((key) => ({ kind: 'read', key, list: undefined })),
      );
    }
    for (const [group, names] of GROUPS.entries())
      await this.#registerOnce(connection, -1, group, { kind: 'read', names });
    const { resource, time = 0 } = await this.#insist(
      connection,
      fql.eventsAfter(0, EVENT_COUNT_MAX),
      this.#lastSeenOfAll,
    );
    this.#all = eventsOf(resource);
    this.#endTime = time;
    await this.#pollers;
    for (const each of this.#connections) each.close();
  }

  /** Everything that clients saw, for looking at it by hand. */
  get history(): object {
    return {
      appends: this.#appends,
      registers: this.#registers,
      inserts: this.#inserts,
      polled: this.#polled,
      all: this.#all,
    };
  }

  check(): readonly Violation[] {
    // Events that came after the last look are nobody's to miss.
    const known = new Set(this.#all.map(({ id }) => id));
    const lastTime = this.#all.at(-1)?.time ?? 0;
    const polled = this.#polled.map((seen) =>
      seen.filter(({ id, time }) => known.has(id) || time <= lastTime),
    );
    const timed = [...this.#appends, ...this.#registers.flat(), ...this.#inserts].filter(
      (each): each is Recorded<never> & TimedTransaction => each.outcome === 'ok' && each.time !== undefined,
    );
    return [
      ...this.#strange.map((text) => ({ kind: 'strange', text })),
      ...this.#violations,
      ...checkAppends(this.#appends),
      ...this.#registers.flatMap((group) => checkRegisters(group)),
      ...checkEvents(this.#inserts, this.#all, polled),
      ...checkTimes(timed),
      ...checkListTimes(this.#appends),
    ];
  }

  #connect(
    connections: 'kept' | 'fresh',
    number = 0,
    endpoints: readonly FqlEndpoint[] = this.#endpoints,
  ): FqlConnection {
    const endpoint = endpoints[number % endpoints.length]!;
    const connection = new FqlConnection(endpoint, connections);
    this.#connections.push(connection);
    return connection;
  }

  async #client(number: number): Promise<void> {
    const connection = this.#connect(number % 2 === 0 ? 'kept' : 'fresh', number);
    while (!this.#stopped) {
      const choice = this.#random();
      let answer: FqlAnswer;
      if (choice < 0.4) answer = await this.#appendOnce(connection, number, this.#appendSteps());
      else if (choice < 0.75) answer = await this.#registerOnce(connection, number, ...this.#registerPlan());
      else answer = await this.#insertOnce(connection, number);
      // Whoever is refused a connection asks again soon, not at once.
      const { pauseMsMax = 4 } = this.#options;
      await pause(answer.outcome === 'ok' ? this.#random() * pauseMsMax : 10 + this.#random() * 20);
    }
  }

  #appendSteps(): readonly AppendStep[] {
    return Array.from({ length: 1 + Math.floor(this.#random() * 3) }, (): AppendStep => {
      const generation = Math.floor(this.#appends.length / (APPENDS_PER_LIST * LIVE_LIST_COUNT));
      const key = String(1 + generation * LIVE_LIST_COUNT + Math.floor(this.#random() * LIVE_LIST_COUNT));
      return this.#random() < 0.5
        ? { kind: 'read', key, list: undefined }
        : { kind: 'append', key, value: ++this.#lastNumber };
    });
  }

  async #appendOnce(
    connection: FqlConnection,
    client: number,
    steps: readonly AppendStep[],
  ): Promise<FqlAnswer> {
    const wrote = steps.some(({ kind }) => kind === 'append');
    const isOfThePast = this.#options.lastSeen === 'of all' && !wrote && client >= 0 && this.#random() < 0.3;
    const [answer, times] = await this.#ask(connection, fql.appendTransaction(steps), { isOfThePast, wrote });
    const lists = answer.outcome === 'ok' ? (answer.resource as readonly (readonly number[] | null)[]) : [];
    this.#appends.push({
      ...times,
      client,
      steps: steps.map((step, at) =>
        step.kind === 'append' ? step : { ...step, list: lists[at] ?? undefined },
      ),
      wrote,
    });
    return answer;
  }

  #registerPlan(): [group: number, plan: fql.RegisterPlan] {
    const group = Math.floor(this.#random() * GROUPS.length);
    const names = GROUPS[group]!.filter(() => this.#random() < 0.6);
    if (names.length === 0) names.push(GROUPS[group]![0]!);
    const choice = this.#random();
    if (choice < 0.4) return [group, { kind: 'read', names }];
    const value = ++this.#lastNumber;
    if (choice < 0.6) return [group, { kind: 'write', names, value }];
    // What was seen lately, so that some find it still there.
    const lately = this.#registers[group]!.slice(-10).flatMap(({ steps }) =>
      steps.map(({ seen, writes }) => ({ ...seen, ...writes })),
    );
    const expected = Object.fromEntries(
      names.map((name) => [name, lately.findLast((values) => name in values)?.[name]]),
    );
    return [group, { kind: 'swap', names, value, expected }];
  }

  async #registerOnce(
    connection: FqlConnection,
    client: number,
    group: number,
    plan: fql.RegisterPlan,
  ): Promise<FqlAnswer> {
    const [answer, times] = await this.#ask(connection, fql.registerTransaction(plan), {
      wrote: plan.kind !== 'read',
    });
    const isOk = answer.outcome === 'ok';
    const { seen, wrote } = isOk
      ? fql.readRegisterAnswer(plan, answer.resource)
      : { seen: undefined, wrote: false };
    const writes: Values =
      plan.kind === 'read' ? {} : Object.fromEntries(plan.names.map((name) => [name, plan.value]));
    const step: RegisterStep = {
      seen: plan.kind === 'write' ? undefined : seen,
      expected: plan.kind === 'swap' ? plan.expected : undefined,
      writes,
    };
    if (plan.kind === 'swap' && seen !== undefined) {
      const holds = plan.names.every((name) => seen[name] === plan.expected[name]);
      if (holds !== wrote)
        this.#violations.push({ kind: 'swap', text: `${JSON.stringify(plan)} answered ${answer.text}` });
    }
    this.#registers[group]!.push({ ...times, client, steps: [step], wrote });
    return answer;
  }

  async #insertOnce(connection: FqlConnection, client: number): Promise<FqlAnswer> {
    const ids = Array.from({ length: this.#random() < 0.7 ? 1 : 5 }, () => ++this.#lastNumber);
    const [answer, times] = await this.#ask(connection, fql.insertEvents(ids), { wrote: true });
    this.#inserts.push({ ...times, client, steps: ids, wrote: true });
    return answer;
  }

  async #poll(seen: SeenEvent[], number: number): Promise<void> {
    const { pollEndpoints = this.#endpoints } = this.#options;
    const connection = this.#connect('fresh', number, pollEndpoints);
    let last = 0;
    let isAtEnd = false;
    while (!isAtEnd) {
      await pause(this.#random() * 10);
      // Told once more before asking: pages that follow begin where the one before ended.
      let page = await this.#insist(connection, fql.eventsAfter(last, POLL_PAGE_SIZE));
      isAtEnd = (page.time ?? 0) >= this.#endTime;
      for (;;) {
        const events = eventsOf(page.resource);
        seen.push(...events);
        last = events.at(-1)?.time ?? last;
        const after = (page.resource as { after?: unknown }).after;
        if (after === undefined) break;
        page = await this.#insist(connection, fql.eventsFrom(after, POLL_PAGE_SIZE));
      }
    }
  }

  /** Asks once, with the times of call and answer. */
  async #ask(
    connection: FqlConnection,
    expression: unknown,
    { isOfThePast = false, wrote }: { readonly isOfThePast?: boolean; readonly wrote: boolean },
  ): Promise<[FqlAnswer, Omit<Transaction<never>, 'client' | 'steps'>]> {
    const id = ++this.#lastNumber;
    const lastSeen = isOfThePast ? 0 : this.#lastSeen(connection);
    const headers = lastSeen > 0 ? { 'x-last-seen-txn': String(lastSeen) } : undefined;
    // Some reads go through the log.
    const path = !isOfThePast && this.#random() < 0.05 ? '/linearized' : '/';
    // Its place may be anywhere before the answer.
    const calledMs = isOfThePast ? 0 : performance.now();
    const answer = await connection.ask(expression, { path, ...(headers === undefined ? {} : { headers }) });
    const { outcome, time, status, text } = answer;
    const returnedMs = outcome === 'unknown' ? Number.POSITIVE_INFINITY : performance.now();
    if (outcome === 'ok') {
      this.#answeredCount++;
      this.#options.onAnswer?.(wrote);
    }
    this.#lastSeenOfAll = Math.max(this.#lastSeenOfAll, time ?? 0);
    if (status !== 0 && status !== 200 && status !== 201 && status !== 503)
      this.#strange.push(`${status} ${text}`);
    if (time !== undefined && time < lastSeen) {
      this.#violations.push({
        kind: 'behind',
        text: `an answer of ${time} to a client that has seen ${lastSeen}`,
      });
    }
    return [answer, { id, calledMs, returnedMs, outcome, time }];
  }

  #lastSeen(connection: FqlConnection): number {
    if (this.#options.lastSeen === 'of all') return this.#lastSeenOfAll;
    return this.#random() < 0.5 ? connection.lastSeenTime : 0;
  }

  /** Asks until there is an answer, of `after` (µs) or later. */
  async #insist(connection: FqlConnection, expression: unknown, after = 0): Promise<FqlAnswer> {
    const headers: Record<string, string> = after > 0 ? { 'x-last-seen-txn': String(after) } : {};
    for (;;) {
      const answer = await connection.ask(expression, { headers });
      if (answer.outcome === 'ok') return answer;
      if (answer.status !== 0 && answer.status !== 503) throw new Error(`${answer.status} ${answer.text}`);
      await pause(20);
    }
  }
}

function eventsOf(resource: unknown): readonly SeenEvent[] {
  const { data } = resource as { readonly data: readonly (readonly [number, number])[] };
  return data.map(([time, id]) => ({ time, id }));
}
