/** The elements of a set that pass a test: `Filter`'s lambda, or whether their documents may be read. */
import type { Cut } from './cut.ts';
import type { Encoding, SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';

export class FilteredSet implements ElementSet {
  readonly #inner: ElementSet;
  readonly #passes: (element: SetElement) => boolean;

  constructor(inner: ElementSet, passes: (element: SetElement) => boolean) {
    this.#inner = inner;
    this.#passes = passes;
  }

  get encoding(): Encoding {
    return this.#inner.encoding;
  }

  open(scan: Scan): SetCursor {
    return new FilteredCursor(this.#inner.open(scan), this.#passes);
  }
}

class FilteredCursor implements SetCursor {
  readonly #inner: SetCursor;
  readonly #passes: (element: SetElement) => boolean;
  #tested: SetElement | undefined;

  constructor(inner: SetCursor, passes: (element: SetElement) => boolean) {
    this.#inner = inner;
    this.#passes = passes;
  }

  peek(): SetElement | undefined {
    for (let element = this.#inner.peek(); element !== undefined; element = this.#inner.peek()) {
      if (element === this.#tested || this.#passes(element)) {
        this.#tested = element;
        return element;
      }
      this.#inner.next();
    }
    return undefined;
  }

  next(): void {
    this.#inner.next();
  }

  seek(cut: Cut): void {
    this.#inner.seek(cut);
  }
}
