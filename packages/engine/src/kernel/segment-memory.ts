/**
 * The memory of one open segment, which its kernel instance works on:
 *
 *   0         65,536            scratchAt
 *   | kernel  | file            | scratch …            | (grows up to 4 GiB)
 *
 * The kernel's own page holds its constants and small work areas. Scratch is a stack: what a query allocates it releases
 * by going back to its mark, so nothing is ever freed piece by piece. Pieces that outlive queries
 * (`allocatePersistent`) lie in the same region, and the stack steps over them.
 *
 * The memory is shared (in the sense of WebAssembly): it never moves, so views taken before a growth stay valid, they
 * only do not reach the new part. `TextDecoder` refuses such views; copy the bytes first.
 *
 * One query at a time: kernel and scratch are not for several threads.
 */
import { assert } from '@skein/base';
import type { KernelExports } from './kernel-exports.ts';
import {
  createMemory,
  instantiateKernel,
  type KernelMemory,
  PAGE_BYTES,
  PAGE_COUNT_MAX,
} from './kernel-module.ts';

/** Scratch is aligned to cache lines. */
const ALIGNMENT_BYTES = 64;
/**
 * Pages added beyond what is needed: reserved, not used, until somebody writes there. Growing costs time for every shared memory
 * that the process has (V8 visits them all; with 5,000 open it took 5 ms), so the queries of a small segment never need to.
 */
const GROWTH_PAGES_MIN = 256;

/**
 * No memory: the segment and the scratch of its queries do not fit into 4 GiB, or the process has no address space left
 * (a memory reserves 8 GiB of it, so about 15,000 can be open at once).
 */
export class SegmentMemoryError extends Error {
  override readonly name = 'SegmentMemoryError';
}

export class SegmentMemory {
  /** Where the file is loaded: a multiple of `LOAD_ALIGNMENT_BYTES`. */
  readonly fileAt = PAGE_BYTES;
  readonly kernel: KernelExports;
  readonly #memory: KernelMemory;
  /** Pieces that the stack steps over, ascending. */
  readonly #persistent: { readonly from: number; readonly to: number }[] = [];
  #top: number;
  #topMax: number;
  #u8!: Uint8Array;
  #u16!: Uint16Array;
  #u32!: Uint32Array;
  #i32!: Int32Array;
  #f64!: Float64Array;

  /** A memory with room for a file of `fileBytes` (which the caller then loads at `fileAt`). */
  static create(fileBytes: number): SegmentMemory {
    return new SegmentMemory(fileBytes);
  }

  private constructor(fileBytes: number) {
    const pageCount = 1 + Math.ceil(fileBytes / PAGE_BYTES) + GROWTH_PAGES_MIN;
    if (pageCount > PAGE_COUNT_MAX) {
      throw new SegmentMemoryError(`a segment of ${fileBytes} bytes does not fit into 4 GiB`);
    }
    this.#memory = orMemoryError('no room for another segment', () => createMemory(pageCount));
    this.kernel = instantiateKernel(this.#memory);
    this.#top = this.fileAt + Math.ceil(fileBytes / PAGE_BYTES) * PAGE_BYTES;
    this.#topMax = this.#top;
    this.#renewViews();
  }

  get buffer(): ArrayBufferLike {
    return this.#memory.buffer;
  }

  /** Views of the whole memory, renewed when it grows: take them after allocating. */
  get u8(): Uint8Array {
    return this.#u8;
  }
  get u16(): Uint16Array {
    return this.#u16;
  }
  get u32(): Uint32Array {
    return this.#u32;
  }
  get i32(): Int32Array {
    return this.#i32;
  }
  get f64(): Float64Array {
    return this.#f64;
  }

  /** Address of `bytes` bytes of scratch, aligned to 64 and not zeroed. Throws `SegmentMemoryError` past 4 GiB. */
  allocate(bytes: number): number {
    assert(bytes >= 0, 'bytes >= 0');
    let at = align(this.#top);
    for (const piece of this.#persistent) {
      if (at + bytes <= piece.from) break;
      if (at < piece.to) at = align(piece.to);
    }
    this.#reach(at + bytes);
    this.#top = at + bytes;
    return at;
  }

  /** Scratch for a bitset of `docCount` docs, all zero. */
  allocateBitset(docCount: number): number {
    const bytes = bitsetBytes(docCount);
    const at = this.allocate(bytes);
    // Several times as fast as `fill` on a view of shared memory.
    this.kernel.bitsetZero(at, bytes);
    return at;
  }

  /** As `allocate`, but `release` leaves it alone: for what lives as long as the segment is open. The bytes are zero. */
  allocatePersistent(bytes: number): number {
    assert(bytes >= 0, 'bytes >= 0');
    // Above everything that was ever handed out: nothing in use can be hit, and nobody has written there.
    const at = align(this.#topMax);
    this.#reach(at + bytes);
    this.#persistent.push({ from: at, to: at + bytes });
    return at;
  }

  /** The stack's height now; `release` with it gives back everything allocated since. */
  mark(): number {
    return this.#top;
  }

  release(mark: number): void {
    assert(mark <= this.#top, 'marks are released in reverse order');
    this.#top = mark;
  }

  #reach(end: number): void {
    if (end > this.#u8.length) {
      const pagesNeeded = Math.ceil((end - this.#u8.length) / PAGE_BYTES);
      const pagesLeft = PAGE_COUNT_MAX - this.#u8.length / PAGE_BYTES;
      if (pagesNeeded > pagesLeft) {
        throw new SegmentMemoryError(`scratch memory of a segment exceeds 4 GiB: ${end} bytes needed`);
      }
      const pages = Math.min(pagesLeft, Math.max(pagesNeeded, GROWTH_PAGES_MIN));
      orMemoryError('no memory for the scratch of a segment', () => this.#memory.grow(pages));
      this.#renewViews();
    }
    if (end > this.#topMax) this.#topMax = end;
  }

  #renewViews(): void {
    const buffer = this.#memory.buffer;
    this.#u8 = new Uint8Array(buffer);
    this.#u16 = new Uint16Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#f64 = new Float64Array(buffer);
  }
}

/** Bytes of a bitset of `docCount` docs: whole 64-byte lines. */
export function bitsetBytes(docCount: number): number {
  return Math.ceil(docCount / 512) * 64;
}

/** Gives the platform's RangeError a name that says what was wanted. */
function orMemoryError<T>(message: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (cause) {
    throw new SegmentMemoryError(message, { cause });
  }
}

function align(at: number): number {
  return Math.ceil(at / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}
