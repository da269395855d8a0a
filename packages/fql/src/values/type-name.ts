/** What errors call the type of a value: `Integer`, `Collection Ref`, `Page` … */
import { Lambda } from './lambda.ts';
import { Ref } from './ref.ts';
import { SetRef } from './set-ref.ts';
import { FqlDate, Time } from './time.ts';
import { DocumentValue, PageValue, Uuid, type Value } from './value.ts';

/** By the native collection that holds the document a ref points to. Refs to all others are plain refs. */
const REF_NAMES: Readonly<Record<string, string>> = {
  databases: 'Database Ref',
  collections: 'Collection Ref',
  indexes: 'Index Ref',
  functions: 'User Function Ref',
  keys: 'Key Ref',
};

/** The native collection that a ref's document belongs to: `indexes` for an index, `undefined` for a user's document and for a native collection itself. */
export function nativeOf(ref: Ref): string | undefined {
  return ref.collection !== undefined && ref.collection.collection === undefined
    ? ref.collection.id
    : undefined;
}

/** Native collections count as collections, as those of users do. */
export function isCollectionRef(ref: Ref): boolean {
  return ref.collection === undefined || nativeOf(ref) === 'collections';
}

export function typeName(value: Value): string {
  if (value === null) return 'Null';
  if (typeof value === 'bigint') return 'Integer';
  if (typeof value === 'number') return 'Double';
  if (typeof value === 'boolean') return 'Boolean';
  if (typeof value === 'string') return 'String';
  if (value instanceof Uint8Array) return 'Bytes';
  if (value instanceof Time) return 'Time';
  if (value instanceof FqlDate) return 'Date';
  if (value instanceof Uuid) return 'UUID';
  if (value instanceof SetRef) return 'Set';
  if (value instanceof Lambda) return 'Lambda';
  if (value instanceof PageValue) return 'Page';
  if (value instanceof DocumentValue) return 'Object';
  if (value instanceof Ref) {
    return isCollectionRef(value) ? 'Collection Ref' : (REF_NAMES[nativeOf(value) ?? ''] ?? 'Ref');
  }
  return Array.isArray(value) ? 'Array' : 'Object';
}
