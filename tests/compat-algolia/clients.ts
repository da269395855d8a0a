/** The official clients, pointed at a server of ours by `hosts` and nothing else. */

import { createRequire } from 'node:module';
import type { RunningSkein } from '@skein/testkit';
import { type Algoliasearch, algoliasearch } from 'algoliasearch';
import type { SearchClient as ClientV4 } from 'algoliasearch-v4';

// The package is a CommonJS function whose types describe a default export.
const algoliasearchV4 = createRequire(import.meta.url)(
  'algoliasearch-v4',
) as typeof import('algoliasearch-v4').default;

export function clientV5(skein: RunningSkein, key = skein.adminKey): Algoliasearch {
  return algoliasearch(skein.applicationId, key, {
    hosts: [{ url: '127.0.0.1', port: skein.port, protocol: 'http', accept: 'readWrite' }],
  });
}

export function clientV4(skein: RunningSkein, key = skein.adminKey): ClientV4 {
  return algoliasearchV4(skein.applicationId, key, {
    hosts: [{ url: `127.0.0.1:${skein.port}`, protocol: 'http' }],
  });
}

/** Records that several tests search. */
export const PHONES = [
  {
    objectID: '1',
    name: 'iPhone 15',
    brand: 'Apple',
    price: 799,
    stock: true,
    colors: ['black', 'blue'],
    _geoloc: { lat: 48.85, lng: 2.35 },
  },
  {
    objectID: '2',
    name: 'iPhone 15 Pro',
    brand: 'Apple',
    price: 1099,
    stock: false,
    colors: ['white'],
    _geoloc: { lat: 48.86, lng: 2.34 },
  },
  {
    objectID: '3',
    name: 'Galaxy S24',
    brand: 'Samsung',
    price: 859,
    stock: true,
    colors: ['black'],
    _geoloc: { lat: 52.52, lng: 13.4 },
  },
  {
    objectID: '4',
    name: 'Galaxy A55',
    brand: 'Samsung',
    price: 409,
    stock: true,
    colors: ['blue', 'violet'],
    _geoloc: { lat: 40.71, lng: -74 },
  },
  {
    objectID: '5',
    name: 'Pixel 9',
    brand: 'Google',
    price: 899,
    stock: true,
    colors: ['black', 'pink'],
    _geoloc: { lat: 37.77, lng: -122.4 },
  },
];

export const PHONE_SETTINGS = {
  searchableAttributes: ['name', 'brand'],
  attributesForFaceting: ['searchable(brand)', 'colors', 'price', 'stock'],
  customRanking: ['desc(price)'],
};
