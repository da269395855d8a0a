/**
 * When documents end: a row for each that has a `ttl`, in the root scope, by time.
 *
 *   10 hex | time in µs 8 | scope 4 | collection 4 | id 8   → nothing
 */
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import type {
  CollectionId,
  DocumentKey,
  DocumentReader,
  DocumentWriter,
  ScopeId,
} from '../store/document-store.ts';
import { Time } from '../values/time.ts';
import type { ObjectValue } from '../values/value.ts';

const PREFIX = 0x10;
const KEY_BYTES = 25;
const TIME_MAX = 2n ** 63n - 1n;
const EMPTY = new Uint8Array(0);

/** µs since 1970, not below 0; undefined: never. */
export function endOf(fields: ObjectValue | undefined): bigint | undefined {
  const ttl = fields?.get('ttl');
  if (!(ttl instanceof Time)) return undefined;
  const micros = ttl.nanoseconds / 1000n;
  if (micros < 0n) return 0n;
  return micros > TIME_MAX ? TIME_MAX : micros;
}

export function moveEnd(
  writer: DocumentWriter,
  key: DocumentKey,
  before: ObjectValue | undefined,
  after: ObjectValue | undefined,
): void {
  const old = endOf(before);
  const next = endOf(after);
  if (old === next) return;
  if (old !== undefined) writer.deleteRow(ROOT_SCOPE, rowKey(old, key));
  if (next !== undefined) writer.putRow(ROOT_SCOPE, rowKey(next, key), EMPTY);
}

export interface EndingDocument {
  readonly key: DocumentKey;
  readonly row: Uint8Array;
}

/** Documents whose time is over at `time` (µs), the earliest first. */
export function* endedDocuments(reader: DocumentReader, time: number): Generator<EndingDocument> {
  const from = Uint8Array.of(PREFIX);
  const to = new Uint8Array(9);
  to[0] = PREFIX;
  new DataView(to.buffer).setBigUint64(1, BigInt(time) + 1n);
  for (const { key: row } of reader.rows(ROOT_SCOPE, { from, to })) {
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    yield {
      row,
      key: {
        scope: view.getUint32(9) as ScopeId,
        collection: view.getUint32(13) as CollectionId,
        id: view.getBigUint64(17),
      },
    };
  }
}

function rowKey(time: bigint, key: DocumentKey): Uint8Array {
  const row = new Uint8Array(KEY_BYTES);
  const view = new DataView(row.buffer);
  row[0] = PREFIX;
  view.setBigUint64(1, time);
  view.setUint32(9, key.scope);
  view.setUint32(13, key.collection);
  view.setBigUint64(17, key.id);
  return row;
}
