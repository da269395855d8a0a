/** `IsX`: whether a value is of a type. Never an error. */
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { isCollectionRef, nativeOf } from '../values/type-name.ts';
import { DocumentValue, isArray, isObject, PageValue, Uuid, type Value } from '../values/value.ts';
import { any, isResolved } from './casts.ts';
import { type Call, defineForm, type Form } from './form.ts';

function check(name: string, key: string, is: (value: Value, call: Call) => boolean): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: any },
    evaluate: (given, call) => is(given[key] ?? null, call),
  });
}

/** A ref that points somewhere, or a document; `of`: the ref is of the kind that is asked for. */
function documentCheck(name: string, key: string, of: (ref: Ref) => boolean): Form {
  return check(name, key, (value, call) => {
    if (value instanceof DocumentValue) return of(value.ref);
    return value instanceof Ref && of(value) && isResolved(value, call);
  });
}

function nativeCheck(name: string, key: string, native: string): Form {
  return documentCheck(name, key, (ref) => nativeOf(ref) === native);
}

export const typeCheckForms: readonly Form[] = [
  check('IsNumber', 'is_number', (value) => typeof value === 'bigint' || typeof value === 'number'),
  check('IsDouble', 'is_double', (value) => typeof value === 'number'),
  check('IsInteger', 'is_integer', (value) => typeof value === 'bigint'),
  check('IsBoolean', 'is_boolean', (value) => typeof value === 'boolean'),
  check('IsNull', 'is_null', (value) => value === null),
  check('IsBytes', 'is_bytes', (value) => value instanceof Uint8Array),
  check('IsTimestamp', 'is_timestamp', (value) => value instanceof Time),
  check('IsDate', 'is_date', (value) => value instanceof FqlDate),
  check('IsUUID', 'is_uuid', (value) => value instanceof Uuid),
  check('IsString', 'is_string', (value) => typeof value === 'string'),
  check('IsArray', 'is_array', (value) => isArray(value)),
  check(
    'IsObject',
    'is_object',
    (value) => isObject(value) || value instanceof DocumentValue || value instanceof PageValue,
  ),
  check('IsRef', 'is_ref', (value) => value instanceof Ref),
  // A native collection is the set of what it holds.
  check(
    'IsSet',
    'is_set',
    (value, call) =>
      value instanceof SetRef ||
      (value instanceof Ref && value.collection === undefined && isResolved(value, call)),
  ),
  check('IsLambda', 'is_lambda', (value) => value instanceof Lambda),
  documentCheck('IsDoc', 'is_doc', () => true),
  documentCheck('IsCollection', 'is_collection', isCollectionRef),
  nativeCheck('IsDatabase', 'is_database', 'databases'),
  nativeCheck('IsIndex', 'is_index', 'indexes'),
  nativeCheck('IsFunction', 'is_function', 'functions'),
  nativeCheck('IsKey', 'is_key', 'keys'),
  nativeCheck('IsToken', 'is_token', 'tokens'),
  nativeCheck('IsCredentials', 'is_credentials', 'credentials'),
  nativeCheck('IsRole', 'is_role', 'roles'),
];
