/**
 * Forward stream: for each record its tokens in order, so that one short scan scores a candidate.
 *
 *   entry:u32 = payload << 8 | field
 *
 * `field` 0 … 254: a token; payload is the term's ordinal; its position is the running position, which then grows by one.
 * `field` 255: control; payload = (delta + DELTA_BIAS) << 1 | boundary. `delta` is added to the running position; `boundary`
 * says that an array element ends here (a change of field ends one too). The running position starts at 0 in each field; a
 * control belongs to the token behind it, so one between two fields counts in the second.
 *
 * The entries of one field are contiguous. Scored in the kernel (`kernel/assembly/score.ts`), which reads the same format.
 */
export const CONTROL_FIELD = 255;
export const DELTA_BIAS = 1 << 22;

/** Positions added between two elements of an array: farther than proximity can see. */
export const ELEMENT_GAP = 8;

export function tokenEntry(term: number, field: number): number {
  return ((term << 8) | field) >>> 0;
}

export function controlEntry(delta: number, boundary: boolean): number {
  const bounded = Math.max(-DELTA_BIAS, Math.min(DELTA_BIAS - 1, delta));
  return ((((bounded + DELTA_BIAS) << 1) | (boundary ? 1 : 0)) << 8) | CONTROL_FIELD;
}

export function isControl(entry: number): boolean {
  return (entry & 255) === CONTROL_FIELD;
}
