/**
 * Rows that belong to the schema, beside the documents. Inside a scope:
 *
 *   01                    → version of the schema, 32 bytes: a chain of hashes of all that was ever written into it
 *   02 native 1           → the last number given to a document of the collection, 8
 *   03                    → the parent's scope, 8
 *   04 collection 4       → the collection's history floor in µs, 8
 *
 * Rows 10 to 13 hex, in scope 0, are those of background work (`writes/ttl-rows.ts`, `jobs/`, `streams/history-rewrites.ts`); those of `access/` begin with letters.
 */
import { assert } from '@skein/base';
import type { CollectionId, DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';
import { NATIVE_COLLECTION_IDS, USER_COLLECTION_ID_MIN } from './schema.ts';
import { sha256 } from './sha256.ts';

const VERSION = Uint8Array.of(1);
const COUNTER = 2;
const PARENT = Uint8Array.of(3);
const FLOOR = 4;

export const ROOT_SCOPE = 0 as ScopeId;
const NUMBER_MAX = 0xffff_ffff;

export function schemaVersion(reader: DocumentReader, scope: ScopeId): Uint8Array | undefined {
  return reader.row(scope, VERSION);
}

/**
 * `change` was written into the schema. The version depends on every change since the database was made, so that equal versions mean equal
 * schemas, whichever store, process or undone transaction they come from.
 */
export function chainSchemaVersion(writer: DocumentWriter, scope: ScopeId, change: Uint8Array): void {
  const before = schemaVersion(writer, scope) ?? new Uint8Array(0);
  const chained = new Uint8Array(4 + before.length + change.length);
  new DataView(chained.buffer).setUint32(0, scope);
  chained.set(before, 4);
  chained.set(change, 4 + before.length);
  writer.putRow(scope, VERSION, sha256(chained));
}

/** The last number given to a document of a native collection. Databases are numbered across all scopes. */
export function lastNumber(
  reader: DocumentReader,
  scope: ScopeId,
  native: keyof typeof NATIVE_COLLECTION_IDS,
): number {
  const stored = reader.row(native === 'databases' ? ROOT_SCOPE : scope, counterKey(native));
  if (stored !== undefined) return readNumber(stored);
  return native === 'collections' ? USER_COLLECTION_ID_MIN - 1 : 0;
}

/** A number that no document of the native collection ever had. */
export function nextNumber(
  writer: DocumentWriter,
  scope: ScopeId,
  native: keyof typeof NATIVE_COLLECTION_IDS,
): number {
  const number = lastNumber(writer, scope, native) + 1;
  assert(number <= NUMBER_MAX, `numbers of ${native} are used up`);
  writer.putRow(native === 'databases' ? ROOT_SCOPE : scope, counterKey(native), numberBytes(number));
  return number;
}

/** Undefined for the root. */
export function parentScope(reader: DocumentReader, scope: ScopeId): ScopeId | undefined {
  const stored = reader.row(scope, PARENT);
  return stored === undefined ? undefined : (readNumber(stored) as ScopeId);
}

export function setParentScope(writer: DocumentWriter, scope: ScopeId, parent: ScopeId): void {
  writer.putRow(scope, PARENT, numberBytes(parent));
}

export function historyFloor(
  reader: DocumentReader,
  scope: ScopeId,
  collection: CollectionId,
): number | undefined {
  const stored = reader.row(scope, floorKey(collection));
  return stored === undefined ? undefined : readNumber(stored);
}

export function setHistoryFloor(
  writer: DocumentWriter,
  scope: ScopeId,
  collection: CollectionId,
  floor: number,
): void {
  const key = floorKey(collection);
  const value = numberBytes(floor);
  writer.putRow(scope, key, value);
  chainSchemaVersion(writer, scope, Uint8Array.of(...key, ...value));
}

export function deleteHistoryFloor(writer: DocumentWriter, scope: ScopeId, collection: CollectionId): void {
  writer.deleteRow(scope, floorKey(collection));
}

function counterKey(native: keyof typeof NATIVE_COLLECTION_IDS): Uint8Array {
  return Uint8Array.of(COUNTER, NATIVE_COLLECTION_IDS[native]);
}

function floorKey(collection: CollectionId): Uint8Array {
  const key = new Uint8Array(5);
  key[0] = FLOOR;
  new DataView(key.buffer).setUint32(1, collection);
  return key;
}

function numberBytes(value: number): Uint8Array {
  const encoded = new Uint8Array(8);
  new DataView(encoded.buffer).setBigUint64(0, BigInt(value));
  return encoded;
}

function readNumber(encoded: Uint8Array): number {
  return Number(new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength).getBigUint64(0));
}
