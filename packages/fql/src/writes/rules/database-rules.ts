/**
 * Documents of child databases: `{name, data?, priority?, container?, global_id}`. The id of the document is the number of the scope in which
 * all that the database holds is stored.
 */
import { anObject, aString, checkFields } from '../../access/field-checks.ts';
import type { ValidationFailure } from '../../evaluate/fql-error.ts';
import { addJob } from '../../jobs/job-rows.ts';
import { NATIVE_COLLECTION_IDS } from '../../schema/schema.ts';
import { setParentScope } from '../../schema/schema-rows.ts';
import type { CollectionId, DocumentReader, ScopeId } from '../../store/document-store.ts';
import type { Value } from '../../values/value.ts';
import type { NativeRules } from '../native-rules.ts';
import { aBoolean, aLongBetween } from './checks.ts';

/** z-base-32, in which Fauna writes ids that people read. */
const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';
const GLOBAL_ID_BYTES = 8;

export const databaseRules: NativeRules = {
  defaults: new Map(),
  kept: ['name'],
  readOnly: ['global_id'],
  validate: ({ writer, key, before }, merged) =>
    checkFields(merged, {
      name: { required: true, check: aString },
      priority: { required: false, check: aLongBetween(1n, 500n) },
      container: {
        required: false,
        check: (value, field) => [
          ...aBoolean(value, field),
          ...(value === true && before !== undefined && holdsData(writer, Number(key.id) as ScopeId)
            ? [CONTAINS_DATA]
            : []),
        ],
      },
      data: { required: false, check: anObject },
      global_id: { required: false, check: () => [] },
    }),
  prepare: ({ context }, fields) => {
    if (fields.has('global_id')) return { stored: fields, shown: fields };
    const id = zBase32(context.random.bytes(GLOBAL_ID_BYTES));
    const stored = new Map<string, Value>(fields).set('global_id', id);
    return { stored, shown: stored };
  },
  written: ({ writer, key, before }, stored) => {
    const scope = Number(key.id) as ScopeId;
    if (stored === undefined) addJob(writer, { kind: 'dropScope', scope, number: 0 });
    else if (before === undefined) setParentScope(writer, scope, key.scope);
  },
};

const CONTAINS_DATA: ValidationFailure = {
  field: ['container'],
  code: 'container candidate contains data',
  description: 'cannot make database a container while it contains collections, indexes, or user functions',
};

function holdsData(reader: DocumentReader, scope: ScopeId): boolean {
  return (['collections', 'indexes', 'functions'] as const).some((native) => {
    for (const _ of reader.documents(scope, NATIVE_COLLECTION_IDS[native] as CollectionId)) return true;
    return false;
  });
}

/** Five bits a letter, the last one filled up with zeros. */
function zBase32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >>> bits) & 31];
      held &= (1 << bits) - 1;
    }
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31];
}
