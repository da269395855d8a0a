/** `Difference`: the groups of the first set that no other has. */
import { type Cut, groupCut } from './cut.ts';
import { compareGroups, type Encoding, type SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';
import { Lookahead } from './lookahead.ts';

export class DifferenceSet implements ElementSet {
  readonly encoding: Encoding;
  readonly #first: ElementSet;
  readonly #others: readonly ElementSet[];

  /** All in the same encoding. */
  constructor(first: ElementSet, others: readonly ElementSet[], encoding: Encoding) {
    this.#first = first;
    this.#others = others;
    this.encoding = encoding;
  }

  open(scan: Scan): SetCursor {
    const isForward = scan.direction === 'forward';
    const wide: Scan = {
      ...scan,
      lower: scan.lower?.widened('before'),
      upper: scan.upper?.widened('after'),
    };
    const open = (set: ElementSet, within: Scan): Lookahead =>
      new Lookahead(set.open(within), isForward, this.encoding);
    return new DifferenceCursor(
      open(this.#first, scan),
      this.#others.map((set) => open(set, wide)),
      isForward,
      this.encoding,
    );
  }
}

class DifferenceCursor implements SetCursor {
  readonly #first: Lookahead;
  readonly #others: readonly Lookahead[];
  readonly #isForward: boolean;
  readonly #encoding: Encoding;
  /** Of a group that no other set has. */
  #kept: SetElement | undefined;

  constructor(first: Lookahead, others: readonly Lookahead[], isForward: boolean, encoding: Encoding) {
    this.#first = first;
    this.#others = others;
    this.#isForward = isForward;
    this.#encoding = encoding;
  }

  peek(): SetElement | undefined {
    for (let element = this.#first.peek(); element !== undefined; element = this.#first.peek()) {
      if (this.#kept !== undefined && compareGroups(element, this.#kept, this.#encoding) === 0)
        return element;
      if (!this.#isElsewhere(element)) {
        this.#kept = element;
        return element;
      }
      this.#first.seek(groupCut(element, this.#encoding, this.#isForward ? 'after' : 'before'));
    }
    return undefined;
  }

  next(): void {
    this.#first.next();
  }

  seek(cut: Cut): void {
    this.#first.seek(cut);
  }

  #isElsewhere(element: SetElement): boolean {
    const start = groupCut(element, this.#encoding, this.#isForward ? 'before' : 'after');
    return this.#others.some((cursor) => {
      cursor.seek(start);
      const other = cursor.peek();
      return other !== undefined && compareGroups(other, element, this.#encoding) === 0;
    });
  }
}
