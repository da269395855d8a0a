/**
 * An element of a set, and the order that it stands in.
 *
 * Elements are sorted by their values, then by their documents. Those with the same values are a group; in a set without values each document
 * is a group of its own. Sets are compared by groups: `Union` and `Intersection` look at values, not at where they come from.
 */
import { compareBytes } from '@skein/base';
import type { RefNames } from '../codec/value-codec.ts';
import type { DocumentKey } from '../store/document-store.ts';
import type { Ref } from '../values/ref.ts';
import type { SetRef } from '../values/set-ref.ts';
import type { Value } from '../values/value.ts';
import { documentBytes } from './index-entry.ts';

/** How a set's values become bytes, and which way the bytes are read. */
export interface Encoding {
  /** How many values a cursor names before the ref. */
  readonly arity: number;
  /** By value: sorted backwards? Empty: a set without values, whose elements are documents. */
  readonly reversed: readonly boolean[];
  /** The whole set is read backwards, documents too. */
  readonly descending: boolean;
  /** What refs among the values are to the client. */
  readonly names: RefNames;
}

export class SetElement {
  readonly document: DocumentKey;
  /** Of the values, in the encoding of the set; empty where there are none. */
  readonly order: Uint8Array;
  /** What the element came from: refs stand for native collections and for single documents. */
  readonly sources: readonly (SetRef | Ref)[];
  readonly #values: () => readonly Value[];
  #decoded: readonly Value[] | undefined;
  #group: Uint8Array | undefined;

  constructor(parts: {
    readonly document: DocumentKey;
    readonly order: Uint8Array;
    readonly sources: readonly (SetRef | Ref)[];
    /** Called when somebody looks, at most once. */
    readonly values: () => readonly Value[];
  }) {
    this.document = parts.document;
    this.order = parts.order;
    this.sources = parts.sources;
    this.#values = parts.values;
  }

  get values(): readonly Value[] {
    this.#decoded ??= this.#values();
    return this.#decoded;
  }

  /** Equal for elements of one group. */
  get group(): Uint8Array {
    this.#group ??= this.order.length > 0 ? this.order : documentBytes(this.document);
    return this.#group;
  }

  withSources(sources: readonly (SetRef | Ref)[]): SetElement {
    return new SetElement({
      document: this.document,
      order: this.order,
      sources,
      values: () => this.values,
    });
  }
}

export function compareDocuments(
  a: Pick<DocumentKey, 'collection' | 'id'> & { readonly scope?: number },
  b: Pick<DocumentKey, 'collection' | 'id'> & { readonly scope?: number },
): number {
  if (a.collection !== b.collection) return a.collection - b.collection;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return (a.scope ?? 0) - (b.scope ?? 0);
}

/** By place in the set. */
export function compareElements(a: SetElement, b: SetElement, encoding: Encoding): number {
  const natural = compareBytes(a.order, b.order) || compareDocuments(a.document, b.document);
  return encoding.descending ? -natural : natural;
}

export function compareGroups(a: SetElement, b: SetElement, encoding: Encoding): number {
  const natural = compareBytes(a.group, b.group);
  return encoding.descending ? -natural : natural;
}
