/** `Update` and `Replace`. */
import { faultAt } from '../forms/form.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { DocumentValue, type ObjectValue } from '../values/value.ts';
import { without } from './create-document.ts';
import { mergeFields } from './merge-fields.ts';
import type { NativeChange } from './native-rules.ts';
import { rulesOf } from './rules-of.ts';
import { writeDocument } from './write-document.ts';
import { checkAccess, nameFailures, namesake, throwFailures, type WriteRequest } from './write-request.ts';

/** The document as the answer shows it. `before` is what it is now. Throws faults. */
export function updateDocument(
  request: WriteRequest,
  key: DocumentKey,
  before: DocumentValue,
  params: ObjectValue,
  how: 'update' | 'replace',
): DocumentValue {
  const { context, position } = request;
  const writer = context.writer(position);
  const rules = rulesOf(key.collection);
  const kept = how === 'update' ? before.fields : only(before.fields, [...rules.kept, ...rules.readOnly]);
  const merged = mergeFields(kept, without(params, rules.readOnly));
  checkAccess(request, { action: 'write', document: key, before, after: merged });

  const change: NativeChange = { context, writer, position, key, before: before.fields, params };
  const { fields, failures } = rules.validate(change, merged);
  throwFailures(position, [...failures, ...nameFailures(change, fields)]);
  if (namesake(change, fields) !== undefined) {
    throw faultAt(position, 'instance not unique', 'document is not unique.');
  }
  const { stored, shown } = rules.prepare?.(change, fields) ?? { stored: fields, shown: fields };
  writeDocument({ writer, schema: context.schemaOf(key.scope), time: context.now, position }, key, stored);
  rules.written?.(change, stored);
  return new DocumentValue(context.schema.refOf(key), context.now, shown);
}

function only(fields: ObjectValue, names: readonly string[]): ObjectValue {
  return new Map([...fields].filter(([name]) => names.includes(name)));
}
