/** Documents of collections: `{history_days, name, ttl_days?, data?}`. */
import { anObject, aString, checkFields } from '../../access/field-checks.ts';
import { aPermissions } from '../../access/validate-permissions.ts';
import { addJob } from '../../jobs/job-rows.ts';
import { schemaFor } from '../../schema/schema-cache.ts';
import { historyFloor, setHistoryFloor } from '../../schema/schema-rows.ts';
import type { CollectionId } from '../../store/document-store.ts';
import type { ObjectValue } from '../../values/value.ts';
import { DAY_MICROS, HISTORY_GRACE_MICROS } from '../limits.ts';
import type { NativeChange, NativeRules } from '../native-rules.ts';
import { writeDocument } from '../write-document.ts';
import { aNaturalLong } from './checks.ts';
import { dropIndex } from './drop-index.ts';

export const collectionRules: NativeRules = {
  defaults: new Map([['history_days', 0n]]),
  kept: ['history_days', 'name'],
  readOnly: [],
  validate: (_change, merged) =>
    checkFields(merged, {
      history_days: { required: false, check: aNaturalLong },
      name: { required: true, check: aString },
      ttl_days: { required: false, check: aNaturalLong },
      permissions: { required: false, check: aPermissions },
      data: { required: false, check: anObject },
    }),
  written: (change, stored) => {
    if (stored === undefined) dropped(change);
    else if (change.before !== undefined) keepFloor(change, change.before, stored);
  },
};

/** History that is over stays over when more of it is kept from now on: part of it may be gone already. */
function keepFloor({ context, writer, key }: NativeChange, before: ObjectValue, stored: ObjectValue): void {
  const days = before.get('history_days');
  if (typeof days !== 'bigint' || days === stored.get('history_days')) return;
  const collection = Number(key.id) as CollectionId;
  const over = context.now - Number(days) * DAY_MICROS - HISTORY_GRACE_MICROS;
  const floor = Math.max(historyFloor(writer, key.scope, collection) ?? 0, over, 0);
  setHistoryFloor(writer, key.scope, collection, floor);
}

/** Its documents go in the background; indexes that have no other source go at once. */
function dropped({ context, writer, key, position }: NativeChange): void {
  const collection = Number(key.id) as CollectionId;
  addJob(writer, { kind: 'dropCollection', scope: key.scope, number: collection });
  const schema = schemaFor(writer, key.scope);
  for (const { name, sources } of schema.indexesOn(collection)) {
    const index = schema.named('indexes', name);
    if (index === undefined || sources?.every((source) => source.collection === collection) !== true)
      continue;
    writeDocument({ writer, schema, time: context.now, position }, index.key, undefined);
    dropIndex(writer, index.key);
  }
}
