/** Bounds on what is written, with their reasons. */

/** One version of a document, encoded: Fauna's limit. */
export const VERSION_BYTES_MAX = 8 * 1024 * 1024;

/** Terms and values of an entry are parts of keys: Fauna's limit. Larger ones are left out of the index, as there. */
export const ENTRY_KEY_BYTES_MAX = 64_000;

/** Entries of one document in one index: arrays multiply, and each entry is written with every version. */
export const ENTRY_COUNT_MAX = 16_384;

/** Steps of one lambda that computes an indexed field. Beyond them the field is null, now and at every rebuild. */
export const BINDING_STEPS_MAX = 10_000;

/** Versions that an index is built from inside the transaction that creates it; above, it is built in the background. */
export const BUILD_VERSION_COUNT_MAX = 10_000;

/** History that is over stays this long, so that cursors into a set at a time stay good. */
export const HISTORY_GRACE_MICROS = 15 * 60 * 1_000_000;

export const DAY_MICROS = 24 * 60 * 60 * 1_000_000;
