/**
 * How a builder's bound on memory is shared out. The bound is on memory of its own (`RssAnon` on Linux): pages of mapped index files
 * belong to the system's cache, which takes them back as it likes, and do not count.
 *
 *   112 MiB   the program: V8, code, young generations of three threads
 *   of the rest: a half   merges and rebuilds, in threads (`MemoryGate`)
 *                a quarter   waiting operations, parsed ones take about four times their bytes
 *                a quarter   unpublished records, and as much again while they become a segment
 */
export interface BuilderMemory {
  /** Of proposals that wait to be applied, as bytes of the journal. */
  readonly queuedBytesMax: number;
  /** Of unpublished records; beyond it the largest are published early. */
  readonly bufferedBytesMax: number;
  /** Of merges and rebuilds together. */
  readonly threadBytesMax: number;
}

const PROGRAM_BYTES = 112 * 2 ** 20;
/** Below this nothing works; a smaller bound is not kept. */
const SHARED_BYTES_MIN = 80 * 2 ** 20;
const PARSED_FACTOR = 4;
/** Beside what they count themselves, strings and garbage. */
const THREAD_HEAP_BYTES_MIN = 48 * 2 ** 20;
const MAIN_HEAP_BYTES_MIN = 96 * 2 ** 20;

export function shareBuilderMemory(memoryBytesMax: number): BuilderMemory {
  const shared = sharedBytes(memoryBytesMax);
  return {
    queuedBytesMax: Math.floor(shared / 4 / PARSED_FACTOR),
    bufferedBytesMax: Math.floor(shared / 8),
    threadBytesMax: Math.floor(shared / 2),
  };
}

/**
 * Arguments for the node process that a builder with this bound runs in. V8 collects the more often the nearer it is to its limit; without
 * one it lets garbage grow to gigabytes.
 */
export function builderNodeArguments(memoryBytesMax: number): readonly string[] {
  const heapBytes = MAIN_HEAP_BYTES_MIN + sharedBytes(memoryBytesMax) / 2;
  return [`--max-old-space-size=${Math.floor(heapBytes / 2 ** 20)}`, '--max-semi-space-size=16'];
}

/** Limits of V8 in a thread for merges or rebuilds. */
export function threadResourceLimits(threadBytesMax: number): {
  readonly maxOldGenerationSizeMb: number;
  readonly maxYoungGenerationSizeMb: number;
} {
  return {
    maxOldGenerationSizeMb: Math.ceil((THREAD_HEAP_BYTES_MIN + threadBytesMax) / 2 ** 20),
    maxYoungGenerationSizeMb: 12,
  };
}

function sharedBytes(memoryBytesMax: number): number {
  return Math.max(SHARED_BYTES_MIN, memoryBytesMax - PROGRAM_BYTES);
}
