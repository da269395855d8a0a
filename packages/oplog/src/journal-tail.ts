import type { Sequence } from '@skein/base';
import { TAIL_COUNT_MAX } from './limits.ts';
import type { Operation } from './operation-log.ts';

/** The most recent operations, held in memory within a bound; adjacent sequences. */
export class JournalTail {
  readonly #bytesMax: number;
  #operations: Operation[] = [];
  #head = 0;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(operations: readonly Operation[]): void {
    for (const operation of operations) {
      this.#operations.push(operation);
      this.#bytes += operation.payload.byteLength;
    }
    while (this.#head < this.#operations.length && this.#isFull()) {
      this.#bytes -= this.#operations[this.#head]!.payload.byteLength;
      this.#head++;
    }
    if (this.#head * 2 > this.#operations.length) {
      this.#operations = this.#operations.slice(this.#head);
      this.#head = 0;
    }
  }

  #isFull(): boolean {
    return this.#bytes > this.#bytesMax || this.#operations.length - this.#head > TAIL_COUNT_MAX;
  }

  /** Everything from `sequence` on; undefined when it is no longer (or not yet) here. */
  from(sequence: Sequence): readonly Operation[] | undefined {
    const first = this.#operations[this.#head];
    if (first === undefined || sequence < first.sequence) return undefined;
    const operations = this.#operations.slice(this.#head + (sequence - first.sequence));
    return operations.length === 0 ? undefined : operations;
  }
}
