export { AssertionError, assert, unreachable } from './assert.ts';
export {
  asDocId,
  asFieldId,
  asGeneration,
  asSequence,
  type Brand,
  type DocId,
  type FieldId,
  type Generation,
  type Sequence,
} from './brand.ts';
export { compareBytes } from './bytes.ts';
export { CorruptionError } from './corruption-error.ts';
export { crc32c } from './crc32.ts';
export { isJsonObject, type Json, type JsonObject } from './json.ts';
export type { Clock, RandomSource } from './sources.ts';
export { utf8Decode, utf8Encode, utf8EncodeInto } from './utf8.ts';
