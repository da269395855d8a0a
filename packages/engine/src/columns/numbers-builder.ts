/**
 * Numeric attributes while a segment is built: every path that numeric filters, facet statistics may ask for. Each
 * becomes one column:
 *
 *   dense   f64 per doc, NaN where there is none      at most one number per doc, and most docs have one
 *   pairs   docIds u32[n] ascending + values f64[n]    everything else
 *
 * and `order`: the numbers' places (dense: docIds, pairs: pair ordinals) sorted by value, which ranges are searched in.
 * The section's bytes: `docs/formats/segment-v1.md`.
 */
import type { JsonObject } from '@skein/base';
import type { IndexSchema } from '../schema.ts';
import { GrowingUint32 } from '../segment/growing-array.ts';
import type { Section } from '../segment/section.ts';
import { forEachLeaf, forEachNumber, pathNames, wellFormed } from './attribute-values.ts';
import { type DocOrder, NO_DOC } from './doc-order.ts';
import { GrowingFloat64 } from './growing-float64.ts';
import type { NumbersReader } from './numbers-reader.ts';
import { SectionLayout } from './section-layout.ts';
import { sortedOrder } from './sorted-order.ts';

/**
 * Numeric attributes that a segment keeps without their being named in the settings: the first ones by name, so that a merge
 * keeps the same ones as a rebuild. Bounds what records with made-up attribute names can cost.
 */
export const UNDECLARED_NUMBERS_MAX = 200;

/** Words of a column's entry in the section's header. */
export const NUMBERS_ENTRY_WORDS = 7;

interface NumberValues {
  readonly arrivals: GrowingUint32;
  readonly values: GrowingFloat64;
}

export class NumbersBuilder {
  /** Undefined: every numeric attribute is kept. */
  readonly #paths: readonly { readonly path: string; readonly names: readonly string[] }[] | undefined;
  readonly #declared: ReadonlySet<string>;
  readonly #columns = new Map<string, NumberValues>();
  /** Undeclared paths from here on are not among the first. */
  #undeclaredEnd: string | undefined;
  #undeclaredCount = 0;
  #arrival = 0;

  constructor(schema: IndexSchema) {
    const facets = schema.facets.map((facet) => facet.path);
    const filterable = schema.numericFilterable?.map((attribute) => attribute.path);
    const sorted = [...schema.customRanking.map((attribute) => attribute.path), ...schema.sortAttributes];
    this.#declared = new Set([...facets, ...(filterable ?? sorted)]);
    this.#paths = filterable && [...this.#declared].map((path) => ({ path, names: pathNames(path) }));
  }

  addRecord(record: JsonObject): void {
    if (this.#paths === undefined) forEachNumber(record, (path, value) => this.#add(path, value));
    else {
      for (const { path, names } of this.#paths) {
        if (names[0] === '_geoloc') continue;
        forEachLeaf(record, names, (value) => {
          if (typeof value === 'number') this.#add(path, value);
        });
      }
    }
    this.#arrival++;
  }

  addFrom(reader: NumbersReader, docId: number): void {
    for (const column of reader.columns) {
      column.forEachValue(docId, (value) => this.#add(column.path, value));
    }
    this.#arrival++;
  }

  #add(path: string, value: number): void {
    const column = this.#columns.get(path) ?? this.#addColumn(path);
    if (column === undefined) return;
    column.arrivals.push(this.#arrival);
    // Adding 0 turns -0 into 0, so that equal numbers have equal bytes.
    column.values.push(value + 0);
  }

  #addColumn(path: string): NumberValues | undefined {
    if (!this.#declared.has(path)) {
      if (this.#undeclaredEnd !== undefined && path >= this.#undeclaredEnd) return undefined;
      if (wellFormed(path) !== path) return undefined;
      if (++this.#undeclaredCount > 2 * UNDECLARED_NUMBERS_MAX) this.#dropLastPaths();
    }
    const column = { arrivals: new GrowingUint32(16), values: new GrowingFloat64(16) };
    this.#columns.set(path, column);
    return column;
  }

  #dropLastPaths(): void {
    const undeclared = this.#undeclaredPaths();
    this.#undeclaredEnd = undeclared[UNDECLARED_NUMBERS_MAX];
    for (const path of undeclared.slice(UNDECLARED_NUMBERS_MAX)) this.#columns.delete(path);
    this.#undeclaredCount = UNDECLARED_NUMBERS_MAX + 1;
  }

  #undeclaredPaths(): string[] {
    return [...this.#columns.keys()].filter((path) => !this.#declared.has(path)).sort();
  }

  finish(order: DocOrder): readonly Section[] {
    const used: { readonly path: string; readonly docIds: Uint32Array; readonly values: Float64Array }[] = [];
    let undeclaredCount = 0;
    for (const path of [...this.#columns.keys()].sort()) {
      const sorted = inDocOrder(this.#columns.get(path)!, order);
      if (sorted.docIds.length === 0) continue;
      if (!this.#declared.has(path) && ++undeclaredCount > UNDECLARED_NUMBERS_MAX) continue;
      used.push({ path, ...sorted });
    }
    if (used.length === 0) return [];
    const layout = new SectionLayout(1 + used.length * NUMBERS_ENTRY_WORDS);
    const header = [used.length];
    for (const { path, docIds, values } of used) {
      const place = layout.addTexts([path]);
      const isDense = isDenseColumn(docIds, order.docCount);
      header.push(
        place.offsetsAt,
        place.textAt,
        docIds.length,
        isDense ? 1 : 0,
        isDense ? 0 : layout.add(docIds),
        layout.add(isDense ? spread(docIds, values, order.docCount) : values),
        layout.add(sortedPlaces(docIds, values, isDense)),
      );
    }
    return [{ name: 'numbers', bytes: layout.finish(header) }];
  }
}

/** The column's numbers by docId; those of one doc in record order. The column is used up: all of them at once would be much. */
function inDocOrder(
  column: NumberValues,
  order: DocOrder,
): { readonly docIds: Uint32Array; readonly values: Float64Array } {
  const arrivals = column.arrivals.view();
  const values = column.values.view();
  const starts = new Uint32Array(order.docCount + 1);
  for (const arrival of arrivals) {
    const docId = order.docIds[arrival]!;
    if (docId !== NO_DOC) starts[docId + 1]!++;
  }
  for (let docId = 0; docId < order.docCount; docId++) starts[docId + 1]! += starts[docId]!;
  const count = starts[order.docCount]!;
  const docIds = new Uint32Array(count);
  const sorted = new Float64Array(count);
  for (let at = 0; at < arrivals.length; at++) {
    const docId = order.docIds[arrivals[at]!]!;
    if (docId === NO_DOC) continue;
    const to = starts[docId]!++;
    docIds[to] = docId;
    sorted[to] = values[at]!;
  }
  column.arrivals.release();
  column.values.release();
  return { docIds, values: sorted };
}

/** One number per doc at most, and for more than half of the docs: then a dense array is smaller. */
function isDenseColumn(docIds: Uint32Array, docCount: number): boolean {
  if (docIds.length * 2 <= docCount) return false;
  for (let at = 1; at < docIds.length; at++) if (docIds[at] === docIds[at - 1]) return false;
  return true;
}

function spread(docIds: Uint32Array, values: Float64Array, docCount: number): Float64Array {
  const dense = new Float64Array(docCount).fill(Number.NaN);
  for (let at = 0; at < docIds.length; at++) dense[docIds[at]!] = values[at]!;
  return dense;
}

/** Places in ascending order of value, then of docId: docIds themselves for a dense column, else ordinals of pairs. */
function sortedPlaces(docIds: Uint32Array, values: Float64Array, isDense: boolean): Uint32Array {
  const pairs = sortedOrder(values);
  return isDense ? pairs.map((pair) => docIds[pair]!) : pairs;
}
