import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { EngineJob, EngineResult } from './engine-worker.ts';

/** A thread that does one job after the other; started by the first one, and again after it died. */
export class EngineThread {
  readonly #waiting: { readonly job: EngineJob; readonly resolve: (result: EngineResult) => void }[] = [];
  readonly #resourceLimits: ResourceLimits;
  #worker: Worker | undefined;
  #running: ((result: EngineResult) => void) | undefined;
  #closed = false;

  constructor(resourceLimits: ResourceLimits = {}) {
    this.#resourceLimits = resourceLimits;
  }

  /** Resolves in any case; failures are results. After `close` nothing resolves any more. */
  run(job: EngineJob): Promise<EngineResult> {
    return new Promise((resolve) => {
      this.#waiting.push({ job, resolve });
      this.#next();
    });
  }

  get jobCount(): number {
    return this.#waiting.length + (this.#running === undefined ? 0 : 1);
  }

  /** Stops in the middle of whatever it does: files that it wrote are not published yet. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #next(): void {
    if (this.#closed || this.#running !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#running = next.resolve;
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage(next.job);
  }

  #start(): Worker {
    const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), {
      resourceLimits: this.#resourceLimits,
    });
    worker.on('message', (result: EngineResult) => this.#settle(result));
    worker.on('error', (error) => {
      this.#worker = undefined;
      this.#settle({
        kind: 'failed',
        code: error instanceof Error && 'code' in error ? String(error.code) : undefined,
        message: error instanceof Error ? error.message : 'thread failed',
      });
    });
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      if (!this.#closed) this.#settle({ kind: 'failed', code: undefined, message: 'the thread ended' });
    });
    return worker;
  }

  #settle(result: EngineResult): void {
    const resolve = this.#running;
    this.#running = undefined;
    // An idle thread does not keep the process alive.
    this.#worker?.unref();
    resolve?.(result);
    this.#next();
  }
}
