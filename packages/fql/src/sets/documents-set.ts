/** `Documents`: what is in a collection, a user's or a native one, by id. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { CollectionId, ScopeId } from '../store/document-store.ts';
import type { Ref } from '../values/ref.ts';
import type { SetRef } from '../values/set-ref.ts';
import type { Cut } from './cut.ts';
import { type Encoding, SetElement } from './element.ts';
import { type StoredRange, StoredSet } from './stored-set.ts';

export const NO_BYTES = new Uint8Array();
const ID_END = 2n ** 63n;

/** Of sets whose elements are documents. */
export function withoutValues(context: EvaluationContext): Encoding {
  return { arity: 0, reversed: [], descending: false, names: context.schema };
}

export function documentsSet(
  context: EvaluationContext,
  scope: ScopeId,
  collection: CollectionId,
  source: SetRef | Ref,
): StoredSet<bigint> {
  return new StoredSet(context, new DocumentsRange(context, scope, collection, source));
}

class DocumentsRange implements StoredRange<bigint> {
  readonly encoding: Encoding;
  readonly start = 0n;
  readonly end = ID_END;
  readonly #context: EvaluationContext;
  readonly #scope: ScopeId;
  readonly #collection: CollectionId;
  readonly #sources: readonly (SetRef | Ref)[];

  constructor(context: EvaluationContext, scope: ScopeId, collection: CollectionId, source: SetRef | Ref) {
    this.encoding = withoutValues(context);
    this.#context = context;
    this.#scope = scope;
    this.#collection = collection;
    this.#sources = [source];
  }

  boundOf(cut: Cut): bigint {
    const { document, side } = cut.place(this.encoding);
    if (document === undefined) return side === 'before' ? this.start : this.end;
    if (document.collection !== this.#collection) {
      return document.collection < this.#collection ? this.start : this.end;
    }
    return side === 'before' ? document.id : document.id + 1n;
  }

  compareBounds(a: bigint, b: bigint): number {
    return a < b ? -1 : a > b ? 1 : 0;
  }

  read(range: {
    readonly from: bigint;
    readonly to: bigint;
    readonly reverse: boolean;
    readonly limit: number;
  }): { readonly elements: readonly SetElement[]; readonly rowCount: number; readonly next: bigint } {
    const { store, at } = this.#context;
    const { from, to, reverse, limit } = range;
    const elements: SetElement[] = [];
    let next = reverse ? to : from;
    for (const { id } of store.documents(this.#scope, this.#collection, { from, to, reverse, at })) {
      elements.push(
        new SetElement({
          document: { scope: this.#scope, collection: this.#collection, id },
          order: NO_BYTES,
          sources: this.#sources,
          values: () => [],
        }),
      );
      if (elements.length >= limit) {
        next = reverse ? id : id + 1n;
        break;
      }
    }
    return { elements, rowCount: elements.length, next };
  }
}
