/** Bytes → values in a sorted array: the plainest ordered map there is. Values are never changed in place, so a copy is a snapshot. */
import { assert, compareBytes } from '@skein/base';

export class SortedMap<V> {
  readonly #rows: { readonly key: Uint8Array; readonly value: V }[];
  #changes = 0;

  constructor(rows: readonly { readonly key: Uint8Array; readonly value: V }[] = []) {
    this.#rows = rows.slice();
  }

  copy(): SortedMap<V> {
    return new SortedMap(this.#rows);
  }

  get(key: Uint8Array): V | undefined {
    const row = this.#rows[this.#firstAtLeast(key)];
    return row !== undefined && compareBytes(row.key, key) === 0 ? row.value : undefined;
  }

  set(key: Uint8Array, value: V): void {
    this.#changes++;
    const at = this.#firstAtLeast(key);
    const row = this.#rows[at];
    const isSame = row !== undefined && compareBytes(row.key, key) === 0;
    this.#rows.splice(at, isSame ? 1 : 0, { key: key.slice(), value });
  }

  delete(key: Uint8Array): boolean {
    const at = this.#firstAtLeast(key);
    const row = this.#rows[at];
    if (row === undefined || compareBytes(row.key, key) !== 0) return false;
    this.#changes++;
    this.#rows.splice(at, 1);
    return true;
  }

  /** Rows from `from` on, before `to`. Going on after a change is a mistake of the caller, and is told. */
  *range(
    from: Uint8Array,
    to: Uint8Array | undefined,
    reverse = false,
  ): Generator<{ readonly key: Uint8Array; readonly value: V }> {
    const start = this.#firstAtLeast(from);
    const end = to === undefined ? this.#rows.length : this.#firstAtLeast(to);
    const changes = this.#changes;
    for (let step = 0; step < end - start; step++) {
      assert(this.#changes === changes, 'the store was written to while a range of it was read');
      const row = this.#rows[reverse ? end - 1 - step : start + step];
      assert(row !== undefined, 'a range lies inside its map');
      yield row;
    }
  }

  /** All rows whose keys begin with `prefix`. */
  prefixed(prefix: Uint8Array): { readonly key: Uint8Array; readonly value: V }[] {
    return [...this.range(prefix, afterAll(prefix))];
  }

  #firstAtLeast(key: Uint8Array): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.#rows[middle];
      if (row !== undefined && compareBytes(row.key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The least bytes above all that begin with `prefix`; undefined when nothing is above them. */
export function afterAll(prefix: Uint8Array): Uint8Array | undefined {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 255) length--;
  if (length === 0) return undefined;
  const after = prefix.slice(0, length);
  after[length - 1]!++;
  return after;
}
