/**
 * All elements of many sets, in order: what `Join` makes of its targets, before equal ones become one. The sets are kept in a heap by where
 * they stand, so an element costs the logarithm of their number.
 */
import { type Cut, compareToCut } from './cut.ts';
import { compareElements, type Encoding, type SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';

/** A target of a join seldom gives more than a few of a page. */
const expectedMax = 8;

export class GatheredSet implements ElementSet {
  readonly encoding: Encoding;
  readonly #sets: readonly ElementSet[];

  /** All in the same encoding. */
  constructor(sets: readonly ElementSet[], encoding: Encoding) {
    this.#sets = sets;
    this.encoding = encoding;
  }

  open(scan: Scan): SetCursor {
    const narrow = { ...scan, expected: Math.min(scan.expected, expectedMax) };
    const cursors = this.#sets.map((set) => set.open(narrow));
    return new HeapCursor(cursors, scan.direction === 'forward', this.encoding);
  }
}

class HeapCursor implements SetCursor {
  /** Each one stands at an element; children are at 2n + 1 and 2n + 2, not before their parent. */
  readonly #heap: SetCursor[];
  readonly #isForward: boolean;
  readonly #encoding: Encoding;

  constructor(cursors: readonly SetCursor[], isForward: boolean, encoding: Encoding) {
    this.#heap = cursors.filter((cursor) => cursor.peek() !== undefined);
    this.#isForward = isForward;
    this.#encoding = encoding;
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  peek(): SetElement | undefined {
    return this.#heap[0]?.peek();
  }

  next(): void {
    this.#heap[0]?.next();
    this.#settle();
  }

  seek(cut: Cut): void {
    for (let element = this.peek(); element !== undefined; element = this.peek()) {
      if (compareToCut(element, cut, this.#encoding) > 0 === this.#isForward) return;
      const cursor = this.#heap[0]!;
      cursor.seek(cut);
      // A set with other values may not know the cut exactly.
      if (cursor.peek() === element) cursor.next();
      this.#settle();
    }
  }

  #settle(): void {
    if (this.#heap.length === 0) return;
    if (this.#heap[0]!.peek() === undefined) {
      const last = this.#heap.pop()!;
      if (this.#heap.length === 0) return;
      this.#heap[0] = last;
    }
    this.#sink(0);
  }

  #sink(start: number): void {
    const heap = this.#heap;
    for (let at = start; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && this.#isBefore(heap[child]!, heap[least]!)) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }

  #isBefore(a: SetCursor, b: SetCursor): boolean {
    const order = compareElements(a.peek()!, b.peek()!, this.#encoding);
    return this.#isForward ? order < 0 : order > 0;
  }
}
