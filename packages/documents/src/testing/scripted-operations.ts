/** Operations that follow from their sequence alone, so that any prefix of them can be applied again, to any store. */
import type {
  CollectionId,
  DocumentKey,
  DocumentReader,
  DocumentWriter,
  EntrySet,
  IndexId,
  ScopeId,
} from '@skein/fql/document-store';

const SCOPE = 0 as ScopeId;
const COLLECTION = 1024 as CollectionId;
const INDEX = 1024 as IndexId;
const DOCUMENT_COUNT = 150;

/** Creates, updates and deletes documents with their index entries and a row; every thirteenth fails at its end. */
export function applyOperation(writer: DocumentWriter, sequence: number): void {
  const random = numbers(sequence);
  const time = sequence * 10;
  try {
    writer.transact(time, () => {
      const count = 1 + (random() % 4);
      for (let nth = 0; nth < count; nth++) {
        const key = { scope: SCOPE, collection: COLLECTION, id: BigInt(random() % DOCUMENT_COUNT) };
        change(writer, key, time, random() % 5 === 0 ? undefined : random());
      }
      writer.putRow(SCOPE, bytesOf(random() % 20), bytesOf(sequence));
      if (sequence % 50 === 0) writer.expireVersions(SCOPE, COLLECTION, time - 5000, 1000);
      if (sequence % 50 === 25) writer.expireSpans(SCOPE, INDEX, time - 5000, 1000);
      if (sequence % 13 === 0) throw PLANNED;
    });
  } catch (error) {
    if (error !== PLANNED) throw error;
  }
}

const PLANNED = new Error('as planned');

function change(writer: DocumentWriter, key: DocumentKey, ts: number, value: number | undefined): void {
  const before = writer.version(key);
  if (before !== undefined) writer.removeEntry(SET, entryOf(key, before.body), ts);
  if (value === undefined) {
    if (before !== undefined) writer.putVersion(key, { ts, action: 'delete', body: new Uint8Array(0) });
    return;
  }
  const body = bytesOf(value);
  writer.putVersion(key, { ts, action: before === undefined ? 'create' : 'update', body });
  writer.addEntry(SET, { ...entryOf(key, body), body }, ts);
}

function entryOf({ collection, id }: DocumentKey, body: Uint8Array) {
  // Some orders are longer than a key may be.
  const order = new Uint8Array(body[3]! % 16 === 0 ? 3000 : 8).fill(7);
  order.set(body, order.length - 4);
  return { order, collection, id };
}

const SET: EntrySet = { scope: SCOPE, index: INDEX, terms: new Uint8Array(0) };

/** Everything that the operations can have written, as one text. */
export function describeState(reader: DocumentReader): string {
  const lines: string[] = [`time ${reader.lastTime}`];
  for (let id = 0n; id < BigInt(DOCUMENT_COUNT); id++) {
    for (const { ts, action, body } of reader.versions({ scope: SCOPE, collection: COLLECTION, id })) {
      lines.push(`version ${id} ${ts} ${action} ${hex(body)}`);
    }
  }
  for (const { id, version } of reader.documents(SCOPE, COLLECTION))
    lines.push(`document ${id} ${version.ts}`);
  for (const { id, body, from, to } of reader.entrySpans(SET)) {
    lines.push(`span ${hex(body)} ${id} ${from} ${to}`);
  }
  for (const { key, value } of reader.rows(SCOPE)) lines.push(`row ${hex(key)} ${hex(value)}`);
  for (const { ts, documents } of reader.changes(Math.max(0, reader.lastTime - 1000))) {
    lines.push(`change ${ts} ${documents.map(({ id }) => id).join(' ')}`);
  }
  return lines.join('\n');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function bytesOf(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value >>> 0);
  return bytes;
}

/** Numbers below 2^31 that follow from a seed (a multiplier and a shift of the well-known mulberry32). */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) >>> 1;
  };
}
