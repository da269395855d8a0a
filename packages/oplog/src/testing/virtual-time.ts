interface Timer {
  readonly id: number;
  readonly run: () => void;
  readonly everyMs: number | undefined;
  dueMs: number;
}

/** Time that passes only when it is told to: timers of this process run by it between `install` and `uninstall`. */
export class VirtualTime {
  readonly #timers = new Map<number, Timer>();
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
  };
  #idLast = 0;
  #nowMs = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  install(): void {
    const set = (run: () => void, ms: number, isRepeated: boolean): object => {
      const afterMs = Math.max(1, Math.ceil(ms));
      const id = ++this.#idLast;
      this.#timers.set(id, {
        id,
        run,
        everyMs: isRepeated ? afterMs : undefined,
        dueMs: this.#nowMs + afterMs,
      });
      return { id, unref: () => {} };
    };
    const clear = (timer: { readonly id: number } | undefined): void => {
      if (timer !== undefined) this.#timers.delete(timer.id);
    };
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 0) => set(run, ms, false),
      setInterval: (run: () => void, ms = 0) => set(run, ms, true),
      clearTimeout: clear,
      clearInterval: clear,
    });
  }

  uninstall(): void {
    Object.assign(globalThis, this.#real);
  }

  /** Runs what is due in the next `ms` milliseconds, each with all that follows from it at once. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settled();
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers.values()) {
        if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
      }
      if (next === undefined) break;
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      if (next.everyMs === undefined) this.#timers.delete(next.id);
      else next.dueMs = this.#nowMs + next.everyMs;
      next.run();
      await settled();
    }
    this.#nowMs = untilMs;
  }
}

/** All promises that can go on have gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
