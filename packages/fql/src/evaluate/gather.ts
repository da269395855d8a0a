/** Several evaluations side by side: each is tried, and what goes wrong anywhere is told together. */
import { type FqlError, FqlFault } from './fql-error.ts';
import { ERROR_COUNT_MAX } from './limits.ts';

export class FaultCollector {
  #errors: FqlError[] | undefined;

  /** What `evaluate` gives, or undefined when it failed. Other errors than faults go through. */
  try<T>(evaluate: () => T): T | undefined {
    try {
      return evaluate();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  add(error: unknown): void {
    if (!(error instanceof FqlFault)) throw error;
    this.#errors ??= [];
    const room = ERROR_COUNT_MAX - this.#errors.length;
    if (room > 0) this.#errors.push(...error.errors.slice(0, room));
  }

  get failed(): boolean {
    return this.#errors !== undefined;
  }

  throwIfFailed(): void {
    if (this.#errors !== undefined) throw new FqlFault(this.#errors);
  }
}
