/** Tokens made by logging in, and ended by logging out. */
import type { Call } from '../forms/form.ts';
import { readDocument } from '../schema/document-fields.ts';
import type { DocumentKey } from '../store/document-store.ts';
import type { DocumentValue, ObjectValue, Value } from '../values/value.ts';
import { createDocument } from '../writes/create-document.ts';
import { deleteDocument } from '../writes/delete-document.ts';
import { identityOf } from './authentication.ts';
import { tokensOf } from './private-rows.ts';
import { nativeCollection } from './scopes.ts';

/** Whoever knows the password gets a token, whatever else he may do. `params` may set `ttl` and `data`; the secret is in the result. */
export function createToken(call: Call, instance: DocumentKey, params: ObjectValue): DocumentValue {
  const { context, position } = call;
  const ref = context.schema.refOf(instance);
  // It stands first in the answer.
  const fields = new Map<string, Value>([['instance', ref], ...params]).set('instance', ref);
  const wanted = { scope: context.scope, collection: nativeCollection('tokens'), id: undefined };
  return createDocument({ context, position, check: 'none' }, wanted, fields);
}

/** Ends the token that asks, or all of the one who is logged in. False: nobody is logged in. */
export function endTokens(call: Call, which: 'this' | 'all'): boolean {
  const { authentication, store } = call.context;
  if (which === 'this') {
    if (authentication.principal.kind !== 'token') return false;
    endToken(call, authentication.principal.document);
    return true;
  }
  const identity = identityOf(authentication);
  if (identity === undefined) return false;
  for (const token of tokensOf(store, identity, nativeCollection('tokens'))) endToken(call, token);
  return true;
}

/** Nothing happens when the token has ended already. */
function endToken({ context, position }: Call, key: DocumentKey): void {
  const before = readDocument(context, key);
  if (before !== undefined) deleteDocument({ context, position, check: 'none' }, key, before);
}
