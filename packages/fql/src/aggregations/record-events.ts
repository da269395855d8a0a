/** Notes the events of a transaction for every aggregation of their collection; runs fold them later. */
import { encodeValue, type RefNames } from '../codec/value-codec.ts';
import { orderKeyOf } from '../order/order-key.ts';
import { decodeFields } from '../schema/document-fields.ts';
import type { Schema } from '../schema/schema.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { DocumentKey, DocumentWriter, ScopeId } from '../store/document-store.ts';
import type { ObjectValue, Value } from '../values/value.ts';
import type { DeclaredAggregation } from './aggregation.ts';
import { requestRun } from './aggregation-jobs.ts';
import { eventIdRow, KEY_BYTES_MAX, pendingRow, readCounter, u32, waitingRow } from './aggregation-rows.ts';
import { measureEvent } from './measured-event.ts';

const NOTHING = new Uint8Array(0);

/**
 * So many pending events of an aggregation begin a run, whatever its schedule says. `latest` reads those of its key, at worst all of them: a
 * few milliseconds.
 */
export const WAITING_EVENTS_MAX = 1_024;

/** Puts the documents that a transaction of this time has created where runs find them. Inside its `transact`, at its end. */
export function recordCreated(
  writer: DocumentWriter,
  schemaOf: (scope: ScopeId) => Schema,
  created: readonly DocumentKey[],
  time: number,
): void {
  const noted = new Set<string>();
  const addedCounts = new Map<DeclaredAggregation, { readonly scope: ScopeId; added: number }>();
  for (const key of created) {
    const { scope, collection, id } = key;
    const schema = schemaOf(scope);
    const aggregations = schema.aggregationsOn(collection);
    if (aggregations.length === 0) continue;
    const name = `${scope}/${collection}/${id}`;
    if (noted.has(name)) continue;
    noted.add(name);
    // What the transaction has made of it at last.
    const version = writer.version(key);
    if (version?.action !== 'create' || version.ts !== time) continue;
    const names = storedNames(schema);
    const fields = decodeFields(version.body, schema);
    for (const aggregation of aggregations) {
      // Of a declaration in this transaction: its first run reads them.
      if (aggregation.declaredTs === time) continue;
      if (!recordEvent(writer, aggregation, { key, ts: time, fields }, names)) continue;
      const counted = addedCounts.get(aggregation);
      if (counted === undefined) addedCounts.set(aggregation, { scope, added: 1 });
      else counted.added++;
    }
  }
  for (const [{ number, definition }, { scope, added }] of addedCounts) {
    const row = waitingRow(number);
    const count = readCounter(writer, scope, row) + added;
    writer.putRow(scope, row, u32(count));
    if (count >= WAITING_EVENTS_MAX) requestRun(writer, scope, number, definition.name);
  }
}

/** For a document that was created just now, by a transaction of time `ts`. False: it does not count. */
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
