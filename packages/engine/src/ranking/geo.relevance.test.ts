import { expect, test } from 'vitest';
import type { GeoQuery } from '../query/search-query.ts';
import { claims, type GivenRecords } from '../testing/relevance-claims.ts';

const PARIS = { lat: 48.8566, lng: 2.3522 };
const LONDON = { lat: 51.5074, lng: -0.1278 };
const NEW_YORK = { lat: 40.7128, lng: -74.006 };
const SUVA = { lat: -18.14, lng: 178.44 };
const SAMOA = { lat: -13.83, lng: -171.77 };

const CITIES: GivenRecords = {
  paris: { title: 'city', _geoloc: PARIS },
  london: { title: 'city', _geoloc: LONDON },
  newYork: { title: 'city', _geoloc: NEW_YORK },
  nowhere: { title: 'city' },
};

const GEO: GeoQuery = {
  around: undefined,
  radius: 'all',
  minimumRadius: undefined,
  precision: [{ from: 0, value: 10 }],
  boxes: [],
  polygons: [],
};
const geo = (settings: Partial<GeoQuery>): { geo: GeoQuery } => ({ geo: { ...GEO, ...settings } });

claims('geo', (given) => {
  test('geo.1 nearer records rank first, records without a place last', () => {
    expect(given(CITIES).ids('', geo({ around: LONDON }))).toEqual(['london', 'paris', 'newYork', 'nowhere']);
    expect(given(CITIES).ids('', geo({ around: NEW_YORK }))).toEqual([
      'newYork',
      'london',
      'paris',
      'nowhere',
    ]);
  });

  test('geo.2 a radius keeps what is inside, in metres', () => {
    expect(given(CITIES).ids('', geo({ around: LONDON, radius: 350_000 }))).toEqual(['london', 'paris']);
    expect(given(CITIES).ids('', geo({ around: LONDON, radius: 340_000 }))).toEqual(['london']);
  });

  test('geo.3 distances in one step of the precision are equal', () => {
    const index = given({ a: { _geoloc: { lat: 0, lng: 0.01 } }, b: { _geoloc: { lat: 0, lng: 0.02 } } });
    const around = { lat: 0, lng: 0 };
    expect(index.ids('', geo({ around }))).toEqual(['a', 'b']);
    expect(index.ids('', geo({ around, precision: [{ from: 0, value: 5000 }] }))).toEqual(['b', 'a']);
  });

  test('geo.4 precision may change with the distance', () => {
    const at = (lng: number) => ({ _geoloc: { lat: 0, lng } });
    const index = given({ a: at(0.001), b: at(0.002), c: at(0.1), d: at(0.11), e: at(1) });
    const precision = [
      { from: 0, value: 10 },
      { from: 1000, value: 50_000 },
    ];
    expect(index.ids('', geo({ around: { lat: 0, lng: 0 }, precision }))).toEqual(['a', 'b', 'd', 'c', 'e']);
  });

  test('geo.5 of several points the nearest counts', () => {
    const index = given({ a: { _geoloc: [NEW_YORK, LONDON] }, b: { _geoloc: PARIS } });
    expect(index.ids('', geo({ around: LONDON }))).toEqual(['a', 'b']);
    expect(index.ids('', geo({ around: NEW_YORK, radius: 1000 }))).toEqual(['a']);
  });

  test('geo.6 a box keeps what is inside; several boxes are alternatives', () => {
    const europe = { a: { lat: 40, lng: -10 }, b: { lat: 60, lng: 20 } };
    const america = { a: { lat: 40, lng: -80 }, b: { lat: 41, lng: -70 } };
    expect(given(CITIES).ids('', geo({ boxes: [europe] }))).toEqual(['paris', 'london']);
    expect(given(CITIES).ids('', geo({ boxes: [europe, america] }))).toEqual(['paris', 'newYork', 'london']);
  });

  test('geo.7 a box may cross the date line', () => {
    const index = given({ suva: { _geoloc: SUVA }, samoa: { _geoloc: SAMOA }, paris: { _geoloc: PARIS } });
    const box = { a: { lat: -30, lng: 170 }, b: { lat: 0, lng: -160 } };
    expect(index.ids('', geo({ boxes: [box] }))).toEqual(['suva', 'samoa']);
  });

  test('geo.8 a polygon keeps what is inside', () => {
    const triangle = [
      { lat: 50, lng: 0 },
      { lat: 50, lng: 6 },
      { lat: 46, lng: 3 },
    ];
    expect(given(CITIES).ids('', geo({ polygons: [triangle] }))).toEqual(['paris']);
  });

  test('geo.9 boxes and polygons switch the radius off', () => {
    const box = { a: { lat: 40, lng: -10 }, b: { lat: 60, lng: 20 } };
    expect(given(CITIES).ids('', geo({ around: NEW_YORK, radius: 1, boxes: [box] }))).toEqual([
      'london',
      'paris',
    ]);
  });

  test('geo.10 the automatic radius grows until a thousand records are inside', () => {
    const records: Record<string, object> = { far: { _geoloc: { lat: 0, lng: 90 } } };
    for (let at = 0; at < 1000; at++) records[`r${at}`] = { _geoloc: { lat: 0, lng: at / 10_000 } };
    const found = given(records as GivenRecords).search(
      '',
      geo({ around: { lat: 0, lng: 0 }, radius: 'automatic' }),
    );
    expect(found).toMatchObject({ hitCount: 1000, automaticRadius: 16_000 });
  });

  test('geo.11 with fewer records the automatic radius is the whole globe', () => {
    const found = given(CITIES).search('', geo({ around: PARIS, radius: 'automatic' }));
    expect(found).toMatchObject({ hitCount: 3, automaticRadius: 20_037_508 });
  });

  test('geo.12 distance comes after typos and before the other criteria', () => {
    const index = given({
      a: { title: 'house', _geoloc: NEW_YORK },
      b: { title: 'hoose', _geoloc: LONDON },
      c: { title: 'x house', _geoloc: PARIS },
    });
    expect(index.ids('house', geo({ around: LONDON }))).toEqual(['c', 'a', 'b']);
  });
});
