/**
 * Deleted records of an index's segments, one file per publish that changed them.
 *
 *   crc32c:u32 | per segment that has deletions, in the manifest's order: the bitmap, bit per docId, whole 64-byte lines
 *
 * Which segments those are, and how long each bitmap is, the manifest tells. The file's name ends with the checksum, so that
 * the manifest names a content, not just a place where another content could lie.
 */
import { CorruptionError, crc32c, type Generation } from '@skein/base';
import { type Directory, FileMissingError } from '../directory.ts';
import { bitsetBytes } from '../kernel/segment-memory.ts';
import type { Manifest, SegmentEntry } from './manifest.ts';

/** By segment name. A bitmap's set bits are deleted docIds. */
export type Deletions = ReadonlyMap<string, Uint8Array>;

export function readDeletions(directory: Directory, manifest: Manifest): Deletions {
  const deletions = new Map<string, Uint8Array>();
  const name = manifest.deletionsFile;
  if (name === undefined) return deletions;
  const withDeletions = manifest.segments.filter((segment) => segment.deletedCount > 0);
  const bytes = withDeletions.reduce((sum, segment) => sum + bitsetBytes(segment.docCount), 4);
  const file = directory.describe(name);
  const byteLength = directory.byteLength(name);
  if (byteLength === undefined) throw new FileMissingError(`${file} does not exist`);
  if (byteLength !== bytes) {
    throw new CorruptionError({ file, offset: 0, expected: `a file of ${bytes} bytes` });
  }
  const all = directory.read(name, 0, bytes);
  const checksum = crc32c(all.subarray(4));
  if (new DataView(all.buffer).getUint32(0, true) !== checksum || !name.endsWith(checksumSuffix(checksum))) {
    throw new CorruptionError({ file, offset: 0, expected: 'deletions with their checksum' });
  }
  let at = 4;
  for (const segment of withDeletions) {
    const byteLength = bitsetBytes(segment.docCount);
    const bitmap = all.slice(at, at + byteLength);
    if (countBits(bitmap) !== segment.deletedCount) {
      throw new CorruptionError({ file, offset: at, expected: `${segment.deletedCount} deleted records` });
    }
    deletions.set(segment.name, bitmap);
    at += byteLength;
  }
  return deletions;
}

/** Writes the bitmaps of the segments that have deletions; returns the file's name. */
export function writeDeletions(
  directory: Directory,
  generation: Generation,
  segments: readonly SegmentEntry[],
  deletions: Deletions,
): string {
  const parts: Uint8Array[] = [];
  let checksum = 0;
  for (const segment of segments) {
    if (segment.deletedCount === 0) continue;
    const bitmap = deletions.get(segment.name)!;
    parts.push(bitmap);
    checksum = crc32c(bitmap, checksum);
  }
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, checksum, true);
  const name = `deletions-${generation}${checksumSuffix(checksum)}`;
  directory.write(name, [head, ...parts]);
  return name;
}

export function isDeleted(bitmap: Uint8Array | undefined, docId: number): boolean {
  return bitmap !== undefined && (bitmap[docId >>> 3]! & (1 << (docId & 7))) !== 0;
}

function checksumSuffix(checksum: number): string {
  return `-${checksum.toString(16).padStart(8, '0')}`;
}

function countBits(bitmap: Uint8Array): number {
  let count = 0;
  for (let byte of bitmap) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}
