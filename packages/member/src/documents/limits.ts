/**
 * A transaction that writes is evaluated while those behind it wait: about a second of work on the slowest machines. Steps are counted and
 * not timed, so that every member stops at the same one.
 */
export const STEPS_MAX_WRITING = 2_000_000;
/** Reads keep nobody waiting but their own process. */
export const STEPS_MAX_READING = 10_000_000;
