/**
 * A process that has loaded and waits for being needed: what it takes the place of is away for as long as its work takes to begin, and no longer.
 */
import { type LoadOptions, ManagedProcess } from './managed-process.ts';

/** When something has just started, everything else is starting, too. */
const DELAY_MS = 2_000;

export class Standby {
  readonly #options: LoadOptions;
  readonly #delayMs: number;
  #waiting: ManagedProcess | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LoadOptions, delayMs = DELAY_MS) {
    this.#options = options;
    this.#delayMs = delayMs;
  }

  /** For tests and messages. */
  get pid(): number | undefined {
    return this.#waiting?.pid;
  }

  /** A little later one is there, unless there is one. */
  prepare(): void {
    if (this.#waiting !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), this.#delayMs);
    this.#timer.unref();
  }

  /** The caller's from now on. Undefined: there is none. */
  take(): ManagedProcess | undefined {
    clearTimeout(this.#timer);
    const taken = this.#waiting;
    this.#waiting = undefined;
    return taken;
  }

  /** What waits ends: the server does, or it is another program by now. */
  drop(): void {
    this.take()?.kill();
  }

  #load(): void {
    const loading = ManagedProcess.load(this.#options);
    loading.send({ kind: 'prepare' });
    this.#waiting = loading;
    void loading.exited.then(() => {
      // Who needs one makes it then; there is nothing to gain from trying again and again.
      if (this.#waiting === loading) this.#waiting = undefined;
    });
  }
}
