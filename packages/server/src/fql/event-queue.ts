/** Events on their way from the one who follows changes to the one who writes them to a client, who may be slower. */

/** What all queues of a process hold together. Texts of the same event are one in memory, and are counted each time. */
export class QueueBudget {
  readonly lengthMax: number;
  length = 0;

  constructor(lengthMax: number) {
    this.lengthMax = lengthMax;
  }
}

export class EventQueue implements AsyncIterable<string> {
  readonly #lengthMax: number;
  readonly #budget: QueueBudget;
  #waiting: string[] = [];
  #next = 0;
  /** UTF-16 units that wait. */
  #length = 0;
  #wake: (() => void) | undefined;
  #end: 'open' | 'finished' | { readonly error: Error } = 'open';

  /** `lengthMax`: in UTF-16 units. An event that nothing waits before may be larger. */
  constructor(lengthMax: number, budget: QueueBudget) {
    this.#lengthMax = lengthMax;
    this.#budget = budget;
  }

  /** False: it is full, or over. */
  push(event: string): boolean {
    if (this.#end !== 'open') return false;
    const isFull =
      this.#length + event.length > this.#lengthMax ||
      this.#budget.length + event.length > this.#budget.lengthMax;
    if (isFull && this.#length > 0) return false;
    this.#add(event);
    return true;
  }

  /** What waits is still taken, then `last`, however full it is. */
  finish(last?: string): void {
    if (this.#end === 'open') {
      if (last !== undefined) this.#add(last);
      this.#end = 'finished';
    }
    this.#wake?.();
  }

  /** What waits is still taken; then the iteration throws. */
  fail(error: Error): void {
    if (this.#end === 'open') this.#end = { error };
    this.#wake?.();
  }

  /** Nobody takes anything any more. */
  drop(): void {
    this.#end = 'finished';
    this.#waiting = [];
    this.#next = 0;
    this.#budget.length -= this.#length;
    this.#length = 0;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const event = this.#take();
      if (event !== undefined) {
        yield event;
        continue;
      }
      if (this.#end === 'finished') return;
      if (this.#end !== 'open') throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  #add(event: string): void {
    this.#waiting.push(event);
    this.#length += event.length;
    this.#budget.length += event.length;
    this.#wake?.();
  }

  #take(): string | undefined {
    const event = this.#waiting[this.#next];
    if (event === undefined) return undefined;
    // What was taken is let go at once; the rest moves up now and then.
    this.#waiting[this.#next++] = '';
    if (this.#next === this.#waiting.length || this.#next >= KEPT_MAX) {
      this.#waiting.splice(0, this.#next);
      this.#next = 0;
    }
    this.#length -= event.length;
    this.#budget.length -= event.length;
    return event;
  }
}

const KEPT_MAX = 1_024;
