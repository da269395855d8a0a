/** The official search client, pointed at the origin that served this page, with a watch around each request. */
import { liteClient } from 'algoliasearch/lite';
import type { InstantSearchOptions } from 'instantsearch.js/es/types';
import type { PageConfig } from './page-config.ts';

type ClientOptions = NonNullable<Parameters<typeof liteClient>[2]>;
type SearchClient = NonNullable<InstantSearchOptions['searchClient']>;

/** Nothing is remembered: records change, and an answer from memory would show the time of an earlier one. */
const noCache: NonNullable<ClientOptions['responsesCache']> = {
  get: (_key, fetch) => fetch(),
  set: (_key, value) => Promise.resolve(value),
  delete: () => Promise.resolve(),
  clear: () => Promise.resolve(),
};

export interface TimedClient {
  readonly client: SearchClient;
  /** From sending the last request to having read its answer, milliseconds. */
  lastRoundTripMs(): number;
}

export function timedClient(config: PageConfig): TimedClient {
  const { host, protocol } = globalThis.location;
  const official = liteClient(config.applicationId, config.searchKey, {
    hosts: [{ url: host, protocol: protocol === 'https:' ? 'https' : 'http', accept: 'readWrite' }],
    responsesCache: noCache,
  });
  let roundTripMs = 0;
  const client = {
    ...official,
    search: async (...args: Parameters<typeof official.search>) => {
      const startMs = performance.now();
      try {
        return await official.search(...args);
      } finally {
        roundTripMs = performance.now() - startMs;
      }
    },
  };
  return { client: client as SearchClient, lastRoundTripMs: () => roundTripMs };
}
