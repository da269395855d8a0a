/**
 * A searchable collection: a search index that holds one record for each document of a collection of the root database.
 *
 *   waiting    just declared: the index is about to be emptied        preparing  … and to be made, where there is none
 *   filling    documents that were there before go in, by id          ready      index and collection agree
 *   dropping   the index is about to be deleted
 *
 * From `filling` on, every transaction that writes documents of the collection also changes the index.
 */
import { utf8Encode } from '@skein/base';
import type { CollectionId } from '../store/document-store.ts';
import { isArray, type ObjectValue, type Value } from '../values/value.ts';

export type AttributePath = readonly (string | number)[];

/** Undefined: all fields of `data`, by their names. */
export type AttributeMap = ReadonlyMap<string, AttributePath> | undefined;

export interface SearchableCollection {
  readonly index: string;
  readonly collection: CollectionId;
  readonly attributes: AttributeMap;
  readonly state: 'waiting' | 'preparing' | 'filling' | 'ready' | 'dropping';
  /** While filling: the first document that is not looked at yet. */
  readonly fillFrom: bigint;
  /** Documents that filling has put into the index. */
  readonly filledCount: number;
  /** µs */
  readonly declaredTs: number;
}

export const INDEX_NAME_BYTES_MAX = 256;
export const ATTRIBUTE_COUNT_MAX = 256;
/** An application's search indexes that are filled from collections. */
export const SEARCHABLE_COUNT_MAX = 256;
const PATH_LENGTH_MAX = 16;
const FIRST_STEPS = ['data', 'ref', 'ts', 'ttl'];

/** Why no search index can have this name; undefined: it can. The same rule as the search API's. */
export function indexNameProblem(name: string): string | undefined {
  if (name.trim() === '' || name === '*') return 'is not the name of an index';
  // eslint-disable-next-line no-control-regex -- control characters are just what is looked for
  if (/[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(name)) return 'holds a control character';
  return utf8Encode(name).length > INDEX_NAME_BYTES_MAX
    ? `is longer than ${INDEX_NAME_BYTES_MAX} bytes`
    : undefined;
}

/** `{title: ["data", "title"]}`; a path may also be text with dots. Or what is wrong with it. */
export function readAttributes(
  value: ObjectValue,
): { readonly attributes: AttributeMap } | { readonly problem: string } {
  const attributes = new Map<string, AttributePath>();
  if (value.size === 0 || value.size > ATTRIBUTE_COUNT_MAX) {
    return { problem: `1 to ${ATTRIBUTE_COUNT_MAX} attributes expected` };
  }
  for (const [name, given] of value) {
    if (name === '' || name === 'objectID') return { problem: `'${name}' cannot be mapped` };
    const path = typeof given === 'string' ? given.split('.') : given;
    if (!isPath(path)) {
      return {
        problem: `'${name}': a path expected, such as ["data", "title"], beginning with ${FIRST_STEPS.join(', ')}`,
      };
    }
    attributes.set(
      name,
      path.map((step) => (typeof step === 'bigint' ? Number(step) : (step as string))),
    );
  }
  return { attributes };
}

/** As `readAttributes` takes it, and as it is stored. */
export function attributesValue(attributes: AttributeMap): Value {
  if (attributes === undefined) return null;
  return new Map(
    Array.from(attributes, ([name, path]): [string, Value] => [
      name,
      path.map((step) => (typeof step === 'number' ? BigInt(step) : step)),
    ]),
  );
}

function isPath(value: Value): value is readonly Value[] {
  return (
    value !== null &&
    isArray(value) &&
    value.length > 0 &&
    value.length <= PATH_LENGTH_MAX &&
    value.every((step) => (typeof step === 'bigint' ? step >= 0n && step < 2n ** 31n : isStep(step))) &&
    FIRST_STEPS.includes(value[0] as string)
  );
}

function isStep(step: Value): boolean {
  return typeof step === 'string' && step !== '';
}
