/**
 * One short text for the records of an index at one manifest, the same whatever segments they are in: for comparing copies of an index, and
 * for finding damage before a query does.
 *
 * Each record is hashed from its objectID, its length and the checksum of its JSON, in four lanes with a seed each; the digest is the sum of
 * the hashes, by lane, modulo 2^32. So the order of records does not matter, and a changed, a missing or a doubled record shows.
 *
 * Reading opens every segment, which verifies every section. With `records: 'verified'` each record's bytes are read, too, and checked
 * against their checksum; else only what is mapped is read.
 */
import { utf8Encode } from '@skein/base';
import type { Directory } from './directory.ts';
import { isDeleted, readDeletions } from './manifest/deletions.ts';
import type { Manifest } from './manifest/manifest.ts';
import { SegmentReader } from './segment/segment-reader.ts';

const SEEDS = [0x2c1b_3c6d, 0x297a_2d39, 0x85eb_ca6b, 0x1656_67b1] as const;
/** Records between two breaths. */
const STEP_RECORDS = 512;

/** Gives way to the caller between pieces. Throws `CorruptionError`. */
export function* digestIndex(
  directory: Directory,
  manifest: Manifest,
  options: { readonly records: 'verified' | 'trusted' },
): Generator<undefined, string> {
  const sums = new Uint32Array(SEEDS.length);
  const deletions = readDeletions(directory, manifest);
  const tail = new Uint8Array(8);
  const tailView = new DataView(tail.buffer);
  for (const { name } of manifest.segments) {
    const reader = yield* SegmentReader.openSteps(directory, name, manifest.schema);
    yield;
    const deleted = deletions.get(name);
    for (let docId = 0; docId < reader.docCount; docId++) {
      if (docId % STEP_RECORDS === STEP_RECORDS - 1) yield;
      // Damage in a deleted record harms nobody, but a merge would stop at it.
      if (options.records === 'verified') reader.records.bytes(docId);
      if (isDeleted(deleted, docId)) continue;
      const id = utf8Encode(reader.objectIDs.objectID(docId));
      tailView.setUint32(0, reader.records.byteLength(docId), true);
      tailView.setUint32(4, reader.records.checksum(docId), true);
      for (let lane = 0; lane < SEEDS.length; lane++) {
        sums[lane]! += hash32(tail, hash32(id, SEEDS[lane]!));
      }
    }
  }
  return Array.from(sums, (sum) => sum.toString(16).padStart(8, '0')).join('');
}

/** MurmurHash3, 32 bits. */
function hash32(bytes: Uint8Array, seed: number): number {
  let hash = seed;
  const whole = bytes.length & ~3;
  for (let at = 0; at < whole; at += 4) {
    const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    hash ^= scrambled(word);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe654_6b64;
  }
  let rest = 0;
  for (let at = bytes.length - 1; at >= whole; at--) rest = (rest << 8) | bytes[at]!;
  if (whole < bytes.length) hash ^= scrambled(rest);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scrambled(word: number): number {
  const mixed = Math.imul(word, 0xcc9e_2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b87_3593);
}
