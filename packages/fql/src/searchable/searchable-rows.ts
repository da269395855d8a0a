/**
 * Where searchable collections stand, in the rows of the root database:
 *
 *   searchable/version            how often anything of them changed, 8
 *   searchable/index/<name>       JSON: {"collection", "attributes", "state", "fillFrom", "filledCount", "declaredTs"}
 */
import { CorruptionError, isJsonObject, type Json, utf8Decode, utf8Encode } from '@skein/base';
import { compiledFor } from '../schema/schema-cache.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import type { CollectionId, DocumentReader, DocumentWriter } from '../store/document-store.ts';
import type { AttributePath, SearchableCollection } from './declaration.ts';

const VERSION = utf8Encode('searchable/version');
const FIRST = utf8Encode('searchable/index/');
/** `0` follows `/`. */
const END = utf8Encode('searchable/index0');

/** Undefined: there never was one. Equal ones of one store: nothing changed in between. */
export function searchableVersion(reader: DocumentReader): bigint | undefined {
  const row = reader.row(ROOT_SCOPE, VERSION);
  return row === undefined ? undefined : new DataView(row.buffer, row.byteOffset, 8).getBigUint64(0);
}

/** By name of the index, in the order of bytes. Throws `CorruptionError`. */
export function searchableCollections(reader: DocumentReader): readonly SearchableCollection[] {
  return Array.from(reader.rows(ROOT_SCOPE, { from: FIRST, to: END }), ({ key, value }) =>
    decode(utf8Decode(key.subarray(FIRST.length)), value),
  );
}

export function searchableNamed(reader: DocumentReader, index: string): SearchableCollection | undefined {
  const row = reader.row(ROOT_SCOPE, rowKey(index));
  return row === undefined ? undefined : decode(index, row);
}

/** The collection's name of today; undefined when it is gone. */
export function sourceName(reader: DocumentReader, { collection }: SearchableCollection): string | undefined {
  return compiledFor(reader, ROOT_SCOPE).collectionById(collection)?.name;
}

export function saveSearchable(writer: DocumentWriter, searchable: SearchableCollection): void {
  const { index, attributes, fillFrom, ...plain } = searchable;
  const row = {
    ...plain,
    attributes: attributes === undefined ? null : [...attributes],
    fillFrom: String(fillFrom),
  };
  writer.putRow(ROOT_SCOPE, rowKey(index), utf8Encode(JSON.stringify(row)));
  advance(writer);
}

export function forgetSearchable(writer: DocumentWriter, index: string): void {
  writer.deleteRow(ROOT_SCOPE, rowKey(index));
  advance(writer);
}

function advance(writer: DocumentWriter): void {
  const row = new Uint8Array(8);
  new DataView(row.buffer).setBigUint64(0, (searchableVersion(writer) ?? 0n) + 1n);
  writer.putRow(ROOT_SCOPE, VERSION, row);
}

function rowKey(index: string): Uint8Array {
  return utf8Encode(`searchable/index/${index}`);
}

type Stored = Omit<SearchableCollection, 'index' | 'attributes' | 'fillFrom' | 'collection'> & {
  readonly attributes: readonly (readonly [string, AttributePath])[] | null;
  readonly fillFrom: string;
  readonly collection: number;
};

function decode(index: string, bytes: Uint8Array): SearchableCollection {
  let row: Json;
  try {
    row = JSON.parse(utf8Decode(bytes)) as Json;
  } catch {
    row = null;
  }
  if (!isJsonObject(row) || typeof row['fillFrom'] !== 'string') {
    throw new CorruptionError({ file: 'documents', offset: 0, expected: 'a searchable collection' });
  }
  const { attributes, fillFrom, collection, ...plain } = row as unknown as Stored;
  return {
    ...plain,
    index,
    collection: collection as CollectionId,
    attributes: attributes === null ? undefined : new Map(attributes),
    fillFrom: BigInt(fillFrom),
  };
}
