/**
 * Official clients that search all the time, with the addresses of all members and their own way of going on to the next one. No search may
 * fail; records that are never changed are all found each time; and what a member has shown once, it shows from then on.
 *
 * A client remembers for two minutes who did not answer, and asks nobody else while one is left that it knows nothing bad of. Here members
 * fail in turns more quickly than that. So a search for which it did not ask every member is counted, and made again at once; one for which it
 * asked all of them is a failure.
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

interface OfficialClient {
  /** Answers with the number of hits. */
  readonly search: (query: string) => Promise<number>;
  /** Whom it asked for the latest search; the last one answered. */
  readonly asked: string[];
}

export class SearchClients {
  readonly silences = new Silences();
  readonly violations: Violation[] = [];
  failedCount = 0;
  /** Without having asked everybody. */
  givenUpCount = 0;
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

  async #search(client: OfficialClient): Promise<void> {
    let mayGiveUp = true;
    while (!this.#stopped) {
      const isAnchor = this.#random() < 0.5;
      client.asked.length = 0;
      try {
        // What was shown by then must be there, whatever others are shown meanwhile.
        const before = new Map(this.#shown);
        const nbHits = await client.search(isAnchor ? 'anchor' : 'grown');
        const host = client.asked.at(-1) ?? '';
        this.silences.note();
        mayGiveUp = true;
        if (isAnchor) this.#checkAnchors(nbHits, host);
        else this.#checkGrown(nbHits, host, before.get(host) ?? 0);
      } catch (error) {
        if (mayGiveUp && new Set(client.asked).size < this.#cluster.members.length) {
          this.givenUpCount++;
          mayGiveUp = false;
          continue;
        }
        this.failedCount++;
        this.violations.push({
          kind: 'failed-search',
          text: `after asking ${client.asked.join()}: ${describe(error)}`,
        });
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

  #v5(hosts: RunningCluster['hosts']): OfficialClient {
    const { applicationId, searchKey } = this.#cluster;
    const { requester } = algoliasearch(applicationId, searchKey, { hosts }).transporter;
    const asked: string[] = [];
    const client = algoliasearch(applicationId, searchKey, {
      hosts,
      requester: {
        send: (request) => {
          asked.push(new URL(request.url).hostname);
          return requester.send(request);
        },
      },
    });
    const search = async (query: string): Promise<number> => {
      const searchParams = { query, hitsPerPage: 1 };
      const { nbHits } = await client.searchSingleIndex({ indexName: this.#index, searchParams });
      return nbHits ?? -1;
    };
    return { search, asked };
  }

  #v4(hosts: RunningCluster['hosts']): OfficialClient {
    const { applicationId, searchKey } = this.#cluster;
    const given = hosts.map(({ url, port }) => ({ url: `${url}:${port}`, protocol: 'http' }) as const);
    const { requester } = algoliasearchV4(applicationId, searchKey, { hosts: given }).transporter;
    const asked: string[] = [];
    const client = algoliasearchV4(applicationId, searchKey, {
      hosts: given,
      requester: {
        send: (request) => {
          asked.push(new URL(request.url).hostname);
          return requester.send(request);
        },
      },
    });
    const index = client.initIndex(this.#index);
    const search = async (query: string): Promise<number> =>
      (await index.search(query, { hitsPerPage: 1 })).nbHits;
    return { search, asked };
  }
}

/** Errors of the older client are plain objects. */
function describe(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return JSON.stringify(error).slice(0, 2_000);
}
