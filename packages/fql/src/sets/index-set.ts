/** `Match`: the entries of an index with given terms. */
import { compareBytes } from '@skein/base';
import { decodeArray } from '../codec/value-codec.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import { afterPrefix } from '../order/order-key.ts';
import type { IndexSchema } from '../schema/schema.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { Entry, EntrySet, ScopeId } from '../store/document-store.ts';
import type { SetRef } from '../values/set-ref.ts';
import type { Value } from '../values/value.ts';
import type { Cut } from './cut.ts';
import { type Encoding, SetElement } from './element.ts';
import { entryKey, termsBytes } from './index-entry.ts';
import { liveCollections } from './live-collections.ts';
import { type StoredRange, StoredSet } from './stored-set.ts';

/** Undefined: past everything. */
type Bound = Uint8Array | undefined;

export function indexSet(
  context: EvaluationContext,
  scope: ScopeId,
  index: IndexSchema,
  terms: readonly Value[],
  source: SetRef,
): StoredSet<Bound> {
  return new StoredSet(
    context,
    new IndexRange(context, entrySetOf(context, scope, index, terms), indexEncoding(context, index), source),
  );
}

export function entrySetOf(
  context: EvaluationContext,
  scope: ScopeId,
  index: IndexSchema,
  terms: readonly Value[],
): EntrySet {
  // Collating takes longer than any other look at a text.
  context.charge(context.extentOf(terms).size);
  return { scope, index: index.id, terms: termsBytes(terms, storedNames(context.schema)) };
}

export function indexEncoding(context: EvaluationContext, index: IndexSchema): Encoding {
  const reversed = index.values.map(({ reverse }) => reverse);
  return { arity: reversed.length, reversed, descending: false, names: storedNames(context.schema) };
}

/** What an entry's body holds. */
export function entryValues(context: EvaluationContext, body: Uint8Array): readonly Value[] {
  return decodeArray(body, context.schema);
}

class IndexRange implements StoredRange<Bound> {
  readonly encoding: Encoding;
  readonly start: Bound = new Uint8Array();
  readonly end: Bound = undefined;
  readonly #context: EvaluationContext;
  readonly #set: EntrySet;
  readonly #sources: readonly SetRef[];
  readonly #isLive: (collection: Entry['collection']) => boolean;

  constructor(context: EvaluationContext, set: EntrySet, encoding: Encoding, source: SetRef) {
    this.#context = context;
    this.#set = set;
    this.encoding = encoding;
    this.#sources = [source];
    this.#isLive = liveCollections(context, set.scope);
  }

  boundOf(cut: Cut): Bound {
    const { order, document, side } = cut.place(this.encoding);
    if (document === undefined) {
      if (side === 'before') return order;
      return order.length === 0 ? undefined : afterPrefix(order);
    }
    const key = entryKey({ order, ...document });
    return side === 'before' ? key : afterPrefix(key);
  }

  compareBounds(a: Bound, b: Bound): number {
    if (a === undefined || b === undefined) return (a === undefined ? 1 : 0) - (b === undefined ? 1 : 0);
    return compareBytes(a, b);
  }

  read(range: {
    readonly from: Bound;
    readonly to: Bound;
    readonly reverse: boolean;
    readonly limit: number;
  }): { readonly elements: readonly SetElement[]; readonly rowCount: number; readonly next: Bound } {
    const context = this.#context;
    const { from, to, reverse, limit } = range;
    const elements: SetElement[] = [];
    let rowCount = 0;
    let next = reverse ? to : from;
    for (const entry of context.store.entries(this.#set, { from, to, reverse, at: context.at })) {
      rowCount++;
      if (this.#isLive(entry.collection)) elements.push(this.#elementOf(entry));
      if (rowCount >= limit) {
        const key = entryKey(entry);
        next = reverse ? key : afterPrefix(key);
        break;
      }
    }
    return { elements, rowCount, next };
  }

  #elementOf(entry: Entry): SetElement {
    const { order, collection, id, body } = entry;
    return new SetElement({
      document: { scope: this.#set.scope, collection, id },
      order,
      sources: this.#sources,
      values: () => (order.length === 0 ? [] : entryValues(this.#context, body)),
    });
  }
}
