import MiniSearch from 'minisearch';
import { HITS, type Peer } from './peer.ts';
import { plainWords, readTextRecords } from './read-lines.ts';

/** MiniSearch: all words, the last as prefix; it always returns every match, scored by BM25+. */
export function createMiniSearchPeer(): Peer {
  return {
    index({ textFile }) {
      const search = new MiniSearch({
        fields: ['text'],
        idField: 'id',
        tokenize: plainWords,
        processTerm: (term) => term,
      });
      for (const { id, text } of readTextRecords(textFile)) search.add({ id, text });
      return {
        note: 'in memory',
        search(variant, query) {
          const found = search.search(query, {
            combineWith: 'AND',
            prefix: (_term, at, terms) => at === terms.length - 1,
            fuzzy:
              variant === 'typos' ? (term) => (term.length >= 8 ? 2 : term.length >= 4 ? 1 : false) : false,
          });
          return {
            ids: found.slice(0, HITS).map(({ id }) => String(id)),
            total: found.length,
            totalIs: 'exact',
          };
        },
      };
    },
  };
}
