/**
 * The payload of an entry: operations of any applications, put together by one member to be ordered at once. Little-endian:
 *
 *   version u8 | zero u8 | zero u16 | operation count u32 | operation …
 *   operation:  proposedAtMs u64 | application bytes u16 | operation id bytes u16 | payload bytes u32 | application | operation id | payload
 *
 * The bytes are a function of the operations, so that their hash names them. A member proposes the version that all live members read
 * (`MemberStatus.format`); every member reads its own version and the one before.
 *
 * Invariant, checked on both sides: the operations fill the payload exactly, and there is at least one.
 */
import { hash } from 'node:crypto';
import { assert, utf8Decode, utf8EncodeInto } from '@skein/base';
import { ENTRY_BYTES_MAX } from '../limits.ts';
import type { ProposedOperation } from '../operation-log.ts';
import { getU64, setU64 } from '../u64.ts';

const VERSION = 1;
const HEADER_BYTES = 8;
const OPERATION_HEADER_BYTES = 16;
const NAME_UNITS_MAX = 10_000;
const HASH_BYTES = 16;

/** Bytes that are no entry, or one of a version that this program does not read. */
export class EntryFormatError extends Error {
  override readonly name = 'EntryFormatError';
  /** Of the payload. */
  readonly offset: number;

  constructor(offset: number, expected: string) {
    super(`entry: expected ${expected} at byte ${offset}`);
    this.offset = offset;
  }
}

/** At most this many bytes are added to an entry by the operation. */
export function operationBytesInEntry(operation: {
  readonly application: string;
  readonly operationId: string;
  readonly payload: Uint8Array;
}): number {
  // UTF-8 takes at most three bytes per UTF-16 unit.
  return (
    OPERATION_HEADER_BYTES +
    3 * (operation.application.length + operation.operationId.length) +
    operation.payload.byteLength
  );
}

/** The operations stay as they are; their bytes are copied. At most `ENTRY_BYTES_MAX` bytes may come out. */
export function encodeEntry(operations: readonly ProposedOperation[]): Uint8Array {
  assert(operations.length > 0, 'encodeEntry: an entry holds at least one operation');
  let bytesMax = HEADER_BYTES;
  for (const operation of operations) bytesMax += operationBytesInEntry(operation);
  const bytes = new Uint8Array(bytesMax);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(4, operations.length, true);
  let at = HEADER_BYTES;
  for (const { application, operationId, proposedAtMs, payload } of operations) {
    assert(
      application.length < NAME_UNITS_MAX && operationId.length < NAME_UNITS_MAX,
      'encodeEntry: names are short',
    );
    assert(
      proposedAtMs >= 0 && proposedAtMs <= Number.MAX_SAFE_INTEGER,
      'encodeEntry: a time after 1970, in milliseconds',
    );
    const names = at + OPERATION_HEADER_BYTES;
    const applicationBytes = utf8EncodeInto(application, bytes.subarray(names));
    const idBytes = utf8EncodeInto(operationId, bytes.subarray(names + applicationBytes));
    setU64(view, at, proposedAtMs);
    view.setUint16(at + 8, applicationBytes, true);
    view.setUint16(at + 10, idBytes, true);
    view.setUint32(at + 12, payload.byteLength, true);
    bytes.set(payload, names + applicationBytes + idBytes);
    at = names + applicationBytes + idBytes + payload.byteLength;
  }
  assert(at <= ENTRY_BYTES_MAX, `encodeEntry: ${at} bytes, at most ${ENTRY_BYTES_MAX} are allowed`);
  return bytes.subarray(0, at);
}

/** The operations' payloads are views of `payload`, which must not change while they are used. Throws `EntryFormatError`. */
export function decodeEntry(payload: Uint8Array): readonly ProposedOperation[] {
  const end = payload.byteLength;
  if (end < HEADER_BYTES || end > ENTRY_BYTES_MAX) {
    throw new EntryFormatError(0, `${HEADER_BYTES} to ${ENTRY_BYTES_MAX} bytes, not ${end}`);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, end);
  const version = view.getUint8(0);
  if (version !== VERSION) throw new EntryFormatError(0, `version ${VERSION}, not ${version}`);
  if (view.getUint8(1) !== 0 || view.getUint16(2, true) !== 0) throw new EntryFormatError(1, 'zeros');
  const count = view.getUint32(4, true);
  if (count < 1 || count > (end - HEADER_BYTES) / OPERATION_HEADER_BYTES) {
    throw new EntryFormatError(4, `a count of operations that fit into ${end} bytes, not ${count}`);
  }
  const operations: ProposedOperation[] = [];
  let at = HEADER_BYTES;
  for (let ordinal = 0; ordinal < count; ordinal++) {
    if (at + OPERATION_HEADER_BYTES > end) throw new EntryFormatError(at, 'the head of an operation');
    const proposedAtMs = getU64(view, at);
    if (proposedAtMs > Number.MAX_SAFE_INTEGER) throw new EntryFormatError(at, 'a time below 2^53');
    const idStart = at + OPERATION_HEADER_BYTES + view.getUint16(at + 8, true);
    const payloadStart = idStart + view.getUint16(at + 10, true);
    const operationEnd = payloadStart + view.getUint32(at + 12, true);
    if (operationEnd > end) throw new EntryFormatError(at, `an operation that ends before byte ${end}`);
    operations.push({
      application: utf8Decode(payload.subarray(at + OPERATION_HEADER_BYTES, idStart)),
      operationId: utf8Decode(payload.subarray(idStart, payloadStart)),
      proposedAtMs,
      payload: payload.subarray(payloadStart, operationEnd),
    });
    at = operationEnd;
  }
  if (at !== end) throw new EntryFormatError(at, 'the end of the entry');
  return operations;
}

/** 128 bits of SHA-256, base64url: 22 letters. Names the bytes; two different payloads do not have the same. */
export function hashOf(payload: Uint8Array): string {
  return hash('sha256', payload, 'buffer').toString('base64url', 0, HASH_BYTES);
}
