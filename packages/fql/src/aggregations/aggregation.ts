/** An aggregation as it is stored: what was declared, and how far it is. */
import { decodeValue, encodeValue, type RefNames } from '../codec/value-codec.ts';
import { chainSchemaVersion } from '../schema/schema-rows.ts';
import type { CollectionId, DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { isObject, type Value } from '../values/value.ts';
import { NEXT_ROW, namedRow, namedRows, readCounter, u32 } from './aggregation-rows.ts';
import { type AggregationDefinition, definitionValue, readDefinition } from './definition.ts';

/** What does not change from its declaration to its end. */
export interface DeclaredAggregation {
  readonly number: number;
  readonly definition: AggregationDefinition;
  readonly collection: CollectionId;
  /** µs. Events created later are recorded as they come; those before are read by the first run. */
  readonly declaredTs: number;
}

export interface Aggregation extends DeclaredAggregation {
  readonly progress: Progress;
}

export interface Progress {
  /** The first run has read documents below this id; undefined: it has read them all. */
  readonly buildingFrom: bigint | undefined;
  /** Documents that the first run has read. */
  readonly builtCount: number;
  /** The key from which on all snapshots are written back, once more; undefined: only those that change. */
  readonly writingFrom: Uint8Array | undefined;
  /** µs: when the run that is going on began, with the key that it has come to; undefined between runs. */
  readonly run: { readonly startedTs: number; readonly from: Uint8Array } | undefined;
  /** µs: when the last run began that is complete; 0 before. */
  readonly lastRunTs: number;
  readonly runCount: number;
}

/** What is stored of an aggregation holds no refs. */
export const NO_REFS: RefNames = {
  resolve: () => undefined,
  refOf: ({ id }) => new Ref(String(id)),
};

const DECLARED = 'aggregation declared';
const REMOVED = 'aggregation removed';

/** All aggregations of a database, by name. */
export function readAggregations(
  reader: DocumentReader,
  scope: ScopeId,
  names: RefNames,
): readonly Aggregation[] {
  const found: Aggregation[] = [];
  for (const { value } of reader.rows(scope, namedRows())) found.push(decode(value, names));
  return found;
}

export function readAggregation(
  reader: DocumentReader,
  scope: ScopeId,
  name: string,
  names: RefNames,
): Aggregation | undefined {
  const row = reader.row(scope, namedRow(name));
  return row === undefined ? undefined : decode(row, names);
}

/** Part of the schema: what is declared is compiled with it, and kept until the version changes. */
export function addAggregation(
  writer: DocumentWriter,
  scope: ScopeId,
  given: {
    readonly definition: AggregationDefinition;
    readonly collection: CollectionId;
    readonly ts: number;
  },
  names: RefNames,
): Aggregation {
  const number = readCounter(writer, scope, NEXT_ROW) + 1;
  writer.putRow(scope, NEXT_ROW, u32(number));
  const aggregation: Aggregation = {
    number,
    definition: given.definition,
    collection: given.collection,
    declaredTs: given.ts,
    progress: {
      buildingFrom: 0n,
      builtCount: 0,
      writingFrom: undefined,
      run: undefined,
      lastRunTs: 0,
      runCount: 0,
    },
  };
  saveDeclared(writer, scope, aggregation, names);
  return aggregation;
}

/** `saveAggregation` for a definition that is new. */
export function saveDeclared(
  writer: DocumentWriter,
  scope: ScopeId,
  aggregation: Aggregation,
  names: RefNames,
): void {
  saveAggregation(writer, scope, aggregation, names);
  chainSchemaVersion(
    writer,
    scope,
    encodeValue(
      [
        DECLARED,
        BigInt(aggregation.declaredTs),
        BigInt(aggregation.number),
        definitionValue(aggregation.definition),
      ],
      NO_REFS,
    ),
  );
}

/** Its own row only; `dropAggregationRows` frees the rest, step by step. */
export function removeAggregation(writer: DocumentWriter, scope: ScopeId, name: string): void {
  writer.deleteRow(scope, namedRow(name));
  chainSchemaVersion(writer, scope, encodeValue([REMOVED, BigInt(writer.lastTime), name], NO_REFS));
}

export function saveAggregation(
  writer: DocumentWriter,
  scope: ScopeId,
  { number, definition, collection, declaredTs, progress }: Aggregation,
  names: RefNames,
): void {
  const { buildingFrom, builtCount, writingFrom, run, lastRunTs, runCount } = progress;
  const value = new Map<string, Value>([
    ['number', BigInt(number)],
    ['definition', definitionValue(definition)],
    ['collection', BigInt(collection)],
    ['declaredTs', BigInt(declaredTs)],
    ['buildingFrom', buildingFrom ?? null],
    ['builtCount', BigInt(builtCount)],
    ['writingFrom', writingFrom ?? null],
    ['run', run === undefined ? null : [BigInt(run.startedTs), run.from]],
    ['lastRunTs', BigInt(lastRunTs)],
    ['runCount', BigInt(runCount)],
  ]);
  writer.putRow(scope, namedRow(definition.name), encodeValue(value, names));
}

function decode(bytes: Uint8Array, names: RefNames): Aggregation {
  const value = decodeValue(bytes, names);
  const fields =
    value !== null && typeof value === 'object' && isObject(value) ? value : new Map<string, Value>();
  const number = (name: string): number => Number(fields.get(name));
  const definition = readDefinition(fields.get('definition') ?? null);
  // The stored form is what `definitionValue` gave for a definition that was read.
  if (Array.isArray(definition)) throw new TypeError('a stored aggregation cannot be read');
  const buildingFrom = fields.get('buildingFrom');
  const writingFrom = fields.get('writingFrom');
  const run = fields.get('run');
  const [startedTs, from] = Array.isArray(run) ? (run as readonly Value[]) : [];
  return {
    number: number('number'),
    definition: definition as AggregationDefinition,
    collection: number('collection') as CollectionId,
    declaredTs: number('declaredTs'),
    progress: {
      buildingFrom: typeof buildingFrom === 'bigint' ? buildingFrom : undefined,
      builtCount: number('builtCount'),
      writingFrom: writingFrom instanceof Uint8Array ? writingFrom : undefined,
      run: from instanceof Uint8Array ? { startedTs: Number(startedTs), from } : undefined,
      lastRunTs: number('lastRunTs'),
      runCount: number('runCount'),
    },
  };
}
