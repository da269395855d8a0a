import FlexSearch from 'flexsearch';
import { HITS, type Peer } from './peer.ts';
import { plainWords, readTextRecords } from './read-lines.ts';

/** FlexSearch with its `forward` tokeniser: every word matches as a prefix, no typos, no totals, the index in memory. */
export function createFlexSearchPeer(): Peer {
  return {
    index({ textFile }) {
      const search = new FlexSearch.Index({ tokenize: 'forward', encode: plainWords });
      const ids: string[] = [];
      for (const { id, text } of readTextRecords(textFile)) {
        search.add(ids.length, text);
        ids.push(id);
      }
      return {
        note: 'in memory',
        search(_variant, query) {
          const found = search.search(query, { limit: HITS });
          return { ids: found.map((at) => ids[Number(at)] ?? ''), total: undefined, totalIs: 'at least' };
        },
      };
    },
  };
}
