/** Logging in and out, and who one is. */

import { isAllowed } from '../access/access.ts';
import { identityOf } from '../access/authentication.ts';
import { passwordMatches } from '../access/passwords.ts';
import { documentOfSecret } from '../access/private-rows.ts';
import { nativeOfDocument } from '../access/scopes.ts';
import { createToken, endTokens } from '../access/tokens.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import { readDocument } from '../schema/document-fields.ts';
import { parentScope } from '../schema/schema-rows.ts';
import { openSet } from '../sets/open-set.ts';
import type { DocumentKey, ScopeId } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import type { SetRef } from '../values/set-ref.ts';
import { typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';
import { boolean, identifier, nullValue, object, string } from './casts.ts';
import { type Call, defineForm, type Form } from './form.ts';

const login = defineForm({
  name: 'Login',
  effect: 'write',
  parameters: { login: identifier, params: object },
  evaluate: ({ login: who, params }, call) => {
    const instance = instanceOf(who, call, 'login');
    const password = params.get('password') ?? undefined;
    if (password !== undefined && typeof password !== 'string') {
      const description = `Invalid type ${typeName(password)}, expected type String.`;
      return call.fail(undefined, 'validation failed', 'document data is not valid.', {
        failures: [{ field: ['password'], code: 'invalid type', description }],
      });
    }
    const isRight = password !== undefined && passwordMatches(call.context, instance, password);
    if (instance === undefined || !isRight) {
      return call.fail(
        undefined,
        'authentication failed',
        'The document was not found or provided password was incorrect.',
      );
    }
    return createToken(call, instance, params);
  },
});

const logout = defineForm({
  name: 'Logout',
  effect: 'write',
  parameters: { logout: boolean },
  evaluate: ({ logout: all }, call) => endTokens(call, all ? 'all' : 'this'),
});

const identify = defineForm({
  name: 'Identify',
  effect: 'read',
  parameters: { identify: identifier, password: string },
  evaluate: ({ identify: who, password }, call) => {
    const instance = instanceOf(who, call, 'identify');
    return passwordMatches(call.context, instance, password);
  },
});

const keyFromSecret = defineForm({
  name: 'KeyFromSecret',
  effect: 'read',
  parameters: { key_from_secret: string },
  evaluate: ({ key_from_secret: secret }, call) => {
    const { context } = call;
    const key = documentOfSecret(context.store, context.host.sha256(secret));
    // Keys of databases that this one is not above of are nobody's business here, as if there were none.
    const isHere = key !== undefined && nativeOfDocument(key) === 'keys' && isWithin(context, key.scope);
    const document = isHere ? readDocument(context, key) : undefined;
    if (key === undefined || document === undefined) {
      return call.fail(undefined, 'instance not found', `No key found for secret ${secret}.`);
    }
    if (!isAllowed(context, { action: 'read', document: key })) {
      return call.fail(undefined, 'permission denied', 'Insufficient privileges to perform the action.');
    }
    return document;
  },
});

function question(name: string, key: string, answer: (call: Call) => Value): Form {
  return defineForm({
    name,
    effect: 'read',
    parameters: { [key]: nullValue },
    evaluate: (_values, call) => answer(call),
  });
}

const identity = (call: Call): Value =>
  currentIdentity(call.context) ??
  call.fail(undefined, 'missing identity', 'Authentication does not contain an identity');
const hasIdentity = ({ context }: Call): Value => currentIdentity(context) !== undefined;

export const accessForms: readonly Form[] = [
  login,
  logout,
  identify,
  keyFromSecret,
  question('Identity', 'identity', identity),
  question('CurrentIdentity', 'current_identity', identity),
  question('HasIdentity', 'has_identity', hasIdentity),
  question('HasCurrentIdentity', 'has_current_identity', hasIdentity),
  question(
    'CurrentToken',
    'current_token',
    (call) =>
      currentToken(call.context) ??
      call.fail(undefined, 'invalid token', 'Token metadata is not accessible.'),
  ),
  question('HasCurrentToken', 'has_current_token', ({ context }) => currentToken(context) !== undefined),
];

/** The one document, or the first of the set; always as of now: nobody logs in with a password of the past. */
function instanceOf(who: Ref | SetRef, call: Call, key: string): DocumentKey | undefined {
  const context = call.context.withTime(undefined);
  if (who instanceof Ref) return context.schema.resolve(who);
  return openSet(who, context, [...call.position, key])
    .open({ direction: 'forward', expected: 1 })
    .peek()?.document;
}

/** The database that is asked, or one below it. */
function isWithin({ store, scope }: EvaluationContext, inner: ScopeId): boolean {
  for (let at: ScopeId | undefined = inner; at !== undefined; at = parentScope(store, at)) {
    if (at === scope) return true;
  }
  return false;
}

/** Of a JWT: the subject, whatever the issuer wrote there. */
function currentIdentity(context: EvaluationContext): Value | undefined {
  const { authentication, schema } = context;
  if (authentication.principal.kind === 'jwt') return authentication.principal.claims.get('sub');
  const document = identityOf(authentication);
  return document === undefined ? undefined : schema.refOf(document);
}

/** A key that opens a child database lies outside of what it opens, and cannot be named there. */
function currentToken(context: EvaluationContext): Value | undefined {
  const { authentication, schema, scope } = context;
  const { principal } = authentication;
  if (principal.kind === 'jwt') return principal.claims;
  if (principal.kind === 'root' || principal.document.scope !== scope) return undefined;
  return schema.refOf(principal.document);
}
