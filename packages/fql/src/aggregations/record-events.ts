/** Notes the events of a transaction for every aggregation of their collection; runs fold them later. */
import { encodeValue, type RefNames } from '../codec/value-codec.ts';
import { orderKeyOf } from '../order/order-key.ts';
import type { CollectionId, DocumentKey, DocumentWriter, ScopeId } from '../store/document-store.ts';
import type { ObjectValue } from '../values/value.ts';
import type { Aggregation } from './aggregation.ts';
import { eventIdRow, KEY_BYTES_MAX, pendingRow } from './aggregation-rows.ts';
import { measureEvent } from './measured-event.ts';

const NOTHING = new Uint8Array(0);

/** The aggregations whose events are documents of this collection. */
export function aggregationsOn(
  aggregations: readonly Aggregation[],
  collection: CollectionId,
): readonly Aggregation[] {
  return aggregations.filter((each) => each.collection === collection);
}

/** For a document that was created just now, by a transaction of time `ts`. */
export function recordEvent(
  writer: DocumentWriter,
  { number, definition }: Aggregation,
  document: { readonly key: DocumentKey; readonly ts: number; readonly fields: ObjectValue },
  names: RefNames,
): void {
  const { key, ts, fields } = document;
  const event = measureEvent(definition, fields);
  const keyBytes = orderKeyOf(event.key, names);
  if (keyBytes.byteLength > KEY_BYTES_MAX) return;
  if (!claimEventId(writer, key.scope, number, event.eventId, names)) return;
  writer.putRow(
    key.scope,
    pendingRow(number, keyBytes, ts, key.id),
    encodeValue([event.key, ...event.inputs], names),
  );
}

/** False when an event with this id has counted already. Events without one always count. */
export function claimEventId(
  writer: DocumentWriter,
  scope: ScopeId,
  number: number,
  eventId: ObjectValue | Parameters<typeof orderKeyOf>[0],
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
