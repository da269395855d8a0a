import type { EtcdClient, EtcdStatus } from '@skein/oplog/cluster';

const INTERVAL_MS = 3_000;
const TIMEOUT_MS = 1_000;

/** How each etcd is, looked up every few seconds, for operators and probes. */
export class EtcdWatcher {
  readonly #etcd: EtcdClient;
  readonly #endpoints: readonly string[];
  readonly #statuses = new Map<string, EtcdStatus | { readonly error: string }>();
  readonly #timer: NodeJS.Timeout;
  #looking = false;

  constructor(etcd: EtcdClient, endpoints: readonly string[]) {
    this.#etcd = etcd;
    this.#endpoints = endpoints;
    this.#timer = setInterval(() => void this.#look(), INTERVAL_MS);
    void this.#look();
  }

  /** By endpoint; as of the last look. */
  get statuses(): ReadonlyMap<string, EtcdStatus | { readonly error: string }> {
    return this.#statuses;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    await Promise.all(
      this.#endpoints.map(async (endpoint) => {
        try {
          this.#statuses.set(endpoint, await this.#etcd.status(endpoint, { timeoutMs: TIMEOUT_MS }));
        } catch (error) {
          this.#statuses.set(endpoint, { error: error instanceof Error ? error.message : String(error) });
        }
      }),
    );
    this.#looking = false;
  }
}
