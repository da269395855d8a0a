/**
 * The entries of a document in an index: one for each combination of the values of its terms and values.
 *
 * Combinations whose terms are all null, or whose values are all null, are left out (an index without terms, or without values, leaves out
 * nothing for that). So are entries whose terms or values are larger than a store's key may be.
 */
import { encodeValue } from '../codec/value-codec.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import { orderKeyOf } from '../order/order-key.ts';
import { bindingsOf } from '../schema/compile-index.ts';
import type { IndexField, IndexSchema } from '../schema/schema.ts';
import type { StoredNames } from '../schema/stored-names.ts';
import { orderBytes, termsBytes } from '../sets/index-entry.ts';
import type { DocumentKey } from '../store/document-store.ts';
import type { DocumentValue, Value } from '../values/value.ts';
import { bytesKey } from './bytes-key.ts';
import { evaluateBinding } from './evaluate-binding.ts';
import { fieldValues } from './index-values.ts';
import { ENTRY_COUNT_MAX, ENTRY_KEY_BYTES_MAX } from './limits.ts';

/** Encoding a value to know it from others, and an entry with all of its values. */
const STEPS_PER_VALUE = 4;
const STEPS_PER_ENTRY = 8;

export interface IndexEntry {
  readonly terms: Uint8Array;
  readonly order: Uint8Array;
  readonly body: Uint8Array;
}

/** By a key made of terms and order: a document has at most one entry of these. */
export type IndexEntries = ReadonlyMap<string, IndexEntry>;

export const NO_ENTRIES: IndexEntries = new Map();

/**
 * `onTooMany`, when they are more than one document may have: `refuse` throws a fault, for what is about to be written; `none` leaves the
 * document out, which is all that can be done about one that was there before the index.
 */
export function entriesOf(
  index: IndexSchema,
  key: DocumentKey,
  document: DocumentValue,
  names: StoredNames,
  onTooMany: 'refuse' | 'none',
  /** Hears what computing them costs, in steps of evaluation; may throw. */
  onWork: (steps: number) => void = () => undefined,
): IndexEntries {
  const bindings = bindingsOf(index, key.collection);
  if (bindings === undefined) return NO_ENTRIES;
  const bound = new Map<string, Value | undefined>();
  const valueOf = (name: string): Value | undefined => {
    const lambda = bindings.get(name);
    if (lambda === undefined) return undefined;
    if (!bound.has(name)) bound.set(name, evaluateBinding(lambda, document, onWork));
    return bound.get(name);
  };
  const fields = (of: readonly IndexField[]): readonly (readonly Value[])[] =>
    of.map((field) => {
      const found = fieldValues(field, document, valueOf);
      onWork(found.reduce<number>((steps, value) => steps + STEPS_PER_VALUE + collatedLength(value), 0));
      return distinct(found, names);
    });
  const terms = fields(index.terms);
  const values = fields(index.values);

  const count = [...terms, ...values].reduce((product, { length }) => product * length, 1);
  if (count > ENTRY_COUNT_MAX) {
    if (onTooMany === 'none') return NO_ENTRIES;
    throw tooMany(index, count);
  }

  onWork(count * STEPS_PER_ENTRY);
  const reversed = index.values.map(({ reverse }) => reverse);
  const encodedValues = combinations(values).flatMap((combination) => {
    if (isAllNull(combination)) return [];
    if (combination.some(isTooLong)) return [];
    const order = orderBytes(combination, reversed, names);
    return order.length > ENTRY_KEY_BYTES_MAX ? [] : [{ order, body: encodeValue(combination, names) }];
  });
  const entries = new Map<string, IndexEntry>();
  for (const combination of combinations(terms)) {
    if (isAllNull(combination)) continue;
    if (combination.some(isTooLong)) continue;
    const encoded = termsBytes(combination, names);
    if (encoded.length > ENTRY_KEY_BYTES_MAX) continue;
    const prefix = `${bytesKey(encoded)}/`;
    for (const { order, body } of encodedValues) {
      const entryKey = prefix + bytesKey(order);
      if (!entries.has(entryKey)) entries.set(entryKey, { terms: encoded, order, body });
    }
  }
  return entries;
}

/** A text's key has more bytes than the text has units. */
function isTooLong(value: Value): boolean {
  return typeof value === 'string' && value.length > ENTRY_KEY_BYTES_MAX;
}

function collatedLength(value: Value): number {
  return typeof value === 'string' && !isTooLong(value) ? value.length : 0;
}

function isAllNull(combination: readonly Value[]): boolean {
  return combination.length > 0 && combination.every((value) => value === null);
}

/** The first of those that sort alike. */
function distinct(values: readonly Value[], names: StoredNames): readonly Value[] {
  if (values.length < 2) return values;
  const seen = new Map<string, Value>();
  for (const value of values) {
    // No entry can hold a longer text: it need not be collated to be told from others.
    const key = typeof value === 'string' && isTooLong(value) ? value : bytesKey(orderKeyOf(value, names));
    if (!seen.has(key)) seen.set(key, value);
  }
  return [...seen.values()];
}

function combinations(fields: readonly (readonly Value[])[]): readonly (readonly Value[])[] {
  let all: readonly (readonly Value[])[] = [[]];
  for (const values of fields) all = all.flatMap((head) => values.map((value) => [...head, value]));
  return all;
}

function tooMany(index: IndexSchema, count: number): FqlFault {
  return new FqlFault([
    {
      position: [],
      code: 'resources exceeded',
      description: `A document may have ${ENTRY_COUNT_MAX} entries in an index; in '${index.name}' it would have ${count}.`,
    },
  ]);
}
