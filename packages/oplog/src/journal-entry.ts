/**
 * Bytes of a journal file, little-endian (docs/formats/journal-v1.md):
 *
 *   file:   magic u32 "SKJL" | version u32 | first sequence u64 | previous sequence u64 | zero u32 | crc32c u32 of the 28 bytes before | entry …
 *   entry:  length u32 | crc32c u32 | sequence u64 | synced u64 | proposedAtMs u64 | application bytes u16 | operation id bytes u16
 *           | application | operation id | payload
 *
 * `length` counts what follows the checksum; the checksum covers `length` and all that follows it. `synced` is the last sequence
 * that was durable when the entry was written: a bad entry at or before some later entry's `synced` was damaged after it
 * had been acknowledged, any other bad entry is a write that a crash tore.
 */
import { asSequence, crc32c, type Sequence, utf8Decode, utf8Encode } from '@skein/base';
import type { Operation } from './operation-log.ts';
import { getU64, setU64 } from './u64.ts';

const MAGIC = 0x4c4a_4b53;
const VERSION = 1;
export const FILE_HEADER_BYTES = 32;
/** Length and checksum, which stand before what `length` counts. */
const PREFIX_BYTES = 8;
/** Prefix and the fixed part of the header: no entry is shorter. */
export const ENTRY_BYTES_MIN = PREFIX_BYTES + 28;

export function journalFileName(first: Sequence): string {
  return `${String(first).padStart(16, '0')}.journal`;
}

/** The first sequence that a file's name promises; undefined for names that are not a journal file's. */
export function parseJournalFileName(name: string): Sequence | undefined {
  const match = /^(\d{16})\.journal$/.exec(name);
  return match === null ? undefined : asSequence(Number(match[1]));
}

export function encodeFileHeader(first: Sequence, previous: Sequence): Uint8Array {
  const bytes = new Uint8Array(FILE_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  setU64(view, 8, first);
  setU64(view, 16, previous);
  view.setUint32(FILE_HEADER_BYTES - 4, crc32c(bytes.subarray(0, FILE_HEADER_BYTES - 4)), true);
  return bytes;
}

export type FileHeader =
  | { readonly kind: 'ok'; readonly first: Sequence; readonly previous: Sequence }
  | { readonly kind: 'bad'; readonly expected: string };

export function decodeFileHeader(bytes: Uint8Array): FileHeader {
  if (bytes.byteLength < FILE_HEADER_BYTES)
    return { kind: 'bad', expected: 'a journal file header of 32 bytes' };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return { kind: 'bad', expected: 'the letters SKJL' };
  if (view.getUint32(FILE_HEADER_BYTES - 4, true) !== crc32c(bytes.subarray(0, FILE_HEADER_BYTES - 4))) {
    return { kind: 'bad', expected: 'a file header that agrees with its checksum' };
  }
  const version = view.getUint32(4, true);
  if (version !== VERSION) return { kind: 'bad', expected: `journal version ${VERSION}, not ${version}` };
  return { kind: 'ok', first: asSequence(getU64(view, 8)), previous: asSequence(getU64(view, 16)) };
}

export function entryByteLength(operation: {
  readonly application: string;
  readonly operationId: string;
  readonly payload: Uint8Array;
}): number {
  // UTF-8 takes at most three bytes per UTF-16 unit.
  return (
    ENTRY_BYTES_MIN +
    3 * (operation.application.length + operation.operationId.length) +
    operation.payload.byteLength
  );
}

/**
 * The bytes of entries that are written together, in pieces. Small payloads are copied, so that hundreds of small operations are one piece;
 * large ones are pieces of their own.
 */
export function encodeEntries(operations: readonly Operation[], synced: Sequence): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let copiedBytes = 0;
  for (const operation of operations) {
    copiedBytes += entryByteLength(operation) - (isCopied(operation) ? 0 : operation.payload.byteLength);
  }
  const bytes = new Uint8Array(copiedBytes);
  const view = new DataView(bytes.buffer);
  let pieceAt = 0;
  let at = 0;
  for (const operation of operations) {
    const start = at;
    const { payload } = operation;
    const idStart = putText(bytes, start + ENTRY_BYTES_MIN, operation.application);
    const headEnd = putText(bytes, idStart, operation.operationId);
    view.setUint32(start, headEnd - start - PREFIX_BYTES + payload.byteLength, true);
    setU64(view, start + 8, operation.sequence);
    setU64(view, start + 16, synced);
    setU64(view, start + 24, operation.proposedAtMs);
    view.setUint16(start + 32, idStart - start - ENTRY_BYTES_MIN, true);
    view.setUint16(start + 34, headEnd - idStart, true);
    at = headEnd;
    const lengthCrc = crc32c(bytes.subarray(start, start + 4));
    if (isCopied(operation)) {
      bytes.set(payload, headEnd);
      at += payload.byteLength;
      view.setUint32(start + 4, crc32c(bytes.subarray(start + PREFIX_BYTES, at), lengthCrc), true);
    } else {
      const headCrc = crc32c(bytes.subarray(start + PREFIX_BYTES, headEnd), lengthCrc);
      view.setUint32(start + 4, crc32c(payload, headCrc), true);
      pieces.push(bytes.subarray(pieceAt, at), payload);
      pieceAt = at;
    }
  }
  if (at > pieceAt) pieces.push(bytes.subarray(pieceAt, at));
  return pieces;
}

const PAYLOAD_BYTES_COPIED_MAX = 16 * 1024;

function isCopied({ payload }: Operation): boolean {
  return payload.byteLength <= PAYLOAD_BYTES_COPIED_MAX;
}

/** Gives where it ends. */
function putText(bytes: Uint8Array, at: number, text: string): number {
  for (let read = 0; read < text.length; read++) {
    const code = text.charCodeAt(read);
    if (code > 127) {
      const encoded = utf8Encode(text);
      bytes.set(encoded, at);
      return at + encoded.byteLength;
    }
    bytes[at + read] = code;
  }
  return at + text.length;
}

export type EntryResult =
  | { readonly kind: 'entry'; readonly operation: Operation; readonly synced: Sequence; readonly end: number }
  /** More bytes are needed to tell: the entry would end at `end`. */
  | { readonly kind: 'short'; readonly end: number }
  | { readonly kind: 'bad'; readonly expected: string };

/** The entry at `at` of `bytes`. Its strings and payload are copies only where the platform makes them. */
export function decodeEntry(bytes: Uint8Array, at: number, operationBytesMax: number): EntryResult {
  const left = bytes.byteLength - at;
  if (left < PREFIX_BYTES) return { kind: 'short', end: at + ENTRY_BYTES_MIN };
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, left);
  const length = view.getUint32(0, true);
  if (length < ENTRY_BYTES_MIN - PREFIX_BYTES || length > operationBytesMax + ENTRY_BYTES_MIN) {
    return { kind: 'bad', expected: `an entry length, not ${length}` };
  }
  const end = at + PREFIX_BYTES + length;
  if (end > bytes.byteLength) return { kind: 'short', end };
  const crc = crc32c(bytes.subarray(at + PREFIX_BYTES, end), crc32c(bytes.subarray(at, at + 4)));
  if (crc !== view.getUint32(4, true))
    return { kind: 'bad', expected: 'an entry that agrees with its checksum' };
  const idStart = at + ENTRY_BYTES_MIN + view.getUint16(32, true);
  const payloadStart = idStart + view.getUint16(34, true);
  if (payloadStart > end) return { kind: 'bad', expected: 'names that fit into their entry' };
  return {
    kind: 'entry',
    operation: {
      sequence: asSequence(getU64(view, 8)),
      proposedAtMs: getU64(view, 24),
      application: utf8Decode(bytes.subarray(at + ENTRY_BYTES_MIN, idStart)),
      operationId: utf8Decode(bytes.subarray(idStart, payloadStart)),
      payload: bytes.subarray(payloadStart, end),
    },
    synced: asSequence(getU64(view, 16)),
    end,
  };
}

/**
 * Looks behind a bad entry for a good one that was written when `sequence` was already durable. Finding it proves damage.
 * Reads every offset, but computes a checksum only where a plausible sequence stands.
 */
export function findEntryThatSynced(
  bytes: Uint8Array,
  from: number,
  sequence: Sequence,
  operationBytesMax: number,
): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = sequence + Math.ceil(bytes.byteLength / ENTRY_BYTES_MIN) + 1;
  for (let at = from; at + ENTRY_BYTES_MIN <= bytes.byteLength; at++) {
    const length = view.getUint32(at, true);
    if (length < ENTRY_BYTES_MIN - PREFIX_BYTES || at + PREFIX_BYTES + length > bytes.byteLength) continue;
    const candidate = getU64(view, at + 8);
    if (candidate <= sequence || candidate > last || getU64(view, at + 16) < sequence) continue;
    if (decodeEntry(bytes, at, operationBytesMax).kind === 'entry') return at;
  }
  return undefined;
}
