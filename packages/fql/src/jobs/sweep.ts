/**
 * Forgetting history that is no longer kept: a walk over all collections and indexes of all databases, now and then.
 *
 *   12 hex → ended at 8 | dirty until 8 | under way 1 | scope 4 | part 1 | number 4       times in µs
 *
 * There is nothing to find when nothing was written since the last sweep and all that was written before it was over by then
 * (`dirty until`): an idle server stays idle.
 */

import type { CompiledSchema } from '../schema/compiled-schema.ts';
import { NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import { compiledFor } from '../schema/schema-cache.ts';
import { lastNumber, parentScope, ROOT_SCOPE } from '../schema/schema-rows.ts';
import { historyLimit } from '../sets/retention.ts';
import type {
  CollectionId,
  DocumentReader,
  DocumentWriter,
  IndexId,
  ScopeId,
} from '../store/document-store.ts';
import { expireRewrites } from '../streams/history-rewrites.ts';
import { DAY_MICROS, HISTORY_GRACE_MICROS } from '../writes/limits.ts';

const ROW = Uint8Array.of(0x12);
const ROW_BYTES = 26;
/** Between sweeps while there are writes, and while there are none but some history is still to end. */
const BUSY_INTERVAL_MICROS = 5 * 60 * 1_000_000;
const QUIET_INTERVAL_MICROS = 60 * 60 * 1_000_000;
/** Lists of changed documents, which streams and followers read, stay this long. */
const CHANGES_KEPT_MICROS = 60 * 60 * 1_000_000;

interface Sweep {
  readonly endedAt: number;
  readonly dirtyUntil: number;
  readonly isUnderWay: boolean;
  readonly scope: ScopeId;
  /** 0 collections, 1 indexes. */
  readonly part: number;
  /** The next one with this number or a higher one. */
  readonly number: number;
}

const NEVER: Sweep = { endedAt: 0, dirtyUntil: 0, isUnderWay: false, scope: ROOT_SCOPE, part: 0, number: 0 };

export function isSweepDue(reader: DocumentReader, time: number): boolean {
  const sweep = readSweep(reader);
  if (sweep.isUnderWay) return true;
  if (reader.lastTime > sweep.endedAt) return time - sweep.endedAt >= BUSY_INTERVAL_MICROS;
  return sweep.dirtyUntil > sweep.endedAt && time - sweep.endedAt >= QUIET_INTERVAL_MICROS;
}

/** Returns how much was done: what was looked at and what was forgotten. */
export function sweepStep(writer: DocumentWriter, time: number, limitGiven: number): number {
  // Looking at a collection takes one, so that with one alone nothing would ever be forgotten.
  const limit = Math.max(2, limitGiven);
  const before = readSweep(writer);
  let at: Sweep = before.isUnderWay
    ? before
    : { ...NEVER, isUnderWay: true, dirtyUntil: writer.lastTime + HISTORY_GRACE_MICROS };
  const endOfWrites = writer.lastTime;
  let done = 0;
  while (done < limit) {
    const found = nextThing(writer, at, time);
    if (found === undefined) {
      done += writer.expireChanges(time - CHANGES_KEPT_MICROS, limit - done);
      if (done < limit) done += expireRewrites(writer, time - CHANGES_KEPT_MICROS, limit - done);
      if (done >= limit) break;
      writeSweep(writer, { ...NEVER, endedAt: time, dirtyUntil: at.dirtyUntil });
      return done + 1;
    }
    const { limitTime, keptMicros } = found;
    done++;
    if (limitTime > 0 && done < limit) {
      const forgotten =
        found.part === 0
          ? writer.expireVersions(found.scope, found.number as CollectionId, limitTime, limit - done)
          : writer.expireSpans(found.scope, found.number as IndexId, limitTime, limit - done);
      done += forgotten;
    }
    const dirtyUntil = Math.max(at.dirtyUntil, keptMicros === undefined ? 0 : endOfWrites + keptMicros);
    // Full: there may be more of the same.
    const number = done >= limit ? found.number : found.number + 1;
    at = { ...at, scope: found.scope, part: found.part, number, dirtyUntil };
  }
  writeSweep(writer, at);
  return done;
}

interface Thing {
  readonly scope: ScopeId;
  readonly part: number;
  readonly number: number;
  /** µs: what ended at it or before is forgotten; 0: nothing is. */
  readonly limitTime: number;
  /** How long it is kept; undefined: for ever. */
  readonly keptMicros: number | undefined;
}

/** The first collection or index from a place on, through all databases. */
function nextThing(reader: DocumentReader, from: Sweep, now: number): Thing | undefined {
  const last = lastScope(reader);
  for (let scope = from.scope; scope <= last; scope = (scope + 1) as ScopeId) {
    if (scope !== ROOT_SCOPE && parentScope(reader, scope) === undefined) continue;
    const schema = compiledFor(reader, scope);
    for (const part of [0, 1]) {
      const start =
        scope === from.scope ? (part < from.part ? undefined : part === from.part ? from.number : 0) : 0;
      if (start === undefined) continue;
      const things = part === 0 ? collectionsOf(schema, scope, now) : indexesOf(schema, scope, now);
      const found = things.find(({ number }) => number >= start);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function collectionsOf(schema: CompiledSchema, scope: ScopeId, now: number): readonly Thing[] {
  return schema
    .allCollections()
    .map(({ id, historyDays, historyFloor }) => ({
      scope,
      part: 0,
      number: Number(id),
      // The floor says what cannot be relied on; what is still there is forgotten when its days are over.
      limitTime: historyDays === undefined ? 0 : historyLimit({ historyDays, historyFloor }, now),
      keptMicros: historyDays === undefined ? undefined : historyDays * DAY_MICROS + HISTORY_GRACE_MICROS,
    }))
    .toSorted((a, b) => a.number - b.number);
}

/** As long as the history of any of its sources. */
function indexesOf(schema: CompiledSchema, scope: ScopeId, now: number): readonly Thing[] {
  const collections = collectionsOf(schema, scope, now);
  return schema
    .allIndexes()
    .map(({ id, sources }) => {
      const over = collections.filter(({ number }) =>
        sources === undefined
          ? number > NATIVE_COLLECTION_IDS.credentials
          : sources.some(({ collection }) => collection === number),
      );
      const isForEver = over.length === 0 || over.some(({ keptMicros }) => keptMicros === undefined);
      return {
        scope,
        part: 1,
        number: Number(id),
        limitTime: isForEver ? 0 : Math.min(...over.map(({ limitTime }) => limitTime)),
        keptMicros: isForEver ? undefined : Math.max(...over.map(({ keptMicros = 0 }) => keptMicros)),
      };
    })
    .toSorted((a, b) => a.number - b.number);
}

function lastScope(reader: DocumentReader): number {
  return lastNumber(reader, ROOT_SCOPE, 'databases');
}

function readSweep(reader: DocumentReader): Sweep {
  const row = reader.row(ROOT_SCOPE, ROW);
  if (row === undefined || row.length !== ROW_BYTES) return NEVER;
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  return {
    endedAt: view.getFloat64(0),
    dirtyUntil: view.getFloat64(8),
    isUnderWay: view.getUint8(16) === 1,
    scope: view.getUint32(17) as ScopeId,
    part: view.getUint8(21),
    number: view.getUint32(22),
  };
}

function writeSweep(writer: DocumentWriter, sweep: Sweep): void {
  const row = new Uint8Array(ROW_BYTES);
  const view = new DataView(row.buffer);
  view.setFloat64(0, sweep.endedAt);
  view.setFloat64(8, sweep.dirtyUntil);
  view.setUint8(16, sweep.isUnderWay ? 1 : 0);
  view.setUint32(17, sweep.scope);
  view.setUint8(21, sweep.part);
  view.setUint32(22, sweep.number);
  writer.putRow(ROOT_SCOPE, ROW, row);
}
