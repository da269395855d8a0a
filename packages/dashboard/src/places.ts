/** Where distances can be measured from. */
import type { Place } from './format.ts';
import type { Choice } from './widgets/parameter-select.ts';

const towns: readonly (readonly [name: string, label: string, place: Place])[] = [
  ['paris', 'Paris', { lat: 48.8534, lng: 2.3488 }],
  ['new-york', 'New York', { lat: 40.7143, lng: -74.006 }],
  ['tokyo', 'Tokyo', { lat: 35.6895, lng: 139.6917 }],
  ['sao-paulo', 'São Paulo', { lat: -23.5475, lng: -46.6361 }],
  ['nairobi', 'Nairobi', { lat: -1.2833, lng: 36.8167 }],
  ['sydney', 'Sydney', { lat: -33.8679, lng: 151.2073 }],
];

const here = 'here';
let ownPlace: Place | undefined;

export function originOf(choiceName: string): Place | undefined {
  return choiceName === here ? ownPlace : towns.find(([name]) => name === choiceName)?.[2];
}

export function originChoices(): readonly Choice[] {
  const around = (name: string): Readonly<Record<string, unknown>> => {
    const place = originOf(name);
    // Every distance counts: near comes first, and nothing is left out for being far.
    return place === undefined
      ? { aroundLatLng: undefined, aroundRadius: undefined }
      : { aroundLatLng: `${place.lat},${place.lng}`, aroundRadius: 'all' };
  };
  return [
    { name: 'anywhere', label: 'anywhere', parameters: () => around('anywhere') },
    { name: here, label: 'me', parameters: () => around(here) },
    ...towns.map(([name, label]) => ({ name, label, parameters: () => around(name) })),
  ];
}

/** Asks the browser where it is, once. False when it does not know or may not say. */
export function locate(choice: Choice): Promise<boolean> {
  if (choice.name !== here || ownPlace !== undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    if (!('geolocation' in navigator)) {
      resolve(false);
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        ownPlace = { lat: coords.latitude, lng: coords.longitude };
        resolve(true);
      },
      () => resolve(false),
      { timeout: 10_000, maximumAge: 600_000 },
    );
  });
}
