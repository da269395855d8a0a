/**
 * Values that records are sorted by (`asc()`, `desc()`, custom ranking), and their order: numbers before strings before
 * booleans and missing values last, whatever the direction; the direction turns the order inside each kind.
 */

/** Strings are normalised and cut to `SORT_TEXT_UNITS_MAX`; undefined: the record has no such value. */
export type SortValue = number | string | boolean | undefined;

/** UTF-16 units of a normalised text that sorting looks at. */
export const SORT_TEXT_UNITS_MAX = 50;

/** Below 0 when `a` comes first, above 0 when `b` does, 0 when they are equal. */
export function compareSortValues(a: SortValue, b: SortValue, direction: 'asc' | 'desc'): number {
  const kinds = kindRank(a) - kindRank(b);
  if (kinds !== 0) return kinds;
  if (a === undefined || b === undefined || a === b) return 0;
  return a < b === (direction === 'asc') ? -1 : 1;
}

function kindRank(value: SortValue): number {
  if (typeof value === 'number') return 0;
  if (typeof value === 'string') return 1;
  return value === undefined ? 3 : 2;
}
