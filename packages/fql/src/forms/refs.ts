/** Making refs: to documents, to schema by name, to native collections; and new ids. */
import { assert } from '@skein/base';
import { documentId } from '../parse/ref-literal.ts';
import { type NativeCollection, Ref } from '../values/ref.ts';
import { isCollectionRef, nativeOf } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';
import { any, databaseRef, nullable, nullValue, string, wrongType } from './casts.ts';
import { type Call, defineForm, type Form, optional } from './form.ts';
import { newId } from './new-id.ts';

/** Their documents are known by numbers. */
const NUMBERED: ReadonlySet<string> = new Set(['keys', 'tokens', 'credentials']);

const ref = defineForm({
  name: 'Ref',
  effect: 'pure',
  parameters: { ref: any, id: any, scope: optional(databaseRef) },
  evaluate: ({ ref: collection, id, scope }, call) => {
    const inside = documentCollection(collection, call);
    return new Ref(
      idText(id, call),
      scope === undefined ? inside : new Ref(inside.id, inside.collection, scope),
    );
  },
});

/** A collection that has documents with ids; it need not exist. */
function documentCollection(value: Value, call: Call): Ref {
  if (!(value instanceof Ref) || !isCollectionRef(value)) {
    return wrongType(call, 'ref', ['Collection Ref'], value);
  }
  if (nativeOf(value) === undefined && !NUMBERED.has(value.id)) {
    return call.fail('ref', 'invalid argument', 'Regular Class Ref expected, Schema Class Ref provided.');
  }
  return value;
}

function idText(id: Value, call: Call): string {
  if (typeof id !== 'string' && typeof id !== 'bigint')
    return wrongType(call, 'id', ['String', 'Number'], id);
  const text = documentId(id);
  return typeof text === 'string' ? text : call.fail('id', 'invalid argument', text.description);
}

/** `{"index": name}`, `{"index": name, "scope": database}`: whether or not there is such a thing. */
function named(name: string, key: string, native: NativeCollection): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: string, scope: optional(databaseRef) },
    evaluate: (values) => {
      const { scope, [key]: id } = values;
      assert(typeof id === 'string', `${key} was cast`);
      return new Ref(id, new Ref(native), scope instanceof Ref ? scope : undefined);
    },
  });
}

/** `{"indexes": null}`, `{"indexes": database}`. */
function nativeCollection(name: string, key: string, native: NativeCollection): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: nullable(databaseRef) },
    evaluate: (values) => new Ref(native, undefined, values[key] ?? undefined),
  });
}

function idForm(name: string, key: string): Form {
  return defineForm({
    name,
    effect: 'write',
    parameters: { [key]: nullValue },
    evaluate: (_, { context }) => newId(context).toString(),
  });
}

export const refForms: readonly Form[] = [
  ref,
  named('Database', 'database', 'databases'),
  named('Index', 'index', 'indexes'),
  named('Collection', 'collection', 'collections'),
  named('Class', 'class', 'collections'),
  named('Function', 'function', 'functions'),
  named('Role', 'role', 'roles'),
  named('AccessProvider', 'access_provider', 'access_providers'),
  nativeCollection('Databases', 'databases', 'databases'),
  nativeCollection('Indexes', 'indexes', 'indexes'),
  nativeCollection('Collections', 'collections', 'collections'),
  nativeCollection('Classes', 'classes', 'collections'),
  nativeCollection('Functions', 'functions', 'functions'),
  nativeCollection('Roles', 'roles', 'roles'),
  nativeCollection('AccessProviders', 'access_providers', 'access_providers'),
  nativeCollection('Keys', 'keys', 'keys'),
  nativeCollection('Tokens', 'tokens', 'tokens'),
  nativeCollection('Credentials', 'credentials', 'credentials'),
  idForm('NewId', 'new_id'),
  idForm('NextId', 'next_id'),
];
