/** Cities and WordNet in one index: a quarter of a million real records, short names in many languages beside English prose. */
import type { JsonObject } from '@skein/base';
import { DEFAULT_SCHEMA, type IndexSchema } from '@skein/engine';
import { citiesDataset } from './cities.ts';
import { type Dataset, numberOf, stringOf } from './dataset.ts';
import { wordnetDataset } from './wordnet.ts';

const SCHEMA: IndexSchema = {
  ...DEFAULT_SCHEMA,
  searchable: [
    { path: 'name', rank: 0, ordered: true },
    { path: 'text', rank: 1, ordered: false },
  ],
  facets: [{ path: 'topic', searchable: false, filterOnly: false, afterDistinct: false }],
  customRanking: [{ path: 'weight', direction: 'desc' }],
};

/** The two sets alternate, so that a part of the whole is mixed alike. */
export function mixedDataset(recordCountMax: number): Dataset {
  const cities = citiesDataset(Number.MAX_SAFE_INTEGER);
  const wordnet = wordnetDataset(Number.MAX_SAFE_INTEGER);
  const pairs = Math.min(cities.recordCount, wordnet.recordCount);
  return {
    name: 'mixed',
    what: 'cities and synonym sets in one index: names and glosses or countries searched',
    recordCount: Math.min(cities.recordCount + wordnet.recordCount, recordCountMax),
    schema: SCHEMA,
    filter: { kind: 'compare', path: 'weight', operator: '>=', value: 2000, score: 0 },
    record(at): JsonObject {
      const [set, place] =
        at < 2 * pairs ? [at % 2, at >> 1] : [cities.recordCount > pairs ? 0 : 1, at - pairs];
      if (set === 0) {
        const city = cities.record(place);
        const [name, text, topic] = [
          stringOf(city, 'name'),
          stringOf(city, 'country'),
          stringOf(city, 'featureCode'),
        ];
        return { objectID: `city-${place}`, name, text, topic, weight: numberOf(city, 'population') };
      }
      const entry = wordnet.record(place);
      const [name, text, topic] = [
        stringOf(entry, 'words'),
        stringOf(entry, 'gloss'),
        stringOf(entry, 'topic'),
      ];
      // As if each pointer were a thousand people: both kinds are found at the top.
      return { objectID: `word-${place}`, name, text, topic, weight: 1000 * numberOf(entry, 'pointerCount') };
    },
    textOf: (record) => `${stringOf(record, 'name')} ${stringOf(record, 'text')}`,
    rankOf: (record) => numberOf(record, 'weight'),
    queryTextOf: (record) =>
      stringOf(record, 'topic').includes('-')
        ? (stringOf(record, 'text').split(';')[0] ?? '')
        : stringOf(record, 'name'),
  };
}
