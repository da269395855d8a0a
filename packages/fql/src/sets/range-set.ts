/** `Range`: what lies between two cuts of a set. */
import { type Cut, compareToCut } from './cut.ts';
import type { Encoding, SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';

export class RangeSet implements ElementSet {
  readonly #inner: ElementSet;
  readonly #lower: Cut;
  readonly #upper: Cut;

  constructor(inner: ElementSet, lower: Cut, upper: Cut) {
    this.#inner = inner;
    this.#lower = lower;
    this.#upper = upper;
  }

  get encoding(): Encoding {
    return this.#inner.encoding;
  }

  open(scan: Scan): SetCursor {
    const { direction, expected } = scan;
    const isForward = direction === 'forward';
    const cursor = this.#inner.open({ lower: this.#lower, upper: this.#upper, direction, expected });
    const near = isForward ? scan.lower : scan.upper;
    if (near !== undefined) cursor.seek(near);
    const far = isForward ? scan.upper : scan.lower;
    return far === undefined ? cursor : new StoppedCursor(cursor, far, isForward, this.encoding);
  }
}

/** Ends at a cut. */
export class StoppedCursor implements SetCursor {
  readonly #inner: SetCursor;
  readonly #end: Cut;
  readonly #isForward: boolean;
  readonly #encoding: Encoding;

  constructor(inner: SetCursor, end: Cut, isForward: boolean, encoding: Encoding) {
    this.#inner = inner;
    this.#end = end;
    this.#isForward = isForward;
    this.#encoding = encoding;
  }

  peek(): SetElement | undefined {
    const element = this.#inner.peek();
    if (element === undefined) return undefined;
    return compareToCut(element, this.#end, this.#encoding) < 0 === this.#isForward ? element : undefined;
  }

  next(): void {
    this.#inner.next();
  }

  seek(cut: Cut): void {
    this.#inner.seek(cut);
  }
}
