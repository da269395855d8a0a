/** From what is stored of a document to the value that evaluation sees. */
import { CorruptionError } from '@skein/base';
import { decodeValue } from '../codec/value-codec.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import type { DocumentKey, StoredVersion } from '../store/document-store.ts';
import { DocumentValue, isObject, type ObjectValue } from '../values/value.ts';
import type { Schema } from './schema.ts';

/** The document as of `at` (undefined: as of the context's time); undefined when there is none. */
export function readDocument(
  context: EvaluationContext,
  key: DocumentKey,
  at: number | undefined = context.at,
): DocumentValue | undefined {
  const version = context.store.version(key, at);
  if (version === undefined) return undefined;
  const names = key.scope === context.scope ? context.schema : context.schemaOf(key.scope);
  return new DocumentValue(context.schema.refOf(key), version.ts, decodeFields(version.body, names));
}

/** A version (not a deletion) as a document of its own database. */
export function documentOf(schema: Schema, key: DocumentKey, version: StoredVersion): DocumentValue {
  return new DocumentValue(schema.refOf(key), version.ts, decodeFields(version.body, schema));
}

/** Throws `CorruptionError` for bytes that are no fields. */
export function decodeFields(body: Uint8Array, names: Pick<Schema, 'resolve' | 'refOf'>): ObjectValue {
  const fields = decodeValue(body, names);
  if (isObject(fields)) return fields;
  throw new CorruptionError({ file: 'documents', offset: 0, expected: 'fields of a document' });
}
