/** 3,201 films from the npm package `vega-datasets`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

export const MOVIE_COUNT = 3_201;

export const MOVIE_SETTINGS: JsonObject = {
  searchableAttributes: ['title', 'director', 'distributor', 'genre,creativeType'],
  attributesForFaceting: [
    'searchable(director)',
    'searchable(distributor)',
    'genre',
    'creativeType',
    'source',
    'mpaaRating',
    'decade',
  ],
  // A query can sort by these attributes, in either direction.
  customRanking: ['desc(imdbVotes)', 'desc(imdbRating)', 'desc(grossWorldwide)', 'desc(releasedAt)'],
  attributesToHighlight: ['title', 'director', 'distributor', 'genre'],
};

export function movieRecords(): JsonObject[] {
  const folder = dirname(createRequire(import.meta.url).resolve('vega-datasets'));
  const rows: unknown = JSON.parse(readFileSync(join(folder, '..', 'data', 'movies.json'), 'utf8'));
  if (!Array.isArray(rows)) return [];
  return rows.filter(isJsonObject).map((row, ordinal) => movieRecord(row, ordinal + 1));
}

function movieRecord(row: JsonObject, number: number): JsonObject {
  const released = releaseDate(row['Release Date']);
  return withoutEmpty({
    objectID: String(number),
    // Some titles are numbers in the data set: 300, 1941.
    title: row['Title'] == null ? 'Untitled' : String(row['Title'] as string | number),
    director: row['Director'],
    distributor: row['Distributor'],
    genre: row['Major Genre'],
    creativeType: row['Creative Type'],
    source: row['Source'],
    mpaaRating: row['MPAA Rating'],
    year: released?.getUTCFullYear(),
    decade: released === undefined ? undefined : `${Math.floor(released.getUTCFullYear() / 10) * 10}s`,
    releasedAt: released === undefined ? undefined : released.getTime() / 1000,
    runningTimeMinutes: row['Running Time min'],
    budget: row['Production Budget'],
    grossUS: row['US Gross'],
    grossWorldwide: row['Worldwide Gross'],
    imdbRating: row['IMDB Rating'],
    imdbVotes: row['IMDB Votes'],
    rottenTomatoes: row['Rotten Tomatoes Rating'],
  });
}

/** `Jun 12 1998`. The data set knew two digits of the year, so films of the 1930s are said to be of the 2030s. */
function releaseDate(value: Json | undefined): Date | undefined {
  const match = typeof value === 'string' ? /^([A-Z][a-z]{2}) (\d{2}) (\d{4})$/.exec(value) : null;
  if (match === null) return undefined;
  const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(match[1]!) / 3;
  const year = Number(match[3]);
  const date = new Date(Date.UTC(year > 2012 ? year - 100 : year, month, Number(match[2])));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Absent is what a record says of a value that nobody knows. */
function withoutEmpty(record: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== null && value !== undefined),
  );
}
