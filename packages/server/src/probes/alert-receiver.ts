/**
 * One receiver of alerts: is told what it does not know yet, one request at a time, so that what it hears is in order. While it does not
 * answer it is tried again with growing pauses, and meanwhile only the newest state is kept: a dead receiver costs nothing.
 */
import { type AlertSource, alertBodies } from './alert-body.ts';
import type { AlertTarget } from './alert-target.ts';
import { type PostOutcome, postJson } from './post-json.ts';
import type { ProbeLevel, ProbeName, ProbeStates } from './probe.ts';
import { type ProbeChange, ToldStates } from './told-states.ts';

export interface AlertReceiverOptions {
  readonly target: AlertTarget;
  readonly source: AlertSource;
  readonly startMs: number;
  /** What it was told by an earlier process. */
  readonly known?: ReadonlyMap<ProbeName, ProbeLevel> | undefined;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** It knows more now. */
  readonly onTold?: (() => void) | undefined;
  readonly post?: typeof postJson | undefined;
}

export const RETRY_MS_MIN = 1_000;
export const RETRY_MS_MAX = 5 * 60_000;
/** For what it refused; sooner when there is something else to tell. */
export const REFUSED_MS = 60 * 60_000;

export class AlertReceiver {
  readonly #options: AlertReceiverOptions;
  readonly #told: ToldStates;
  readonly #stop = new AbortController();
  #sending = false;
  #pauseMs = RETRY_MS_MIN;
  #notBeforeMs = Number.NEGATIVE_INFINITY;
  /** What it refused. */
  #refused = '';
  #isFailing = false;

  constructor(options: AlertReceiverOptions) {
    this.#options = options;
    this.#told = new ToldStates(options.startMs, options.known);
  }

  get label(): string {
    return this.#options.target.label;
  }

  get known(): ReadonlyMap<ProbeName, ProbeLevel> {
    return this.#told.known;
  }

  /** Each second or so. `nowMs`: steady. Resolves when nothing is under way any more; nobody has to wait for it. */
  async note(
    nowMs: number,
    wallMs: number,
    states: ProbeStates,
    leftToOthers: ReadonlySet<ProbeName>,
  ): Promise<void> {
    if (this.#sending || this.#stop.signal.aborted) return;
    const changes = this.#told.due(nowMs, states, leftToOthers);
    if (changes.length === 0) return;
    const isAsRefused = this.#refused === wordsOf(changes);
    if (nowMs < this.#notBeforeMs && (this.#refused === '' || isAsRefused)) return;
    this.#sending = true;
    try {
      await this.#send(changes, nowMs, wallMs);
    } finally {
      this.#sending = false;
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  async #send(changes: readonly ProbeChange[], nowMs: number, wallMs: number): Promise<void> {
    const { target, source, post = postJson } = this.#options;
    const dated = changes.map((change) => ({ ...change, sinceWallMs: wallMs - (nowMs - change.sinceMs) }));
    for (const { body, tells } of alertBodies(target, source, dated, wallMs)) {
      const outcome = await post({ url: target.url, body, signal: this.#stop.signal });
      if (this.#stop.signal.aborted) return;
      if (outcome.kind !== 'taken') {
        this.#onFailure(outcome, changes, nowMs);
        return;
      }
      this.#told.told(tells, nowMs);
      this.#options.onTold?.();
    }
    if (this.#isFailing) this.#options.log('info', `alerts reach ${target.label} again`);
    this.#isFailing = false;
    this.#refused = '';
    this.#pauseMs = RETRY_MS_MIN;
    this.#notBeforeMs = Number.NEGATIVE_INFINITY;
  }

  #onFailure(
    outcome: Exclude<PostOutcome, { kind: 'taken' }>,
    changes: readonly ProbeChange[],
    nowMs: number,
  ): void {
    const { label } = this.#options.target;
    if (outcome.kind === 'refused') {
      this.#refused = wordsOf(changes);
      this.#notBeforeMs = nowMs + REFUSED_MS;
      this.#options.log(
        'error',
        `alerts are refused by ${label}: status ${outcome.status}; try it by: skein alerts test`,
      );
    } else {
      if (!this.#isFailing)
        this.#options.log('warn', `alerts do not reach ${label}: ${outcome.reason}; trying on`);
      this.#refused = '';
      this.#notBeforeMs = nowMs + Math.max(this.#pauseMs, outcome.retryAfterMs ?? 0);
      this.#pauseMs = Math.min(RETRY_MS_MAX, this.#pauseMs * 2);
    }
    this.#isFailing = true;
  }
}

/** What is told, without the words that change all the time. */
function wordsOf(changes: readonly ProbeChange[]): string {
  return changes.map(({ name, level }) => `${name} ${level}`).join(', ');
}
