import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ColumnsBuilder } from '../columns/columns-builder.ts';
import { ColumnsReader } from '../columns/columns-reader.ts';
import { addDoc, docIdsOf, fillBitset } from '../kernel/bitset.ts';
import type { GeoPoint, GeoQuery } from '../query/search-query.ts';
import { DEFAULT_SCHEMA } from '../schema.ts';
import { COLUMN_RECORD, GEO_POINT, LATITUDE, LONGITUDE } from '../testing/column-arbitraries.ts';
import { loadSections } from '../testing/load-sections.ts';
import { geoPoints, matchesGeo, nearestPoint, plainAutomaticRadius } from '../testing/plain-geo.ts';
import { AUTOMATIC_RADII, automaticRadius, countDistances } from './automatic-radius.ts';
import { NO_DISTANCE } from './geo-reader.ts';
import { distanceMetres, geoBucket } from './geometry.ts';

const runs = Number(process.env['RUNS'] ?? 100);
const records = fc.array(COLUMN_RECORD, { minLength: 1, maxLength: 60 });

function readerOf(arrived: readonly JsonObject[]): ColumnsReader {
  const builder = new ColumnsBuilder(DEFAULT_SCHEMA);
  for (const [at, record] of arrived.entries()) builder.addRecord(record, String(at));
  const order = Uint32Array.from(arrived, (_, at) => at);
  const sections = builder.finish(order);
  const { memory, sectionAt } = loadSections(sections);
  return new ColumnsReader({
    memory,
    sectionAt: (name) => (sections.some((section) => section.name === name) ? sectionAt(name) : undefined),
    docCount: arrived.length,
    schema: DEFAULT_SCHEMA,
    findObjectID: () => -1,
  });
}

const QUERY: GeoQuery = {
  around: undefined,
  radius: 'all',
  minimumRadius: undefined,
  precision: [{ from: 0, value: 1 }],
  boxes: [],
  polygons: [],
};

/** Radii around the distances that occur, so that the boundary is met; and any. */
function radiusOf(arrived: readonly JsonObject[], centre: GeoPoint, choice: number): number {
  const distances = arrived.flatMap((record) => nearestPoint(geoPoints(record), centre)?.metres ?? []);
  if (distances.length === 0 || choice % 3 === 0) return choice % 20_100_000;
  return Math.max(0, distances[choice % distances.length]! + ((choice >>> 4) % 3) - 1);
}

test('a radius, boxes and polygons match exactly the records that a scan finds', () => {
  let matching = 0;
  const query = fc.record({
    around: GEO_POINT,
    boxes: fc.array(fc.record({ a: GEO_POINT, b: GEO_POINT }), { maxLength: 2 }),
    polygons: fc.array(fc.array(GEO_POINT, { maxLength: 6 }), { maxLength: 2 }),
  });
  fc.assert(
    fc.property(records, query, fc.nat(), (arrived, shapes, choice) => {
      const reader = readerOf(arrived);
      const radius = radiusOf(arrived, shapes.around, choice);
      const alone = { ...QUERY, around: shapes.around, radius };
      for (const asked of [alone, { ...alone, ...shapes }]) {
        const found = docIdsOf(reader.memory, reader.geoFilter(asked)!, reader.docCount);
        const expected = arrived.flatMap((record, docId) =>
          matchesGeo(geoPoints(record), asked, radius) ? [docId] : [],
        );
        expect([...found]).toEqual(expected);
        matching += found.length;
      }
    }),
    { numRuns: runs },
  );
  expect(matching).toBeGreaterThan(0);
});

test('a query without shapes and without a radius does not filter', () => {
  const reader = readerOf([{}]);
  expect(reader.geoFilter(QUERY)).toBe(undefined);
  expect(reader.geoFilter({ ...QUERY, around: { lat: 0, lng: 0 } })).toBe(undefined);
});

test('distances, buckets and the nearest point are those of the records', () => {
  fc.assert(
    fc.property(records, GEO_POINT, fc.infiniteStream(fc.boolean()), (arrived, around, coins) => {
      const reader = readerOf(arrived);
      const { memory, docCount } = reader;
      const bitset = memory.allocateBitset(docCount);
      const asked = arrived.map(() => coins.next().value);
      for (const [docId, isAsked] of asked.entries()) if (isAsked) addDoc(memory, bitset, docId);
      const into = memory.allocate(docCount * 4);
      const numbers = new Uint32Array(memory.buffer, into, docCount);
      const ofAsked = (values: readonly number[]) => values.filter((_, docId) => asked[docId]);
      const precision = [
        { from: 0, value: 100 },
        { from: 1000, value: 5000 },
      ];
      const nearest = arrived.map((record) => nearestPoint(geoPoints(record), around));
      reader.geoDistances(around, bitset, into);
      expect(ofAsked([...numbers])).toEqual(ofAsked(nearest.map((near) => near?.metres ?? NO_DISTANCE)));
      reader.geoBuckets({ ...QUERY, around, precision }, bitset, into);
      const buckets = nearest.map((near) =>
        near === undefined ? NO_DISTANCE : geoBucket(near.metres, precision),
      );
      expect(ofAsked([...numbers])).toEqual(ofAsked(buckets));
      for (const [docId, near] of nearest.entries()) expect(reader.geoDistance(docId, around)).toEqual(near);
    }),
    { numRuns: runs },
  );
});

test('the automatic radius over two segments is that over all records, and keeps who is inside', () => {
  const around = { lat: 48.1, lng: 11.5 };
  const spread = fc.double({ min: 0.001, max: 60, noNaN: true });
  fc.assert(
    fc.property(
      spread,
      fc.integer({ min: 900, max: 1100 }),
      fc.option(fc.nat(50_000)),
      (degrees, count, minimum) => {
        const minimumRadius = minimum ?? undefined;
        const all = Array.from({ length: count }, (_, at) => ({
          _geoloc: { lat: 48.1 - (degrees * ((at * 37) % count)) / count, lng: 11.5 + (at % 7) / 100 },
        }));
        const histogram = new Uint32Array(AUTOMATIC_RADII.length);
        const segments = [all.slice(0, 300), all.slice(300)].map((arrived) => {
          const reader = readerOf(arrived);
          const { memory, docCount } = reader;
          const bitset = memory.allocateBitset(docCount);
          fillBitset(memory, bitset, docCount);
          const distances = memory.allocate(docCount * 4);
          reader.geoDistances(around, bitset, distances);
          countDistances(memory, { bitset, distances, docCount }, histogram);
          return { reader, bitset, distances };
        });
        const metres = all.map(({ _geoloc }) =>
          distanceMetres(_geoloc.lat, _geoloc.lng, around.lat, around.lng),
        );
        const radius = automaticRadius(histogram, minimumRadius);
        expect(radius).toBe(plainAutomaticRadius(metres, minimumRadius));
        let inside = 0;
        for (const { reader, bitset, distances } of segments) {
          reader.keepWithin(bitset, distances, radius);
          inside += docIdsOf(reader.memory, bitset, reader.docCount).length;
        }
        expect(inside).toBe(metres.filter((distance) => distance <= radius).length);
      },
    ),
    { numRuns: Math.min(runs, 40) },
  );
});

test('radii near the poles and the date line lose nobody', () => {
  fc.assert(
    fc.property(
      fc.array(GEO_POINT, { minLength: 1, maxLength: 80 }),
      LATITUDE,
      LONGITUDE,
      fc.nat(),
      (points, lat, lng, choice) => {
        const arrived: JsonObject[] = points.map(({ lat, lng }) => ({ _geoloc: { lat, lng } }));
        const around = { lat: Math.sign(lat || 1) * (90 - Math.abs(lat) / 1000), lng };
        const radius = radiusOf(arrived, around, choice);
        const reader = readerOf(arrived);
        const found = docIdsOf(
          reader.memory,
          reader.geoFilter({ ...QUERY, around, radius })!,
          reader.docCount,
        );
        const expected = points.flatMap((point, docId) =>
          distanceMetres(point.lat, point.lng, around.lat, around.lng) <= radius ? [docId] : [],
        );
        expect([...found]).toEqual(expected);
      },
    ),
    { numRuns: runs },
  );
});

test('small radii among many points, which only the grid answers, lose nobody', () => {
  const arrived: JsonObject[] = [];
  for (let lat = -89; lat <= 89; lat += 2) {
    for (let lng = -180; lng < 180; lng += 6) arrived.push({ _geoloc: { lat: lat + lng / 1000, lng } });
  }
  for (let step = 0; step < 300; step++) {
    arrived.push({ _geoloc: { lat: 89.9 - step / 100, lng: step * 1.2 - 180 } });
    arrived.push({
      _geoloc: { lat: step / 1000, lng: step % 2 === 0 ? 180 - step / 1000 : step / 1000 - 180 },
    });
  }
  const reader = readerOf(arrived);
  const points = arrived.map((record) => geoPoints(record)[0]!);
  const centre = fc.oneof(
    GEO_POINT,
    fc.record({
      lat: fc.double({ min: -1, max: 1, noNaN: true }),
      lng: fc.constantFrom(-180, 180, -179.9, 179.9),
    }),
    fc.record({ lat: fc.double({ min: 86, max: 90, noNaN: true }), lng: LONGITUDE }),
  );
  fc.assert(
    fc.property(centre, fc.integer({ min: 0, max: 400_000 }), (around, radius) => {
      const mark = reader.memory.mark();
      const found = docIdsOf(reader.memory, reader.geoFilter({ ...QUERY, around, radius })!, reader.docCount);
      reader.memory.release(mark);
      const expected = points.flatMap((point, docId) =>
        distanceMetres(point.lat, point.lng, around.lat, around.lng) <= radius ? [docId] : [],
      );
      expect([...found]).toEqual(expected);
    }),
    { numRuns: runs * 3 },
  );
});
