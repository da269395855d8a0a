/** Arbitrary work for stores: few keys, so that they meet; long ones, so that limits of a store's own keys are crossed. */
import fc from 'fast-check';
import type {
  CollectionId,
  DocumentKey,
  DocumentRange,
  DocumentWriter,
  Entry,
  EntryRange,
  EntrySet,
  IndexId,
  RowRange,
  ScopeId,
} from '../store/document-store.ts';

/** Times go up in small steps from 1; some fall between transactions. */
export const TIME_MAX = 400;

export const SCOPES = [0, 1, 2 ** 32 - 1].map((number) => number as ScopeId);
export const COLLECTIONS = [1, 1024, 2 ** 32 - 1].map((number) => number as CollectionId);
export const IDS = [0n, 1n, 255n, 256n, 2n ** 53n + 1n, 2n ** 63n - 1n];

const scope = fc.constantFrom(...SCOPES);
const collection = fc.constantFrom(...COLLECTIONS);
const id = fc.constantFrom(...IDS);
const PLAIN_INDEX = 1024 as IndexId;
const TERMED_INDEX = 1025 as IndexId;
const index = fc.constantFrom(PLAIN_INDEX, TERMED_INDEX);
const time = fc.integer({ min: 1, max: TIME_MAX });

/** `length` equal bytes, then another one: none of them is a proper prefix of another. */
function run(byte: number, length: number, last: number): Uint8Array {
  const bytes = new Uint8Array(length + 1).fill(byte);
  bytes[length] = last;
  return bytes;
}

/** Lengths about which stores have opinions. */
const runLength = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 1, 2, 3) },
  { weight: 3, arbitrary: fc.integer({ min: 200, max: 2100 }) },
  { weight: 2, arbitrary: fc.constantFrom(300, 1000, 1900, 63_998) },
);
/** None of the bytes that runs are made of: a short run would be a prefix of a longer one. */
const lastByte = fc.constantFrom(1, 7, 10, 254);
const order = fc
  .tuple(fc.constantFrom(9, 9, 9, 0, 255), runLength, lastByte)
  .map(([byte, length, last]) => run(byte, length, last));
const TERMS = [run(8, 0, 0), run(8, 0, 255), run(8, 1500, 1), run(8, 1500, 2), run(8, 60_000, 1)];
const terms = fc.constantFrom(...TERMS);
const set: fc.Arbitrary<EntrySet> = fc.oneof(
  fc.record({ scope, index: fc.constant(PLAIN_INDEX), terms: fc.constant(new Uint8Array(0)) }),
  fc.record({ scope, index: fc.constant(TERMED_INDEX), terms }),
);
const body = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(300, 5000, 70_000).map((length) => run(3, length, 4)) },
);
const entry: fc.Arbitrary<Entry> = fc.record({ order, collection, id, body });
const key: fc.Arbitrary<DocumentKey> = fc.record({ scope, collection, id });
const rowKey = fc.oneof(
  fc.uint8Array({ max: 2, maxLength: 3 }),
  fc.integer({ min: 1, max: 1000 }).map((length) => run(1, length, 2)),
);
const span = fc.record({
  entry,
  from: fc.integer({ min: 0, max: 30 }),
  length: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
});

/** One thing to do inside a transaction of `time`. */
export type Work = (writer: DocumentWriter, time: number) => void;
export interface NamedWork {
  readonly name: string;
  readonly apply: Work;
}

function named<T>(name: string, parts: fc.Arbitrary<T>, apply: (parts: T) => Work): fc.Arbitrary<NamedWork> {
  return parts.map((value) => ({ name: `${name} ${fc.stringify(value)}`, apply: apply(value) }));
}

/** Repeats until it is done, in steps of an arbitrary size. */
function whole(limit: number, step: (limit: number) => number): void {
  for (;;) {
    const done = step(limit);
    if (done > limit) throw new Error(`${done} units of work where ${limit} were allowed`);
    if (done < limit) return;
  }
}

const limit = fc.constantFrom(1, 2, 1000);

export const maintenance: fc.Arbitrary<NamedWork> = fc.oneof(
  named('expireVersions', fc.tuple(scope, collection, time, limit), ([s, c, before, max]) => (writer) => {
    whole(max, (step) => writer.expireVersions(s, c, before, step));
  }),
  named('expireSpans', fc.tuple(scope, index, time, limit), ([s, i, before, max]) => (writer) => {
    whole(max, (step) => writer.expireSpans(s, i, before, step));
  }),
  named('expireChanges', fc.tuple(time, limit), ([before, max]) => (writer) => {
    whole(max, (step) => writer.expireChanges(before, step));
  }),
  named('dropCollection', fc.tuple(scope, collection, limit), ([s, c, max]) => (writer) => {
    whole(max, (step) => writer.dropCollection(s, c, step));
  }),
  named('dropIndex', fc.tuple(scope, index, limit), ([s, i, max]) => (writer) => {
    whole(max, (step) => writer.dropIndex(s, i, step));
  }),
  named('dropScope', fc.tuple(scope, limit), ([s, max]) => (writer) => {
    whole(max, (step) => writer.dropScope(s, step));
  }),
);

const action = fc.constantFrom('create', 'update', 'delete');
const put = named('putVersion', fc.tuple(key, action, body), ([k, a, b]) => (writer, ts) => {
  writer.putVersion(k, { ts, action: a, body: a === 'delete' ? new Uint8Array(0) : b });
});
const add = named('addEntry', fc.tuple(set, entry), ([s, e]) => (writer, ts) => {
  writer.addEntry(s, e, ts);
});
const remove = named('removeEntry', fc.tuple(set, entry), ([s, e]) => (writer, ts) => {
  writer.removeEntry(s, e, ts);
});
/** Removes an entry that is there, when there is one. */
const removeAny = named('removeEntry of', fc.tuple(set, fc.nat()), ([s, nth]) => (writer, ts) => {
  const current = [...writer.entries(s)];
  const chosen = current[nth % current.length];
  if (chosen !== undefined) writer.removeEntry(s, chosen, ts);
});
const rewrite = named(
  'replaceVersions',
  fc.tuple(key, fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 4 }), action, body),
  ([k, ages, a, b]) =>
    (writer, ts) => {
      const times = ages.map((age) => Math.max(0, ts - age)).sort((x, y) => x - y);
      const versions = [...new Set(times)].map((at, nth) => ({
        ts: at,
        action: nth % 2 === 0 ? ('create' as const) : a,
        body: nth % 2 === 1 && a === 'delete' ? new Uint8Array(0) : b,
      }));
      writer.replaceVersions(k, versions);
    },
);
const putSpan = named('putSpan', fc.tuple(set, span), ([s, { entry: e, from, length }]) => (writer, ts) => {
  const begins = Math.max(0, ts - from - 1);
  writer.putSpan(s, {
    ...e,
    from: begins,
    to: length === undefined ? undefined : Math.min(ts, begins + length),
  });
});
const dropSpan = named('dropSpan', fc.tuple(set, fc.nat(), fc.boolean()), ([s, nth, isOff]) => (writer) => {
  const spans = [...writer.entrySpans(s)];
  const chosen = spans[nth % spans.length];
  if (chosen !== undefined) writer.dropSpan(s, isOff ? { ...chosen, from: chosen.from + 1 } : chosen);
});
const putRow = named('putRow', fc.tuple(scope, rowKey, body), ([s, k, v]) => (writer) => {
  writer.putRow(s, k, v);
});
const deleteRow = named('deleteRow', fc.tuple(scope, rowKey), ([s, k]) => (writer) => {
  writer.deleteRow(s, k);
});

export const work: fc.Arbitrary<NamedWork> = fc.oneof(
  { weight: 6, arbitrary: put },
  { weight: 6, arbitrary: add },
  { weight: 2, arbitrary: remove },
  { weight: 4, arbitrary: removeAny },
  { weight: 2, arbitrary: rewrite },
  { weight: 3, arbitrary: putSpan },
  { weight: 2, arbitrary: dropSpan },
  { weight: 3, arbitrary: putRow },
  { weight: 1, arbitrary: deleteRow },
  { weight: 1, arbitrary: maintenance },
);

export type Step =
  | {
      readonly kind: 'transact';
      readonly later: number;
      readonly work: readonly NamedWork[];
      readonly fails: boolean;
    }
  | { readonly kind: 'maintain'; readonly work: NamedWork }
  | { readonly kind: 'snapshot' }
  | { readonly kind: 'reopen' };

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant('transact' as const),
        later: fc.integer({ min: 1, max: 9 }),
        work: fc.array(work, { maxLength: 5 }),
        fails: fc.nat(5).map((chance) => chance === 0),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('maintain' as const), work: maintenance }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('snapshot' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  ),
  { maxLength: 40 },
);

/** A question to a reader; its answer as plain data that compares quickly. */
const at = fc.option(time, { nil: undefined });
const reverse = fc.boolean();
const bound = fc.oneof(
  fc.constant(undefined),
  fc
    .tuple(order, fc.option(collection, { nil: undefined }), fc.option(id, { nil: undefined }))
    .map(([o, c, i]) => {
      const tail = new DataView(new ArrayBuffer(12));
      tail.setUint32(0, c ?? 0);
      tail.setBigUint64(4, i ?? 0n);
      const length = c === undefined ? 0 : i === undefined ? 4 : 12;
      const bytes = new Uint8Array(o.length + length);
      bytes.set(o);
      bytes.set(new Uint8Array(tail.buffer, 0, length), o.length);
      return bytes;
    }),
  fc.uint8Array({ maxLength: 2 }),
);
const idBound = fc.oneof(fc.constant(undefined), id, fc.constant(2n ** 63n));
const rowBound = fc.option(rowKey, { nil: undefined });

export type Question =
  | { readonly kind: 'version'; readonly key: DocumentKey; readonly at: number | undefined }
  | {
      readonly kind: 'versions';
      readonly key: DocumentKey;
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly reverse: boolean;
    }
  | {
      readonly kind: 'documents';
      readonly scope: ScopeId;
      readonly collection: CollectionId;
      readonly range: DocumentRange;
    }
  | { readonly kind: 'entries' | 'entrySpans'; readonly set: EntrySet; readonly range: EntryRange }
  | { readonly kind: 'row'; readonly scope: ScopeId; readonly key: Uint8Array }
  | { readonly kind: 'rows'; readonly scope: ScopeId; readonly range: RowRange }
  | { readonly kind: 'changes'; readonly after: number };

export const question: fc.Arbitrary<Question> = fc.oneof(
  fc.record({ kind: fc.constant('version' as const), key, at }),
  fc.record({ kind: fc.constant('versions' as const), key, from: at, to: at, reverse }),
  fc.record({
    kind: fc.constant('documents' as const),
    scope,
    collection,
    range: fc.record({ from: idBound, to: idBound, reverse, at }),
  }),
  fc.record({
    kind: fc.constantFrom('entries' as const, 'entrySpans' as const),
    set,
    range: fc.record({ from: bound, to: bound, reverse, at }),
  }),
  fc.record({ kind: fc.constant('row' as const), scope, key: rowKey }),
  fc.record({
    kind: fc.constant('rows' as const),
    scope,
    range: fc.record({ from: rowBound, to: rowBound, reverse }),
  }),
  fc.record({ kind: fc.constant('changes' as const), after: fc.nat(TIME_MAX) }),
);

export const SETS: readonly EntrySet[] = SCOPES.flatMap((inScope) => [
  { scope: inScope, index: PLAIN_INDEX, terms: new Uint8Array(0) },
  ...TERMS.map((bytes) => ({ scope: inScope, index: TERMED_INDEX, terms: bytes })),
]);
