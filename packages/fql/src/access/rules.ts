/** What the native collections of access ask of their documents: keys, tokens, credentials, roles, access providers. */
import type { RandomSource } from '@skein/base';
import type { DocumentKey } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import type { ObjectValue, Value } from '../values/value.ts';
import type { NativeChange, NativeRules } from '../writes/native-rules.ts';
import { audienceText, newAudience } from './audience.ts';
import type { CheckedFields } from './field-checks.ts';
import { countMemberRoles, hasIssuer } from './named-documents.ts';
import { hashPassword } from './passwords.ts';
import {
  audienceOf,
  dropPrivatePart,
  type PrivatePart,
  privatePart,
  putAudience,
  putPrivatePart,
} from './private-rows.ts';
import { newKeySecret, newTokenSecret } from './secret.ts';
import { validateAccessProvider } from './validate-access-provider.ts';
import { validateCredentials } from './validate-credentials.ts';
import { validateKey } from './validate-key.ts';
import { memberCollections, rolesPerCollectionMax, validateRole } from './validate-role.ts';
import { validateToken } from './validate-token.ts';

const NONE: ObjectValue = new Map();

export const keyRules: NativeRules = {
  defaults: NONE,
  kept: [],
  readOnly: [],
  validate: ({ context }, merged) => validateKey(context, merged),
  prepare: (change, fields) => ({ stored: fields, shown: withNewSecret(change, fields, newKeySecret) }),
  written: forgetDeleted,
};

export const tokenRules: NativeRules = {
  defaults: NONE,
  kept: [],
  readOnly: [],
  validate: ({ context }, merged) => validateToken(context, merged),
  prepare: (change, fields) => ({ stored: fields, shown: withNewSecret(change, fields, newTokenSecret) }),
  written: forgetDeleted,
};

/** `password` is never stored; who is no server has to know the one that it replaces (`current_password`). */
export const credentialsRules: NativeRules = {
  defaults: NONE,
  kept: [],
  readOnly: [],
  validate: validateCredentials,
  prepare: (change, fields) => {
    const password = change.params.get('password');
    const hash = typeof password === 'string' ? hashPassword(change.context, password) : undefined;
    const before = privatePart(change.writer, change.key);
    putPrivatePart(change.writer, change.key, {
      passwordHash: hash ?? before?.passwordHash,
      instance: instanceOf(change, fields),
    });
    return { stored: fields, shown: fields };
  },
  written: forgetDeleted,
};

export const roleRules: NativeRules = {
  defaults: NONE,
  kept: ['name'],
  readOnly: [],
  validate: ({ context, key }, merged): CheckedFields => {
    const checked = validateRole(context, merged);
    const tooMany = memberCollections(checked.fields).some(
      (collection) => countMemberRoles(context, collection, key) >= rolesPerCollectionMax,
    );
    if (!tooMany) return checked;
    const description = `Maximum number of roles per membership class exceeded. Maximum allowed: ${rolesPerCollectionMax}.`;
    const failure = { field: ['membership'], code: 'resources exceeded', description };
    return { fields: checked.fields, failures: [...checked.failures, failure] };
  },
};

export const accessProviderRules: NativeRules = {
  defaults: NONE,
  kept: ['name', 'issuer', 'jwks_uri', 'jwks', 'roles'],
  readOnly: ['audience'],
  validate: ({ context, key }, merged): CheckedFields => {
    const checked = validateAccessProvider(context, merged);
    const issuer = checked.fields.get('issuer');
    if (typeof issuer !== 'string' || !hasIssuer(context, issuer, key)) return checked;
    const failure = { field: ['issuer'], code: 'duplicate value', description: 'Value is not unique.' };
    return { fields: checked.fields, failures: [...checked.failures, failure] };
  },
  prepare: ({ context, writer, key }, fields) => {
    let id = audienceOf(writer, key.scope);
    if (id === undefined) {
      id = newAudience(context.random);
      putAudience(writer, key.scope, id);
    }
    const stored = new Map(fields).set('audience', audienceText(id));
    return { stored, shown: stored };
  },
};

/** A new document gets a secret, which is shown this once; whose token it is follows an update. */
function withNewSecret(
  change: NativeChange,
  fields: ObjectValue,
  newSecret: (key: DocumentKey, random: RandomSource) => string,
): ObjectValue {
  const { context, writer, key, before } = change;
  const part = before === undefined ? undefined : privatePart(writer, key);
  const secret = part === undefined ? newSecret(key, context.random) : undefined;
  const next: PrivatePart = {
    secretHash: secret === undefined ? part?.secretHash : context.host.sha256(secret),
    instance: instanceOf(change, fields),
  };
  putPrivatePart(writer, key, next);
  return secret === undefined ? fields : new Map<string, Value>(fields).set('secret', secret);
}

function instanceOf({ context }: NativeChange, fields: ObjectValue): DocumentKey | undefined {
  const instance = fields.get('instance');
  return instance instanceof Ref ? context.schema.resolve(instance) : undefined;
}

function forgetDeleted({ writer, key }: NativeChange, stored: ObjectValue | undefined): void {
  if (stored === undefined) dropPrivatePart(writer, key);
}
