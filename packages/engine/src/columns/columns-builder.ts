/**
 * Everything of a segment that is not text, while it is built: facets, numbers, sort values, groups, points. Records come in
 * arrival order; `finish` is told which arrival gets which docId and writes the sections in that order.
 *
 * The bytes depend only on the records and their docIds: records taken over from other segments (`addFrom`) give the
 * same bytes as the same records added anew.
 */
import { assert, type JsonObject } from '@skein/base';
import { FacetsBuilder } from '../facets/facets-builder.ts';
import { GeoBuilder } from '../geo/geo-builder.ts';
import type { IndexSchema } from '../schema.ts';
import type { Section } from '../segment/section.ts';
import { createFold } from '../text/normalise.ts';
import type { ColumnsReader } from './columns-reader.ts';
import { compareTextDescending, sortArrivals } from './custom-order.ts';
import { DistinctBuilder } from './distinct-builder.ts';
import { docOrder } from './doc-order.ts';
import { NumbersBuilder } from './numbers-builder.ts';
import { compareSortValues, type SortValue } from './sort-value.ts';
import { SortsBuilder } from './sorts-builder.ts';

export class ColumnsBuilder {
  readonly #facets: FacetsBuilder;
  readonly #numbers: NumbersBuilder;
  readonly #sorts: SortsBuilder;
  readonly #distinct: DistinctBuilder;
  readonly #geo = new GeoBuilder();
  readonly #objectIDs: string[] = [];
  readonly #customRanking: readonly {
    readonly direction: 'asc' | 'desc';
    readonly values: readonly SortValue[];
  }[];

  constructor(schema: IndexSchema) {
    this.#facets = new FacetsBuilder(schema);
    this.#numbers = new NumbersBuilder(schema);
    this.#sorts = new SortsBuilder(schema, createFold(schema.text));
    this.#distinct = new DistinctBuilder(schema.distinctAttribute);
    this.#customRanking = schema.customRanking.map(({ path, direction }) => ({
      direction,
      values: this.#sorts.values(path),
    }));
  }

  get recordCount(): number {
    return this.#objectIDs.length;
  }

  addRecord(record: JsonObject, objectID: string): void {
    this.#objectIDs.push(objectID);
    this.#facets.addRecord(record);
    this.#numbers.addRecord(record);
    this.#sorts.addRecord(record);
    this.#distinct.addRecord(record);
    this.#geo.addRecord(record);
  }

  /** Adds the record that a segment of the same schema holds as `docId`. */
  addFrom(reader: ColumnsReader, docId: number, objectID: string): void {
    this.#objectIDs.push(objectID);
    this.#facets.addFrom(reader.facets, docId);
    this.#numbers.addFrom(reader.numbers, docId);
    this.#sorts.addFrom(reader.sorts, docId);
    this.#distinct.addFrom(reader.distinct, docId);
    this.#geo.addFrom(reader.geo, docId);
  }

  /** Below 0 when arrival `a` comes before `b`: custom ranking, then objectID descending. */
  compare(a: number, b: number): number {
    for (const { direction, values } of this.#customRanking) {
      const order = compareSortValues(values[a], values[b], direction);
      if (order !== 0) return order;
    }
    return compareTextDescending(this.#objectIDs[a]!, this.#objectIDs[b]!);
  }

  /** All arrivals sorted by `compare`: the record of docId d is arrival `order()[d]`. */
  order(): Uint32Array {
    return sortArrivals(this.#objectIDs, this.#customRanking);
  }

  /** The sections. `order` may leave arrivals out: those records do not become part of the segment. */
  finish(order: Uint32Array): readonly Section[] {
    assert(order.length <= this.#objectIDs.length, 'an order holds each arrival once at most');
    const docs = docOrder(order, this.#objectIDs.length);
    return [
      ...this.#facets.finish(docs),
      ...this.#numbers.finish(docs),
      ...this.#sorts.finish(docs),
      ...this.#distinct.finish(docs),
      ...this.#geo.finish(docs),
    ];
  }
}
