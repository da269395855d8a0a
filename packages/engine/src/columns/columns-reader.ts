/**
 * Everything of an open segment that is not text: filters, facets, numbers, sort values, groups and points of its docs.
 *
 * Bitsets and arrays are addresses in the segment's memory. What a method allocates is scratch above the caller's mark, and stays
 * until the caller releases it.
 */

import type { FacetReader } from '../facets/facet-reader.ts';
import { FacetsReader } from '../facets/facets-reader.ts';
import { evaluateFilter } from '../filters/filter-evaluator.ts';
import type { FilterNode } from '../filters/filter-node.ts';
import { addFilterScores, addOptionalScores, type OrScores } from '../filters/filter-scores.ts';
import { GeoReader, NO_DISTANCE } from '../geo/geo-reader.ts';
import { geoBucket } from '../geo/geometry.ts';
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { GeoPoint, GeoQuery, OptionalFilter } from '../query/search-query.ts';
import type { IndexSchema } from '../schema.ts';
import type { SectionLookup } from '../segment/section.ts';
import { DistinctReader } from './distinct-reader.ts';
import { NumbersReader, type NumericStats } from './numbers-reader.ts';
import { compareSortValues, type SortValue } from './sort-value.ts';
import { SortsReader } from './sorts-reader.ts';

export interface ColumnsReaderOptions {
  readonly memory: SegmentMemory;
  readonly sectionAt: SectionLookup;
  readonly docCount: number;
  readonly schema: IndexSchema;
  /** docId of a record, or -1. */
  readonly findObjectID: (objectID: string) => number;
}

export class ColumnsReader {
  readonly memory: SegmentMemory;
  readonly docCount: number;
  readonly facets: FacetsReader;
  readonly numbers: NumbersReader;
  readonly sorts: SortsReader;
  readonly distinct: DistinctReader | undefined;
  readonly geo: GeoReader | undefined;
  readonly findObjectID: (objectID: string) => number;
  readonly #schema: IndexSchema;
  readonly #equalOnly: ReadonlyMap<string, boolean> | undefined;
  #customRanks: Uint32Array | undefined;

  constructor(options: ColumnsReaderOptions) {
    const { memory, sectionAt, docCount, schema } = options;
    this.memory = memory;
    this.docCount = docCount;
    this.#schema = schema;
    this.findObjectID = options.findObjectID;
    this.#equalOnly =
      schema.numericFilterable &&
      new Map(schema.numericFilterable.map((attribute) => [attribute.path, attribute.equalOnly]));
    this.facets = new FacetsReader(memory, sectionAt, docCount);
    this.numbers = new NumbersReader(memory, sectionAt, docCount);
    this.sorts = new SortsReader(memory, sectionAt, docCount);
    this.distinct = DistinctReader.open(memory, sectionAt, docCount);
    this.geo = GeoReader.open(memory, sectionAt, docCount);
  }

  /** Address of a scratch bitset of the docs that match (deleted ones too). */
  evaluate(filter: FilterNode): number {
    return evaluateFilter(this, filter);
  }

  /** Whether the settings let this attribute be filtered by number. */
  isNumberFilterAllowed(path: string, comparison: 'equality' | 'order'): boolean {
    if (this.#equalOnly === undefined) return true;
    const equalOnly = this.#equalOnly.get(path);
    return equalOnly !== undefined && (comparison === 'equality' || !equalOnly);
  }

  /** Adds to the u32 array at `into` (docCount entries) the scores that optional filters give. */
  optionalScores(
    groups: readonly (readonly OptionalFilter[])[],
    options: { readonly sumOrFiltersScores: boolean },
    into: number,
  ): void {
    addOptionalScores(this, groups, orScoresOf(options), into);
  }

  /** Adds to the u32 array at `into` (docCount entries) the scores of `<score=n>` terms inside a filter. */
  filterScores(filter: FilterNode, options: { readonly sumOrFiltersScores: boolean }, into: number): void {
    addFilterScores(this, filter, orScoresOf(options), into);
  }

  /** Undefined: no record of this segment has a value, or the schema does not name the attribute. */
  facet(path: string): FacetReader | undefined {
    return this.facets.facet(path);
  }

  /** Over all numbers of the bitset's docs, in docId order; undefined where there is none. */
  numericStats(path: string, bitset: number): NumericStats | undefined {
    return this.numbers.column(path)?.stats(bitset);
  }

  /** The value that a sort or custom ranking attribute has in a doc. */
  sortValue(path: string, docId: number): SortValue {
    return this.sorts.column(path)?.value(docId);
  }

  /**
   * Address of a u32 array docId → dense rank in the direction (2^32 - 1: no value, last). Ascending ranks lie in the segment,
   * descending ones in scratch memory. Undefined: the schema does not sort by this attribute.
   */
  sortRanks(path: string, direction: 'asc' | 'desc'): number | undefined {
    return this.sorts.column(path)?.ranksAt(direction);
  }

  /** Below 0 when this segment's doc comes before the other's by custom ranking; 0 when custom ranking does not tell. */
  compareCustom(docId: number, other: ColumnsReader, otherDocId: number): number {
    for (const { path, direction } of this.#schema.customRanking) {
      const order = compareSortValues(
        this.sortValue(path, docId),
        other.sortValue(path, otherDocId),
        direction,
      );
      if (order !== 0) return order;
    }
    return 0;
  }

  /** docId → dense rank of the custom ranking tuple; equal tuples share a rank. Made at the first call. */
  customRanks(): Uint32Array {
    this.#customRanks ??= this.#makeCustomRanks();
    return this.#customRanks;
  }

  #makeCustomRanks(): Uint32Array {
    const ranks = new Uint32Array(this.docCount);
    // docIds ascend by the tuple already: a new rank begins where a neighbour differs.
    for (const { path } of this.#schema.customRanking) {
      const column = this.sorts.column(path)?.ranks;
      if (column === undefined) continue;
      for (let docId = 1; docId < ranks.length; docId++) {
        if (column[docId] !== column[docId - 1]) ranks[docId] = 1;
      }
    }
    for (let docId = 1; docId < ranks.length; docId++) ranks[docId]! += ranks[docId - 1]!;
    return ranks;
  }

  /** The doc's group for `distinct`; docs without a value have a number of their own. */
  distinctOrdinal(docId: number): number {
    return this.distinct === undefined ? docId : this.distinct.ordinal(docId);
  }

  /** The name of the doc's group; undefined: it is alone. */
  distinctValue(docId: number): string | undefined {
    return this.distinct?.value(docId);
  }

  /** Whether a query's boxes, polygons or radius decide which docs match. */
  static hasGeoFilter(query: GeoQuery): boolean {
    return (
      query.boxes.length > 0 ||
      query.polygons.length > 0 ||
      (query.around !== undefined && typeof query.radius === 'number')
    );
  }

  /**
   * Address of a scratch bitset of the docs inside the query's boxes or polygons, else inside its radius. `radius` replaces the query's
   * (for the automatic one, once it is known). Undefined: the query does not filter by place.
   */
  geoFilter(query: GeoQuery, radius: number | undefined = numberOf(query.radius)): number | undefined {
    const hasShapes = query.boxes.length > 0 || query.polygons.length > 0;
    if (!hasShapes && (query.around === undefined || radius === undefined)) return undefined;
    const into = this.memory.allocateBitset(this.docCount);
    if (!hasShapes) this.geo?.addWithin(query.around!, radius!, into);
    for (const box of query.boxes) this.geo?.addInBox(box, into);
    for (const polygon of query.polygons) this.geo?.addInPolygon(polygon, into);
    return into;
  }

  /** Metres to the doc's nearest point, and that point. */
  geoDistance(
    docId: number,
    centre: GeoPoint,
  ): { readonly metres: number; readonly point: GeoPoint } | undefined {
    return this.geo?.nearest(docId, centre);
  }

  /** Writes to the u32 array at `into` (docCount entries) the metres of each doc of the bitset; `NO_DISTANCE` without a point. */
  geoDistances(centre: GeoPoint, bitset: number, into: number): void {
    if (this.geo === undefined) new Uint32Array(this.memory.buffer, into, this.docCount).fill(NO_DISTANCE);
    else this.geo.distances(centre, bitset, into);
  }

  /** As `geoDistances`, with the buckets of the query's precision (2^32 - 1: no point). The query has a centre. */
  geoBuckets(query: GeoQuery & { readonly around: GeoPoint }, bitset: number, into: number): void {
    this.geoDistances(query.around, bitset, into);
    const isPlain = query.precision.every((range) => range.value <= 1);
    if (isPlain) return;
    const buckets = new Uint32Array(this.memory.buffer, into, this.docCount);
    const bits = new Uint32Array(this.memory.buffer, bitset, Math.ceil(this.docCount / 32));
    for (let at = 0; at < bits.length; at++) {
      for (let word = bits[at]!; word !== 0; word &= word - 1) {
        const docId = at * 32 + 31 - Math.clz32(word & -word);
        const metres = buckets[docId]!;
        if (metres !== NO_DISTANCE) buckets[docId] = geoBucket(metres, query.precision);
      }
    }
  }

  /** Takes out of the bitset the docs that are farther than `metres`, or have no point, by an array of `geoDistances`. */
  keepWithin(bitset: number, distances: number, metres: number): void {
    const limit = Math.min(metres, NO_DISTANCE - 1);
    this.memory.kernel.bitsetKeepUpTo(bitset, this.docCount, distances, limit);
  }
}

function orScoresOf(options: { readonly sumOrFiltersScores: boolean }): OrScores {
  return options.sumOrFiltersScores ? 'sum' : 'best';
}

function numberOf(radius: number | 'automatic' | 'all'): number | undefined {
  return typeof radius === 'number' ? radius : undefined;
}
