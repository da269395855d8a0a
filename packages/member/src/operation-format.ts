/**
 * Formats of operations: one number for all of them, on indexes, applications and documents.
 *
 * A new kind of operation, a new field, and anything that makes applying one come out differently need a new format: members of two versions
 * apply the same log, and must come to the same. So what a program says it knows (`OPERATION_FORMAT`) it reads and applies as every other
 * program that knows it; members propose nothing in a format that not all of them know (`cluster/common-format.ts`); and a program that meets
 * a format that came after it stops applying, because passing over an operation would make this member differ for good.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { NewerFormatError, OperationFormatError } from './operation-format-error.ts';

/** The newest one that this program reads and writes; it reads all before it, too. */
export const OPERATION_FORMAT = 1;
/** What the first program wrote. */
export const OPERATION_FORMAT_FIRST = 1;

/** Bytes in front of the header of an operation on documents. */
const DOCUMENTS_PREFIX_BYTES = 5;
const HEAD_BYTES = 24;

/** The object that says its format in `v`. Throws `OperationFormatError` or `NewerFormatError`. */
export function checkFormat(value: Json): JsonObject {
  if (!isJsonObject(value)) throw new OperationFormatError('an operation is a JSON object');
  const format = value['v'];
  if (typeof format !== 'number' || !Number.isSafeInteger(format) || format < OPERATION_FORMAT_FIRST)
    throw new OperationFormatError(`an operation says its format, not ${JSON.stringify(format)}`);
  if (format > OPERATION_FORMAT) throw new NewerFormatError(format, OPERATION_FORMAT);
  return value;
}

/** As its encoder wrote it, in front of everything else. Of bytes that are no operation: the first one. */
export function formatOfPayload(payload: Uint8Array): number {
  const at = payload[0] === 0 ? DOCUMENTS_PREFIX_BYTES : 0;
  const head = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
    .subarray(at, at + HEAD_BYTES)
    .toString('latin1');
  const format = Number(/^\{"v":(\d{1,9})[,}]/.exec(head)?.[1]);
  return format >= OPERATION_FORMAT_FIRST ? format : OPERATION_FORMAT_FIRST;
}
