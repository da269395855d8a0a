/** Whether snapshots and tails say what a plain scan of the documents says. */
import { renderValue } from '../json/render.ts';
import { orderKeyOf } from '../order/order-key.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { DocumentReader, ScopeId } from '../store/document-store.ts';
import type { ObjectValue, Value } from '../values/value.ts';
import { readAggregation } from './aggregation.ts';
import { stateFields } from './aggregation-values.ts';
import { latestOf, scanInSteps, snapshotsOf } from './latest.ts';
import { nameOf } from './run-aggregation.ts';
import { type KeySnapshot, type Measures, snapshotResults } from './snapshot.ts';

const DIFFERENCES_SHOWN_MAX = 20;
const KEYS_PER_STEP = 100;

/**
 * Gives way with the number of documents and keys so far; everything is read as of the reader. Undefined: there is no aggregation of this
 * name. They are equal when the collection's events were never changed, deleted or ended by their `ttl`: a scan sees only what exists.
 */
export function* verifyAggregation(
  reader: DocumentReader,
  scope: ScopeId,
  name: string,
): Generator<number, ObjectValue | undefined, undefined> {
  const names = storedNames(schemaFor(reader, scope));
  const aggregation = readAggregation(reader, scope, name, names);
  if (aggregation === undefined) return undefined;
  const state = stateFields(aggregation);
  const ts: [string, Value] = ['ts', BigInt(reader.lastTime)];
  if (aggregation.progress.buildingFrom !== undefined) return new Map([...state, ts]);
  const { measures } = aggregation.definition;
  const scanned = yield* scanInSteps(reader, scope, aggregation, names);
  const keys = new Map(Array.from(scanned, ([bytes, { key }]) => [bytes, key]));
  for (const { snapshot } of snapshotsOf(reader, scope, aggregation, names)) {
    keys.set(nameOf(orderKeyOf(snapshot.key, names)), snapshot.key);
  }
  const differences: ObjectValue[] = [];
  let [eventCount, differenceCount, keyCount] = [0n, 0, 0];
  for (const [bytes, key] of keys) {
    if (++keyCount % KEYS_PER_STEP === 0) yield scanned.size + keyCount;
    const kept = latestOf(reader, scope, aggregation, key, names);
    const plain = scanned.get(bytes);
    eventCount += plain?.eventCount ?? 0n;
    const [keptValue, plainValue] = [comparable(kept, measures), comparable(plain, measures)];
    if (renderValue(keptValue) === renderValue(plainValue)) continue;
    differenceCount++;
    if (differences.length < DIFFERENCES_SHOWN_MAX) {
      differences.push(
        new Map<string, Value>([
          ['key', key],
          ['kept', keptValue],
          ['scanned', plainValue],
        ]),
      );
    }
  }
  return new Map<string, Value>([
    ...state,
    ['equal', differenceCount === 0],
    ['keys', BigInt(keys.size)],
    ['events', eventCount],
    ['differentKeys', BigInt(differenceCount)],
    ['differences', differences],
    ts,
  ]);
}

function comparable(snapshot: KeySnapshot | undefined, measures: Measures): Value {
  if (snapshot === undefined) return null;
  return new Map<string, Value>([
    ['events', snapshot.eventCount],
    ['measures', new Map(snapshotResults(snapshot, measures))],
  ]);
}
