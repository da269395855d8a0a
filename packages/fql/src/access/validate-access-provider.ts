/**
 * Documents of access providers: `{name, issuer, jwks_uri, roles?, data?}`, and `audience`, which the server gives.
 *
 * `jwks` is an extension: the provider's public keys themselves; then `jwks_uri` may be absent, and nothing is ever fetched.
 */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { ValidationFailure } from '../evaluate/fql-error.ts';
import type { Position } from '../parse/expression.ts';
import { Ref } from '../values/ref.ts';
import { nativeOf } from '../values/type-name.ts';
import { isArray, isObject, type ObjectValue, type Value } from '../values/value.ts';
import {
  anObject,
  aPredicate,
  aString,
  type CheckedFields,
  checkFields,
  invalidReference,
  invalidType,
  keepKeys,
  missing,
  oneOrMore,
} from './field-checks.ts';
import { BUILTIN_ROLES } from './role-actions.ts';

/** More than providers publish; each is looked at for every token. */
const inlineKeysMax = 32;
/** Members of a key that only its owner may know. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const PUBLIC_KEY_TYPES = ['RSA', 'EC', 'OKP'];

export function validateAccessProvider(context: EvaluationContext, given: ObjectValue): CheckedFields {
  const hasKeys = (given.get('jwks') ?? null) !== null;
  const checked = checkFields(given, {
    name: { required: true, check: aString },
    issuer: { required: true, check: aString },
    jwks_uri: { required: !hasKeys, check: checkUri },
    jwks: { required: false, check: checkKeys },
    audience: { required: false, check: () => [] },
    roles: { required: false, check: oneOrMore((value, field) => checkRole(context, value, field)) },
    data: { required: false, check: anObject },
  });
  const fields = new Map(checked.fields);
  // Whatever a client sends: the server knows it.
  fields.delete('audience');
  const roles = fields.get('roles');
  if (roles !== undefined)
    fields.set(
      'roles',
      keepKeys(roles, (role) => checkFields(role, ROLE_FIELDS).fields),
    );
  return { fields, failures: checked.failures };
}

const ROLE_FIELDS = {
  role: { required: true, check: () => [] },
  predicate: { required: true, check: aPredicate([1]) },
};

/** A name, a ref, or `{role, predicate}`. */
function checkRole(context: EvaluationContext, value: Value, field: Position): readonly ValidationFailure[] {
  if (!isObject(value)) return checkRoleItself(context, value, field);
  const { failures } = checkFields(value, ROLE_FIELDS, field);
  const role = value.get('role');
  return role === undefined || role === null
    ? failures
    : [...checkRoleItself(context, role, [...field, 'role']), ...failures];
}

function checkRoleItself(
  context: EvaluationContext,
  value: Value,
  field: Position,
): readonly ValidationFailure[] {
  if (value instanceof Ref && nativeOf(value) === 'roles') {
    return context.schema.resolve(value) === undefined ? [invalidReference(field)] : [];
  }
  if (typeof value !== 'string') return [invalidType(field, value, 'Role')];
  const fail = (description: string): readonly ValidationFailure[] => [
    { field: ['roles'], code: 'validation failed', description },
  ];
  if (BUILTIN_ROLES.some((builtin) => builtin === value))
    return fail(`Builtin role \`${value}\` not allowed.`);
  return context.schema.named('roles', value) === undefined ? fail(`Role \`${value}\` does not exist.`) : [];
}

function checkUri(value: Value, field: Position): readonly ValidationFailure[] {
  if (typeof value !== 'string') return [invalidType(field, value, 'URI')];
  if (isFetchable(value)) return [];
  return [{ field, code: 'invalid uri', description: `\`${value}\` is a not valid URI` }];
}

/** Keys come over TLS, or from this machine: anyone in between could give his own. */
export function isFetchable(uri: string): boolean {
  return (
    /^https:\/\/(?:[\w-]+(?:\.[\w-]+)*|\[[\da-f:]+\])(?::\d{1,5})?(?:[/?][^\s#]*)?$/i.test(uri) ||
    /^http:\/\/(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?(?:[/?][^\s#]*)?$/i.test(uri)
  );
}

function checkKeys(value: Value, field: Position): readonly ValidationFailure[] {
  if (!isObject(value)) return [invalidType(field, value, 'Map')];
  const keys = value.get('keys');
  if (keys === undefined || keys === null) return [missing([...field, 'keys'])];
  if (!isArray(keys)) return [invalidType([...field, 'keys'], keys, 'Array')];
  if (keys.length > inlineKeysMax) {
    const description = `Maximum number of keys exceeded. Maximum allowed: ${inlineKeysMax}.`;
    return [{ field: [...field, 'keys'], code: 'resources exceeded', description }];
  }
  return keys.flatMap((key, at) => checkKey(key, [...field, 'keys', at]));
}

function checkKey(key: Value, field: Position): readonly ValidationFailure[] {
  if (!isObject(key)) return [invalidType(field, key, 'Map')];
  const isPublic =
    PUBLIC_KEY_TYPES.some((type) => type === key.get('kty')) &&
    !PRIVATE_MEMBERS.some((member) => key.has(member));
  if (isPublic) return [];
  return [
    { field, code: 'validation failed', description: 'A public key of type RSA, EC or OKP is expected.' },
  ];
}
