/**
 * A set that can be read: elements in order, from any place, in both directions. Reading is lazy; a cursor reads little more than what it is
 * asked for, and keeps no iterator of the store open, so that the transaction may write while a set is walked.
 */
import type { Cut } from './cut.ts';
import type { Encoding, SetElement } from './element.ts';

export interface Scan {
  /** Nothing before this cut; undefined: from the beginning. */
  readonly lower?: Cut | undefined;
  /** Nothing after this cut; undefined: to the end. */
  readonly upper?: Cut | undefined;
  /** `backward`: the last element first. */
  readonly direction: 'forward' | 'backward';
  /** How many elements will be looked at, as far as is known: the size of the first read. */
  readonly expected: number;
}

export interface SetCursor {
  /** Undefined at the end. */
  peek(): SetElement | undefined;
  /** Past the element that `peek` shows. */
  next(): void;
  /** Past all elements that lie before the cut (reading backward: after it). Never goes back. */
  seek(cut: Cut): void;
}

export interface ElementSet {
  readonly encoding: Encoding;
  open(scan: Scan): SetCursor;
}

/** All that is left, one after the other. */
export function* remaining(cursor: SetCursor): Generator<SetElement> {
  for (let element = cursor.peek(); element !== undefined; element = cursor.peek()) {
    yield element;
    cursor.next();
  }
}
