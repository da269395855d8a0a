/** What clients are told of aggregations. */
import type { DocumentReader, ScopeId } from '../store/document-store.ts';
import type { ObjectValue, Value } from '../values/value.ts';
import type { Aggregation } from './aggregation.ts';
import { isRunRequested } from './aggregation-jobs.ts';
import { readCounter, waitingRow } from './aggregation-rows.ts';
import { definitionValue } from './definition.ts';
import { functionsOf } from './functions.ts';
import { emptySnapshot, type KeySnapshot, snapshotResults } from './snapshot.ts';

/** The definition, and how far it is. */
export function aggregationValue(
  reader: DocumentReader,
  scope: ScopeId,
  aggregation: Aggregation,
): ObjectValue {
  const { number, definition, progress, declaredTs } = aggregation;
  return new Map<string, Value>([
    ...definitionValue(definition),
    ...stateFields(aggregation),
    ['running', isRunRequested(reader, scope, number)],
    ['waitingEvents', BigInt(readCounter(reader, scope, waitingRow(number)))],
    ['runs', BigInt(progress.runCount)],
    ['lastRunTs', progress.lastRunTs === 0 ? null : BigInt(progress.lastRunTs)],
    ['declaredTs', BigInt(declaredTs)],
    ['functions', functionsOf(definition.name)],
  ]);
}

/** `snapshot`: with the events since. `ts`: of the last transaction that it knows of. */
export function latestValue(
  aggregation: Aggregation,
  key: Value,
  snapshot: KeySnapshot | undefined,
  ts: number,
): ObjectValue {
  const { definition, progress } = aggregation;
  const fields: [string, Value][] = [['key', key], ...stateFields(aggregation)];
  // What is half read would be a wrong number.
  if (progress.buildingFrom === undefined) {
    fields.push(...resultFields(snapshot ?? emptySnapshot(key, definition.measures), aggregation));
  }
  return new Map([...fields, ['ts', BigInt(ts)]]);
}

export function snapshotValue(snapshot: KeySnapshot, aggregation: Aggregation): ObjectValue {
  return new Map<string, Value>([['key', snapshot.key], ...resultFields(snapshot, aggregation)]);
}

export function stateFields({ progress }: Aggregation): [string, Value][] {
  if (progress.buildingFrom === undefined) return [['state', 'current']];
  return [
    ['state', 'building'],
    ['documentsRead', BigInt(progress.builtCount)],
  ];
}

function resultFields(snapshot: KeySnapshot, { definition }: Aggregation): [string, Value][] {
  return [
    ['measures', new Map(snapshotResults(snapshot, definition.measures))],
    ['events', snapshot.eventCount],
    ['lastEventTs', snapshot.eventCount === 0n ? null : BigInt(snapshot.ts)],
  ];
}
