/**
 * From what each look finds to states that do not flap.
 *
 *   fine ──▶ warning ──▶ critical     when a level was found, or exceeded, without a pause for `holdMs`
 *   critical ──▶ warning ──▶ fine     when nothing as bad was found for `clearMs`
 *
 * A probe that comes back soon after it cleared has to be well for twice as long the next time, up to half an hour: so a probe changes its
 * state only a few times an hour whatever it finds. After an hour of being fine it is trusted again. Looks that could not be made
 * neither prolong nor interrupt anything.
 */
import {
  type Finding,
  type Findings,
  type ProbeLevel,
  type ProbeName,
  type ProbeState,
  type ProbeStates,
  rankOf,
} from './probe.ts';

export interface ProbeTiming {
  readonly holdMs: { readonly warning: number; readonly critical: number };
  readonly clearMs: number;
}

export const CLEAR_MS_MAX = 30 * 60_000;
/** Fine for so long, a probe is as good as new. */
export const TRUST_MS = 60 * 60_000;

export class ProbeJudge {
  readonly #timing: (name: ProbeName) => ProbeTiming;
  readonly #probes = new Map<ProbeName, Judged>();

  constructor(timing: (name: ProbeName) => ProbeTiming) {
    this.#timing = timing;
  }

  /** `nowMs`: steady time, which never goes back. */
  note(nowMs: number, findings: Findings): void {
    for (const [name, finding] of findings) {
      if (finding === 'none') {
        this.#probes.delete(name);
        continue;
      }
      let probe = this.#probes.get(name);
      if (probe === undefined) {
        probe = new Judged(this.#timing(name), nowMs);
        this.#probes.set(name, probe);
      }
      probe.note(nowMs, finding);
    }
  }

  /** Of the probes that apply here and were looked up once. */
  get states(): ProbeStates {
    return new Map(Array.from(this.#probes, ([name, { state }]) => [name, state]));
  }
}

class Judged {
  readonly #timing: ProbeTiming;
  #state: ProbeState;
  /** Since when each level, or a worse one, has been found without a pause; of `fine` nothing is asked. */
  readonly #foundSinceMs: [number, number | undefined, number | undefined];
  /** When each level, or a worse one, was found last. */
  readonly #foundLastMs: [number, number, number] = [0, 0, 0];
  #clearMs: number;
  /** When it was last anything but fine. */
  #badLastMs: number | undefined;
  /** Whether it has got better since it was trusted: what rises now comes back. */
  #hasFallen = false;

  constructor(timing: ProbeTiming, nowMs: number) {
    this.#timing = timing;
    this.#state = { level: 'fine', sinceMs: nowMs, message: '' };
    this.#foundSinceMs = [nowMs, undefined, undefined];
    this.#clearMs = timing.clearMs;
  }

  get state(): ProbeState {
    return this.#state;
  }

  note(nowMs: number, { level, message }: Finding): void {
    const found = rankOf(level);
    for (const rank of [1, 2] as const) {
      if (found >= rank) {
        this.#foundSinceMs[rank] ??= nowMs;
        this.#foundLastMs[rank] = nowMs;
      } else this.#foundSinceMs[rank] = undefined;
    }
    const before = rankOf(this.#state.level);
    const after = this.#rankNow(nowMs, before);
    if (before > 0) this.#badLastMs = nowMs;
    else if (this.#badLastMs !== undefined && nowMs - this.#badLastMs >= TRUST_MS) {
      this.#badLastMs = undefined;
      this.#hasFallen = false;
      this.#clearMs = this.#timing.clearMs;
    }
    if (after === before) {
      // What is found now is told with newer words, where it is as bad as the state says.
      if (found >= after && message !== this.#state.message) this.#state = { ...this.#state, message };
      return;
    }
    if (after < before) this.#hasFallen = true;
    else if (this.#hasFallen) this.#clearMs = Math.min(CLEAR_MS_MAX, this.#clearMs * 2);
    this.#state = {
      level: LEVELS[after],
      sinceMs: nowMs,
      message: after === 0 ? '' : found === 0 ? this.#state.message : message,
    };
  }

  #rankNow(nowMs: number, before: 0 | 1 | 2): 0 | 1 | 2 {
    for (const rank of [2, 1] as const) {
      const sinceMs = this.#foundSinceMs[rank];
      if (rank > before) {
        if (sinceMs !== undefined && nowMs - sinceMs >= this.#timing.holdMs[LEVELS[rank]]) return rank;
      } else if (sinceMs !== undefined || nowMs - this.#foundLastMs[rank] < this.#clearMs) return rank;
    }
    return 0;
  }
}

const LEVELS = ['fine', 'warning', 'critical'] as const satisfies readonly ProbeLevel[];
