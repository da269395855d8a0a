/** Events on their way from the one who follows changes to the one who writes them to a client. Taken as they come, so it stays short. */
export class EventQueue implements AsyncIterable<string> {
  readonly #lengthMax: number;
  #waiting: string[] = [];
  /** UTF-16 units that wait. */
  #length = 0;
  #wake: (() => void) | undefined;
  #end: 'open' | 'finished' | { readonly error: Error } = 'open';

  /** `lengthMax`: in UTF-16 units. One event may be larger. */
  constructor(lengthMax: number) {
    this.#lengthMax = lengthMax;
  }

  /** False: it is full, or over. */
  push(event: string): boolean {
    if (this.#end !== 'open') return false;
    if (this.#waiting.length > 0 && this.#length + event.length > this.#lengthMax) return false;
    this.#waiting.push(event);
    this.#length += event.length;
    this.#wake?.();
    return true;
  }

  /** What waits is still taken, then `last`, however full it is. */
  finish(last?: string): void {
    if (this.#end === 'open') {
      this.#end = 'finished';
      if (last !== undefined) this.#waiting.push(last);
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
    this.#length = 0;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const events = this.#waiting;
      this.#waiting = [];
      this.#length = 0;
      for (const event of events) yield event;
      if (this.#waiting.length > 0) continue;
      if (this.#end === 'finished') return;
      if (this.#end !== 'open') throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
