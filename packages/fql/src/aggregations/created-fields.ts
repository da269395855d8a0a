/** What a document was when it was created: an event, as it counts. */
import { decodeValue, type RefNames } from '../codec/value-codec.ts';
import type { DocumentKey, DocumentReader, StoredVersion } from '../store/document-store.ts';
import { isObject, type ObjectValue } from '../values/value.ts';

/**
 * The fields of a document as they were when it was created. Where history is not kept, the oldest version that is left stands for the first.
 * `current`: its version as of the moment that is asked for.
 */
export function createdFields(
  reader: DocumentReader,
  key: DocumentKey,
  current: StoredVersion,
  names: RefNames,
): { readonly ts: number; readonly fields: ObjectValue } {
  let created = current;
  if (current.action !== 'create') {
    for (const version of reader.versions(key, { to: current.ts, reverse: true })) {
      if (version.action === 'delete') break;
      created = version;
      if (version.action === 'create') break;
    }
  }
  const fields = decodeValue(created.body, names);
  return { ts: created.ts, fields: isObject(fields) ? fields : new Map() };
}
