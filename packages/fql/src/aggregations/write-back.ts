/** What a run has found goes into the documents that the keys name. */
import { FqlFault } from '../evaluate/fql-error.ts';
import { maintenanceContext } from '../jobs/maintenance-context.ts';
import { readDocument } from '../schema/document-fields.ts';
import type { Schema } from '../schema/schema.ts';
import { documentNumber } from '../schema/stored-names.ts';
import type { DocumentKey, DocumentWriter, ScopeId } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { isObject, type ObjectValue, type Value } from '../values/value.ts';
import { equalStored } from '../writes/equal-stored.ts';
import { withoutNulls } from '../writes/merge-fields.ts';
import { updateDocument } from '../writes/update-document.ts';
import type { AggregationDefinition, Path } from './definition.ts';
import { type KeySnapshot, type Measures, snapshotResults } from './snapshot.ts';

export interface WriteBack {
  readonly scope: ScopeId;
  readonly to: NonNullable<AggregationDefinition['writeBack']>;
  readonly measures: Measures;
  readonly snapshots: readonly KeySnapshot[];
}

/**
 * One transaction of `time`; if a document refuses (an index wants something unique), each has a transaction of its own, µs by µs, and what
 * refuses stays as it is.
 */
export function writeBackAll(writer: DocumentWriter, time: number, writeBack: WriteBack): void {
  const write = (snapshots: readonly KeySnapshot[], at: number): boolean => {
    try {
      writer.transact(at, () => {
        for (const snapshot of snapshots) writeOne(writer, at, writeBack, snapshot);
      });
      return true;
    } catch (error) {
      if (error instanceof FqlFault) return false;
      throw error;
    }
  };
  const { snapshots } = writeBack;
  if (write(snapshots, time)) return;
  for (const [at, snapshot] of snapshots.entries()) write([snapshot], time + at);
}

function writeOne(
  writer: DocumentWriter,
  time: number,
  { scope, to, measures }: WriteBack,
  snapshot: KeySnapshot,
): void {
  const context = maintenanceContext(writer, scope, time);
  const key = entityOf(context.schema, to.collection, snapshot.key);
  const before = key === undefined ? undefined : readDocument(context, key);
  if (key === undefined || before === undefined) return;
  const results = withoutNulls(snapshotResults(snapshot, measures));
  const fields = withField(before.fields, to.field, results);
  if (equalStored(fields, before.fields)) return;
  // Replaced and not merged: a `last` that is an object takes the place of the one before.
  updateDocument({ context, position: [], check: 'none' }, key, before, fields, 'replace');
}

/** The document that a key means: by its ref, or by its id as text or number. */
function entityOf(schema: Schema, collectionName: string, key: Value): DocumentKey | undefined {
  const collection = schema.collection(collectionName);
  if (collection === undefined || collection.native !== undefined) return undefined;
  if (key instanceof Ref) {
    const found = schema.resolve(key);
    return found?.collection === collection.id && found.scope === schema.scope ? found : undefined;
  }
  if (typeof key !== 'string' && typeof key !== 'bigint') return undefined;
  const id = documentNumber(String(key));
  return id === undefined ? undefined : { scope: schema.scope, collection: collection.id, id };
}

function withField(fields: ObjectValue, [step, ...rest]: Path, value: ObjectValue): ObjectValue {
  const changed = new Map(fields);
  if (step === undefined) return value;
  const inner = fields.get(step);
  const inside: ObjectValue = inner !== undefined && inner !== null && isObject(inner) ? inner : new Map();
  return changed.set(step, withField(inside, rest, value));
}
