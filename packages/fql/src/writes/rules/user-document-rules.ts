/** Documents of users' collections: `{data?, ttl?}`. A password that comes with them (`credentials`) is kept elsewhere. */
import { anObject, checkFields, type FieldCheck, invalidType } from '../../access/field-checks.ts';
import { credentialsOf } from '../../access/private-rows.ts';
import { documentOf } from '../../schema/document-fields.ts';
import { NATIVE_COLLECTION_IDS } from '../../schema/schema.ts';
import type { CollectionId } from '../../store/document-store.ts';
import { Time } from '../../values/time.ts';
import { isObject, type ObjectValue, type Value } from '../../values/value.ts';
import { createDocument } from '../create-document.ts';
import { DAY_MICROS } from '../limits.ts';
import type { NativeChange, NativeRules } from '../native-rules.ts';
import { updateDocument } from '../update-document.ts';
import { lastVersion } from '../write-document.ts';

const aTimestamp: FieldCheck = (value, field) =>
  value instanceof Time ? [] : [invalidType(field, value, 'Timestamp')];

export const userDocumentRules: NativeRules = {
  defaults: new Map(),
  kept: [],
  readOnly: [],
  validate: ({ params }, merged) => {
    const { fields, failures } = checkFields(merged, {
      data: { required: false, check: anObject },
      ttl: { required: false, check: aTimestamp },
    });
    const credentials = params.get('credentials') ?? undefined;
    if (credentials === undefined || isObject(credentials)) return { fields, failures };
    return { fields, failures: [...failures, invalidType(['credentials'], credentials, 'Map')] };
  },
  prepare: (change, fields) => {
    const stored = withEnd(change, fields);
    return { stored, shown: stored };
  },
  written: (change, stored) => {
    const credentials = change.params.get('credentials');
    if (stored !== undefined && credentials !== undefined && isObject(credentials)) {
      writeCredentials(change, credentials);
    }
  },
};

/** The collection's `ttl_days` count from the write that first finds the document without an end. */
export function withEnd(
  { context, key }: Pick<NativeChange, 'context' | 'key'>,
  fields: ObjectValue,
): ObjectValue {
  const days = context.schemaOf(key.scope).collectionById(key.collection)?.ttlDays;
  if (days === undefined || fields.has('ttl')) return fields;
  const micros = BigInt(context.now) + BigInt(days) * BigInt(DAY_MICROS);
  return new Map<string, Value>(fields).set('ttl', new Time(micros * 1000n));
}

/** Who may write the document may set its password, and need not know the old one: so may servers. */
function writeCredentials(change: NativeChange, credentials: ObjectValue): void {
  const { writer, key, position } = change;
  const context = change.context.withAuthentication({ ...change.context.authentication, roles: ['server'] });
  const schema = context.schemaOf(key.scope);
  const existing = credentialsOf(writer, key);
  if (existing === undefined) {
    const collection = NATIVE_COLLECTION_IDS.credentials as CollectionId;
    const params = new Map<string, Value>(credentials).set('instance', schema.refOf(key));
    createDocument(
      { context, position, check: 'none' },
      { scope: key.scope, collection, id: undefined },
      params,
    );
    return;
  }
  const version = lastVersion(writer, existing);
  if (version === undefined || version.action === 'delete') return;
  const before = documentOf(schema, existing, version);
  updateDocument({ context, position, check: 'none' }, existing, before, credentials, 'update');
}
