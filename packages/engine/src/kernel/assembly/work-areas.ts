// Fixed work areas in the kernel's own page (the first 64 KiB of a memory). Bytes below 4096 belong to the compiler's
// constants; what is not listed here is free.

/** One unpacked block: 128 × u32. */
export const BLOCK_AT: usize = 4096;
/** Frames of the trie matcher: 80 bytes per depth, depths 0 … 64. Ends below 16384. */
export const MATCH_FRAMES_AT: usize = 8192;
