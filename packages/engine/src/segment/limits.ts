/** Fields of one segment: a field is one byte of a token, and the last value marks control entries. */
export const FIELD_COUNT_MAX = 255;

/** Terms of one segment: 24 bits of a token. A builder that is this full is flushed, a merge that would pass it is not planned. */
export const TERM_COUNT_MAX = 2 ** 24 - 2;

/** Records of one segment, so that docIds stay small integers and bitsets moderate. */
export const DOC_COUNT_MAX = 2 ** 27;

/** Bytes that one segment's loaded part may have: it shares the 4 GiB of a 32-bit memory with the query's scratch. */
export const MAPPED_BYTES_MAX = 2.5 * 2 ** 30;

/** Record bytes of one segment: offsets are 32 bits. */
export const RECORD_BYTES_MAX = 2 ** 32 - 2 ** 20;

/** Files up to here are loaded with their records, where loading maps; of longer ones records are read one by one. */
export const WHOLE_FILE_BYTES_MAX = 2 ** 30;

/** Files up to here are always loaded with their records. */
export const SMALL_FILE_BYTES = 2 ** 16;
