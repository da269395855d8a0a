/**
 * Which transaction must stand before which in any order that explains a history, real time included, and the cycles in it.
 *
 * Real time would be an edge for each pair that does not overlap. Instead a chain of barriers runs along the answers, by time: each
 * transaction points to the barrier of its answer, and the last barrier before its call points to it.
 */
import { nameOf, type Transaction, type Violation } from './history.ts';

interface Edge {
  readonly to: number;
  readonly why: string;
}

const REAL_TIME = 'was answered before the call of';

export class Precedence {
  readonly #transactions: readonly Transaction<unknown>[];
  readonly #numbers: ReadonlyMap<Transaction<unknown>, number>;
  /** Transactions first, then barriers. */
  readonly #edges: Edge[][];

  constructor(transactions: readonly Transaction<unknown>[]) {
    this.#transactions = transactions;
    this.#numbers = new Map(transactions.map((transaction, at) => [transaction, at]));
    this.#edges = transactions.map(() => []);
    this.#addRealTime();
  }

  /** Nothing happens where one side is not there, or both are the same. */
  add(before: Transaction<unknown> | undefined, after: Transaction<unknown> | undefined, why: string): void {
    const from = before === undefined ? undefined : this.#numbers.get(before);
    const to = after === undefined ? undefined : this.#numbers.get(after);
    if (from !== undefined && to !== undefined && from !== to) this.#edges[from]!.push({ to, why });
  }

  /** One for each set of transactions that stand before each other: the shortest that goes through one of them. */
  cycles(): readonly Violation[] {
    return this.#components().flatMap((component) => {
      const start = component.find((number) => number < this.#transactions.length);
      if (component.length < 2 || start === undefined) return [];
      return [{ kind: 'cycle', text: this.#describe(this.#shortestCycle(start, new Set(component))) }];
    });
  }

  #addRealTime(): void {
    const answered = [...this.#transactions.entries()]
      .filter(([, { returnedMs }]) => returnedMs !== Number.POSITIVE_INFINITY)
      .sort(([, a], [, b]) => a.returnedMs - b.returnedMs);
    const called = [...this.#transactions.entries()].sort(([, a], [, b]) => a.calledMs - b.calledMs);
    let passed = 0;
    for (const [number, { calledMs }] of called) {
      while (passed < answered.length && answered[passed]![1].returnedMs < calledMs) {
        const barrier = this.#edges.push([]) - 1;
        this.#edges[answered[passed]![0]]!.push({ to: barrier, why: REAL_TIME });
        if (passed > 0) this.#edges[barrier - 1]!.push({ to: barrier, why: REAL_TIME });
        passed++;
      }
      if (passed > 0) this.#edges.at(-1)!.push({ to: number, why: REAL_TIME });
    }
  }

  /** Tarjan's algorithm, with a stack of its own: histories are longer than the call stack is deep. */
  #components(): readonly (readonly number[])[] {
    const edges = this.#edges;
    const order = new Int32Array(edges.length).fill(-1);
    const low = new Int32Array(edges.length);
    const isOpen = new Uint8Array(edges.length);
    const nextEdge = new Int32Array(edges.length);
    const open: number[] = [];
    const components: number[][] = [];
    let count = 0;
    for (let root = 0; root < edges.length; root++) {
      if (order[root] !== -1) continue;
      const path = [root];
      while (path.length > 0) {
        const at = path.at(-1)!;
        if (order[at] === -1) {
          order[at] = low[at] = count++;
          open.push(at);
          isOpen[at] = 1;
        }
        const edge = edges[at]![nextEdge[at]!++];
        if (edge !== undefined) {
          if (order[edge.to] === -1) path.push(edge.to);
          else if (isOpen[edge.to] === 1) low[at] = Math.min(low[at]!, order[edge.to]!);
          continue;
        }
        path.pop();
        const above = path.at(-1);
        if (above !== undefined) low[above] = Math.min(low[above]!, low[at]!);
        if (low[at] !== order[at]) continue;
        const component = open.splice(open.lastIndexOf(at));
        for (const member of component) isOpen[member] = 0;
        components.push(component);
      }
    }
    return components;
  }

  #shortestCycle(start: number, component: ReadonlySet<number>): readonly [from: number, edge: Edge][] {
    const arrivedBy = new Map<number, [from: number, edge: Edge]>();
    const queue = [start];
    for (const at of queue) {
      for (const edge of this.#edges[at]!) {
        if (!component.has(edge.to) || arrivedBy.has(edge.to)) continue;
        arrivedBy.set(edge.to, [at, edge]);
        queue.push(edge.to);
      }
    }
    const cycle: [number, Edge][] = [];
    let at = start;
    do {
      const step = arrivedBy.get(at)!;
      cycle.unshift(step);
      at = step[0];
    } while (at !== start);
    return cycle;
  }

  #describe(cycle: readonly [from: number, edge: Edge][]): string {
    const parts: string[] = [];
    for (const [from, { why, to }] of cycle) {
      const transaction = this.#transactions[from];
      if (transaction !== undefined) parts.push(`${nameOf(transaction)} ${why}`);
      const next = this.#transactions[to];
      if (next !== undefined && to === cycle.at(-1)![1].to) parts.push(nameOf(next));
    }
    return parts.join(' ');
  }
}
