/**
 * Bytes of a file of stored entries, little-endian (docs/formats/entries-v1.md):
 *
 *   file:   magic u32 "SKEN" | version u32 | number u64 | zero u64 | zero u32 | crc32c u32 of the 28 bytes before | entry …
 *   entry:  length u32 | crc32c u32 | offset u32 | synced u32 | name bytes u16 | zero u16 | name | payload
 *
 * `length` counts what follows the checksum; the checksum covers `length` and all that follows it. `offset` is the entry's own place in the
 * file. `synced` is how much of the file was durable when the entry was written: a bad entry before some later entry's `synced` was damaged
 * after it had been acknowledged, any other bad entry is a write that a crash tore. The name is that of `entryText`.
 */
import { crc32c, utf8Decode, utf8Encode } from '@skein/base';
import { ENTRY_BYTES_MAX } from '../limits.ts';
import { getU64, setU64 } from '../u64.ts';
import { type EntryId, entryText, parseEntryText } from './entry-id.ts';

const MAGIC = 0x4e45_4b53;
const VERSION = 1;
export const ENTRY_FILE_HEADER_BYTES = 32;
/** Length and checksum, which stand before what `length` counts. */
const PREFIX_BYTES = 8;
/** Prefix and the fixed part of the head. */
const FIXED_BYTES = PREFIX_BYTES + 12;
const NAME_BYTES_MAX = 64;
const LENGTH_MAX = FIXED_BYTES - PREFIX_BYTES + NAME_BYTES_MAX + ENTRY_BYTES_MAX;

export function entryFileName(number: number): string {
  return `${String(number).padStart(16, '0')}.entries`;
}

/** Undefined for names that are not those of such a file. */
export function parseEntryFileName(name: string): number | undefined {
  const match = /^(\d{16})\.entries$/.exec(name);
  const number = match === null ? 0 : Number(match[1]);
  return number >= 1 && Number.isSafeInteger(number) ? number : undefined;
}

export function encodeEntryFileHeader(number: number): Uint8Array {
  const bytes = new Uint8Array(ENTRY_FILE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  setU64(view, 8, number);
  const crcAt = ENTRY_FILE_HEADER_BYTES - 4;
  view.setUint32(crcAt, crc32c(bytes.subarray(0, crcAt)), true);
  return bytes;
}

/** What is wrong with the header of the file with this number; undefined: nothing. */
export function entryFileHeaderFault(bytes: Uint8Array, number: number): string | undefined {
  if (bytes.byteLength < ENTRY_FILE_HEADER_BYTES) return `a header of ${ENTRY_FILE_HEADER_BYTES} bytes`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return 'the letters SKEN';
  const crcAt = ENTRY_FILE_HEADER_BYTES - 4;
  if (view.getUint32(crcAt, true) !== crc32c(bytes.subarray(0, crcAt)))
    return 'a header that agrees with its checksum';
  const version = view.getUint32(4, true);
  if (version !== VERSION) return `version ${VERSION} of stored entries, not ${version}`;
  return getU64(view, 8) === number ? undefined : `file number ${number}, as the file's name says`;
}

/** Head of an entry that stands at `offset` of its file; the payload's bytes follow it. */
export function encodeStoredEntryHead(
  id: EntryId,
  payload: Uint8Array,
  place: { readonly offset: number; readonly synced: number },
): Uint8Array {
  const name = utf8Encode(entryText(id));
  const bytes = new Uint8Array(FIXED_BYTES + name.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.byteLength - PREFIX_BYTES + payload.byteLength, true);
  view.setUint32(8, place.offset, true);
  view.setUint32(12, place.synced, true);
  view.setUint16(16, name.byteLength, true);
  bytes.set(name, FIXED_BYTES);
  const headCrc = crc32c(bytes.subarray(PREFIX_BYTES), crc32c(bytes.subarray(0, 4)));
  view.setUint32(4, crc32c(payload, headCrc), true);
  return bytes;
}

/** At least as many as the head of any entry. */
export const STORED_ENTRY_HEAD_BYTES_MAX = FIXED_BYTES + NAME_BYTES_MAX;

export type StoredEntryResult =
  | { readonly kind: 'entry'; readonly id: EntryId; readonly payload: Uint8Array; readonly end: number }
  | { readonly kind: 'bad'; readonly expected: string };

/** The entry at `at` of `bytes`, which is `offset` of its file. The payload is a view. */
export function decodeStoredEntry(bytes: Uint8Array, at: number, offset: number): StoredEntryResult {
  const left = bytes.byteLength - at;
  if (left < FIXED_BYTES) return { kind: 'bad', expected: 'a whole entry' };
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, left);
  const length = view.getUint32(0, true);
  if (length < FIXED_BYTES - PREFIX_BYTES || length > LENGTH_MAX)
    return { kind: 'bad', expected: `an entry length, not ${length}` };
  const end = at + PREFIX_BYTES + length;
  if (end > bytes.byteLength) return { kind: 'bad', expected: 'a whole entry' };
  const crc = crc32c(bytes.subarray(at + PREFIX_BYTES, end), crc32c(bytes.subarray(at, at + 4)));
  if (crc !== view.getUint32(4, true))
    return { kind: 'bad', expected: 'an entry that agrees with its checksum' };
  if (view.getUint32(8, true) !== offset) return { kind: 'bad', expected: `an entry written at ${offset}` };
  const payloadStart = at + FIXED_BYTES + view.getUint16(16, true);
  if (payloadStart > end) return { kind: 'bad', expected: 'a name that fits into its entry' };
  const id = parseEntryText(utf8Decode(bytes.subarray(at + FIXED_BYTES, payloadStart)));
  if (id === undefined) return { kind: 'bad', expected: 'the name of an entry' };
  return { kind: 'entry', id, payload: bytes.subarray(payloadStart, end), end };
}

/**
 * Looks in a file, behind a bad entry at `offset`, for a good one that was written when that place was already durable. Finding it proves
 * damage. Computes a checksum only where an entry names its own place.
 */
export function findStoredEntryThatSynced(file: Uint8Array, offset: number): number | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = offset + 1; at + FIXED_BYTES <= file.byteLength; at++) {
    if (view.getUint32(at + 8, true) !== at || view.getUint32(at + 12, true) <= offset) continue;
    if (decodeStoredEntry(file, at, at).kind === 'entry') return at;
  }
  return undefined;
}
