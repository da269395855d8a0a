/** Reading: the snapshot of a key and the events since, which is right at any moment, whether a run is going on or not. */
import { decodeValue, type RefNames } from '../codec/value-codec.ts';
import { orderKeyOf } from '../order/order-key.ts';
import type { DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';
import { isArray, type Value } from '../values/value.ts';
import type { DeclaredAggregation } from './aggregation.ts';
import {
  KEY_BYTES_MAX,
  keyRows,
  readPendingRow,
  seenRow,
  snapshotRow,
  tableRows,
} from './aggregation-rows.ts';
import { createdFields } from './created-fields.ts';
import { measureEvent } from './measured-event.ts';
import { nameOf } from './run-aggregation.ts';
import { decodeSnapshot, emptySnapshot, foldEvent, type KeySnapshot } from './snapshot.ts';

/** What the events of a key add up to, as of the reader's `lastTime`; undefined when there is none. `charge` is called for each event of the tail. */
export function latestOf(
  reader: DocumentReader,
  scope: ScopeId,
  aggregation: DeclaredAggregation,
  key: Value,
  names: RefNames,
  charge: (steps: number) => void = () => {},
): KeySnapshot | undefined {
  const { number, definition } = aggregation;
  const { measures } = definition;
  const keyBytes = orderKeyOf(key, names);
  if (keyBytes.byteLength > KEY_BYTES_MAX) return undefined;
  const row = reader.row(scope, snapshotRow(number, keyBytes));
  let snapshot = row === undefined ? undefined : decodeSnapshot(row, measures, names);
  const seenInTail = new Set<string>();
  const isNew = (measure: number, value: Value): boolean => {
    const bytes = orderKeyOf(value, names);
    const name = `${measure}/${nameOf(bytes)}`;
    if (bytes.byteLength > KEY_BYTES_MAX || seenInTail.has(name)) return false;
    seenInTail.add(name);
    return reader.row(scope, seenRow(number, keyBytes, measure, bytes)) === undefined;
  };
  for (const { key: pending, value } of reader.rows(scope, keyRows('pending', number, keyBytes))) {
    charge(1 + (value.byteLength >> 8));
    const { ts, id } = readPendingRow(pending);
    const decoded = decodeValue(value, names);
    const [eventKey = null, ...inputs] = isArray(decoded) ? decoded : [];
    snapshot = foldEvent(
      snapshot ?? emptySnapshot(eventKey, measures),
      measures,
      { key: eventKey, inputs, eventId: null },
      { ts, id },
      isNew,
    );
  }
  return snapshot;
}

/** Snapshots by key, from one on; without the events since. `from` is what `next` gave. */
export function* snapshotsOf(
  reader: DocumentReader,
  scope: ScopeId,
  { number, definition }: DeclaredAggregation,
  names: RefNames,
  from?: Uint8Array,
): Generator<{ readonly row: Uint8Array; readonly snapshot: KeySnapshot }, void, undefined> {
  const range = tableRows('snapshot', number);
  for (const { key, value } of reader.rows(scope, from === undefined ? range : { ...range, from })) {
    yield { row: key, snapshot: decodeSnapshot(value, definition.measures, names) };
  }
}

/** The same by reading every document that exists: what snapshots and tails are judged by. Keys by the bytes of their order. */
export function scan(
  reader: DocumentReader,
  scope: ScopeId,
  aggregation: DeclaredAggregation,
  names: RefNames,
): ReadonlyMap<string, KeySnapshot> {
  const scanning = scanInSteps(reader, scope, aggregation, names);
  for (;;) {
    const step = scanning.next();
    if (step.done === true) return step.value;
  }
}

const DOCUMENTS_PER_STEP = 1_000;

/** `scan`, giving way now and then with the number of documents so far. */
export function* scanInSteps(
  reader: DocumentReader,
  scope: ScopeId,
  { collection, definition }: DeclaredAggregation,
  names: RefNames,
): Generator<number, ReadonlyMap<string, KeySnapshot>, undefined> {
  const { measures } = definition;
  const snapshots = new Map<string, KeySnapshot>();
  const seen = new Set<string>();
  const eventIds = new Set<string>();
  let count = 0;
  for (const { id, version } of reader.documents(scope, collection)) {
    if (++count % DOCUMENTS_PER_STEP === 0) yield count;
    const created = createdFields(reader, { scope, collection, id }, version, names);
    const event = measureEvent(definition, created.fields);
    const key = nameOf(orderKeyOf(event.key, names));
    if (key.length > KEY_BYTES_MAX) continue;
    if (event.eventId !== null) {
      const eventId = nameOf(orderKeyOf(event.eventId, names));
      if (eventId.length <= KEY_BYTES_MAX && eventIds.has(eventId)) continue;
      eventIds.add(eventId);
    }
    const isNew = (measure: number, value: Value): boolean => {
      const bytes = orderKeyOf(value, names);
      const name = `${key}/${measure}/${nameOf(bytes)}`;
      if (bytes.byteLength > KEY_BYTES_MAX || seen.has(name)) return false;
      seen.add(name);
      return true;
    };
    const before = snapshots.get(key) ?? emptySnapshot(event.key, measures);
    snapshots.set(key, foldEvent(before, measures, event, { ts: created.ts, id }, isNew));
  }
  return snapshots;
}

/** Frees what a dropped aggregation has left, at most `limit` rows; gives how many. */
export function dropAggregationRows(
  writer: DocumentWriter,
  scope: ScopeId,
  number: number,
  limit: number,
): number {
  const rows: Uint8Array[] = [];
  for (const table of ['pending', 'snapshot', 'seen', 'eventId'] as const) {
    for (const { key } of writer.rows(scope, tableRows(table, number))) {
      if (rows.length >= limit) break;
      rows.push(key);
    }
  }
  for (const row of rows) writer.deleteRow(scope, row);
  return rows.length;
}
