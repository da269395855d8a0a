/** Documents of tokens: `{instance, ttl?, data?}`. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { ObjectValue } from '../values/value.ts';
import { anObject, aRef, aTime, type CheckedFields, checkFields } from './field-checks.ts';

export function validateToken(context: EvaluationContext, given: ObjectValue): CheckedFields {
  return checkFields(given, {
    instance: {
      required: true,
      check: aRef(
        (ref) => ref.collection !== undefined,
        (ref) => context.schema.resolve(ref) !== undefined,
      ),
    },
    ttl: { required: false, check: aTime },
    data: { required: false, check: anObject },
  });
}
