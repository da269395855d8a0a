/**
 * A place between two elements of a set: where a page begins, where a range ends. It is given by values, so that sets which write their
 * values down differently can be cut at the same place.
 *
 * A cut names all values of the set or the first of them, and lies before or after everything that begins with those; or all values and a
 * document, and lies before or after that one element. `before` and `after` are meant in the order of the set.
 */
import { compareBytes } from '@skein/base';
import type { CollectionId, DocumentKey } from '../store/document-store.ts';
import type { Value } from '../values/value.ts';
import { compareDocuments, type Encoding, type SetElement } from './element.ts';
import { orderBytes } from './index-entry.ts';

export type Side = 'before' | 'after';

interface DocumentPlace {
  readonly collection: CollectionId;
  readonly id: bigint;
}

export class Cut {
  readonly side: Side;
  readonly document: DocumentPlace | undefined;
  readonly #values: () => readonly Value[];
  #order: { readonly reversed: readonly boolean[]; readonly bytes: Uint8Array } | undefined;

  constructor(parts: {
    readonly values: readonly Value[] | (() => readonly Value[]);
    readonly document?: DocumentPlace | undefined;
    readonly side: Side;
    /** The values' bytes, where they are known. */
    readonly order?: { readonly reversed: readonly boolean[]; readonly bytes: Uint8Array } | undefined;
  }) {
    const { values } = parts;
    this.#values = typeof values === 'function' ? values : () => values;
    this.document = parts.document;
    this.side = parts.side;
    this.#order = parts.order;
  }

  get values(): readonly Value[] {
    return this.#values();
  }

  /** The same place, for a set that is read the other way. */
  flipped(): Cut {
    return new Cut({
      values: () => this.values,
      document: this.document,
      side: opposite(this.side),
      order: this.#order,
    });
  }

  /** Before or after the whole group in which this cut lies. */
  widened(side: Side): Cut {
    const isGroup = this.document === undefined || this.#isWithoutValues();
    if (isGroup) return this;
    return new Cut({ values: () => this.values, side, order: this.#order });
  }

  /** Where the cut lies among values that are written down in this way. */
  place({ reversed, names }: Pick<Encoding, 'reversed' | 'names'>): {
    readonly order: Uint8Array;
    readonly document: DocumentPlace | undefined;
    readonly side: Side;
  } {
    const known = this.#order;
    if (known !== undefined && sameFlags(known.reversed, reversed)) {
      return { order: known.bytes, document: this.document, side: this.side };
    }
    const { values } = this;
    if (values.length > reversed.length) {
      // Another set has more values: a shorter list comes before all longer ones that begin with it.
      const order = orderBytes(values.slice(0, reversed.length), reversed, names);
      return { order, document: undefined, side: 'after' };
    }
    const bytes = orderBytes(values, reversed, names);
    this.#order = { reversed, bytes };
    return { order: bytes, document: this.document, side: this.side };
  }

  #isWithoutValues(): boolean {
    return this.#order === undefined ? this.values.length === 0 : this.#order.bytes.length === 0;
  }
}

/** Before or after all elements that have the values of this one. */
export function groupCut(element: SetElement, encoding: Encoding, side: Side): Cut {
  if (element.order.length === 0) return elementCut(element, side);
  return new Cut({
    values: () => element.values,
    side,
    order: { reversed: encoding.reversed, bytes: element.order },
  });
}

/** Before or after this one, in a set without values. */
function elementCut(element: SetElement, side: Side): Cut {
  return new Cut({ values: [], document: documentPlace(element.document), side });
}

/** Negative: the element lies before the cut; positive: after it. Never 0. */
export function compareToCut(element: SetElement, cut: Cut, encoding: Encoding): number {
  if (encoding.descending) return -compareNaturally(element, cut.flipped(), encoding);
  return compareNaturally(element, cut, encoding);
}

function compareNaturally(element: SetElement, cut: Cut, encoding: Encoding): number {
  const { order, document, side } = cut.place(encoding);
  const atCut = side === 'before' ? 1 : -1;
  if (document === undefined) {
    return startsWith(element.order, order) ? atCut : compareBytes(element.order, order);
  }
  return (
    compareBytes(element.order, order) || compareDocuments(documentPlace(element.document), document) || atCut
  );
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && compareBytes(bytes.subarray(0, prefix.length), prefix) === 0;
}

function documentPlace({ collection, id }: DocumentKey): DocumentPlace {
  return { collection, id };
}

export function opposite(side: Side): Side {
  return side === 'before' ? 'after' : 'before';
}

function sameFlags(a: readonly boolean[], b: readonly boolean[]): boolean {
  return a === b || (a.length === b.length && a.every((flag, at) => flag === b[at]));
}
