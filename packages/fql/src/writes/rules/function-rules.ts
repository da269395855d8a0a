/** Documents of user functions: `{name, body, role?, data?}`. */
import { anObject, aString, checkFields, type FieldCheck, invalidType } from '../../access/field-checks.ts';
import { checkRole } from '../../access/validate-key.ts';
import { aPermissions } from '../../access/validate-permissions.ts';
import { Lambda } from '../../values/lambda.ts';
import type { NativeRules } from '../native-rules.ts';

const aLambda: FieldCheck = (value, field) =>
  value instanceof Lambda ? [] : [invalidType(field, value, 'Query')];

export const functionRules: NativeRules = {
  defaults: new Map(),
  kept: ['name'],
  readOnly: [],
  validate: ({ context }, merged) =>
    checkFields(merged, {
      name: { required: true, check: aString },
      body: { required: true, check: aLambda },
      role: {
        required: false,
        check: (value, field) => checkRole(context, value, field),
      },
      permissions: { required: false, check: aPermissions },
      data: { required: false, check: anObject },
    }),
};
