/** `Delete`. */
import type { DocumentKey } from '../store/document-store.ts';
import type { DocumentValue } from '../values/value.ts';
import { rulesOf } from './rules-of.ts';
import { writeDocument } from './write-document.ts';
import { checkAccess, type WriteRequest } from './write-request.ts';

/** `before` is what the document is now. Throws faults. */
export function deleteDocument(request: WriteRequest, key: DocumentKey, before: DocumentValue): void {
  const { context, position } = request;
  checkAccess(request, { action: 'delete', document: key });
  const writer = context.writer(position);
  writeDocument({ writer, schema: context.schemaOf(key.scope), time: context.now, position }, key, undefined);
  rulesOf(key.collection).written?.(
    { context, writer, position, key, before: before.fields, params: new Map() },
    undefined,
  );
}
