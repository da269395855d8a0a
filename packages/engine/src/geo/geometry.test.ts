/**
 * Geometry:
 *   1. Distances are great-circle distances in whole metres, the shorter way around.
 *   2. The largest squared chord of a radius is the boundary between inside and outside.
 *   3. Boxes come with their corners in any order; across the date line when they would span more than half the globe the other way.
 *   4. Polygons hold their edges.
 *   5. Buckets ascend with the distance, across ranges too.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GEO_POINT } from '../testing/column-arbitraries.ts';
import {
  boxBounds,
  chordMetres,
  chordSquaredMax,
  distanceMetres,
  EARTH_RADIUS_METRES,
  geoBucket,
  insideBounds,
  insidePolygon,
} from './geometry.ts';

const RADIANS = Math.PI / 180;

function haversineMetres(latA: number, lngA: number, latB: number, lngB: number): number {
  const sinLat = Math.sin(((latB - latA) * RADIANS) / 2);
  const sinLng = Math.sin(((lngB - lngA) * RADIANS) / 2);
  const h = sinLat ** 2 + Math.cos(latA * RADIANS) * Math.cos(latB * RADIANS) * sinLng ** 2;
  return 2 * EARTH_RADIUS_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}

test('1: known distances come out', () => {
  expect(distanceMetres(0, 0, 0, 1)).toBe(111_195);
  expect(distanceMetres(0, 179.5, 0, -179.5)).toBe(111_195);
  expect(distanceMetres(90, 0, 90, 123)).toBe(0);
  expect(distanceMetres(90, 0, -90, 0)).toBe(Math.round(Math.PI * EARTH_RADIUS_METRES));
  // Berlin to Paris.
  expect(distanceMetres(52.52, 13.405, 48.8566, 2.3522)).toBe(877_463);
});

test('1: distances are those of the haversine formula', () => {
  fc.assert(
    fc.property(GEO_POINT, GEO_POINT, (a, b) => {
      const difference =
        distanceMetres(a.lat, a.lng, b.lat, b.lng) - haversineMetres(a.lat, a.lng, b.lat, b.lng);
      // Half a metre of rounding; near the antipodes the arc sine is steep.
      expect(Math.abs(difference)).toBeLessThan(0.7);
    }),
  );
});

test('2: the largest chord of a radius is inside, the next double outside', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_015_086 }), (metres) => {
      const chord = chordSquaredMax(metres);
      const next = new Float64Array([chord]);
      new BigUint64Array(next.buffer)[0]! += 1n;
      expect(chordMetres(chord)).toBeLessThanOrEqual(metres);
      expect(chordMetres(next[0]!)).toBeGreaterThan(metres);
    }),
  );
  expect(chordSquaredMax(20_037_508)).toBe(5);
});

test('3: both diagonals in both orders give the same box', () => {
  const expected = { south: 1, north: 3, west: 10, east: 20 };
  const corner = (lat: number, lng: number) => ({ lat, lng });
  expect(boxBounds({ a: corner(1, 10), b: corner(3, 20) })).toEqual(expected);
  expect(boxBounds({ a: corner(3, 20), b: corner(1, 10) })).toEqual(expected);
  expect(boxBounds({ a: corner(3, 10), b: corner(1, 20) })).toEqual(expected);
  expect(boxBounds({ a: corner(1, 20), b: corner(3, 10) })).toEqual(expected);
});

test('3: a box across the date line holds both sides of it and nothing else', () => {
  const bounds = boxBounds({ a: { lat: 10, lng: -170 }, b: { lat: -10, lng: 170 } });
  expect(bounds).toEqual({ south: -10, north: 10, west: 170, east: -170 });
  const inside = (lng: number) => insideBounds(0, lng, bounds);
  expect([170, 180, -180, -170].map(inside)).toEqual([true, true, true, true]);
  expect([169, 0, -169].map(inside)).toEqual([false, false, false]);
});

test('3: a map of nearly the whole world is a wide box', () => {
  const bounds = boxBounds({ a: { lat: 80, lng: 175 }, b: { lat: -80, lng: -175 } });
  expect(insideBounds(0, 0, bounds)).toBe(true);
  expect(insideBounds(0, 178, bounds)).toBe(false);
});

test('4: a polygon holds its inside, its corners and its edges', () => {
  const square = [
    { lat: 0, lng: 0 },
    { lat: 0, lng: 4 },
    { lat: 4, lng: 4 },
    { lat: 4, lng: 0 },
  ];
  for (const [lat, lng] of [
    [2, 2],
    [0, 0],
    [4, 4],
    [0, 2],
    [2, 4],
    [4, 1],
    [1, 0],
  ] as const) {
    expect(insidePolygon(lat, lng, square)).toBe(true);
  }
  for (const [lat, lng] of [
    [2, 5],
    [5, 2],
    [-0.1, 2],
    [2, -0.1],
  ] as const) {
    expect(insidePolygon(lat, lng, square)).toBe(false);
  }
  expect(insidePolygon(0, 0, [])).toBe(false);
});

test('5: buckets ascend with the distance and are equal exactly inside a step', () => {
  const precision = [
    { from: 0, value: 25 },
    { from: 2000, value: 1000 },
  ];
  expect([0, 24, 25, 1999, 2000, 2999, 3000].map((metres) => geoBucket(metres, precision))).toEqual([
    0, 0, 1, 79, 80, 80, 81,
  ]);
  expect(geoBucket(123, [])).toBe(123);
  const ranges = fc
    .uniqueArray(fc.record({ from: fc.nat(5000), value: fc.nat(700) }), { selector: (range) => range.from })
    .map((list) => list.sort((a, b) => a.from - b.from))
    .map((list) => list.map((range, at) => (at === 0 ? { ...range, from: 0 } : range)));
  fc.assert(
    fc.property(ranges, fc.nat(6000), (list, metres) => {
      const step = geoBucket(metres + 1, list) - geoBucket(metres, list);
      expect(step === 0 || step === 1).toBe(true);
    }),
  );
});
