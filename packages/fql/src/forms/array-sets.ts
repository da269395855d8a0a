/** `Union` and its like on arrays: lists in which a value may stand more than once, and order counts. */
import { renderValue } from '../json/render.ts';
import type { Value } from '../values/value.ts';

type Arrays = readonly [readonly Value[], ...(readonly Value[])[]];

/** Each value as often as in the array that has it most often, where it stands first. */
export function unionOf([first, ...others]: Arrays): readonly Value[] {
  return others.reduce<readonly Value[]>((left, right) => {
    const counts = countsOf(left);
    for (const [key, { count }] of countsOf(right)) {
      const known = counts.get(key);
      if (known === undefined || known.count < count) counts.set(key, { count });
    }
    const united: Value[] = [];
    for (const value of [...left, ...right]) {
      const key = renderValue(value);
      const { count } = counts.get(key) ?? { count: 0 };
      for (let copy = 0; copy < count; copy++) united.push(value);
      counts.delete(key);
    }
    return united;
  }, first);
}

/** Each value as often as in the array that has it least often. */
export function intersectionOf([first, ...others]: Arrays): readonly Value[] {
  return others.reduce<readonly Value[]>((left, right) => {
    const counts = countsOf(right);
    return left.filter((value) => takeOne(counts, value));
  }, first);
}

/** The first array; each value of another takes one away. */
export function differenceOf([first, ...others]: Arrays): readonly Value[] {
  return others.reduce<readonly Value[]>((left, right) => {
    const counts = countsOf(right);
    return left.filter((value) => !takeOne(counts, value));
  }, first);
}

/** Where values stand for the first time. */
export function distinctPlaces(items: readonly Value[]): ReadonlySet<number> {
  const known = new Set<string>();
  const places = new Set<number>();
  for (const [at, item] of items.entries()) {
    const key = renderValue(item);
    if (known.has(key)) continue;
    known.add(key);
    places.add(at);
  }
  return places;
}

/** By the values' JSON: 1 and 1.0 are different members. */
function countsOf(items: readonly Value[]): Map<string, { readonly count: number }> {
  const counts = new Map<string, { readonly count: number }>();
  for (const item of items) {
    const key = renderValue(item);
    counts.set(key, { count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return counts;
}

function takeOne(counts: Map<string, { readonly count: number }>, value: Value): boolean {
  const key = renderValue(value);
  const count = counts.get(key)?.count ?? 0;
  if (count === 0) return false;
  counts.set(key, { count: count - 1 });
  return true;
}
