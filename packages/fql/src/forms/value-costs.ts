/** What functions pay that walk through whole values: to compare them, to look for one, to write them out. */
import type { Value } from '../values/value.ts';
import type { Call } from './form.ts';

/** Characters of a value's text that are compared or written in one step. */
const SIZE_PER_STEP = 16;

/** A character beyond ASCII takes that many to collate. */
const STEPS_PER_COLLATED = 2;

/** Call before comparing a value with a larger one by the order of values: texts are collated, and the keys of objects sorted. */
export function chargeOrder(value: Value, { context }: Call): void {
  if (typeof value === 'string') context.charge(value.length * STEPS_PER_COLLATED);
  else if (typeof value === 'object' && value !== null) {
    context.charge(context.extentOf(value).size * STEPS_PER_COLLATED);
  }
}

/** Call before walking through all of a value; a second walk costs as much as the first. */
export function chargeWalk(value: Value, { context }: Call): void {
  if (typeof value === 'string') context.charge(Math.floor(value.length / SIZE_PER_STEP));
  else if (typeof value === 'object' && value !== null) {
    context.charge(Math.floor(context.extentOf(value).size / SIZE_PER_STEP));
  }
}
