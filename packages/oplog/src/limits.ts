/** One operation: a batch of records as one request brings it. Also what a reader may have to hold at once. */
export const OPERATION_BYTES_MAX = 64 * 1024 * 1024;

/** A journal file is closed once it is this long: the unit in which released operations leave the disk. */
export const JOURNAL_FILE_BYTES_MAX = 64 * 1024 * 1024;

/** One write and one sync: enough that the sync is shared by thousands, little enough that nobody waits long for others' bytes. */
export const GROUP_BYTES_MAX = 8 * 1024 * 1024;

/** Recent operations kept in memory, so that a follower close to the end reads no file. */
export const TAIL_BYTES_MAX = 32 * 1024 * 1024;

/** The same, counted: small operations take several times their bytes, and each is a burden to the garbage collector. */
export const TAIL_COUNT_MAX = 16_384;

/** Places in a journal file that are remembered lie so far apart: who asks for one operation has little to read before it. */
export const MARK_EVERY_BYTES = 256 * 1024;

/** How much of a file one read brings while following. */
export const READ_BYTES = 1024 * 1024;

/** Operations of several applications are merged into one entry of about this size: then the wait for its syncs is worth its bytes. */
export const ENTRY_BYTES_TARGET = 4 * 1024 * 1024;

/** The payload of an entry at most: the largest operation together with what was merged before it. */
export const ENTRY_BYTES_MAX = OPERATION_BYTES_MAX + 2 * ENTRY_BYTES_TARGET;

/** A file of stored entries is followed by the next once it is this long. Entries are short-lived: most files leave whole. */
export const ENTRY_FILE_BYTES_MAX = 32 * 1024 * 1024;

/** Payloads of entries kept in memory: this member's tail and its peers ask for them within a second or so. */
export const ENTRY_TAIL_BYTES_MAX = 32 * 1024 * 1024;
