/**
 * What transactions on documents change in search indexes, until the indexes have published it. A row stands in the same commit as the
 * documents, so that a builder that starts again hands the same changes on, in their place among the operations of the index.
 *
 *   o | sequence 8 | index                → JSON: {"proposedAtMs", "work"}: one operation's share of one index
 *   l | index | 00 | id of a document 8   → bytes its record would have 4: too large for an index, and left out
 */
import { asSequence, CorruptionError, type Sequence } from '@skein/base';
import type { DocumentStorageReader, DocumentStorageWriter } from '@skein/documents';
import type { IndexChanges, RecordChange } from '@skein/fql';
import { recordBytesMaxDefault } from '@skein/wire';
import type { Part, PartWork } from '../index-line.ts';
import type { BatchRequest } from '../operation.ts';

export interface SearchPart {
  readonly application: string;
  readonly index: string;
  readonly part: Part;
}

/** The same on every member, whatever a server accepts over HTTP. */
export const RECORD_BYTES_MAX = recordBytesMaxDefault;

const OUTBOX = 0x6f;
const LEFT_OUT = 0x6c;
const SEQUENCE_END = 9;

/** The parts of an operation, each index once, noted in the outbox. `onLeftOut`: for each record that is too large. */
export function noteSearchChanges(
  writer: DocumentStorageWriter,
  changes: readonly IndexChanges[],
  at: { readonly application: string; readonly sequence: Sequence; readonly proposedAtMs: number },
  onLeftOut: (index: string, id: bigint, bytes: number) => void,
): readonly SearchPart[] {
  const { application, sequence, proposedAtMs } = at;
  return merged(changes).map((change): SearchPart => {
    const { index } = change;
    const work = workOf(writer, change, onLeftOut);
    const row = Buffer.from(JSON.stringify({ proposedAtMs, work }));
    writer.putSystemRow(outboxKey(sequence, index), row);
    return { application, index, part: { sequence, proposedAtMs, bytes: row.byteLength, work } };
  });
}

/** Those of the operations from `from` to `to`, in their order. Throws `CorruptionError`. */
export function readOutbox(
  reader: DocumentStorageReader,
  application: string,
  from: Sequence,
  to: Sequence,
): readonly SearchPart[] {
  const rows = reader.systemRows(outboxKey(from, ''), outboxKey(asSequence(to + 1), ''));
  return Array.from(rows, ({ key, value }): SearchPart => {
    const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
    const sequence = asSequence(Number(bytes.readBigUInt64BE(1)));
    const index = bytes.toString('utf8', SEQUENCE_END);
    const { proposedAtMs, work } = readRow(value);
    return { application, index, part: { sequence, proposedAtMs, bytes: value.byteLength, work } };
  });
}

/** Every index has published the operations up to here. At most `limit` rows go at once. */
export function forgetOutbox(writer: DocumentStorageWriter, through: number, limit: number): void {
  writer.deleteSystemRows(outboxKey(asSequence(0), ''), outboxKey(asSequence(through + 1), ''), limit);
}

export interface LeftOut {
  /** The document's id. */
  readonly id: string;
  readonly bytes: number;
}

/** Documents whose records are too large for the index, by id. */
export function* leftOutOf(reader: DocumentStorageReader, index: string): Generator<LeftOut> {
  const { from, to } = leftOutRange(index);
  for (const { key, value } of reader.systemRows(from, to)) {
    const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
    yield {
      id: String(bytes.readBigUInt64BE(bytes.byteLength - 8)),
      bytes: new DataView(value.buffer, value.byteOffset).getUint32(0),
    };
  }
}

/** The index is filled anew, or no longer. */
export function forgetLeftOut(writer: DocumentStorageWriter, index: string): void {
  const { from, to } = leftOutRange(index);
  while (writer.deleteSystemRows(from, to, 1000) === 1000);
}

/** Expired documents and a piece of filling may come in one operation. */
function merged(changes: readonly IndexChanges[]): readonly IndexChanges[] {
  const byIndex = new Map<string, IndexChanges>();
  for (const change of changes) {
    const before = byIndex.get(change.index);
    byIndex.set(
      change.index,
      before === undefined
        ? change
        : // What is done to the whole index comes last, and empties it.
          {
            ...change,
            whole: change.whole ?? before.whole,
            records: [...before.records, ...change.records],
          },
    );
  }
  return [...byIndex.values()];
}

function workOf(
  writer: DocumentStorageWriter,
  { index, whole, records }: IndexChanges,
  onLeftOut: (index: string, id: bigint, bytes: number) => void,
): PartWork {
  switch (whole) {
    case 'create':
      return { kind: 'setSettings', index, settings: {} };
    case 'delete':
      forgetLeftOut(writer, index);
      return { kind: 'deleteIndex', index };
    case 'empty':
      forgetLeftOut(writer, index);
      return { kind: 'batch', requests: [{ action: 'clear' }] };
    case undefined:
      return {
        kind: 'batch',
        requests: records.map((change) => requestOf(writer, index, change, onLeftOut)),
      };
  }
}

function requestOf(
  writer: DocumentStorageWriter,
  index: string,
  change: RecordChange,
  onLeftOut: (index: string, id: bigint, bytes: number) => void,
): BatchRequest {
  const objectID = String(change.id);
  const key = leftOutKey(index, change.id);
  if (change.kind === 'save') {
    const text = JSON.stringify(change.record);
    const bytes = text.length * 3 <= RECORD_BYTES_MAX ? text.length : Buffer.byteLength(text);
    if (bytes > RECORD_BYTES_MAX) {
      const row = Buffer.alloc(4);
      row.writeUInt32BE(bytes);
      writer.putSystemRow(key, row);
      onLeftOut(index, change.id, bytes);
      // A smaller one may be there from before.
      return { action: 'deleteObject', objectID };
    }
    if (writer.systemRow(key) !== undefined) writer.deleteSystemRow(key);
    return { action: 'updateObject', objectID, body: change.record };
  }
  if (writer.systemRow(key) !== undefined) writer.deleteSystemRow(key);
  return { action: 'deleteObject', objectID };
}

function readRow(value: Uint8Array): { readonly proposedAtMs: number; readonly work: PartWork } {
  try {
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8');
    return JSON.parse(text) as { readonly proposedAtMs: number; readonly work: PartWork };
  } catch (error) {
    const damage = new CorruptionError({ file: 'documents', offset: 0, expected: 'changes of an index' });
    damage.cause = error;
    throw damage;
  }
}

export function isOutboxKey(key: Uint8Array): boolean {
  return key[0] === OUTBOX;
}

function outboxKey(sequence: Sequence, index: string): Uint8Array {
  const name = Buffer.from(index);
  const key = Buffer.alloc(SEQUENCE_END + name.byteLength);
  key[0] = OUTBOX;
  key.writeBigUInt64BE(BigInt(sequence), 1);
  key.set(name, SEQUENCE_END);
  return key;
}

function leftOutKey(index: string, id: bigint): Uint8Array {
  const key = Buffer.alloc(8);
  key.writeBigUInt64BE(id);
  return Buffer.concat([leftOutRange(index).from, key]);
}

/** Names of indexes hold no zero. */
function leftOutRange(index: string): { readonly from: Uint8Array; readonly to: Uint8Array } {
  const name = Buffer.from(index);
  return {
    from: Buffer.concat([Buffer.of(LEFT_OUT), name, Buffer.of(0)]),
    to: Buffer.concat([Buffer.of(LEFT_OUT), name, Buffer.of(1)]),
  };
}
