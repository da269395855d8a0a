/**
 * A set as the store keeps it: a range of index entries, or the documents of a collection. The cursor reads in batches that grow, and each
 * read is over before its elements are shown.
 *
 * `Bound` is what the store compares with: everything at or above it lies past the cut.
 */
import type { EvaluationContext } from '../evaluate/context.ts';
import { type Cut, compareToCut } from './cut.ts';
import type { Encoding, SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';

const batchSizeMin = 2;
/** After a leap. To begin a read costs as much as about ten rows, and who leaps far may well do so again. */
const leapBatchSize = 8;
/** Leaps that stayed inside one batch: then they are short, and batches go on growing. */
const shortLeapsMin = 2;
const batchSizeMax = 1024;
const batchGrowth = 2;

export interface StoredRange<Bound> {
  readonly encoding: Encoding;
  readonly start: Bound;
  readonly end: Bound;
  boundOf(cut: Cut): Bound;
  compareBounds(a: Bound, b: Bound): number;
  /** Up to `limit` rows between the bounds, the last ones first if `reverse`. `rowCount` counts rows that are no elements, too; `next` is the
   * bound between the last row that was read and the one that would come next. */
  read(range: {
    readonly from: Bound;
    readonly to: Bound;
    readonly reverse: boolean;
    readonly limit: number;
  }): { readonly elements: readonly SetElement[]; readonly rowCount: number; readonly next: Bound };
}

export class StoredSet<Bound> implements ElementSet {
  readonly #context: EvaluationContext;
  readonly #range: StoredRange<Bound>;

  constructor(context: EvaluationContext, range: StoredRange<Bound>) {
    this.#context = context;
    this.#range = range;
  }

  get encoding(): Encoding {
    return this.#range.encoding;
  }

  open(scan: Scan): SetCursor {
    return new StoredCursor(this.#context, this.#range, scan);
  }
}

class StoredCursor<Bound> implements SetCursor {
  readonly #context: EvaluationContext;
  readonly #range: StoredRange<Bound>;
  readonly #isForward: boolean;
  #from: Bound;
  #to: Bound;
  #batch: readonly SetElement[] = [];
  #at = 0;
  #batchSize: number;
  #shortLeaps = 0;
  #isDone = false;

  constructor(context: EvaluationContext, range: StoredRange<Bound>, scan: Scan) {
    this.#context = context;
    this.#range = range;
    this.#isForward = scan.direction === 'forward';
    this.#from = scan.lower === undefined ? range.start : range.boundOf(scan.lower);
    this.#to = scan.upper === undefined ? range.end : range.boundOf(scan.upper);
    this.#batchSize = clampBatch(scan.expected);
  }

  peek(): SetElement | undefined {
    while (this.#at >= this.#batch.length && !this.#isDone) this.#fetch();
    return this.#batch[this.#at];
  }

  next(): void {
    this.#at++;
  }

  seek(cut: Cut): void {
    const { encoding } = this.#range;
    const wasFetched = this.#at < this.#batch.length;
    for (let element = this.#batch[this.#at]; element !== undefined; element = this.#batch[this.#at]) {
      if (compareToCut(element, cut, encoding) > 0 === this.#isForward) {
        this.#shortLeaps++;
        return;
      }
      this.#at++;
    }
    const bound = this.#range.boundOf(cut);
    if (this.#isForward) {
      if (this.#range.compareBounds(bound, this.#from) <= 0) return;
      this.#from = bound;
    } else {
      if (this.#range.compareBounds(bound, this.#to) >= 0) return;
      this.#to = bound;
    }
    if (wasFetched && this.#shortLeaps < shortLeapsMin) this.#batchSize = leapBatchSize;
  }

  #fetch(): void {
    if (this.#range.compareBounds(this.#from, this.#to) >= 0) {
      this.#isDone = true;
      return;
    }
    const { elements, rowCount, next } = this.#range.read({
      from: this.#from,
      to: this.#to,
      reverse: !this.#isForward,
      limit: this.#batchSize,
    });
    this.#context.charge(rowCount);
    this.#batch = elements;
    this.#at = 0;
    this.#shortLeaps = 0;
    if (rowCount < this.#batchSize) this.#isDone = true;
    else if (this.#isForward) this.#from = next;
    else this.#to = next;
    this.#batchSize = clampBatch(this.#batchSize * batchGrowth);
  }
}

function clampBatch(size: number): number {
  return Math.max(batchSizeMin, Math.min(batchSizeMax, size));
}
