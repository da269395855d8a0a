/** Counts what a match costs, and stops one that costs too much. Counted, not timed: every member stops at the same step. */

export class RegexStepsError extends Error {
  override readonly name = 'RegexStepsError';
}

/** Of one search that goes back and forth: less than a transaction may take, so that the answer tells of the pattern. */
export const BACKTRACKING_STEPS_MAX = 1_000_000;
const REPORTED_EACH = 4096;

export class StepCounter {
  readonly #report: (steps: number) => void;
  #left: number;
  #unreported = 0;

  /** `report` may throw, too. */
  constructor(report: (steps: number) => void, stepsMax: number) {
    this.#report = report;
    this.#left = stepsMax;
  }

  take(steps: number): void {
    this.#unreported += steps;
    if (this.#unreported >= REPORTED_EACH) this.finish();
  }

  /** Reports what is left: many short matches cost as much as a long one. */
  finish(): void {
    this.#left -= this.#unreported;
    const taken = this.#unreported;
    this.#unreported = 0;
    this.#report(taken);
    if (this.#left < 0) throw new RegexStepsError('too many steps');
  }
}
