/**
 * One bounded step of a run: exactly once, because what is folded and how far it is change in the same transaction.
 *
 *   building  the first run reads the documents that existed when the aggregation was declared, by id
 *   writing   all snapshots are given to whoever writes them back: after building, and when that was declared anew
 *   folding   every run takes the pending events, key by key, into the key's snapshot; those that come meanwhile wait for the next run
 */
import { decodeValue, type RefNames } from '../codec/value-codec.ts';
import { orderKeyOf } from '../order/order-key.ts';
import type { DocumentReader, DocumentWriter, ScopeId, StoredVersion } from '../store/document-store.ts';
import { INTEGER_MAX, isArray, type Value } from '../values/value.ts';
import { type Aggregation, saveAggregation } from './aggregation.ts';
import {
  KEY_BYTES_MAX,
  keyOfSnapshotRow,
  readCounter,
  readPendingRow,
  seenRow,
  snapshotRow,
  tableRows,
  u32,
  waitingRow,
} from './aggregation-rows.ts';
import { createdFields } from './created-fields.ts';
import { measureEvent } from './measured-event.ts';
import { claimEventId } from './record-events.ts';
import { decodeSnapshot, emptySnapshot, encodeSnapshot, foldEvent, type KeySnapshot } from './snapshot.ts';

export interface RunStep {
  readonly aggregation: Aggregation;
  /** Events that were folded, or documents that were read. */
  readonly done: number;
  /** False: the run is complete. */
  readonly more: boolean;
  /** Keys whose snapshots changed. */
  readonly changed: readonly KeySnapshot[];
}

const NOTHING = new Uint8Array(0);
/** Of documents or pending events in one step: large ones make short steps. */
const STEP_BYTES_MAX = 4 * 1024 * 1024;
const SEEN = NOTHING;

/** Begins a run when none is going on. Inside `transact`; `time` is the transaction's. */
export function runAggregation(
  writer: DocumentWriter,
  scope: ScopeId,
  aggregation: Aggregation,
  at: { readonly time: number; readonly limit: number },
  names: RefNames,
): RunStep {
  const run = aggregation.progress.run ?? { startedTs: at.time, from: NOTHING };
  const begun: Aggregation = { ...aggregation, progress: { ...aggregation.progress, run } };
  const { buildingFrom, writingFrom } = begun.progress;
  const step =
    buildingFrom !== undefined
      ? build(writer, scope, begun, buildingFrom, at, names)
      : writingFrom !== undefined
        ? showAll(writer, scope, begun, writingFrom, at.limit, names)
        : foldPending(writer, scope, begun, run, at.limit, names);
  saveAggregation(writer, scope, step.aggregation, names);
  return step;
}

function build(
  writer: DocumentWriter,
  scope: ScopeId,
  aggregation: Aggregation,
  from: bigint,
  { time, limit }: { readonly time: number; readonly limit: number },
  names: RefNames,
): RunStep {
  const { collection, declaredTs, definition, number, progress } = aggregation;
  const documents: { readonly id: bigint; readonly version: StoredVersion }[] = [];
  let [bytes, full] = [0, false];
  // Those that came later were noted as they came; those that went away meanwhile still count.
  for (const document of writer.documents(scope, collection, { from, at: declaredTs })) {
    documents.push(document);
    bytes += document.version.body.byteLength;
    if (documents.length >= limit || bytes >= STEP_BYTES_MAX) {
      full = true;
      break;
    }
  }
  const snapshots = new Snapshots(writer, scope, aggregation, names);
  let builtCount = 0;
  for (const { id, version } of documents) {
    const created = createdFields(writer, { scope, collection, id }, version, names);
    const event = measureEvent(definition, created.fields);
    const keyBytes = orderKeyOf(event.key, names);
    if (keyBytes.byteLength > KEY_BYTES_MAX || !claimEventId(writer, scope, number, event.eventId, names))
      continue;
    snapshots.fold(keyBytes, event, { ts: created.ts, id });
    builtCount++;
  }
  snapshots.save();
  const last = documents.at(-1)?.id;
  const more = full && last !== undefined && last < INTEGER_MAX;
  return {
    done: documents.length,
    more: true,
    // They are shown when they are complete.
    changed: [],
    aggregation: {
      ...aggregation,
      progress: {
        ...progress,
        buildingFrom: more ? last + 1n : undefined,
        // The events that came meanwhile are folded next, in the same run.
        run: more ? progress.run : { startedTs: time, from: NOTHING },
        builtCount: progress.builtCount + builtCount,
        writingFrom: more || definition.writeBack === undefined ? undefined : NOTHING,
      },
    },
  };
}

/** Changes nothing: a page of all snapshots, for those who write them back. */
function showAll(
  reader: DocumentReader,
  scope: ScopeId,
  aggregation: Aggregation,
  from: Uint8Array,
  limit: number,
  names: RefNames,
): RunStep {
  const { number, definition, progress } = aggregation;
  const changed: KeySnapshot[] = [];
  let last: Uint8Array | undefined;
  for (const { key, value } of reader.rows(scope, {
    ...tableRows('snapshot', number),
    from: snapshotRow(number, from),
  })) {
    changed.push(decodeSnapshot(value, definition.measures, names));
    last = key;
    if (changed.length >= limit) break;
  }
  const writingFrom =
    changed.length >= limit && last !== undefined ? after(keyOfSnapshotRow(last)) : undefined;
  return {
    done: changed.length,
    more: true,
    changed,
    aggregation: { ...aggregation, progress: { ...progress, writingFrom } },
  };
}

function foldPending(
  writer: DocumentWriter,
  scope: ScopeId,
  aggregation: Aggregation,
  run: { readonly startedTs: number; readonly from: Uint8Array },
  limit: number,
  names: RefNames,
): RunStep {
  const { number, progress } = aggregation;
  const range = tableRows('pending', number);
  const rows: { readonly key: Uint8Array; readonly value: Uint8Array }[] = [];
  let [bytes, full] = [0, false];
  for (const row of writer.rows(scope, {
    ...range,
    ...(run.from.byteLength > 0 ? { from: run.from } : {}),
  })) {
    rows.push(row);
    bytes += row.value.byteLength;
    if (rows.length >= limit || bytes >= STEP_BYTES_MAX) {
      full = true;
      break;
    }
  }
  const snapshots = new Snapshots(writer, scope, aggregation, names);
  let done = 0;
  for (const { key: row, value } of rows) {
    const { key, ts, id } = readPendingRow(row);
    // Came after this run began: the next one takes it, so that a run always ends.
    if (ts > run.startedTs) continue;
    const decoded = decodeValue(value, names);
    const [eventKey = null, ...inputs] = isArray(decoded) ? decoded : [];
    snapshots.fold(key, { key: eventKey, inputs, eventId: null }, { ts, id });
    writer.deleteRow(scope, row);
    done++;
  }
  const changed = snapshots.save();
  const waiting = waitingRow(number);
  if (done > 0) writer.putRow(scope, waiting, u32(Math.max(0, readCounter(writer, scope, waiting) - done)));
  const last = rows.at(-1);
  return {
    done,
    more: full,
    changed,
    aggregation: {
      ...aggregation,
      progress:
        full && last !== undefined
          ? { ...progress, run: { startedTs: run.startedTs, from: after(last.key) } }
          : { ...progress, run: undefined, lastRunTs: run.startedTs, runCount: progress.runCount + 1 },
    },
  };
}

/** The snapshots that a step touches, each read and written once. */
class Snapshots {
  readonly #writer: DocumentWriter;
  readonly #scope: ScopeId;
  readonly #aggregation: Aggregation;
  readonly #names: RefNames;
  readonly #open = new Map<string, { readonly key: Uint8Array; snapshot: KeySnapshot }>();

  constructor(writer: DocumentWriter, scope: ScopeId, aggregation: Aggregation, names: RefNames) {
    this.#writer = writer;
    this.#scope = scope;
    this.#aggregation = aggregation;
    this.#names = names;
  }

  fold(
    key: Uint8Array,
    event: Parameters<typeof foldEvent>[2],
    place: Parameters<typeof foldEvent>[3],
  ): void {
    const { measures } = this.#aggregation.definition;
    const name = nameOf(key);
    let open = this.#open.get(name);
    if (open === undefined) {
      const row = this.#writer.row(this.#scope, snapshotRow(this.#aggregation.number, key));
      const snapshot =
        row === undefined ? emptySnapshot(event.key, measures) : decodeSnapshot(row, measures, this.#names);
      open = { key, snapshot };
      this.#open.set(name, open);
    }
    open.snapshot = foldEvent(open.snapshot, measures, event, place, (measure, value) =>
      this.#isNew(key, measure, value),
    );
  }

  save(): readonly KeySnapshot[] {
    for (const { key, snapshot } of this.#open.values()) {
      this.#writer.putRow(
        this.#scope,
        snapshotRow(this.#aggregation.number, key),
        encodeSnapshot(snapshot, this.#names),
      );
    }
    return Array.from(this.#open.values(), ({ snapshot }) => snapshot);
  }

  #isNew(key: Uint8Array, measure: number, value: Value): boolean {
    const bytes = orderKeyOf(value, this.#names);
    if (bytes.byteLength > KEY_BYTES_MAX) return false;
    const row = seenRow(this.#aggregation.number, key, measure, bytes);
    if (this.#writer.row(this.#scope, row) !== undefined) return false;
    this.#writer.putRow(this.#scope, row, SEEN);
    return true;
  }
}

/** One character per byte: for maps keyed by bytes. */
export function nameOf(bytes: Uint8Array): string {
  let name = '';
  for (const byte of bytes) name += String.fromCharCode(byte);
  return name;
}

/** The next key in the order of bytes. */
function after(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.byteLength + 1);
  next.set(key);
  return next;
}
