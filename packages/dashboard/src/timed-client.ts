/** The official search client, pointed at the origin that served this page, with a watch around each request. */
import { liteClient } from 'algoliasearch/lite';
import type { InstantSearchOptions } from 'instantsearch.js/es/types';
import type { PageConfig } from './page-config.ts';

type SearchClient = NonNullable<InstantSearchOptions['searchClient']>;

export interface TimedClient {
  readonly client: SearchClient;
  /** From sending the last request to having read its answer, milliseconds. */
  lastRoundTripMs(): number;
}

export function timedClient(config: PageConfig): TimedClient {
  const { host, protocol } = globalThis.location;
  const official = liteClient(config.applicationId, config.searchKey, {
    hosts: [{ url: host, protocol: protocol === 'https:' ? 'https' : 'http', accept: 'readWrite' }],
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
