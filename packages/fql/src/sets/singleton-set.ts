/** One document, as long as it exists. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { DocumentKey } from '../store/document-store.ts';
import type { Ref } from '../values/ref.ts';
import type { SetRef } from '../values/set-ref.ts';
import { type Cut, compareToCut } from './cut.ts';
import { NO_BYTES, withoutValues } from './documents-set.ts';
import { type Encoding, SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';

export class SingletonSet implements ElementSet {
  readonly encoding: Encoding;
  readonly #context: EvaluationContext;
  readonly #element: SetElement;

  constructor(context: EvaluationContext, document: DocumentKey, source: SetRef | Ref) {
    this.encoding = withoutValues(context);
    this.#context = context;
    this.#element = new SetElement({ document, order: NO_BYTES, sources: [source], values: () => [] });
  }

  open(scan: Scan): SetCursor {
    const { store, at } = this.#context;
    const { lower, upper } = scan;
    const element = this.#element;
    const isInside =
      (lower === undefined || compareToCut(element, lower, this.encoding) > 0) &&
      (upper === undefined || compareToCut(element, upper, this.encoding) < 0);
    this.#context.charge(1);
    const exists = isInside && store.version(element.document, at) !== undefined;
    return new ListCursor(exists ? [element] : [], scan.direction === 'forward', this.encoding);
  }
}

/** Over elements that are known; of sets without values. */
class ListCursor implements SetCursor {
  readonly #elements: readonly SetElement[];
  readonly #isForward: boolean;
  readonly #encoding: Encoding;
  #at = 0;

  constructor(elements: readonly SetElement[], isForward: boolean, encoding: Encoding) {
    this.#elements = elements;
    this.#isForward = isForward;
    this.#encoding = encoding;
  }

  peek(): SetElement | undefined {
    return this.#elements[this.#at];
  }

  next(): void {
    this.#at++;
  }

  seek(cut: Cut): void {
    for (let element = this.peek(); element !== undefined; element = this.peek()) {
      if (compareToCut(element, cut, this.#encoding) > 0 === this.#isForward) return;
      this.#at++;
    }
  }
}
