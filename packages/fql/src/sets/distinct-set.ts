/** `Distinct`: of elements with the same values the first one, whichever way the set is read. */
import { type Cut, compareToCut, groupCut } from './cut.ts';
import { compareGroups, type Encoding, type SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';
import { Lookahead } from './lookahead.ts';

export class DistinctSet implements ElementSet {
  readonly #inner: ElementSet;

  constructor(inner: ElementSet) {
    this.#inner = inner;
  }

  get encoding(): Encoding {
    return this.#inner.encoding;
  }

  open(scan: Scan): SetCursor {
    return new DistinctCursor(this.#inner, scan);
  }
}

class DistinctCursor implements SetCursor {
  readonly #set: ElementSet;
  readonly #scan: Scan;
  readonly #cursor: Lookahead;
  readonly #isForward: boolean;
  /** The last one shown or skipped. */
  #first: SetElement | undefined;
  #isShown = false;

  constructor(set: ElementSet, scan: Scan) {
    this.#set = set;
    this.#scan = scan;
    this.#isForward = scan.direction === 'forward';
    const wide: Scan = {
      ...scan,
      lower: scan.lower?.widened('before'),
      upper: scan.upper?.widened('after'),
    };
    this.#cursor = new Lookahead(set.open(wide), this.#isForward, set.encoding);
  }

  peek(): SetElement | undefined {
    if (this.#isShown) return this.#first;
    const { encoding } = this.#set;
    const { lower, upper } = this.#scan;
    for (let element = this.#cursor.peek(); element !== undefined; element = this.#cursor.peek()) {
      const first = this.#firstOf(element);
      if (
        (lower === undefined || compareToCut(first, lower, encoding) > 0) &&
        (upper === undefined || compareToCut(first, upper, encoding) < 0)
      ) {
        this.#first = first;
        this.#isShown = true;
        return first;
      }
      this.#leave(first);
    }
    return undefined;
  }

  next(): void {
    const shown = this.peek();
    if (shown === undefined) return;
    this.#leave(shown);
    this.#isShown = false;
  }

  seek(cut: Cut): void {
    const { encoding } = this.#set;
    for (let shown = this.peek(); shown !== undefined; shown = this.peek()) {
      if (compareToCut(shown, cut, encoding) > 0 === this.#isForward) return;
      this.next();
      this.#cursor.seek(cut.widened(this.#isForward ? 'before' : 'after'));
    }
  }

  #leave(element: SetElement): void {
    const side = this.#isForward ? 'after' : 'before';
    this.#cursor.seek(groupCut(element, this.#set.encoding, side));
  }

  /** Reading backward, the first of a group comes last: it is fetched where there is more than one. */
  #firstOf(element: SetElement): SetElement {
    if (this.#isForward) return element;
    const { encoding } = this.#set;
    const second = this.#cursor.peekSecond();
    if (second === undefined || compareGroups(second, element, encoding) !== 0) return element;
    const start = groupCut(element, encoding, 'before');
    const found = this.#set.open({ lower: start, direction: 'forward', expected: 1 }).peek();
    return found ?? element;
  }
}
