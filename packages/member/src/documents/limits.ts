/**
 * A transaction that writes is evaluated while those behind it wait: about a second of work on the slowest machines. Steps are counted and
 * not timed, so that every member stops at the same one.
 */
export const STEPS_MAX_WRITING = 2_000_000;
/**
 * A read keeps its own process waiting, and the searches that arrive there: half a second, or two where all of its steps are of the dearest
 * kind. A count of several hundred thousand documents fits.
 */
export const STEPS_MAX_READING = 4_000_000;
