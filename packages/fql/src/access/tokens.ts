/** Tokens made by logging in, and ended by logging out. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { type Call, faultAt } from '../forms/form.ts';
import { newId } from '../forms/new-id.ts';
import type { DocumentKey, DocumentWriter } from '../store/document-store.ts';
import { DocumentValue, type ObjectValue } from '../values/value.ts';
import type { NativeChange } from '../writes/native-rules.ts';
import { lastVersion, type WriteTarget, writeDocument } from '../writes/write-document.ts';
import { identityOf } from './authentication.ts';
import { tokensOf } from './private-rows.ts';
import { tokenRules } from './rules.ts';
import { nativeCollection } from './scopes.ts';

/** Whoever knows the password gets a token, whatever else he may do. `params` may set `ttl` and `data`; the secret is in the result. */
export function createToken(call: Call, instance: DocumentKey, params: ObjectValue): DocumentValue {
  const { context, position } = call;
  const writer = context.writer(position);
  const key = freeKey(context, writer);
  const fields = new Map(params).set('instance', context.schema.refOf(instance));
  const change: NativeChange = { context, writer, position, key, before: undefined, params: fields };
  const checked = tokenRules.validate(change, fields);
  if (checked.failures.length > 0) {
    throw faultAt(position, 'validation failed', 'document data is not valid.', {
      failures: checked.failures,
    });
  }
  const stored = new Map([...checked.fields].sort(([a], [b]) => rank(a) - rank(b)));
  const prepared = tokenRules.prepare?.(change, stored) ?? { stored, shown: stored };
  writeDocument(target(call, writer), key, prepared.stored);
  return new DocumentValue(context.schema.refOf(key), context.now, prepared.shown);
}

/** Ends the token that asks, or all of the one who is logged in. False: nobody is logged in. */
export function endTokens(call: Call, which: 'this' | 'all'): boolean {
  const { context } = call;
  const { principal } = context.authentication;
  if (which === 'this') {
    if (principal.kind !== 'token') return false;
    deleteToken(call, principal.document);
    return true;
  }
  const identity = identityOf(context.authentication);
  if (identity === undefined) return false;
  for (const token of tokensOf(context.store, identity, nativeCollection('tokens'))) deleteToken(call, token);
  return true;
}

/** Nothing happens when the token has ended already. */
function deleteToken(call: Call, key: DocumentKey): void {
  const { context, position } = call;
  const writer = context.writer(position);
  const before = writer.version(key);
  if (before === undefined) return;
  const last = lastVersion(writer, key);
  const change: NativeChange = { context, writer, position, key, before: undefined, params: new Map() };
  writeDocument(target(call, writer), key, undefined, last);
  tokenRules.written?.(change, undefined);
}

function target({ context, position }: Call, writer: DocumentWriter): WriteTarget {
  return { writer, schema: context.schema, time: context.now, position };
}

function freeKey(context: EvaluationContext, writer: DocumentWriter): DocumentKey {
  const collection = nativeCollection('tokens');
  for (;;) {
    const key = { scope: context.scope, collection, id: newId(context) };
    if (writer.version(key) === undefined) return key;
  }
}

/** `instance` stands first, as in Fauna's answers. */
function rank(field: string): number {
  return field === 'instance' ? 0 : 1;
}
