import { ClusterIdentity } from './cluster-identity.ts';
import { type EndpointState, EtcdEndpoint } from './etcd-endpoint.ts';
import { type EtcdClientTls, securityOf } from './etcd-security.ts';

/** A probe is one small call without a write; a hung endpoint is noticed after one interval and one timeout. */
const probeIntervalMs = 200;
const probeTimeoutMs = 400;
/** How long the first endpoint has to be fine before streams go back to it. */
const returnAfterMs = 5_000;

const RANK: Readonly<Record<EndpointState, number>> = { up: 0, suspect: 1, leaderless: 2, down: 3 };

/**
 * The endpoints in the order of preference, and which of them are worth asking. Probes those that are not fine, and those that streams are on:
 * etcd takes pings of HTTP/2 more often than every 5 s for an attack, so these are calls.
 */
export class EtcdEndpoints {
  readonly #all: readonly EtcdEndpoint[];
  readonly #streams = new Map<EtcdEndpoint, number>();
  #timer: NodeJS.Timeout | undefined;
  #firstUpSinceMs: number | undefined;
  #closed = false;

  constructor(urls: readonly string[], tls: EtcdClientTls | undefined) {
    if (urls.length === 0) throw new Error('etcd needs an endpoint');
    const identity = new ClusterIdentity();
    this.#all = urls.map((url) => new EtcdEndpoint(url, securityOf(url, tls), identity));
  }

  get all(): readonly EtcdEndpoint[] {
    return this.#all;
  }

  /** The best first. */
  candidates(): readonly EtcdEndpoint[] {
    return [...this.#all].sort((a, b) => RANK[a.state] - RANK[b.state]);
  }

  byUrl(url: string): EtcdEndpoint {
    const found = this.#all.find((endpoint) => endpoint.url === url);
    if (found === undefined) throw new Error(`${url} is no endpoint of this client`);
    return found;
  }

  /** A call did not come back, or not well: others are preferred until a probe has found out more. */
  suspect(endpoint: EtcdEndpoint): void {
    endpoint.suspect();
    this.#probe(endpoint);
    this.#keepProbing();
  }

  /** While a stream is on it, it is probed; `lost` is called when the stream should go elsewhere. Give the answer back by calling it. */
  hold(endpoint: EtcdEndpoint, lost: () => void): () => void {
    endpoint.lost.add(lost);
    this.#streams.set(endpoint, (this.#streams.get(endpoint) ?? 0) + 1);
    this.#keepProbing();
    return () => {
      endpoint.lost.delete(lost);
      const count = (this.#streams.get(endpoint) ?? 1) - 1;
      if (count === 0) this.#streams.delete(endpoint);
      else this.#streams.set(endpoint, count);
    };
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const endpoint of this.#all) endpoint.close();
  }

  #keepProbing(): void {
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#tick(), probeIntervalMs);
    this.#timer.unref();
  }

  #tick(): void {
    const first = this.#all[0]!;
    const away = [...this.#streams.keys()].filter((endpoint) => endpoint !== first);
    const probed = this.#all.filter(
      (endpoint) =>
        endpoint.state !== 'up' || this.#streams.has(endpoint) || (endpoint === first && away.length > 0),
    );
    if (probed.length === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#firstUpSinceMs = undefined;
      return;
    }
    for (const endpoint of probed) this.#probe(endpoint);
    this.#firstUpSinceMs = first.state === 'up' ? (this.#firstUpSinceMs ?? performance.now()) : undefined;
    const returns =
      this.#firstUpSinceMs !== undefined && performance.now() - this.#firstUpSinceMs > returnAfterMs;
    const someUp = this.#all.some(({ state }) => state === 'up');
    for (const endpoint of this.#streams.keys()) {
      const isWorse = endpoint.state === 'leaderless' && someUp;
      if (!isWorse && !(returns && endpoint !== first)) continue;
      for (const tell of [...endpoint.lost]) tell();
    }
  }

  #probe(endpoint: EtcdEndpoint): void {
    void endpoint.probe(probeTimeoutMs);
  }
}
