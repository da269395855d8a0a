/** `tokens/self` and `credentials/self`: the token that asks, and the credentials of the one it stands for. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { Ref } from '../values/ref.ts';
import { identityOf } from './authentication.ts';
import { credentialsOf } from './private-rows.ts';

/** Every other ref is returned as it is, and so is one that stands for nothing here: it resolves to nothing. */
export function withoutSelf(ref: Ref, context: EvaluationContext): Ref {
  if (ref.id !== 'self' || ref.collection === undefined || ref.collection.collection !== undefined)
    return ref;
  const { authentication, schema, store } = context;
  if (ref.collection.id === 'tokens' && authentication.principal.kind === 'token') {
    return schema.refOf(authentication.principal.document);
  }
  const identity = ref.collection.id === 'credentials' ? identityOf(authentication) : undefined;
  const credentials = identity === undefined ? undefined : credentialsOf(store, identity);
  return credentials === undefined ? ref : schema.refOf(credentials);
}
