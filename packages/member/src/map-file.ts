/**
 * A file's pages in place of a stretch of a shared `WebAssembly.Memory`: nothing is copied, and all processes of the machine
 * share the page cache's one copy. The mapping goes when the memory is collected; removing the file does not disturb it.
 *
 * That V8 lets us map over its reservation is no promise of its API, so `FileDirectory` can always read instead, and both ways
 * pass the same tests. Truncating a mapped file would end the process: index files are never changed, only replaced.
 */
import { createRequire } from 'node:module';

const PROT_READ = 1;
/**
 * Private, although nobody writes: growing the memory makes V8 set all of it writable, which the kernel refuses for a shared mapping of a
 * file opened for reading, and V8 then ends the process. Pages that are only read stay the page cache's in both cases.
 */
const MAP_PRIVATE = 2;
const MAP_FIXED = 0x10;
/** Nothing is set aside for copies that are never made. */
const MAP_NORESERVE = 0x4000;
/** mmap answers −1 as an address. */
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

type MapFile = (
  buffer: ArrayBufferLike,
  byteOffset: number,
  byteLength: number,
  descriptor: number,
) => boolean;

/** Undefined where mapping is not possible: another system than Linux, or no native helper for this one. */
export const mapFile: MapFile | undefined = makeMapFile();

function makeMapFile(): MapFile | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    // The program itself: libc is linked into it, under whatever name this system knows it.
    const mmap = koffi
      .load(null)
      .func('uintptr_t mmap(uintptr_t, size_t, int, int, int, int64_t)') as unknown as (
      address: bigint,
      length: number,
      protection: number,
      flags: number,
      descriptor: number,
      offset: number,
    ) => number | bigint;
    return (buffer, byteOffset, byteLength, descriptor) => {
      if (!isSharedWasmMemory(buffer)) return false;
      const address = koffi.address(new Uint8Array(buffer)) + BigInt(byteOffset);
      const mapped = BigInt.asUintN(
        64,
        BigInt(mmap(address, byteLength, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, descriptor, 0)),
      );
      return mapped !== MAP_FAILED;
    };
  } catch {
    return undefined;
  }
}

/**
 * Only such memory is page-aligned and released by unmapping. The JavaScript API of WebAssembly freezes the buffer of a shared
 * memory and nothing else freezes buffers.
 */
function isSharedWasmMemory(buffer: ArrayBufferLike): boolean {
  return buffer instanceof SharedArrayBuffer && Object.isFrozen(buffer);
}
