/** Numbers, places and distances in the reader's language. */
const wholeNumbers = new Intl.NumberFormat();
const shortNumbers = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const earthRadiusKm = 6371;

export interface Place {
  readonly lat: number;
  readonly lng: number;
}

export function count(value: number): string {
  return wholeNumbers.format(value);
}

/** `1234567` → `1.2M`. */
export function short(value: number): string {
  return shortNumbers.format(value);
}

export function money(dollars: number): string {
  return `$${short(dollars)}`;
}

/** `0.4` → `under 1 ms`. */
export function milliseconds(value: number): string {
  return value < 1 ? 'under 1 ms' : `${wholeNumbers.format(Math.round(value))} ms`;
}

/** On the great circle. */
export function distanceKm(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const half = (degrees: number): number => Math.sin((degrees * rad) / 2) ** 2;
  const h = half(b.lat - a.lat) + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * half(b.lng - a.lng);
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(Math.min(1, h)));
}

export function distance(km: number): string {
  if (km < 1) return `${Math.round(km * 100) * 10} m`;
  return km < 10 ? `${km.toFixed(1)} km` : `${wholeNumbers.format(Math.round(km))} km`;
}

/** Same text, same hue: gives each genre or country its colour. */
export function hue(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (hash * 31 + text.charCodeAt(at)) >>> 0;
  return hash % 360;
}
