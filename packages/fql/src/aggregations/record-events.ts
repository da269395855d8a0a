/** Notes the events of a transaction for every aggregation of their collection; runs fold them later. */
import { encodeValue, type RefNames } from '../codec/value-codec.ts';
import { orderKeyOf } from '../order/order-key.ts';
import type { Schema } from '../schema/schema.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { DocumentKey, DocumentWriter, ScopeId } from '../store/document-store.ts';
import type { ObjectValue, Value } from '../values/value.ts';
import { type DeclaredAggregation, NO_REFS, readAggregation } from './aggregation.ts';
import { requestRun } from './aggregation-jobs.ts';
import { eventIdRow, KEY_BYTES_MAX, pendingRow, readCounter, u32, waitingRow } from './aggregation-rows.ts';
import { createdFields } from './created-fields.ts';
import { measureEvent } from './measured-event.ts';

const NOTHING = new Uint8Array(0);

/**
 * So many pending events of an aggregation begin a run, whatever its schedule says. `latest` reads those of its key, at worst all of them: a
 * few milliseconds.
 */
export const WAITING_EVENTS_MAX = 1_024;

/** What a transaction has created. Documents may stand there more than once. */
export interface CreatedDocuments {
  readonly created: readonly DocumentKey[];
  /** By `Insert`: these had no version at all before. */
  readonly createdInPast: readonly DocumentKey[];
}

/** Puts the documents that a transaction of this time has created where runs find them. Inside its `transact`, at its end. */
export function recordCreated(
  writer: DocumentWriter,
  schemaOf: (scope: ScopeId) => Schema,
  { created, createdInPast }: CreatedDocuments,
  time: number,
): void {
  const noted = new Set<string>();
  const addedCounts = new Map<DeclaredAggregation, { readonly scope: ScopeId; added: number }>();
  const note = (key: DocumentKey, when: 'now' | 'past'): void => {
    const { scope, collection, id } = key;
    const schema = schemaOf(scope);
    const aggregations = schema.aggregationsOn(collection);
    if (aggregations.length === 0) return;
    const name = `${scope}/${collection}/${id}`;
    if (noted.has(name)) return;
    noted.add(name);
    // What the transaction has made of it at last.
    const version = writer.version(key);
    if (version === undefined) return;
    if (when === 'now' && (version.action !== 'create' || version.ts !== time)) return;
    const names = storedNames(schema);
    const { ts, fields } = createdFields(writer, key, version, names);
    for (const aggregation of aggregations) {
      if (isReadByFirstRun(writer, aggregation, { key, ts })) continue;
      if (!recordEvent(writer, aggregation, { key, ts, fields }, names)) continue;
      const counted = addedCounts.get(aggregation);
      if (counted === undefined) addedCounts.set(aggregation, { scope, added: 1 });
      else counted.added++;
    }
  };
  for (const key of createdInPast) note(key, 'past');
  for (const key of created) note(key, 'now');
  for (const [{ number, definition }, { scope, added }] of addedCounts) {
    const row = waitingRow(number);
    const count = readCounter(writer, scope, row) + added;
    writer.putRow(scope, row, u32(count));
    if (count >= WAITING_EVENTS_MAX) requestRun(writer, scope, number, definition.name);
  }
}

/** The first run reads what was there at the time of the declaration, that transaction's own documents and a past that is written now included. */
function isReadByFirstRun(
  writer: DocumentWriter,
  { declaredTs, definition }: DeclaredAggregation,
  { key, ts }: { readonly key: DocumentKey; readonly ts: number },
): boolean {
  if (ts > declaredTs) return false;
  const from = readAggregation(writer, key.scope, definition.name, NO_REFS)?.progress.buildingFrom;
  return from !== undefined && key.id >= from;
}

/** For a document that is created now, with its time, which lies in the past if it was inserted there. False: it does not count. */
export function recordEvent(
  writer: DocumentWriter,
  { number, definition }: DeclaredAggregation,
  document: { readonly key: DocumentKey; readonly ts: number; readonly fields: ObjectValue },
  names: RefNames,
): boolean {
  const { key, ts, fields } = document;
  const event = measureEvent(definition, fields);
  const keyBytes = orderKeyOf(event.key, names);
  if (keyBytes.byteLength > KEY_BYTES_MAX) return false;
  if (!claimEventId(writer, key.scope, number, event.eventId, names)) return false;
  writer.putRow(
    key.scope,
    pendingRow(number, keyBytes, ts, key.id),
    encodeValue([event.key, ...event.inputs], names),
  );
  return true;
}

/** False when an event with this id has counted already. Events without one always count. */
export function claimEventId(
  writer: DocumentWriter,
  scope: ScopeId,
  number: number,
  eventId: Value,
  names: RefNames,
): boolean {
  if (eventId === null) return true;
  const bytes = orderKeyOf(eventId, names);
  if (bytes.byteLength > KEY_BYTES_MAX) return true;
  const row = eventIdRow(number, bytes);
  if (writer.row(scope, row) !== undefined) return false;
  writer.putRow(scope, row, NOTHING);
  return true;
}
