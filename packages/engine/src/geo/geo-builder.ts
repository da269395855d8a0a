/**
 * Points of the records (`_geoloc`) while a segment is built. In the segment they lie in docId order, and a second time in
 * rows of equal height from the south pole to the north pole, sorted by longitude inside a row: the points of
 * any box are one slice per row. The section's bytes: `docs/formats/segment-v1.md`.
 */
import type { JsonObject } from '@skein/base';
import { forEachPoint } from '../columns/attribute-values.ts';
import type { DocOrder } from '../columns/doc-order.ts';
import { GrowingFloat64 } from '../columns/growing-float64.ts';
import { SectionLayout } from '../columns/section-layout.ts';
import { sortedOrder } from '../columns/sorted-order.ts';
import { GrowingUint32 } from '../segment/growing-array.ts';
import type { Section } from '../segment/section.ts';
import type { GeoReader } from './geo-reader.ts';
import { unitVector } from './geometry.ts';

/** Words of the section's header. */
export const GEO_HEADER_WORDS = 9;

/** Rows of a grid over `pointCount` points: as many as a row has points when they are spread evenly. */
export function rowCountOf(pointCount: number): number {
  let rows = 8;
  while (rows < 4096 && rows * rows < pointCount) rows *= 2;
  return rows;
}

/** The row that a latitude lies in. */
export function rowOf(lat: number, rowCount: number): number {
  return Math.min(rowCount - 1, Math.max(0, Math.floor(((lat + 90) / 180) * rowCount)));
}

export class GeoBuilder {
  readonly #lat = new GrowingFloat64();
  readonly #lng = new GrowingFloat64();
  /** Points up to each arrival. */
  readonly #ends = new GrowingUint32(256);

  addRecord(record: JsonObject): void {
    forEachPoint(record, (lat, lng) => this.#push(lat, lng));
    this.#ends.push(this.#lat.count);
  }

  addFrom(reader: GeoReader | undefined, docId: number): void {
    reader?.forEachPoint(docId, (lat, lng) => this.#push(lat, lng));
    this.#ends.push(this.#lat.count);
  }

  #push(lat: number, lng: number): void {
    // Adding 0 turns -0 into 0, so that equal points have equal bytes.
    this.#lat.push(lat + 0);
    this.#lng.push(lng + 0);
  }

  finish(order: DocOrder): readonly Section[] {
    const ends = this.#ends.view();
    const docOffsets = new Uint32Array(order.docCount + 1);
    const pointsBefore = (arrival: number) => (arrival === 0 ? 0 : ends[arrival - 1]!);
    for (let docId = 0; docId < order.docCount; docId++) {
      const arrival = order.arrivals[docId]!;
      docOffsets[docId + 1] = docOffsets[docId]! + ends[arrival]! - pointsBefore(arrival);
    }
    const pointCount = docOffsets[order.docCount]!;
    if (pointCount === 0) return [];
    const arrivedLat = this.#lat.view();
    const arrivedLng = this.#lng.view();
    const lat = new Float64Array(pointCount);
    const lng = new Float64Array(pointCount);
    const docIds = new Uint32Array(pointCount);
    for (let docId = 0, to = 0; docId < order.docCount; docId++) {
      const arrival = order.arrivals[docId]!;
      for (let from = pointsBefore(arrival); from < ends[arrival]!; from++, to++) {
        lat[to] = arrivedLat[from]!;
        lng[to] = arrivedLng[from]!;
        docIds[to] = docId;
      }
    }
    const { rowStarts, rowPoints } = gridOf(lat, lng);
    const layout = new SectionLayout(GEO_HEADER_WORDS);
    const header = [
      pointCount,
      rowStarts.length - 1,
      layout.add(docOffsets),
      layout.add(lat),
      layout.add(lng),
      layout.add(vectorsOf(lat, lng)),
      layout.add(rowStarts),
      layout.add(rowPoints),
      layout.add(docIds),
    ];
    return [{ name: 'geo', bytes: layout.finish(header) }];
  }
}

/** x, y, z of each point on the unit sphere, so that distances need no trigonometry per point. */
function vectorsOf(lat: Float64Array, lng: Float64Array): Float64Array {
  const vectors = new Float64Array(lat.length * 3);
  for (let point = 0; point < lat.length; point++) {
    const [x, y, z] = unitVector(lat[point]!, lng[point]!);
    vectors[point * 3] = x;
    vectors[point * 3 + 1] = y;
    vectors[point * 3 + 2] = z;
  }
  return vectors;
}

function gridOf(
  lat: Float64Array,
  lng: Float64Array,
): { readonly rowStarts: Uint32Array; readonly rowPoints: Uint32Array } {
  const rowCount = rowCountOf(lat.length);
  const rows = Uint32Array.from(lat, (value) => rowOf(value, rowCount));
  const rowStarts = new Uint32Array(rowCount + 1);
  for (const row of rows) rowStarts[row + 1]!++;
  for (let row = 0; row < rowCount; row++) rowStarts[row + 1]! += rowStarts[row]!;
  const rowPoints = new Uint32Array(lat.length);
  const next = rowStarts.slice();
  for (const point of sortedOrder(lng)) rowPoints[next[rows[point]!]!++] = point;
  return { rowStarts, rowPoints };
}
