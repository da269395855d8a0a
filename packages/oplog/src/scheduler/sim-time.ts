import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SchedulerTime } from './proposal-scheduler.ts';

interface Call {
  readonly atMs: number;
  readonly order: number;
  readonly call: () => void;
}

/** A clock that jumps from one call to the next; calls of the same time come in the order in which they were asked for. */
export class SimTime implements SchedulerTime {
  #nowMs = 0;
  #order = 0;
  readonly #calls: Call[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(ms: number, call: () => void): () => void {
    const entry = { atMs: this.#nowMs + ms, order: this.#order++, call };
    let at = this.#calls.length;
    while (at > 0 && isLater(this.#calls[at - 1]!, entry)) at--;
    this.#calls.splice(at, 0, entry);
    return () => {
      const found = this.#calls.indexOf(entry);
      if (found >= 0) this.#calls.splice(found, 1);
    };
  }

  /** Runs what falls into the next `ms`; promises that follow from a call are settled before the next call. */
  async run(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await nextTurn();
    while (this.#calls.length > 0 && this.#calls[0]!.atMs <= untilMs) {
      const { atMs, call } = this.#calls.shift()!;
      this.#nowMs = atMs;
      call();
      await nextTurn();
    }
    this.#nowMs = untilMs;
  }
}

function isLater(a: Call, b: Call): boolean {
  return a.atMs > b.atMs || (a.atMs === b.atMs && a.order > b.order);
}
