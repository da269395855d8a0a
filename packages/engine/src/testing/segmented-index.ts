/** The engine proper in tests: a writer, and a View of what it published last, over a folder in memory. */
import type { JsonObject } from '@skein/base';
import type { Directory } from '../directory.ts';
import { IndexWriter } from '../index-writer.ts';
import type { FacetSearchQuery, FacetValueCount, SearchHit, SearchQuery } from '../query/search-query.ts';
import type { IndexSchema } from '../schema.ts';
import { runMerge } from '../segment/merge.ts';
import { View } from '../view.ts';
import type { ComparableHit, ComparableResult, EngineKind, EngineUnderTest } from './engine-under-test.ts';
import { MemoryDirectory } from './memory-directory.ts';

export class SegmentedIndex implements EngineUnderTest {
  readonly directory: Directory;
  readonly writer: IndexWriter;
  #view: View;

  constructor(schema: IndexSchema, directory: Directory = new MemoryDirectory()) {
    this.directory = directory;
    this.writer = IndexWriter.open(directory, { schema });
    this.#view = View.open(directory, this.writer.publish({}));
  }

  put(objectID: string, record: JsonObject): void {
    this.writer.put(objectID, record, JSON.stringify(record));
  }

  delete(objectID: string): void {
    this.writer.delete(objectID);
  }

  publish(): void {
    this.#view = View.open(this.directory, this.writer.publish({}), this.#view);
  }

  /** Merges everything into as few segments as possible; visible after the next publish. */
  merge(): void {
    const plan = this.writer.planMerge({ thorough: true });
    if (plan !== undefined) this.writer.commitMerge(plan, runMerge(this.directory, plan));
  }

  /** What was published last; publishes first when something changed. */
  get view(): View {
    if (this.writer.changed) this.publish();
    return this.#view;
  }

  search(query: SearchQuery): ComparableResult {
    const { hits, hitCount, facets, queryAfterRemoval, automaticRadius } = this.view.search({
      ...query,
      rankingInfo: true,
    });
    return { hits: hits.map(comparable), hitCount, facets, queryAfterRemoval, automaticRadius };
  }

  searchFacetValues(query: FacetSearchQuery): readonly FacetValueCount[] {
    return this.view.searchFacetValues(query).map(({ value, count }) => ({ value, count }));
  }
}

export const SEGMENTED_ENGINE: EngineKind = {
  name: 'engine',
  create: (schema) => new SegmentedIndex(schema),
};

function comparable({ recordJson, rankingInfo, distinctSequence }: SearchHit): ComparableHit {
  const { objectID } = JSON.parse(recordJson) as { objectID: string };
  if (rankingInfo === undefined) throw new Error(`${objectID} has no ranking info although it was asked for`);
  const { nbTypos, words, nbExactWords, proximityDistance, firstMatchedWord, filters } = rankingInfo;
  return {
    objectID,
    distinctSequence,
    nbTypos,
    words,
    nbExactWords,
    proximityDistance,
    firstMatchedWord,
    filters,
  };
}
