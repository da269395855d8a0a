/**
 * Official clients that search all the time, with the addresses of all members and their own way of going on to the next one. No search may
 * fail; records that are never changed are all found each time; and what a member has shown once, it shows from then on.
 */
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningCluster } from '@skein/testkit';
import { algoliasearch } from 'algoliasearch';
import type { Violation } from '../../documents/checker/history.ts';
import { Silences } from './silences.ts';

// The package is a CommonJS function whose types describe a default export.
const algoliasearchV4 = createRequire(import.meta.url)(
  'algoliasearch-v4',
) as typeof import('algoliasearch-v4').default;

export const ANCHOR_COUNT = 150;
const PAUSE_MS_MAX = 30;

interface Found {
  readonly nbHits: number;
  readonly host: string;
}

export class SearchClients {
  readonly silences = new Silences();
  readonly violations: Violation[] = [];
  failedCount = 0;
  readonly #cluster: RunningCluster;
  readonly #index: string;
  readonly #random: () => number;
  /** Hits of records that only become more, by host. */
  readonly #shown = new Map<string, number>();
  #stopped = false;
  #clients: Promise<unknown> | undefined;

  constructor(cluster: RunningCluster, index: string, random: () => number) {
    this.#cluster = cluster;
    this.#index = index;
    this.#random = random;
  }

  start(): void {
    const { hosts } = this.#cluster;
    // Each begins with another member.
    const clients = hosts.map((_, at) => [...hosts.slice(at), ...hosts.slice(0, at)]);
    this.#clients = Promise.all([
      ...clients.map((list) => this.#search(this.#v5(list))),
      this.#search(this.#v4(hosts)),
    ]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#clients;
  }

  async #search(client: (query: string) => Promise<Found>): Promise<void> {
    while (!this.#stopped) {
      const isAnchor = this.#random() < 0.5;
      try {
        // What was shown by then must be there, whatever others are shown meanwhile.
        const before = new Map(this.#shown);
        const { nbHits, host } = await client(isAnchor ? 'anchor' : 'grown');
        this.silences.note();
        if (isAnchor) this.#checkAnchors(nbHits, host);
        else this.#checkGrown(nbHits, host, before.get(host) ?? 0);
      } catch (error) {
        this.failedCount++;
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        this.violations.push({ kind: 'failed-search', text });
        await pause(100);
      }
      await pause(this.#random() * PAUSE_MS_MAX);
    }
  }

  #checkAnchors(nbHits: number, host: string): void {
    if (nbHits === ANCHOR_COUNT) return;
    const text = `${host} found ${nbHits} of ${ANCHOR_COUNT} records that never change`;
    this.violations.push({ kind: 'wrong-search', text });
  }

  #checkGrown(nbHits: number, host: string, before: number): void {
    if (nbHits < before) {
      const text = `${host} found ${nbHits} records, and ${before} before`;
      this.violations.push({ kind: 'went-back', text });
    }
    this.#shown.set(host, Math.max(nbHits, this.#shown.get(host) ?? 0));
  }

  #v5(hosts: RunningCluster['hosts']): (query: string) => Promise<Found> {
    const { applicationId, searchKey } = this.#cluster;
    const { requester } = algoliasearch(applicationId, searchKey, { hosts }).transporter;
    let host = '';
    const client = algoliasearch(applicationId, searchKey, {
      hosts,
      requester: {
        send: async (request) => {
          const answer = await requester.send(request);
          host = new URL(request.url).hostname;
          return answer;
        },
      },
    });
    return async (query) => {
      const { nbHits } = await client.searchSingleIndex({
        indexName: this.#index,
        searchParams: { query, hitsPerPage: 1 },
      });
      return { nbHits: nbHits ?? -1, host };
    };
  }

  #v4(hosts: RunningCluster['hosts']): (query: string) => Promise<Found> {
    const { applicationId, searchKey } = this.#cluster;
    const given = hosts.map(({ url, port }) => ({ url: `${url}:${port}`, protocol: 'http' }) as const);
    const { requester } = algoliasearchV4(applicationId, searchKey, { hosts: given }).transporter;
    let host = '';
    const client = algoliasearchV4(applicationId, searchKey, {
      hosts: given,
      requester: {
        send: async (request) => {
          const answer = await requester.send(request);
          host = new URL(request.url).hostname;
          return answer;
        },
      },
    });
    const index = client.initIndex(this.#index);
    return async (query) => {
      const { nbHits } = await index.search(query, { hitsPerPage: 1 });
      return { nbHits, host };
    };
  }
}
