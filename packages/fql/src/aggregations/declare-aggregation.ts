/** Declaring, changing, rebuilding and dropping. Part of a client's transaction. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { evaluate } from '../evaluate/evaluator.ts';
import type { ValidationFailure } from '../evaluate/fql-error.ts';
import { faultAt } from '../forms/form.ts';
import type { Position } from '../parse/expression.ts';
import { parseRequest } from '../parse/parse.ts';
import { documentOf } from '../schema/document-fields.ts';
import { NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import { ROOT_SCOPE } from '../schema/schema-rows.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { CollectionId, DocumentKey } from '../store/document-store.ts';
import { isObject, type Value } from '../values/value.ts';
import { createDocument } from '../writes/create-document.ts';
import { deleteDocument } from '../writes/delete-document.ts';
import { equalStored } from '../writes/equal-stored.ts';
import { throwFailures } from '../writes/write-request.ts';
import {
  type Aggregation,
  addAggregation,
  readAggregation,
  readAggregations,
  removeAggregation,
  saveDeclared,
} from './aggregation.ts';
import { requestDrop, requestRun } from './aggregation-jobs.ts';
import { scheduledRow } from './aggregation-rows.ts';
import { type AggregationDefinition, definitionValue, readDefinition } from './definition.ts';
import { functionBodies, functionsOf } from './functions.ts';
import { isCron } from './schedule.ts';

/** Each costs every event of its collection a row. */
export const AGGREGATION_COUNT_MAX = 64;

interface Place {
  readonly context: EvaluationContext;
  /** Of faults. */
  readonly position: Position;
}

/**
 * Declares, or changes the one of this name: what is declared already stays as it is; another schedule or write-back is taken over; for
 * anything else the aggregation is built anew.
 */
export function declareAggregation(place: Place, declared: Value): Aggregation {
  const { context, position } = place;
  const definition = checkedDefinition(place, declared);
  const existing = readAggregation(
    context.store,
    context.scope,
    definition.name,
    storedNames(context.schema),
  );
  if (existing === undefined) {
    if (
      readAggregations(context.store, context.scope, storedNames(context.schema)).length >=
      AGGREGATION_COUNT_MAX
    )
      throw faultAt(
        position,
        'resources exceeded',
        `A database has at most ${AGGREGATION_COUNT_MAX} aggregations.`,
      );
    const added = add(place, definition);
    createFunctions(place, definition.name);
    return added;
  }
  const collection = context.schema.collection(definition.source)?.id;
  if (
    collection !== existing.collection ||
    !equalStored(contentOf(definition), contentOf(existing.definition))
  ) {
    removeRows(place, existing);
    return add(place, definition);
  }
  return equalStored(definitionValue(definition), definitionValue(existing.definition))
    ? existing
    : changeAround(place, existing, definition);
}

/** Reads everything that exists again; until it has, `latest` says that it is building. */
export function rebuildAggregation(place: Place, name: string): Aggregation {
  const existing = existingAggregation(place, name);
  const definition = checkedDefinition(place, definitionValue(existing.definition));
  removeRows(place, existing);
  return add(place, definition);
}

export function dropAggregation(place: Place, name: string): Aggregation {
  const existing = existingAggregation(place, name);
  removeRows(place, existing);
  const { context, position } = place;
  for (const each of functionsOf(name)) {
    const { schema, store } = context;
    const key = ownFunction(context, each, name);
    const version = key === undefined ? undefined : store.version(key);
    if (key === undefined || version === undefined) continue;
    deleteDocument({ context, position, check: 'none' }, key, documentOf(schema, key, version));
  }
  return existing;
}

/** Throws `instance not found`. */
export function existingAggregation({ context, position }: Place, name: string): Aggregation {
  const found = readAggregation(context.store, context.scope, name, storedNames(context.schema));
  if (found === undefined) throw faultAt(position, 'instance not found', `Aggregation '${name}' not found.`);
  return found;
}

function add({ context, position }: Place, definition: AggregationDefinition): Aggregation {
  const writer = context.writer(position);
  const { scope, now: ts } = context;
  const collection = context.schema.collection(definition.source)?.id as CollectionId;
  const given = { definition, collection, ts };
  const added = addAggregation(writer, scope, given, storedNames(context.schema));
  requestRun(writer, scope, added.number, definition.name);
  if (definition.schedule.kind !== 'onDemand') {
    writer.putRow(ROOT_SCOPE, scheduledRow(scope, definition.name), NOTHING);
  }
  return added;
}

function removeRows({ context, position }: Place, { number, definition }: Aggregation): void {
  const writer = context.writer(position);
  removeAggregation(writer, context.scope, definition.name);
  requestDrop(writer, context.scope, number);
  writer.deleteRow(ROOT_SCOPE, scheduledRow(context.scope, definition.name));
}

/** Schedule and write-back: what was computed stays. */
function changeAround(
  { context, position }: Place,
  existing: Aggregation,
  definition: AggregationDefinition,
): Aggregation {
  const writer = context.writer(position);
  const { scope } = context;
  const isWriteBackNew =
    definition.writeBack !== undefined &&
    JSON.stringify(definition.writeBack) !== JSON.stringify(existing.definition.writeBack);
  const { progress } = existing;
  // The first run does it when it has read everything.
  const writesAll = isWriteBackNew && progress.buildingFrom === undefined;
  const changed: Aggregation = {
    ...existing,
    definition,
    progress: writesAll ? { ...progress, writingFrom: NOTHING } : progress,
  };
  saveDeclared(writer, scope, changed, storedNames(context.schema));
  const row = scheduledRow(scope, definition.name);
  if (definition.schedule.kind === 'onDemand') writer.deleteRow(ROOT_SCOPE, row);
  else writer.putRow(ROOT_SCOPE, row, NOTHING);
  if (writesAll) requestRun(writer, scope, existing.number, definition.name);
  return changed;
}

function contentOf(definition: AggregationDefinition): Value {
  const { name, source, key, measures, eventId } = definition;
  const schedule = { kind: 'onDemand' } as const;
  return definitionValue({ name, source, key, measures, eventId, schedule, writeBack: undefined });
}

function checkedDefinition({ context, position }: Place, declared: Value): AggregationDefinition {
  const failures: ValidationFailure[] = [];
  const wrong = (field: Position, description: string): void => {
    failures.push({ field, code: 'invalid argument', description });
  };
  const definition = readDefinition(declared);
  if ('name' in definition) {
    const { source, schedule, writeBack } = definition;
    const isCollection = (name: string): boolean => {
      const collection = context.schema.collection(name);
      return collection !== undefined && collection.native === undefined;
    };
    if (!isCollection(source)) wrong(['source'], `there is no collection '${source}'`);
    if (writeBack !== undefined && !isCollection(writeBack.collection)) {
      wrong(['writeBack', 'collection'], `there is no collection '${writeBack.collection}'`);
    }
    if (schedule.kind === 'cron' && !isCron(schedule.cron, context.now)) {
      wrong(['schedule', 'cron'], 'five fields, or six with seconds first, such as "*/5 * * * *"');
    }
  } else {
    for (const { field, description } of definition) wrong(field, description);
  }
  throwFailures(position, failures);
  return definition as AggregationDefinition;
}

/** Another function may have taken the name. */
function ownFunction(
  { schema }: EvaluationContext,
  functionName: string,
  name: string,
): DocumentKey | undefined {
  const found = schema.named('functions', functionName);
  const data = found?.fields.get('data') ?? null;
  return isObject(data) && data.get('aggregation') === name ? found?.key : undefined;
}

function createFunctions({ context, position }: Place, name: string): void {
  for (const { name: functionName, body } of functionBodies(name)) {
    // In a database that was loaded from a file they are there already.
    if (ownFunction(context, functionName, name) !== undefined) continue;
    const lambda = evaluate(parseRequest(body), context);
    const params = new Map<string, Value>([
      ['name', functionName],
      ['body', lambda],
      ['role', 'server'],
      ['data', new Map([['aggregation', name]])],
    ]);
    const collection = NATIVE_COLLECTION_IDS.functions as CollectionId;
    createDocument(
      { context, position, check: 'none' },
      { scope: context.scope, collection, id: undefined },
      params,
    );
  }
}

const NOTHING = new Uint8Array(0);
