/** Arbitrary values for tests, and names for their refs. */
import fc from 'fast-check';
import type { Expression } from '../parse/expression.ts';
import { NATIVE_COLLECTION_IDS, USER_COLLECTION_ID_MIN } from '../schema/schema.ts';
import type { CollectionId, ScopeId } from '../store/document-store.ts';
import { Lambda } from '../values/lambda.ts';
import { collectionRef, Ref, sameRef, schemaRef } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { DocumentValue, PageValue, Uuid, type Value } from '../values/value.ts';
import type { RefNames } from './value-codec.ts';

/** Their names sort the other way than their numbers. */
const COLLECTION_NAMES = ['widgets', 'people', 'events'];

/** Three collections, one index (`by_name`), any document in them; nothing else exists. */
export const someNames: RefNames = {
  resolve(ref) {
    const scope = 0 as ScopeId;
    if (ref.database !== undefined || ref.collection === undefined) return undefined;
    if (sameRef(ref, schemaRef('indexes', 'by_name')))
      return { scope, collection: NATIVE_COLLECTION_IDS.indexes as CollectionId, id: 7n };
    const isSchema = ref.collection.collection === undefined;
    if (isSchema && ref.collection.id !== 'collections') return undefined;
    const name = isSchema ? ref.id : ref.collection.id;
    const ordinal = COLLECTION_NAMES.indexOf(name);
    if (ordinal < 0) return undefined;
    if (isSchema)
      return { scope, collection: NATIVE_COLLECTION_IDS.collections as CollectionId, id: BigInt(ordinal) };
    const collection = (USER_COLLECTION_ID_MIN + ordinal) as CollectionId;
    return /^(0|[1-9]\d{0,17})$/.test(ref.id) ? { scope, collection, id: BigInt(ref.id) } : undefined;
  },
  refOf({ collection, id }) {
    if (collection === NATIVE_COLLECTION_IDS.indexes) return schemaRef('indexes', 'by_name');
    if (collection === NATIVE_COLLECTION_IDS.collections)
      return collectionRef(COLLECTION_NAMES[Number(id)] ?? 'gone');
    return new Ref(
      String(id),
      collectionRef(COLLECTION_NAMES[collection - USER_COLLECTION_ID_MIN] ?? 'gone'),
    );
  },
};

const index = schemaRef('indexes', 'by_name');
const body: Expression = { kind: 'variable', position: ['expr'], name: 'x' };
const lambda = fc
  .constantFrom('x', 'x1')
  .map((name) => new Lambda({ pattern: name, body: { ...body, kind: 'variable', name } }));

export const someString: fc.Arbitrary<string> = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom(...Array.from('aAbBeEéÉßæıйиЙ1- _.\u0000\u0001\u0301\u0323\u0327ﬁ·lΩω世'), '😀'),
    maxLength: 8,
  }),
  fc.string({ minLength: 60, maxLength: 70 }),
);
export const someInteger: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: -300n, max: 300n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc
    .tuple(fc.integer({ min: 7, max: 63 }), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(([bits, more, isNegative]) => {
      const value = 2n ** BigInt(bits) + BigInt(more);
      return BigInt.asIntN(64, isNegative ? -value : value);
    }),
);
export const someDouble: fc.Arbitrary<number> = fc.oneof(fc.double(), someInteger.map(Number));
export const someRef: fc.Arbitrary<Ref> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...COLLECTION_NAMES, 'missing'), fc.oneof(fc.nat(20), fc.constant(2 ** 50)))
    .map(([name, id]) => new Ref(String(id), collectionRef(name))),
  fc.constantFrom(...COLLECTION_NAMES, 'missing').map((name) => collectionRef(name)),
  fc.constantFrom(new Ref('collections'), new Ref('keys'), index),
  fc.constant(new Ref('widgets', new Ref('collections'), schemaRef('databases', 'child'))),
);
const match = fc
  .option(fc.oneof(someInteger, someString), { nil: undefined })
  .map((terms) => new SetRef({ type: 'match', index, terms }));
const someSet = fc.oneof(
  match,
  someRef.map((collection) => new SetRef({ type: 'documents', collection })),
  someRef.map((ref) => new SetRef({ type: 'singleton', ref })),
  fc.oneof(match, someRef).map((of) => new SetRef({ type: 'events', of })),
  fc
    .tuple(
      fc.constantFrom('union', 'intersection', 'difference'),
      fc.array(match, { minLength: 1, maxLength: 3 }),
    )
    .map(([type, sets]) => new SetRef({ type, sets })),
  fc.tuple(fc.constantFrom('distinct', 'reverse'), match).map(([type, set]) => new SetRef({ type, set })),
  fc
    .tuple(match, fc.oneof(lambda, someRef))
    .map(([source, other]) => new SetRef({ type: 'join', source, with: other })),
  fc
    .tuple(match, someInteger, someInteger)
    .map(([set, from, to]) => new SetRef({ type: 'range', set, from, to })),
  fc.tuple(lambda, match).map(([filter, set]) => new SetRef({ type: 'filter', filter, set })),
);

/** Whatever can be stored: everything but documents and pages, which become objects. */
export const someStoredValue: fc.Arbitrary<Value> = valueOf([]);
export const someValue: fc.Arbitrary<Value> = valueOf([
  fc
    .tuple(someRef, fc.nat(), fc.array(fc.tuple(someString, someInteger), { maxLength: 2 }))
    .map(([ref, ts, fields]) => new DocumentValue(ref, ts, new Map(fields))),
  fc
    .tuple(fc.array(someInteger, { maxLength: 2 }), fc.option(someInteger, { nil: undefined }))
    .map(([data, after]) => new PageValue(data, { after })),
]);

function valueOf(more: readonly fc.Arbitrary<Value>[]): fc.Arbitrary<Value> {
  return fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Value>(null, false, true),
      someInteger,
      someDouble,
      someString,
      fc.uint8Array({ maxLength: 5 }).map((bytes) => new Uint8Array(bytes)),
      fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map((nanoseconds) => new Time(nanoseconds)),
      fc.integer({ min: -365_000_000_000, max: 365_000_000_000 }).map((day) => new FqlDate(day)),
      fc.uuid().map((text) => new Uuid(text)),
      someRef,
      someSet,
      lambda,
      ...more,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(someString, tie('value')), { maxLength: 3 }).map((fields) => new Map(fields)),
    ),
  })).value;
}
