/** What tests ask of the plain engine and of the engine proper alike, in one form that can be compared. */
import type { JsonObject } from '@skein/base';
import type { FacetResult, FacetSearchQuery, FacetValueCount, SearchQuery } from '../query/search-query.ts';
import type { IndexSchema } from '../schema.ts';
import { PlainEngine, type PlainHit } from './plain-engine.ts';

export interface EngineUnderTest {
  put(objectID: string, record: JsonObject): void;
  delete(objectID: string): void;
  search(query: SearchQuery): ComparableResult;
  searchFacetValues(query: FacetSearchQuery): readonly FacetValueCount[];
}

export interface EngineKind {
  readonly name: string;
  readonly create: (schema: IndexSchema) => EngineUnderTest;
}

export interface ComparableResult {
  readonly hits: readonly ComparableHit[];
  readonly hitCount: number;
  readonly facets: readonly FacetResult[];
  readonly queryAfterRemoval: string | undefined;
  readonly automaticRadius: number | undefined;
}

/** Numbers as `_rankingInfo` has them. */
export interface ComparableHit {
  readonly objectID: string;
  readonly distinctSequence: number | undefined;
  readonly nbTypos: number;
  readonly words: number;
  readonly nbExactWords: number;
  readonly proximityDistance: number;
  readonly firstMatchedWord: number;
  readonly filters: number;
}

export class PlainUnderTest implements EngineUnderTest {
  readonly engine: PlainEngine;

  constructor(schema: IndexSchema) {
    this.engine = new PlainEngine(schema);
  }

  put(objectID: string, record: JsonObject): void {
    this.engine.put(objectID, record);
  }

  delete(objectID: string): void {
    this.engine.delete(objectID);
  }

  search(query: SearchQuery): ComparableResult {
    const { words, hits, hitCount, facets, queryAfterRemoval, automaticRadius } = this.engine.search(query);
    return {
      hits: hits.map((hit) => comparable(hit, words.length)),
      hitCount,
      facets,
      queryAfterRemoval,
      automaticRadius,
    };
  }

  searchFacetValues(query: FacetSearchQuery): readonly FacetValueCount[] {
    return this.engine.searchFacetValues(query);
  }
}

export const PLAIN_ENGINE: EngineKind = {
  name: 'plain engine',
  create: (schema) => new PlainUnderTest(schema),
};

function comparable({ objectID, distinctSequence, criteria }: PlainHit, wordCount: number): ComparableHit {
  return {
    objectID,
    distinctSequence,
    nbTypos: criteria.typo,
    words: wordCount - criteria.words,
    nbExactWords: wordCount - criteria.exact,
    proximityDistance: criteria.proximity,
    firstMatchedWord: criteria.attribute,
    filters: criteria.filters,
  };
}
