/**
 * A set of documents among sets of values: its elements are shown as ones whose only value is their ref, which is how they compare with the
 * values of the others.
 */
import type { EvaluationContext } from '../evaluate/context.ts';
import { Ref } from '../values/ref.ts';
import { Cut, compareToCut } from './cut.ts';
import { compareDocuments, type Encoding, SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';
import { orderBytes } from './index-entry.ts';

export class RecodedSet implements ElementSet {
  readonly encoding: Encoding;
  readonly #context: EvaluationContext;
  readonly #inner: ElementSet;

  constructor(context: EvaluationContext, inner: ElementSet) {
    this.#context = context;
    this.#inner = inner;
    const { descending, names } = inner.encoding;
    this.encoding = { arity: 1, reversed: [false], descending, names };
  }

  open(scan: Scan): SetCursor {
    const { lower, upper, direction, expected } = scan;
    const inner = this.#inner.open({
      lower: lower === undefined ? undefined : this.#translated(lower),
      upper: upper === undefined ? undefined : this.#translated(upper),
      direction,
      expected,
    });
    return new RecodedCursor(
      inner,
      this.encoding,
      scan,
      (cut) => this.#translated(cut),
      (element) => this.#shown(element),
    );
  }

  #shown(element: SetElement): SetElement {
    const ref = this.#context.schema.refOf(element.document);
    return new SetElement({
      document: element.document,
      order: orderBytes([ref], this.encoding.reversed, this.encoding.names),
      sources: element.sources,
      values: () => [ref],
    });
  }

  /** Undefined where no document lies exactly there: then elements are compared one by one. */
  #translated(cut: Cut): Cut | undefined {
    const [value, ...others] = cut.values;
    if (!(value instanceof Ref)) return undefined;
    const document = this.#context.schema.resolve(value);
    if (document === undefined) return undefined;
    const place = { collection: document.collection, id: document.id };
    const { descending } = this.encoding;
    if (others.length > 0)
      return new Cut({ values: [], document: place, side: descending ? 'before' : 'after' });
    const order =
      cut.document === undefined ? 0 : compareDocuments(cut.document, place) * (descending ? -1 : 1);
    return new Cut({
      values: [],
      document: place,
      side: order === 0 ? cut.side : order < 0 ? 'before' : 'after',
    });
  }
}

class RecodedCursor implements SetCursor {
  readonly #inner: SetCursor;
  readonly #encoding: Encoding;
  readonly #isForward: boolean;
  readonly #end: Cut | undefined;
  readonly #translate: (cut: Cut) => Cut | undefined;
  readonly #show: (element: SetElement) => SetElement;
  #given: SetElement | undefined;
  #shown: SetElement | undefined;

  constructor(
    inner: SetCursor,
    encoding: Encoding,
    scan: Scan,
    translate: (cut: Cut) => Cut | undefined,
    show: (element: SetElement) => SetElement,
  ) {
    this.#inner = inner;
    this.#encoding = encoding;
    this.#isForward = scan.direction === 'forward';
    this.#end = this.#isForward ? scan.upper : scan.lower;
    this.#translate = translate;
    this.#show = show;
    const start = this.#isForward ? scan.lower : scan.upper;
    if (start !== undefined) this.#skipTo(start);
  }

  peek(): SetElement | undefined {
    const element = this.#current();
    if (element === undefined || this.#end === undefined) return element;
    return this.#isPast(element, this.#end) ? undefined : element;
  }

  next(): void {
    this.#inner.next();
  }

  seek(cut: Cut): void {
    const near = this.#translate(cut);
    if (near !== undefined) this.#inner.seek(near);
    this.#skipTo(cut);
  }

  #skipTo(cut: Cut): void {
    for (let element = this.#current(); element !== undefined; element = this.#current()) {
      if (this.#isPast(element, cut)) return;
      this.#inner.next();
    }
  }

  #isPast(element: SetElement, cut: Cut): boolean {
    return compareToCut(element, cut, this.#encoding) > 0 === this.#isForward;
  }

  #current(): SetElement | undefined {
    const given = this.#inner.peek();
    if (given !== this.#given) {
      this.#given = given;
      this.#shown = given === undefined ? undefined : this.#show(given);
    }
    return this.#shown;
  }
}
