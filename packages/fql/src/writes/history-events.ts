/** `Insert` and `Remove`: events of a document's past. */
import { decodeFields } from '../schema/document-fields.ts';
import { nativeById, storedNames } from '../schema/stored-names.ts';
import type { DocumentKey, StoredVersion } from '../store/document-store.ts';
import type { ObjectValue, Value } from '../values/value.ts';
import { differenceOf, mergeFields } from './merge-fields.ts';
import { insertVersion, removeVersion } from './rewrite-history.ts';
import { withEnd } from './rules/user-document-rules.ts';
import { rulesOf } from './rules-of.ts';
import type { WriteTarget } from './write-document.ts';
import { checkAccess, throwFailures, type WriteRequest } from './write-request.ts';

interface EventOf {
  /** µs, 0 … now. */
  readonly ts: number;
  readonly action: StoredVersion['action'];
}

/** The event, as `Events` shows it. Throws faults. */
export function insertEvent(
  request: WriteRequest,
  key: DocumentKey,
  { ts, action, params }: EventOf & { readonly params: ObjectValue },
): ObjectValue {
  const { context, position } = request;
  const target = targetOf(request, key);
  checkHistoryAccess(request, key, { ts, action }, params);
  let fields: ObjectValue | undefined;
  if (action !== 'delete') {
    const merged = mergeFields(new Map(), params);
    // A password has no past.
    const given = new Map([...params].filter(([name]) => name !== 'credentials'));
    const change = { context, writer: target.writer, position, key, before: undefined, params: given };
    const checked = rulesOf(key.collection).validate(change, merged);
    throwFailures(position, checked.failures);
    fields = nativeById(key.collection) === undefined ? withEnd(change, checked.fields) : checked.fields;
  }
  const event = insertVersion(target, key, ts, fields);
  return new Map<string, Value>([
    ['ts', BigInt(ts)],
    ['action', event.action],
    ['document', context.schema.refOf(key)],
    ['data', dataOf(event.before, event.fields)],
  ]);
}

export function removeEvent(request: WriteRequest, key: DocumentKey, { ts, action }: EventOf): void {
  const target = targetOf(request, key);
  const version = target.writer.version(key, ts);
  const params =
    version?.ts === ts ? decodeFields(version.body, storedNames(target.schema)) : new Map<string, Value>();
  checkHistoryAccess(request, key, { ts, action }, params);
  removeVersion(target, key, ts, action);
}

function targetOf({ context, position }: WriteRequest, key: DocumentKey): WriteTarget {
  const writer = context.writer(position);
  return { writer, schema: context.schemaOf(key.scope), time: context.now, position };
}

function checkHistoryAccess(
  request: WriteRequest,
  document: DocumentKey,
  { ts, action }: EventOf,
  params: ObjectValue,
): void {
  const native = nativeById(document.collection);
  checkAccess(
    request,
    native === undefined
      ? { action: 'history_write', document, ts, version: action, params }
      : { action: 'schema', native, change: 'write' },
  );
}

/** What of `data` the event changed. */
function dataOf(before: ObjectValue | undefined, after: ObjectValue | undefined): Value {
  if (after === undefined) return null;
  if (before === undefined) return after.get('data') ?? null;
  return differenceOf(before, after)?.get('data') ?? null;
}
