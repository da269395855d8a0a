/**
 * Writing a document: its version, its entries in all indexes, the row of its end, and, for documents of the schema, the schema's version.
 * Everything that changes a document comes through here or through `rewrite-history.ts`.
 */
import { encodeValue } from '../codec/value-codec.ts';
import { type FqlErrorCode, FqlFault } from '../evaluate/fql-error.ts';
import { workOf } from '../evaluate/metered-store.ts';
import type { Position } from '../parse/expression.ts';
import { decodeFields } from '../schema/document-fields.ts';
import type { IndexSchema, Schema } from '../schema/schema.ts';
import { chainSchemaVersion } from '../schema/schema-rows.ts';
import { isNamedNative, nativeById, storedNames } from '../schema/stored-names.ts';
import type { DocumentKey, DocumentReader, DocumentWriter, StoredVersion } from '../store/document-store.ts';
import { DocumentValue, type ObjectValue } from '../values/value.ts';
import { bytesKey } from './bytes-key.ts';
import { entriesOf, type IndexEntries, type IndexEntry, NO_ENTRIES } from './index-entries.ts';
import { rewriteSpans, type SpanTarget } from './index-spans.ts';
import { VERSION_BYTES_MAX } from './limits.ts';
import { moveEnd } from './ttl-rows.ts';

export interface WriteTarget {
  readonly writer: DocumentWriter;
  /** Of the document's scope. */
  readonly schema: Schema;
  /** µs; the transaction's. */
  readonly time: number;
  /** Of the form that writes, for faults. */
  readonly position: Position;
}

/** The last version, deletions too. */
export function lastVersion(reader: DocumentReader, key: DocumentKey): StoredVersion | undefined {
  // Looking a version up costs much less than beginning to read a history.
  const current = reader.version(key);
  if (current !== undefined) return current;
  for (const version of reader.versions(key, { reverse: true })) return version;
  return undefined;
}

/**
 * `fields` hold no nulls; undefined deletes. Refs in them must resolve. Throws faults: `instance not unique`, and `resources exceeded` for
 * documents that are too large or have too many entries. `known`: the document's last version, if the caller has looked.
 */
export function writeDocument(
  target: WriteTarget,
  key: DocumentKey,
  fields: ObjectValue | undefined,
  known?: StoredVersion | 'none',
): void {
  const { writer, schema, time } = target;
  const last = known === 'none' ? undefined : (known ?? lastVersion(writer, key));
  const names = storedNames(schema);
  const isRepeated = last?.ts === time;
  const body = fields === undefined ? EMPTY : encodeValue(fields, names);
  if (body.length > VERSION_BYTES_MAX) {
    throw fault(
      target.position,
      'resources exceeded',
      `A document may have ${VERSION_BYTES_MAX} bytes; this one has ${body.length}.`,
    );
  }
  const base = isRepeated ? versionBefore(writer, key, time) : last;
  const version: StoredVersion = {
    ts: time,
    action:
      fields === undefined ? 'delete' : base === undefined || base.action === 'delete' ? 'create' : 'update',
    body,
  };
  const before = last === undefined || last.action === 'delete' ? undefined : decodeFields(last.body, names);
  writer.putVersion(key, version);
  moveEnd(writer, key, before, fields);

  const onWork = workOf(writer);
  const spans: SpanTarget = { writer, schema, names, onWork };
  if (isSchemaDocument(key)) onWork(schema.nameCount * STEPS_PER_NAME);
  for (const index of schema.indexesOn(key.collection)) {
    if (isRepeated) onWork(STEPS_PER_REWRITE);
    const entriesIn = (
      of: ObjectValue | undefined,
      ts: number,
      onTooMany: 'refuse' | 'none',
    ): IndexEntries =>
      of === undefined
        ? NO_ENTRIES
        : entriesOf(index, key, new DocumentValue(schema.refOf(key), ts, of), names, onTooMany, onWork);
    const entries = entriesIn(fields, time, 'refuse');
    if (isRepeated) {
      const change = { from: time, base, old: [last], next: [version] };
      rewriteSpans(spans, index, key, change, (entry) => checkUnique(target, index, key, entry));
    } else changeEntries(target, index, key, entriesIn(before, last?.ts ?? 0, 'none'), entries);
  }
  noteSchemaChange(writer, key, version);
}

/** After a change the whole schema is read again. */
const STEPS_PER_NAME = 24;
/** Of a document that the same transaction has written before, in one index. */
const STEPS_PER_REWRITE = 64;

function isSchemaDocument(key: DocumentKey): boolean {
  const native = nativeById(key.collection);
  return native !== undefined && isNamedNative(native);
}

/** A document of the schema changed: whoever asks for the schema next gets the new one. */
export function noteSchemaChange(writer: DocumentWriter, key: DocumentKey, version: StoredVersion): void {
  if (!isSchemaDocument(key)) return;
  const change = new Uint8Array(21 + version.body.length);
  const view = new DataView(change.buffer);
  view.setUint32(0, key.collection);
  view.setBigUint64(4, key.id);
  view.setFloat64(12, version.ts);
  change[20] = ['create', 'update', 'delete'].indexOf(version.action);
  change.set(version.body, 21);
  chainSchemaVersion(writer, key.scope, change);
}

/** Throws when another document has this entry now. */
export function checkUnique(
  target: Pick<WriteTarget, 'writer' | 'position'>,
  index: IndexSchema,
  key: DocumentKey,
  entry: IndexEntry,
): void {
  if (!index.unique) return;
  const set = { scope: key.scope, index: index.id, terms: entry.terms };
  const wanted = bytesKey(entry.order);
  for (const { order, collection, id } of target.writer.entries(set, { from: entry.order })) {
    if (bytesKey(order) !== wanted) return;
    if (collection !== key.collection || id !== key.id) {
      throw fault(target.position, 'instance not unique', 'document is not unique.');
    }
  }
}

const EMPTY = new Uint8Array(0);

function changeEntries(
  target: WriteTarget,
  index: IndexSchema,
  key: DocumentKey,
  before: IndexEntries,
  after: IndexEntries,
): void {
  const { writer, time } = target;
  const { scope, collection, id } = key;
  for (const [name, { terms, order, body }] of before) {
    const kept = after.get(name);
    if (kept !== undefined && bytesKey(kept.body) === bytesKey(body)) continue;
    writer.removeEntry({ scope, index: index.id, terms }, { order, collection, id }, time);
  }
  for (const [name, entry] of after) {
    const old = before.get(name);
    if (old !== undefined && bytesKey(old.body) === bytesKey(entry.body)) continue;
    checkUnique(target, index, key, entry);
    const { terms, order, body } = entry;
    writer.addEntry({ scope, index: index.id, terms }, { order, collection, id, body }, time);
  }
}

function versionBefore(reader: DocumentReader, key: DocumentKey, time: number): StoredVersion | undefined {
  for (const version of reader.versions(key, { to: time, reverse: true })) return version;
  return undefined;
}

function fault(position: Position, code: FqlErrorCode, description: string): FqlFault {
  return new FqlFault([{ position, code, description }]);
}
