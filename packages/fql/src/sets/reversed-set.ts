/** `Reverse`: the same elements, the last one first. */
import type { SetRef } from '../values/set-ref.ts';
import type { Cut } from './cut.ts';
import type { Encoding, SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';

export class ReversedSet implements ElementSet {
  readonly encoding: Encoding;
  readonly #inner: ElementSet;
  readonly #sources: readonly SetRef[];

  constructor(inner: ElementSet, source: SetRef) {
    this.#inner = inner;
    this.#sources = [source];
    this.encoding = { ...inner.encoding, descending: !inner.encoding.descending };
  }

  open(scan: Scan): SetCursor {
    const cursor = this.#inner.open({
      lower: scan.upper?.flipped(),
      upper: scan.lower?.flipped(),
      direction: scan.direction === 'forward' ? 'backward' : 'forward',
      expected: scan.expected,
    });
    return new ReversedCursor(cursor, this.#sources);
  }
}

class ReversedCursor implements SetCursor {
  readonly #inner: SetCursor;
  readonly #sources: readonly SetRef[];
  #given: SetElement | undefined;
  #shown: SetElement | undefined;

  constructor(inner: SetCursor, sources: readonly SetRef[]) {
    this.#inner = inner;
    this.#sources = sources;
  }

  peek(): SetElement | undefined {
    const given = this.#inner.peek();
    if (given !== this.#given) {
      this.#given = given;
      this.#shown = given?.withSources(this.#sources);
    }
    return this.#shown;
  }

  next(): void {
    this.#inner.next();
  }

  seek(cut: Cut): void {
    this.#inner.seek(cut.flipped());
  }
}
