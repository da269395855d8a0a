/** Documents of credentials: `{instance, data?}`; the password goes elsewhere (`rules.ts`). */
import type { ValidationFailure } from '../evaluate/fql-error.ts';
import { Ref } from '../values/ref.ts';
import type { ObjectValue } from '../values/value.ts';
import type { NativeChange } from '../writes/native-rules.ts';
import { anObject, aRef, aTime, type CheckedFields, checkFields, invalidType } from './field-checks.ts';
import { matchesHash, passwordCharactersMax } from './passwords.ts';
import { credentialsOf, privatePart } from './private-rows.ts';
import { sameDocument } from './scopes.ts';

export function validateCredentials(change: NativeChange, merged: ObjectValue): CheckedFields {
  const { schema } = change.context;
  const checked = checkFields(merged, {
    instance: {
      required: true,
      check: aRef(
        (ref) => ref.collection !== undefined,
        (ref) => schema.resolve(ref) !== undefined,
      ),
    },
    ttl: { required: false, check: aTime },
    data: { required: false, check: anObject },
  });
  const failures = [...checked.failures, ...checkInstance(change, checked.fields), ...checkPassword(change)];
  return { fields: checked.fields, failures };
}

/** A document has one password. */
function checkInstance(change: NativeChange, fields: ObjectValue): readonly ValidationFailure[] {
  const ref = fields.get('instance');
  const instance = ref instanceof Ref ? change.context.schema.resolve(ref) : undefined;
  const others = instance === undefined ? undefined : credentialsOf(change.writer, instance);
  if (others === undefined || sameDocument(others, change.key)) return [];
  return [{ field: ['instance'], code: 'duplicate value', description: 'Value is not unique.' }];
}

function checkPassword(change: NativeChange): readonly ValidationFailure[] {
  const { context, writer, key, params } = change;
  const password = params.get('password') ?? undefined;
  if (password === undefined) return [];
  if (typeof password !== 'string') return [invalidType(['password'], password, 'String')];
  if (password.length > passwordCharactersMax) {
    const description = `Maximum number of characters exceeded. Maximum allowed: ${passwordCharactersMax}.`;
    return [{ field: ['password'], code: 'resources exceeded', description }];
  }
  const isServer = context.authentication.roles.some(
    (role) => role === 'server' || role === 'server-readonly',
  );
  const hash = privatePart(writer, key)?.passwordHash;
  if (isServer || hash === undefined) return [];
  const current = params.get('current_password') ?? undefined;
  if (typeof current === 'string' && matchesHash(context, current, hash)) return [];
  const description = 'Invalid password at `current_password`.';
  return [{ field: ['current_password'], code: 'invalid password', description }];
}
