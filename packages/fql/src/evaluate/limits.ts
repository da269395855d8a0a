/** Bounds on one evaluation, the same on every member, with their reasons. */

/** Lambdas inside each other, calls of user functions included: Fauna's limit. */
export const CALL_DEPTH_MAX = 200;

/**
 * Expressions inside each other while they are evaluated, through all calls. JavaScript's own stack would end somewhere that depends on the
 * machine and on what was optimised; this ends at the same place on every member, and fits into 700 of the default stack's 984 kB
 * (`stack.test.ts`). A function that calls itself 200 times may be about four expressions deep, `If`, `Let` and `Do` not counted.
 */
export const EVALUATION_DEPTH_MAX = 1200;

/** Errors that one answer tells. A request of 8 MiB can be wrong in a million places. */
export const ERROR_COUNT_MAX = 100;

/** Levels of `EVALUATION_DEPTH_MAX` that a call of a lambda counts for: a function that calls it has frames of its own. */
export const LEVELS_PER_CALL = 2;

/** And that each set inside a set counts for, while a function reads it. */
export const LEVELS_PER_SET = 2;

/** Roughly the characters of any value's text: several times what can be stored, far less than memory. */
export const VALUE_SIZE_MAX = 64 * 1024 * 1024;

/**
 * What the store costs, in steps of evaluation: to look a version or an entry up, to write one, and for so many of their bytes, which are
 * decoded into several times as much memory.
 */
export const STEPS_PER_READ = 8;
export const STEPS_PER_WRITE = 24;
export const BYTES_PER_STEP = 8;

/** Values that an argument holds are taken one by one: so many in a step. */
export const ITEMS_PER_STEP = 4;

/** Characters of all errors of an answer, their causes and places included; what comes after them is left out. */
export const ERRORS_LENGTH_MAX = 1024 * 1024;

/** Characters of one error's description; a request may put any text there. */
export const DESCRIPTION_LENGTH_MAX = 8_192;

/** What one transaction may write, documents and index entries together: Fauna's limit. */
export const TRANSACTION_BYTES_MAX = 16 * 1024 * 1024;
