/** A cursor that can be asked for the element after the next one. */
import { type Cut, compareToCut } from './cut.ts';
import type { Encoding, SetElement } from './element.ts';
import type { SetCursor } from './element-set.ts';

export class Lookahead implements SetCursor {
  readonly #inner: SetCursor;
  readonly #isForward: boolean;
  readonly #encoding: Encoding;
  #head: SetElement | undefined;

  constructor(inner: SetCursor, isForward: boolean, encoding: Encoding) {
    this.#inner = inner;
    this.#isForward = isForward;
    this.#encoding = encoding;
  }

  peek(): SetElement | undefined {
    return this.#head ?? this.#inner.peek();
  }

  peekSecond(): SetElement | undefined {
    if (this.#head === undefined) {
      this.#head = this.#inner.peek();
      if (this.#head === undefined) return undefined;
      this.#inner.next();
    }
    return this.#inner.peek();
  }

  next(): void {
    if (this.#head === undefined) this.#inner.next();
    else this.#head = undefined;
  }

  /** Also past what a set with other values would show on the wrong side of the cut. */
  seek(cut: Cut): void {
    if (this.#head !== undefined) {
      if (compareToCut(this.#head, cut, this.#encoding) > 0 === this.#isForward) return;
      this.#head = undefined;
    }
    this.#inner.seek(cut);
    for (let element = this.#inner.peek(); element !== undefined; element = this.#inner.peek()) {
      if (compareToCut(element, cut, this.#encoding) > 0 === this.#isForward) return;
      this.#inner.next();
    }
  }
}
