/** Bounds on the shape of values, with their reasons. */
import { FqlFault } from '../evaluate/fql-error.ts';

/**
 * Arrays and objects inside each other. What walks a value calls itself once a level, and this many levels fit many times into the smallest
 * stack; Jackson, which parsed for Fauna, stops at the same figure.
 */
export const NESTING_MAX = 1000;

/** A value that an evaluation nested so deeply (a `Reduce` can) is the client's mistake. */
export function nestingFault(): FqlFault {
  return new FqlFault([
    { position: [], code: 'invalid argument', description: 'Value exceeds nesting limit.' },
  ]);
}
