import { expect, test } from 'vitest';
import { CITY_COUNT, cityRecords } from './cities.ts';
import { MOVIE_COUNT, movieRecords } from './movies.ts';

test('every film is there, with a title and a year that has been', () => {
  const movies = movieRecords();
  expect(movies).toHaveLength(MOVIE_COUNT);
  expect(new Set(movies.map((movie) => movie['objectID'])).size).toBe(MOVIE_COUNT);
  for (const { title, year } of movies) {
    expect(title).toEqual(expect.any(String));
    if (year !== undefined) expect(year).toSatisfy((value: number) => value >= 1910 && value <= 2012);
  }
});

test('every city is there once, with a country and a place on the globe', () => {
  const ids = new Set<unknown>();
  for (const { objectID, country, _geoloc } of cityRecords()) {
    ids.add(objectID);
    const { lat, lng } = _geoloc as { lat: number; lng: number };
    if (!(Math.abs(lat) <= 90 && Math.abs(lng) <= 180) || typeof country !== 'string')
      expect.fail(JSON.stringify(objectID));
  }
  expect(ids.size).toBe(CITY_COUNT);
});
