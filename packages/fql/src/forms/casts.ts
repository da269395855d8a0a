/**
 * Casts: what the functions' arguments have to be. A cast gives undefined where a value is of another type; the evaluator then says
 * "X expected, Y provided." with the cast's `expected` and the value's `typeName`.
 *
 * Casts that take refs look them up: one that points nowhere is an `invalid ref`, except where a cast says `unresolved`.
 */
import { withoutSelf } from '../access/self-refs.ts';
import { excerpt, type FqlErrorCode } from '../evaluate/fql-error.ts';
import { Lambda } from '../values/lambda.ts';
import { NATIVE_COLLECTIONS, Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { isCollectionRef, nativeOf, typeName } from '../values/type-name.ts';
import { isArray, isObject, type ObjectValue, PageValue, type Value } from '../values/value.ts';
import type { Call, Cast } from './form.ts';

export { typeName } from '../values/type-name.ts';

/** `X`, `X or Y`, `X, Y, or Z`. */
export function expectation(types: readonly string[]): string {
  if (types.length <= 2) return types.join(' or ');
  return `${types.slice(0, -1).join(', ')}, or ${types.at(-1)}`;
}

/** The error of a value of the wrong type, for forms that find out by themselves. */
export function wrongType(
  call: Call,
  at: string | readonly (string | number)[] | undefined,
  expected: readonly string[],
  provided: Value,
): never {
  return call.fail(
    at,
    'invalid argument',
    `${expectation(expected)} expected, ${typeName(provided)} provided.`,
  );
}

export const any: Cast<Value> = { expected: 'Any', cast: (value) => value };

/** Everything but arrays, pages, objects, documents and lambdas. */
export const scalar: Cast<Value> = {
  expected: 'Scalar',
  cast: (value) =>
    ['Array', 'Page', 'Object', 'Lambda', 'Set'].includes(typeName(value)) ? undefined : value,
};

export const integer: Cast<bigint> = {
  expected: 'Integer',
  cast: (value) => (typeof value === 'bigint' ? value : undefined),
};

/** `bigint`: an integer; `number`: a double. */
export const number: Cast<bigint | number> = {
  expected: 'Number',
  cast: (value) => (typeof value === 'bigint' || typeof value === 'number' ? value : undefined),
};

export const string: Cast<string> = {
  expected: 'String',
  cast: (value) => (typeof value === 'string' ? value : undefined),
};

export const boolean: Cast<boolean> = {
  expected: 'Boolean',
  cast: (value) => (typeof value === 'boolean' ? value : undefined),
};

export const nullValue: Cast<null> = {
  expected: 'Null',
  cast: (value) => (value === null ? null : undefined),
};

export const temporal: Cast<Time | FqlDate> = {
  expected: 'Temporal',
  cast: (value) => (value instanceof Time || value instanceof FqlDate ? value : undefined),
};

/** An integer means µs since 1970. */
export const timestamp: Cast<Time> = {
  expected: 'Time',
  cast: (value) => {
    if (typeof value === 'bigint') return new Time(value * 1000n);
    return value instanceof Time ? value : undefined;
  },
};

export const lambda: Cast<Lambda> = {
  expected: 'Lambda',
  cast: (value) => (value instanceof Lambda ? value : undefined),
};

/** Objects as such: documents are none. */
export const object: Cast<ObjectValue> = {
  expected: 'Object',
  cast: (value) => (isObject(value) ? value : undefined),
};

export const array: Cast<readonly Value[]> = {
  expected: 'Array',
  cast: (value) => (isArray(value) ? value : undefined),
};

/** Any ref that points somewhere. */
export const ref: Cast<Ref> = refCast('Ref', () => true);
export const collectionRef: Cast<Ref> = refCast('Collection Ref', isCollectionRef);
const indexRef: Cast<Ref> = refCast('Index Ref', (given) => nativeOf(given) === 'indexes');
export const databaseRef: Cast<Ref> = refCast('Database Ref', (given) => nativeOf(given) === 'databases');
const functionRef: Cast<Ref> = refCast('User Function Ref', (given) => nativeOf(given) === 'functions');

/** A name, or a ref that points somewhere. */
export const stringOrRef: Cast<string | Ref> = nameOr(ref);
export const stringOrIndexRef: Cast<string | Ref> = nameOr(indexRef);
export const stringOrFunctionRef: Cast<string | Ref> = nameOr(functionRef);

/** A ref or a set; native collections stand for the set of what they hold. */
export const identifier: Cast<Ref | SetRef> = {
  expected: 'Ref or Set',
  cast: (value, call, key) => {
    if (value instanceof SetRef) return value;
    return value instanceof Ref ? asSet(resolved(value, call, key)) : undefined;
  },
};

/** A ref or a set, also a ref that points nowhere (`Exists`). */
export const unresolvedIdentifier: Cast<Ref | SetRef> = {
  expected: 'Ref or Set',
  cast: (value, call) => {
    if (value instanceof Ref) return withoutSelf(value, call.context);
    return value instanceof SetRef ? value : undefined;
  },
};

export const set: Cast<SetRef> = {
  expected: 'Set',
  cast: (value, call, key) => {
    const found = identifier.cast(value, call, key);
    return found instanceof SetRef ? found : undefined;
  },
};

/** What can be walked through: array, page or set. */
export const iterable: Cast<readonly Value[] | PageValue | SetRef> = {
  expected: 'Array, Set, or Page',
  cast: (value, call, key) =>
    isArray(value) || value instanceof PageValue ? value : set.cast(value, call, key),
};

export const setOrArray: Cast<readonly Value[] | SetRef> = {
  expected: 'Array, Set, or Page',
  cast: (value, call, key) => {
    if (value instanceof PageValue) return wrongType(call, key, ['Set', 'Array'], value);
    return isArray(value) ? value : set.cast(value, call, key);
  },
};

/** One step or an array of them: keys and 0-based places. Its errors have the step's ordinal. */
export const path: Cast<readonly (string | bigint)[]> = {
  expected: 'String or Integer',
  cast: (value, call, key) => {
    if (!isArray(value)) return typeof value === 'string' || typeof value === 'bigint' ? [value] : undefined;
    return value.map((step, at) =>
      typeof step === 'string' || typeof step === 'bigint'
        ? step
        : wrongType(call, [key, at], ['String', 'Integer'], step),
    );
  },
};

export const documentAction: Cast<'create' | 'update' | 'delete'> = {
  expected: "String 'create', 'update', or 'delete'",
  cast: (value) => (value === 'create' || value === 'update' || value === 'delete' ? value : undefined),
};

/** `null` is allowed, too (not the same as absent). */
export function nullable<T>(cast: Cast<T>): Cast<T | null> {
  return {
    expected: `${cast.expected} or Null`,
    cast: (value, call, key) => (value === null ? null : cast.cast(value, call, key)),
  };
}

/** For arguments that take one value or several, but not none. */
export function someOf<T>(values: readonly T[], call: Call, key: string): readonly [T, ...T[]] {
  const [first, ...others] = values;
  if (first === undefined) return call.fail(key, 'invalid argument', 'Non-empty array expected.');
  return [first, ...others];
}

/** Code and description of the error about a ref that points nowhere. */
export function unresolvedRef(
  given: Ref,
  resolves: (ref: Ref) => boolean,
): { readonly code: FqlErrorCode; readonly description: string } {
  const { kind, name } = undefinedPart(given, resolves);
  return { code: 'invalid ref', description: `Ref refers to undefined ${kind} '${excerpt(name)}'` };
}

/** Whether a ref points to something that can exist: a collection, index … that is there, or any id of such a collection. */
export function isResolved(given: Ref, call: Call): boolean {
  const { schema } = call.context;
  if (given.collection !== undefined) return schema.resolve(given) !== undefined;
  return isNative(given.id) && (given.database === undefined || schema.resolve(given.database) !== undefined);
}

const NAME_UNITS_PER_STEP = 32;

/** The ref, if it points somewhere; else an `invalid ref` error at the argument. `tokens/self` becomes what it stands for. */
export function resolved(asGiven: Ref, call: Call, key: string): Ref {
  // A name can be a text of megabytes, which an error would tell.
  call.context.charge(Math.ceil(asGiven.id.length / NAME_UNITS_PER_STEP));
  const given = withoutSelf(asGiven, call.context);
  if (isResolved(given, call)) return given;
  const resolves = (ref: Ref): boolean => call.context.schema.resolve(ref) !== undefined;
  const { code, description } = unresolvedRef(given, resolves);
  return call.fail(key, code, description);
}

const KIND_NAMES: Readonly<Record<string, string>> = {
  databases: 'database',
  collections: 'collection',
  indexes: 'index',
  functions: 'function',
  roles: 'role',
  access_providers: 'access_provider',
  keys: 'key',
};

function undefinedPart(
  given: Ref,
  resolves: (ref: Ref) => boolean,
): { readonly kind: string; readonly name: string } {
  const database = given.database ?? given.collection?.database;
  if (database !== undefined && !resolves(database)) return { kind: 'database', name: database.id };
  const native = nativeOf(given);
  if (native !== undefined) return { kind: KIND_NAMES[native] ?? 'collection', name: given.id };
  return { kind: 'collection', name: given.collection?.id ?? given.id };
}

function isNative(id: string): boolean {
  return NATIVE_COLLECTIONS.some((name) => name === id);
}

function refCast(expected: string, isWanted: (ref: Ref) => boolean): Cast<Ref> {
  return {
    expected,
    cast: (value, call, key) => {
      if (!(value instanceof Ref)) return undefined;
      const found = resolved(value, call, key);
      return isWanted(found) ? found : undefined;
    },
  };
}

function nameOr(cast: Cast<Ref>): Cast<string | Ref> {
  return {
    expected: 'Identifier',
    cast: (value, call, key) => (typeof value === 'string' ? value : cast.cast(value, call, key)),
  };
}

function asSet(given: Ref): Ref | SetRef {
  return given.collection === undefined ? new SetRef({ type: 'documents', collection: given }) : given;
}
