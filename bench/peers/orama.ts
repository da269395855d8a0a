import { create, insertMultiple, type Results, search } from '@orama/orama';
import { HITS, type Peer } from './peer.ts';
import { plainWords, readTextRecords } from './read-lines.ts';

/** Orama: all words (`threshold: 0`), each as a prefix, with `tolerance` as its edit distance for every word. */
export function createOramaPeer(): Peer {
  return {
    async index({ textFile }) {
      const database = create({
        schema: { text: 'string' },
        components: {
          tokenizer: { language: 'english', normalizationCache: new Map(), tokenize: plainWords },
        },
      });
      await insertMultiple(
        database,
        [...readTextRecords(textFile)].map(({ id, text }) => ({ id, text })),
        5000,
      );
      return {
        note: 'in memory',
        async search(variant, query) {
          const found: Results<{ id: string }> = await search(database, {
            term: query,
            limit: HITS,
            threshold: 0,
            ...(variant === 'typos' ? { tolerance: 1 } : {}),
          });
          return { ids: found.hits.map(({ id }) => id), total: found.count, totalIs: 'exact' };
        },
      };
    },
  };
}
