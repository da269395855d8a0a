/**
 * Aggregations, which Fauna did not have. Drivers reach them by `Call`: functions come with each (`aggregations/functions.ts`).
 *
 *   {create_aggregation: {object: {name, source, key, measures, schedule, writeBack, eventId}}}
 *   {drop_aggregation: name}   {run_aggregation: name}   {rebuild_aggregation: name}
 *   {aggregation: name}   {aggregations: null}
 *   {aggregation_latest: name, key: value}   {aggregation_snapshots: name, options: {object: {size, after}}}
 */
import { isAllowed, readsUnrestricted } from '../access/access.ts';
import type { Aggregation } from '../aggregations/aggregation.ts';
import { readAggregations } from '../aggregations/aggregation.ts';
import { requestRun } from '../aggregations/aggregation-jobs.ts';
import { keyOfSnapshotRow, snapshotRow } from '../aggregations/aggregation-rows.ts';
import {
  aggregationValue,
  latestValue,
  snapshotValue,
  stateFields,
} from '../aggregations/aggregation-values.ts';
import {
  declareAggregation,
  dropAggregation,
  existingAggregation,
  rebuildAggregation,
} from '../aggregations/declare-aggregation.ts';
import { latestOf, snapshotsOf } from '../aggregations/latest.ts';
import { storedNames } from '../schema/stored-names.ts';
import { isObject, type ObjectValue, type Value } from '../values/value.ts';
import { any, nullValue, object, string } from './casts.ts';
import { type Call, defineForm, type Form, optional } from './form.ts';

const PAGE_SIZE_DEFAULT = 64;
const PAGE_SIZE_MAX = 10_000;

const createAggregation = defineForm({
  name: 'CreateAggregation',
  effect: 'write',
  parameters: { create_aggregation: object },
  evaluate: ({ create_aggregation: declared }, call) => {
    checkChange(call);
    return shown(declareAggregation(call, declared), call);
  },
});

function changes(name: string, key: string, act: (call: Call, aggregation: string) => Aggregation): Form {
  return defineForm({
    name,
    effect: 'write',
    parameters: { [key]: string },
    evaluate: (values, call) => {
      checkChange(call);
      return shown(act(call, values[key] ?? ''), call);
    },
  });
}

function run(call: Call, name: string): Aggregation {
  const found = existingAggregation(call, name);
  requestRun(call.context.writer(call.position), call.context.scope, found.number, name);
  return found;
}

const aggregation = defineForm({
  name: 'Aggregation',
  effect: 'read',
  parameters: { aggregation: string },
  evaluate: ({ aggregation: name }, call) => shown(readable(call, name), call),
});

const aggregations = defineForm({
  name: 'Aggregations',
  effect: 'read',
  parameters: { aggregations: nullValue },
  evaluate: (_, call) => {
    const { store, scope, schema } = call.context;
    return readAggregations(store, scope, storedNames(schema))
      .filter((each) => mayRead(call, each))
      .map((each) => shown(each, call));
  },
});

const latest = defineForm({
  name: 'AggregationLatest',
  effect: 'read',
  parameters: { aggregation_latest: string, key: any },
  evaluate: ({ aggregation_latest: name, key }, call) => {
    const { context } = call;
    const { store, scope } = context;
    const found = readable(call, name);
    const names = storedNames(context.schema);
    const snapshot = latestOf(store, scope, found, key, names, (steps) => context.charge(steps));
    return latestValue(found, key, snapshot, store.lastTime);
  },
});

const snapshots = defineForm({
  name: 'AggregationSnapshots',
  effect: 'read',
  parameters: { aggregation_snapshots: string, options: optional(any) },
  evaluate: ({ aggregation_snapshots: name, options = null }, call) => {
    const { context } = call;
    const found = readable(call, name);
    const { size, after } = pageOptions(options, call);
    const names = storedNames(context.schema);
    const from = after === undefined ? undefined : snapshotRow(found.number, after);
    const data: ObjectValue[] = [];
    let next: Uint8Array | undefined;
    for (const { row, snapshot } of snapshotsOf(context.store, context.scope, found, names, from)) {
      context.charge(1);
      if (data.length === size) {
        next = keyOfSnapshotRow(row);
        break;
      }
      data.push(snapshotValue(snapshot, found));
    }
    return new Map<string, Value>([
      ...(next === undefined ? [] : ([['after', next]] as const)),
      ['data', data],
      ...stateFields(found),
      ['ts', BigInt(context.store.lastTime)],
    ]);
  },
});

export const aggregationForms: readonly Form[] = [
  createAggregation,
  changes('DropAggregation', 'drop_aggregation', dropAggregation),
  changes('RebuildAggregation', 'rebuild_aggregation', rebuildAggregation),
  changes('RunAggregation', 'run_aggregation', run),
  aggregation,
  aggregations,
  latest,
  snapshots,
];

function shown(given: Aggregation, { context }: Call): ObjectValue {
  return aggregationValue(context.store, context.scope, given);
}

/** Whoever may make collections may say what is computed of them. */
function checkChange(call: Call): void {
  if (isAllowed(call.context, { action: 'schema', native: 'collections', change: 'create' })) return;
  call.fail(undefined, 'permission denied', 'Insufficient privileges to perform the action.');
}

/** Whoever may read every document of the source may read what they add up to. */
function mayRead({ context }: Call, { collection }: Aggregation): boolean {
  const request = { action: 'list', collection } as const;
  return isAllowed(context, request) && readsUnrestricted(context, request);
}

function readable(call: Call, name: string): Aggregation {
  const found = existingAggregation(call, name);
  if (!mayRead(call, found)) {
    call.fail(undefined, 'permission denied', 'Insufficient privileges to perform the action.');
  }
  if (call.context.at !== undefined) {
    call.fail(undefined, 'invalid argument', 'Aggregations have no history: they are read as they are now.');
  }
  return found;
}

/** Null, or what `Call` gives without arguments, asks for the first page. */
function pageOptions(
  options: Value,
  call: Call,
): { readonly size: number; readonly after: Uint8Array | undefined } {
  const given = isObject(options) ? options : new Map<string, Value>();
  const size = given.get('size') ?? BigInt(PAGE_SIZE_DEFAULT);
  if (typeof size !== 'bigint' || size < 1n || size > PAGE_SIZE_MAX) {
    return call.fail(
      ['options', 'size'],
      'invalid argument',
      `An integer from 1 to ${PAGE_SIZE_MAX} expected.`,
    );
  }
  const after = given.get('after') ?? null;
  if (after !== null && !(after instanceof Uint8Array)) {
    return call.fail(['options', 'after'], 'invalid argument', 'Bytes expected, as a page gave them.');
  }
  return { size: Number(size), after: after ?? undefined };
}
