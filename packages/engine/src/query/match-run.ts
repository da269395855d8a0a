/**
 * The matching half of a search over all segments of a View: which records match, with the conditions that depend on the
 * whole set (fewest typos, words required, automatic radius) decided over all segments together.
 */
import { ColumnsReader } from '../columns/columns-reader.ts';
import { AUTOMATIC_RADII, automaticRadius, countDistances } from '../geo/automatic-radius.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import { FieldRules } from './field-rules.ts';
import type { PlannedQuery } from './planned-query.ts';
import type { SearchQuery } from './search-query.ts';
import { SegmentSearch } from './segment-search.ts';
import { chooseSplits, type Split } from './splits.ts';

const NO_LIMIT = 0xffff_ffff;
/** Optional words: from so many words on, large result sets require more of them. */
const MINIMUM_FROM_WORDS = 4;
const MANY_WORDS = 10;

export class MatchRun {
  readonly planned: PlannedQuery;
  readonly splits: readonly Split[];
  readonly fields: FieldRules;
  readonly searches: readonly SegmentSearch[];
  /** Matching records. */
  readonly count: number;
  /** Metres, when the automatic radius was asked for. */
  readonly automaticRadius: number | undefined;

  /** `segments` show the View's live records already. The caller releases the run. */
  constructor(
    segments: readonly SegmentReader[],
    planned: PlannedQuery,
    fields: FieldRules,
    query: SearchQuery,
  ) {
    this.planned = planned;
    this.fields = fields;
    this.splits = chooseSplits(segments, planned);
    const searches: SegmentSearch[] = [];
    this.searches = searches;
    try {
      for (const segment of segments) {
        const search = new SegmentSearch(segment, planned, this.splits, fields);
        searches.push(search);
        if (query.filter !== undefined) search.restrict(segment.columns.evaluate(query.filter));
        const inside = query.geo === undefined ? undefined : segment.columns.geoFilter(query.geo);
        if (inside !== undefined) search.restrict(inside);
      }
      if (planned.words.length > 0) this.#decideWords(query);
      this.automaticRadius = this.#decideRadius(query);
    } catch (error) {
      this.release();
      throw error;
    }
    this.count = this.#sum();
  }

  release(): void {
    for (const search of this.searches.toReversed()) search.release();
  }

  #decideWords(query: SearchQuery): void {
    if (this.fields.anyRestriction) this.#verify(0, NO_LIMIT);
    const matchedMin = this.#matchedMin();
    if (matchedMin > 1) this.#verify(matchedMin, NO_LIMIT);
    if (query.typoTolerance !== 'min' && query.typoTolerance !== 'strict') return;
    const occurring: number[] = [];
    for (const [typos, count] of this.#verify(matchedMin, NO_LIMIT).entries()) {
      if (count > 0) occurring.push(typos);
    }
    const typosMax = occurring[query.typoTolerance === 'min' ? 0 : Math.min(1, occurring.length - 1)];
    if (typosMax !== undefined) this.#verify(matchedMin, typosMax);
  }

  /** How many words a record must match when none is required. */
  #matchedMin(): number {
    const wordCount = this.planned.words.length;
    if (!this.planned.allOptional || wordCount < MINIMUM_FROM_WORDS) return 1;
    const thousands = Math.floor(this.#sum() / 1000);
    const step = wordCount < MANY_WORDS ? 1 : Math.floor(wordCount / 5);
    return Math.min(wordCount, 1 + thousands * step);
  }

  #verify(matchedMin: number, typosMax: number): readonly number[] {
    const sums: number[] = [];
    for (const search of this.searches) {
      for (const [typos, count] of search.verify(this.fields, { matchedMin, typosMax }).entries()) {
        sums[typos] = (sums[typos] ?? 0) + count;
      }
    }
    return sums;
  }

  #decideRadius(query: SearchQuery): number | undefined {
    const { geo } = query;
    if (geo?.around === undefined || geo.radius !== 'automatic' || ColumnsReader.hasGeoFilter(geo)) {
      return undefined;
    }
    const histogram = new Uint32Array(AUTOMATIC_RADII.length);
    const distancesOf: number[] = [];
    for (const { memory, docCount, docs, reader } of this.searches) {
      const distances = memory.allocate(docCount * 4);
      distancesOf.push(distances);
      reader.columns.geoDistances(geo.around, docs, distances);
      countDistances(memory, { bitset: docs, distances, docCount }, histogram);
    }
    const radius = automaticRadius(histogram, geo.minimumRadius);
    for (const [ordinal, search] of this.searches.entries()) {
      search.keepWithin(distancesOf[ordinal]!, radius);
    }
    return radius;
  }

  #sum(): number {
    let count = 0;
    for (const search of this.searches) count += search.count;
    return count;
  }
}
