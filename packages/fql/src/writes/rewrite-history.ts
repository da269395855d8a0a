/**
 * Changing the past of a document: its list of versions becomes another, and its spans in all indexes follow. A version that begins a life
 * (the first, or after a deletion) is a `create`, others are updates, whatever the client called them.
 */

import { encodeValue } from '../codec/value-codec.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import { workOf } from '../evaluate/metered-store.ts';
import { decodeFields } from '../schema/document-fields.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { DocumentKey, StoredVersion } from '../store/document-store.ts';
import { noteRewrite } from '../streams/history-rewrites.ts';
import { DocumentValue, type ObjectValue } from '../values/value.ts';
import { bytesKey } from './bytes-key.ts';
import { entriesOf } from './index-entries.ts';
import { rewriteSpans } from './index-spans.ts';
import { VERSION_BYTES_MAX } from './limits.ts';
import { moveEnd } from './ttl-rows.ts';
import { checkUnique, noteSchemaChange, type WriteTarget } from './write-document.ts';

export interface HistoryEvent {
  readonly ts: number;
  readonly action: StoredVersion['action'];
  /** Undefined for a deletion. */
  readonly fields: ObjectValue | undefined;
  /** The version before, when there was one and it was no deletion. */
  readonly before: ObjectValue | undefined;
}

/** A version at `ts`, in place of one of the same time. `fields` undefined: a deletion. Returns what became of it. */
export function insertVersion(
  target: WriteTarget,
  key: DocumentKey,
  ts: number,
  fields: ObjectValue | undefined,
): HistoryEvent {
  const names = storedNames(target.schema);
  const body = fields === undefined ? new Uint8Array(0) : encodeValue(fields, names);
  if (body.length > VERSION_BYTES_MAX) {
    throw new FqlFault([
      {
        position: target.position,
        code: 'resources exceeded',
        description: `A document may have ${VERSION_BYTES_MAX} bytes; this one has ${body.length}.`,
      },
    ]);
  }
  if (fields !== undefined) {
    const document = new DocumentValue(target.schema.refOf(key), ts, fields);
    for (const index of target.schema.indexesOn(key.collection)) {
      entriesOf(index, key, document, names, 'refuse', workOf(target.writer));
    }
  }
  const old = [...target.writer.versions(key)];
  const inserted: StoredVersion = { ts, action: fields === undefined ? 'delete' : 'update', body };
  const next = withActions([
    ...old.filter((version) => version.ts < ts),
    inserted,
    ...old.filter((version) => version.ts > ts),
  ]);
  replaceHistory(target, key, old, next);
  const at = next.findIndex((version) => version.ts === ts);
  const before = next[at - 1];
  return {
    ts,
    action: next[at]?.action ?? inserted.action,
    fields,
    before: before === undefined || before.action === 'delete' ? undefined : decodeFields(before.body, names),
  };
}

/** Nothing happens when there is no version of that time and kind (`create` and `update` are one kind). */
export function removeVersion(
  target: WriteTarget,
  key: DocumentKey,
  ts: number,
  action: StoredVersion['action'],
): void {
  const old = [...target.writer.versions(key)];
  const next = withActions(
    old.filter((version) => version.ts !== ts || (version.action === 'delete') !== (action === 'delete')),
  );
  if (next.length < old.length) replaceHistory(target, key, old, next);
}

function replaceHistory(
  target: WriteTarget,
  key: DocumentKey,
  old: readonly StoredVersion[],
  next: readonly StoredVersion[],
): void {
  const { writer, schema } = target;
  let same = 0;
  while (same < old.length && same < next.length && sameVersion(old[same]!, next[same]!)) same++;
  const from = Math.min(
    old[same]?.ts ?? Number.POSITIVE_INFINITY,
    next[same]?.ts ?? Number.POSITIVE_INFINITY,
  );
  if (from === Number.POSITIVE_INFINITY) return;

  const names = storedNames(schema);
  const currentFields = (versions: readonly StoredVersion[]): ObjectValue | undefined => {
    const last = versions.at(-1);
    return last === undefined || last.action === 'delete' ? undefined : decodeFields(last.body, names);
  };
  moveEnd(writer, key, currentFields(old), currentFields(next));
  writer.replaceVersions(key, next);
  noteRewrite(writer, key, target.time, old.slice(same), next.slice(same));
  const change = { from, base: old[same - 1], old: old.slice(same), next: next.slice(same) };
  for (const index of schema.indexesOn(key.collection)) {
    rewriteSpans({ writer, schema, names, onWork: workOf(writer) }, index, key, change, (entry) =>
      checkUnique(target, index, key, entry),
    );
  }
  const current = next.at(-1) ?? old.at(-1);
  if (current !== undefined) noteSchemaChange(writer, key, current);
}

/** The oldest version that is kept begins a life, too: what came before it is not known any more. */
function withActions(versions: readonly StoredVersion[]): StoredVersion[] {
  return versions.map((version, at) => {
    if (version.action === 'delete') return version;
    const before = versions[at - 1];
    const isBirth = before === undefined || before.action === 'delete';
    const action = isBirth ? 'create' : 'update';
    return action === version.action ? version : { ...version, action };
  });
}

function sameVersion(a: StoredVersion, b: StoredVersion): boolean {
  return a.ts === b.ts && a.action === b.action && bytesKey(a.body) === bytesKey(b.body);
}
