import type { Logger } from 'pino';

/** How long the same error of the same route is not repeated. */
const quietMs = 10_000;
const rememberedCountMax = 1_000;

/** Unexpected errors of requests, each told once in a while: a fault that every search meets must not fill the disk. */
export class ErrorLog {
  readonly #log: Logger;
  readonly #nowMs: () => number;
  readonly #toldMs = new Map<string, number>();

  constructor(log: Logger, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  tell(error: unknown, route: string): void {
    const what = `${route} ${error instanceof Error ? `${error.name} ${error.message}` : String(error)}`;
    const nowMs = this.#nowMs();
    const toldMs = this.#toldMs.get(what);
    if (toldMs !== undefined && nowMs - toldMs < quietMs) return;
    if (this.#toldMs.size >= rememberedCountMax) this.#toldMs.clear();
    this.#toldMs.set(what, nowMs);
    this.#log.error({ err: error, route }, 'a request failed');
  }
}
