/** Bounds of the store, each with its reason. */

/** LMDB's pages. Small ones are copied quickly when a transaction changes a few bytes in each; keys may then have 1,978 bytes. */
export const PAGE_BYTES = 4096;
export const KEY_BYTES_MAX = 1978;

/** A longer encoding of terms is kept as its SHA-256: terms are only looked up, never ordered. */
export const TERMS_BYTES_INLINE_MAX = 254;

/** So much of an entry's order stands in the key; entries that agree in all of it are sorted by their full bytes when they are read. */
export const ORDER_BYTES_INLINE_MAX = 1024;

/** An entry's order may not be longer than this: the contract's bound. */
export const ORDER_BYTES_MAX = 64_000;

/** Keys of rows: what is left of LMDB's bound, rounded down. */
export const ROW_KEY_BYTES_MAX = 1900;

/**
 * Address space for one file, not memory: the file grows to what it holds. Thousands of stores fit into 47 bits; a file that outgrows it
 * is mapped anew.
 */
export const MAP_BYTES_DEFAULT = 4 * 1024 ** 3;

/** Readers at a time, over all processes: a process has one, and one for each snapshot that it holds. */
export const READERS_MAX = 1024;

/**
 * So many bytes in pages are written before they are made durable without being asked: until then, no page that the durable state needs,
 * and none that a later commit has given up, can be used again, so the file grows by about as much.
 */
export const UNSYNCED_BYTES_DEFAULT = 128 * 1024 ** 2;

/** A small commit writes about so many pages: a path from the root in each table, LMDB's own tables, the meta page. */
export const COMMIT_PAGE_COUNT = 12;

/**
 * LMDB reads a list of free pages, and writes what is left of it, with every commit: a long one costs more than the commit. It has to be
 * long enough to find the neighbouring pages that the largest document needs (8 MiB are 2,048).
 */
export const FREE_PAGES_LOADED_MAX = 4000;
