/**
 * Values as compact bytes: bodies of documents and of index entries. A tag byte, then what it says; docs/formats/documents-v1.md has the table.
 *
 * Objects keep the order of their keys, and nulls are kept. Refs are stored as numbers, so that a renamed collection keeps its refs. Documents
 * and pages are stored as the objects that they look like, lambdas as their JSON text.
 *
 * The same value always gives the same bytes, and only such bytes are read: everything else is damage.
 */
import type { Schema } from '../schema/schema.ts';
import { isArray, type Value } from '../values/value.ts';
import { bytesOf } from './byte-buffer.ts';
import { ValueReader } from './value-reader.ts';
import { ValueWriter } from './value-writer.ts';

/** Between the names that values show and the numbers that bytes keep. */
export type RefNames = Pick<Schema, 'resolve' | 'refOf'>;

/** Throws a fault for a value that is nested more deeply than `NESTING_MAX`. */
export function encodeValue(value: Value, names: RefNames): Uint8Array<ArrayBuffer> {
  return bytesOf((out) => new ValueWriter(out, names).write(value, 0));
}

/** Throws `CorruptionError` unless `bytes` are exactly one encoded value. */
export function decodeValue(bytes: Uint8Array, names: RefNames): Value {
  return new ValueReader(bytes, names).readAll();
}

/** As `decodeValue`, for what was encoded as an array. */
export function decodeArray(bytes: Uint8Array, names: RefNames): readonly Value[] {
  const reader = new ValueReader(bytes, names);
  const value = reader.readAll();
  return isArray(value) ? value : reader.damaged('an array');
}
