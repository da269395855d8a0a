/**
 * Frame of the relevance tests: a claim is stated once and checked on every engine there is.
 *
 *   claims('typo', (given) => {
 *     test('typo.1 …', () => {
 *       const index = given({ a: 'red shoes', b: 'rad shoes' });
 *       expect(index.ids('redd')).toEqual(['a']);
 *     });
 *   });
 *
 * A record given as text is its `title`. Titles come before texts in importance, both ordered.
 */
import { isJsonObject, type JsonObject } from '@skein/base';
import { describe } from 'vitest';
import { defaultSearchQuery } from '../query/default-query.ts';
import type { SearchQuery } from '../query/search-query.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from '../schema.ts';
import {
  type ComparableHit,
  type ComparableResult,
  type EngineKind,
  PLAIN_ENGINE,
} from './engine-under-test.ts';
import { SEGMENTED_ENGINE } from './segmented-index.ts';

const ENGINES: readonly EngineKind[] = [PLAIN_ENGINE, SEGMENTED_ENGINE];

export type GivenRecords = Readonly<Record<string, string | JsonObject>>;
export type Given = (records: GivenRecords, schema?: Partial<IndexSchema>) => GivenIndex;

export interface GivenIndex {
  search(text: string, settings?: Partial<SearchQuery>): ComparableResult;
  /** objectIDs in order. */
  ids(text: string, settings?: Partial<SearchQuery>): string[];
  /** The ranking numbers of one hit. */
  hit(objectID: string, text: string, settings?: Partial<SearchQuery>): ComparableHit | undefined;
  facetValues(path: string, text: string, settings?: Partial<SearchQuery>): string[];
}

export function claims(area: string, state: (given: Given) => void): void {
  for (const kind of ENGINES) {
    describe(`${area}, ${kind.name}`, () => {
      state((records, schema) => givenIndex(kind, records, schema ?? {}));
    });
  }
}

const CLAIM_SCHEMA: IndexSchema = {
  ...DEFAULT_SCHEMA,
  searchable: [
    { path: 'title', rank: 0, ordered: true },
    { path: 'text', rank: 1, ordered: true },
  ],
};

function givenIndex(kind: EngineKind, records: GivenRecords, schema: Partial<IndexSchema>): GivenIndex {
  const engine = kind.create({ ...CLAIM_SCHEMA, ...schema });
  for (const [objectID, record] of Object.entries(records)) {
    engine.put(objectID, { objectID, ...(isJsonObject(record) ? record : { title: record }) });
  }
  const search = (text: string, settings: Partial<SearchQuery> = {}): ComparableResult =>
    engine.search({ ...defaultSearchQuery(text), rankingInfo: true, ...settings });
  return {
    search,
    ids: (text, settings) => search(text, settings).hits.map((hit) => hit.objectID),
    hit: (objectID, text, settings) => search(text, settings).hits.find((hit) => hit.objectID === objectID),
    facetValues: (path, text, settings) =>
      engine
        .searchFacetValues({
          path,
          text,
          valueCountMax: 10,
          search: { ...defaultSearchQuery(), ...settings },
          preTag: '<em>',
          postTag: '</em>',
        })
        .map(({ value, count }) => `${value} ${count}`),
  };
}
