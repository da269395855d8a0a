/**
 * Documents, their histories and their index entries against a model in plain JavaScript: lists of versions, merged as the language says, and
 * entries computed from each version anew. After every request the store holds exactly what the model says, at every moment of the past too.
 */
import fc from 'fast-check';
import { type Expr, query as q } from 'faunadb';
import { expect, test } from 'vitest';
import { decodeArray } from '../codec/value-codec.ts';
import { addJob, firstJob } from '../jobs/job-rows.ts';
import { runStep } from '../jobs/steps.ts';
import { renderValue } from '../json/render.ts';
import { decodeFields } from '../schema/document-fields.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { storedNames } from '../schema/stored-names.ts';
import { termsBytes } from '../sets/index-entry.ts';
import type { DocumentWriter, ScopeId } from '../store/document-store.ts';
import { newDatabase, type TestDatabase } from '../testing/run-fql.ts';
import type { Value } from '../values/value.ts';

const ROOT = 0 as ScopeId;
const IDS = [1, 2, 3] as const;

type Plain = null | string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };
type Fields = { readonly [key: string]: Plain };

interface Version {
  readonly ts: number;
  readonly action: 'create' | 'update' | 'delete';
  readonly data: Fields | undefined;
}

interface IndexDefinition {
  readonly name: string;
  readonly terms: readonly Field[];
  readonly values: readonly Field[];
  readonly unique?: true;
  readonly binding?: true;
}

interface Field {
  readonly path: readonly string[];
  readonly reverse?: true;
  readonly casefold?: true;
  readonly single?: true;
}

const a: Field = { path: ['data', 'a'] };
const b: Field = { path: ['data', 'b'] };

const INDEXES: readonly IndexDefinition[] = [
  { name: 'by_a', terms: [a], values: [] },
  { name: 'all', terms: [], values: [] },
  { name: 'sorted', terms: [], values: [{ ...b, reverse: true }, { path: ['ts'] }] },
  { name: 'both', terms: [a, b], values: [{ path: ['data', 't', 'n'] }, a] },
  { name: 'single', terms: [{ path: ['data', 't', 'n'] }], values: [{ ...a, single: true }] },
  { name: 'folded', terms: [{ ...a, casefold: true }], values: [b] },
  { name: 'bound', terms: [{ path: ['data', 'a'] }], values: [], binding: true },
  { name: 'unique', terms: [{ path: ['data', 'u'] }], values: [b], unique: true },
];

const scalar: fc.Arbitrary<Plain> = fc.constantFrom<Plain>(null, 0, 1, 1.5, 'x', 'X', true);
const fieldValue: fc.Arbitrary<Plain> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.constantFrom<Plain>([[1, [2]], 'x'], { o: 1 }, [{ o: 1 }, 2], []),
);
/** Mostly one of few, so that entries come back after they were gone. */
const data: fc.Arbitrary<Fields> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fields>({}, { a: 1 }, { a: 1, b: 'x' }, { a: [1, 'x'], u: 1 }, { u: 1 }),
  },
  fc.record(
    {
      a: fieldValue,
      b: fieldValue,
      u: fc.constantFrom<Plain>(null, 1, 2),
      t: fc.array(fc.record({ n: fieldValue }, { requiredKeys: [] }), { maxLength: 2 }),
    },
    { requiredKeys: [] },
  ),
);

type Operation =
  /** `put`: created or replaced. */
  | { readonly kind: 'create' | 'update' | 'replace' | 'put'; readonly id: number; readonly data: Fields }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'insert'; readonly id: number; readonly back: number; readonly data: Fields | undefined }
  | { readonly kind: 'remove'; readonly id: number; readonly nth: number };

const id = fc.constantFrom(...IDS);
const writing: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    kind: fc.constantFrom<'create' | 'update' | 'replace' | 'put'>(
      'create',
      'update',
      'put',
      'put',
      'replace',
    ),
    id,
    data,
  }),
  fc.record({ kind: fc.constant('insert' as const), id, back: fc.nat({ max: 8 }), data }),
);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: writing },
  fc.record({ kind: fc.constant('delete' as const), id }),
  fc.record({
    kind: fc.constant('insert' as const),
    id,
    back: fc.nat({ max: 8 }),
    data: fc.constant(undefined),
  }),
  fc.record({ kind: fc.constant('remove' as const), id, nth: fc.nat({ max: 5 }) }),
);

type Request =
  | { readonly kind: 'transaction'; readonly operations: readonly Operation[]; readonly aborts: boolean }
  | { readonly kind: 'index'; readonly nth: number }
  | { readonly kind: 'dropIndex'; readonly nth: number }
  | { readonly kind: 'rename' };

const transaction = (operations: fc.Arbitrary<Operation>): fc.Arbitrary<Request> =>
  fc.record({
    kind: fc.constant('transaction' as const),
    operations: fc.array(operations, { minLength: 1, maxLength: 4 }),
    aborts: fc.boolean(),
  });
const request: fc.Arbitrary<Request> = fc.oneof(
  { weight: 6, arbitrary: transaction(operation).map((given) => ({ ...given, aborts: false })) },
  transaction(operation).map((given) => ({ ...given, aborts: true })),
  fc.record({ kind: fc.constant('index' as const), nth: fc.nat({ max: INDEXES.length - 1 }) }),
  fc.record({ kind: fc.constant('dropIndex' as const), nth: fc.nat({ max: INDEXES.length - 1 }) }),
  fc.constant({ kind: 'rename' as const }),
);

test('the store holds what a plain list of versions says, now and at any past time', () => {
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 1, maxLength: 12 }),
      fc.nat({ max: 255 }),
      (requests, made) => {
        const world = new World();
        for (const nth of INDEXES.keys()) if ((made >> nth) % 2 === 1) world.run({ kind: 'index', nth });
        for (const one of requests) {
          world.run(one);
          world.check();
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('an index that is built while others write ends up like one that was there from the beginning', () => {
  fc.assert(
    fc.property(
      fc.array(transaction(operation), { maxLength: 6 }),
      fc.array(transaction(writing), { maxLength: 6 }),
      fc.integer({ min: 1, max: 3 }),
      (before, during, limit) => {
        const world = new World();
        for (const nth of INDEXES.keys())
          if (INDEXES[nth]?.unique !== true) world.run({ kind: 'index', nth });
        for (const one of before) world.run({ ...one, aborts: false } as Request);
        // A build does not find documents that are deleted.
        for (const one of IDS) {
          world.run({
            kind: 'transaction',
            operations: [{ kind: 'create', id: one, data: { a: 1 } }],
            aborts: false,
          });
        }
        world.emptyIndexes();
        for (const one of during) {
          world.run({ ...one, aborts: false } as Request);
          world.step(limit);
        }
        while (firstJob(world.database.store) !== undefined) world.step(limit);
        world.check();
      },
    ),
    { numRuns: 60 },
  );
});

class World {
  readonly database: TestDatabase = newDatabase();
  readonly #histories = new Map<number, readonly Version[]>(IDS.map((one) => [one, []]));
  readonly #indexes = new Map<string, IndexDefinition>();
  #collection = 'things';

  constructor() {
    this.database.value(q.CreateCollection({ name: this.#collection }));
  }

  get #store(): DocumentWriter {
    return this.database.store;
  }

  run(given: Request): void {
    // The harness' clock, one transaction ahead.
    const now = this.database.now + 10_000;
    const rows = this.#rows();
    switch (given.kind) {
      case 'transaction': {
        const saved = new Map(this.#histories);
        const expressions = given.operations.map((one) => this.#expression(one, now));
        let code: string | undefined;
        for (const one of given.operations) {
          code ??= this.#apply(one, now);
          if (code !== undefined) break;
        }
        if (given.aborts) code ??= 'transaction aborted';
        const { json, wrote } = this.database.query(
          q.Do(...expressions, ...(given.aborts ? [q.Abort('no')] : [])),
        );
        expect((json['errors'] as { code: string }[] | undefined)?.[0]?.code).toBe(code);
        if (code !== undefined) {
          for (const [key, versions] of saved) this.#histories.set(key, versions);
          expect(wrote).toBe(false);
          expect(this.#rows()).toEqual(rows);
        }
        break;
      }
      case 'index': {
        const definition = INDEXES[given.nth];
        if (definition === undefined || this.#indexes.has(definition.name)) return;
        // A new index does not know documents that are deleted.
        if ([...this.#histories.values()].some((versions) => versions.at(-1)?.action === 'delete')) return;
        const { status } = this.database.query(this.#createIndex(definition));
        const isRepeated = definition.unique === true && this.#breaksUnique(definition);
        expect(status).toBe(isRepeated ? 400 : 201);
        if (!isRepeated) this.#indexes.set(definition.name, definition);
        break;
      }
      case 'dropIndex': {
        const definition = INDEXES[given.nth];
        if (definition === undefined || !this.#indexes.delete(definition.name)) return;
        this.database.value(q.Delete(q.Index(definition.name)));
        break;
      }
      case 'rename': {
        const name = this.#collection === 'things' ? 'stuff' : 'things';
        this.database.value(q.Update(q.Collection(this.#collection), { name }));
        this.#collection = name;
      }
    }
  }

  step(limit: number): void {
    this.database.advance(10_000);
    runStep(this.#store, this.database.now, limit);
  }

  emptyIndexes(): void {
    this.database.advance(10_000);
    const schema = schemaFor(this.#store, ROOT);
    this.#store.transact(this.database.now, () => {
      for (const name of this.#indexes.keys()) {
        const number = schema.index(name)!.id;
        this.#store.dropIndex(ROOT, number, Number.MAX_SAFE_INTEGER);
        addJob(this.#store, { kind: 'buildIndex', scope: ROOT, number });
      }
    });
  }

  check(): void {
    const schema = schemaFor(this.#store, ROOT);
    const names = storedNames(schema);
    const collection = schema.collection(this.#collection)!.id;
    for (const [one, versions] of this.#histories) {
      const stored = [...this.#store.versions({ scope: ROOT, collection, id: BigInt(one) })].map(
        (version) => ({
          ts: version.ts,
          action: version.action,
          data:
            version.action === 'delete' ? undefined : plain(decodeFields(version.body, names).get('data')),
        }),
      );
      expect(stored).toEqual(versions);
    }
    for (const definition of this.#indexes.values()) {
      const index = schema.index(definition.name)!;
      expect(index.active).toBe(true);
      const wanted = this.#spans(definition);
      const found: Span[] = [];
      for (const terms of new Set(wanted.map((span) => span.terms))) {
        const set = {
          scope: ROOT,
          index: index.id,
          terms: termsBytes(JSON.parse(terms, revive) as Value[], names),
        };
        const read = (entry: {
          readonly body: Uint8Array;
          readonly id: bigint;
        }): Pick<Span, 'terms' | 'values' | 'id'> => ({
          terms,
          values: renderValue(decodeArray(entry.body, names)),
          id: Number(entry.id),
        });
        for (const span of this.#store.entrySpans(set))
          found.push({ ...read(span), from: span.from, to: span.to });
        for (const at of this.#moments()) {
          const current = [...this.#store.entries(set, { at })].map(read).map(key).toSorted();
          const expected = wanted
            .filter((span) => span.terms === terms && isAt(span, at))
            .map(({ values, id: one }) => key({ terms, values, id: one }))
            .toSorted();
          expect(current).toEqual(expected);
        }
      }
      expect(found.map(key).toSorted()).toEqual(wanted.map(key).toSorted());
      expect(this.#spanCount(index.id)).toBe(wanted.length);
    }
  }

  #expression(one: Operation, now: number): Expr {
    const ref = q.Ref(q.Collection(this.#collection), String(one.id));
    switch (one.kind) {
      case 'create':
        return q.Create(ref, { data: one.data });
      case 'update':
        return q.Update(ref, { data: one.data });
      case 'replace':
        return q.Replace(ref, { data: one.data });
      case 'put':
        return q.If(q.Exists(ref), q.Replace(ref, { data: one.data }), q.Create(ref, { data: one.data }));
      case 'delete':
        return q.Delete(ref);
      case 'insert':
        return one.data === undefined
          ? q.Insert(ref, momentOf(one, now), 'delete', {})
          : q.Insert(ref, momentOf(one, now), 'create', { data: one.data });
      case 'remove': {
        const version = this.#nth(one);
        return q.Remove(ref, version?.ts ?? 1, version?.action === 'delete' ? 'delete' : 'update');
      }
    }
  }

  /** The error's code, or undefined and the model changed. */
  #apply(one: Operation, now: number): string | undefined {
    const versions = this.#histories.get(one.id) ?? [];
    const last = versions.at(-1);
    const current = last?.data;
    const put = (ts: number, fields: Fields | undefined): string | undefined =>
      this.#set(one.id, [
        ...versions.filter((version) => version.ts < ts),
        { ts, action: fields === undefined ? 'delete' : 'update', data: fields },
        ...versions.filter((version) => version.ts > ts),
      ]);
    switch (one.kind) {
      case 'create':
        return current === undefined ? put(now, merge({}, one.data)) : 'instance already exists';
      case 'update':
        return current === undefined ? 'instance not found' : put(now, merge(current, one.data));
      case 'replace':
        return current === undefined ? 'instance not found' : put(now, merge({}, one.data));
      case 'put':
        return put(now, merge({}, one.data));
      case 'delete':
        return current === undefined ? 'instance not found' : put(now, undefined);
      case 'insert':
        return put(momentOf(one, now), one.data === undefined ? undefined : merge({}, one.data));
      case 'remove': {
        const version = this.#nthAtStart.get(one);
        const kind = version?.data === undefined;
        return this.#set(
          one.id,
          versions.filter((other) => other.ts !== version?.ts || (other.data === undefined) !== kind),
        );
      }
    }
  }

  readonly #nthAtStart = new Map<Operation, Version | undefined>();

  #nth(one: Operation & { readonly kind: 'remove' }): Version | undefined {
    const versions = this.#histories.get(one.id) ?? [];
    const version = versions[one.nth % Math.max(versions.length, 1)];
    this.#nthAtStart.set(one, version);
    return version;
  }

  #set(one: number, versions: readonly Version[]): string | undefined {
    this.#histories.set(
      one,
      versions.map((version, at) => {
        const before = versions[at - 1];
        const action =
          version.data === undefined ? 'delete' : before?.data === undefined ? 'create' : 'update';
        return { ...version, action };
      }),
    );
    const broken = [...this.#indexes.values()].some(
      (definition) => definition.unique === true && this.#breaksUnique(definition),
    );
    return broken ? 'instance not unique' : undefined;
  }

  #breaksUnique(definition: IndexDefinition): boolean {
    const current = this.#spans(definition).filter(({ to }) => to === undefined);
    const distinct = new Set(current.map(({ terms, values }) => `${terms} ${values}`));
    return distinct.size < current.length;
  }

  #spans(definition: IndexDefinition): Span[] {
    const spans: Span[] = [];
    for (const [one, versions] of this.#histories) {
      let open: Span[] = [];
      for (const version of versions) {
        const tuples =
          version.data === undefined ? [] : tuplesOf(definition, { data: version.data, ts: version.ts });
        const next: Span[] = [];
        for (const tuple of tuples) {
          const running = open.find((span) => span.terms === tuple.terms && span.values === tuple.values);
          next.push(running ?? { ...tuple, id: one, from: version.ts, to: undefined });
        }
        for (const span of open) if (!next.includes(span)) spans.push({ ...span, to: version.ts });
        open = next;
      }
      spans.push(...open);
    }
    return spans;
  }

  #moments(): readonly number[] {
    const times = [...this.#histories.values()].flat().map(({ ts }) => ts);
    return [...new Set(times.flatMap((ts) => [ts - 1, ts]))];
  }

  #spanCount(index: Parameters<DocumentWriter['dropIndex']>[1]): number {
    let count = 0;
    const undone = new Error('undone');
    try {
      this.#store.transact(this.database.now + 1, () => {
        count = this.#store.dropIndex(ROOT, index, Number.MAX_SAFE_INTEGER);
        throw undone;
      });
    } catch (error) {
      if (error !== undone) throw error;
    }
    return count;
  }

  #rows(): unknown {
    return [...this.#store.rows(ROOT)].map(({ key: row, value }) => [row.join(), value.join()]);
  }

  #createIndex({ name, terms, values, unique, binding }: IndexDefinition): Expr {
    const field = ({ path, reverse, casefold, single }: Field): Record<string, unknown> => ({
      field: path,
      ...(reverse === true ? { reverse: true } : {}),
      ...(casefold === true ? { transform: 'casefold' } : {}),
      ...(single === true ? { mva: false } : {}),
    });
    const source = q.Collection(this.#collection);
    const select = q.Query(q.Lambda('document', q.Select(['data', 'a'], q.Var('document'), null)));
    return q.CreateIndex({
      name,
      source: binding === true ? { collection: source, fields: { a: select } } : source,
      terms: binding === true ? [{ binding: 'a' }] : terms.map(field),
      values: values.map(field),
      ...(unique === true ? { unique: true } : {}),
    });
  }
}

interface Span {
  readonly terms: string;
  readonly values: string;
  readonly id: number;
  readonly from: number;
  readonly to: number | undefined;
}

const key = (span: object): string => JSON.stringify(span);

function isAt(span: Span, at: number): boolean {
  return span.from <= at && at < (span.to ?? Number.POSITIVE_INFINITY);
}

/** Half a step before some earlier transaction, or at its time. */
function momentOf({ back }: { readonly back: number }, now: number): number {
  return now - back * 5_000;
}

function merge(before: Fields, change: Fields): Fields {
  const merged: Record<string, Plain> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const old = merged[name];
    if (value === null) delete merged[name];
    else if (isRecord(value)) merged[name] = merge(old !== undefined && isRecord(old) ? old : {}, value);
    else merged[name] = Array.isArray(value) ? value.map(withoutNulls) : value;
  }
  return merged;
}

function withoutNulls(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(withoutNulls);
  return isRecord(value) ? merge({}, value) : value;
}

function isRecord(value: Plain): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tuplesOf(
  { terms, values, binding }: IndexDefinition,
  document: Fields,
): readonly { readonly terms: string; readonly values: string }[] {
  const products = (fields: readonly Field[]): readonly (readonly Plain[])[] => {
    let all: readonly (readonly Plain[])[] = [[]];
    for (const field of fields) {
      const found = binding === true ? boundValues(document) : valuesOf(document, field);
      all = all.flatMap((head) => found.map((value) => [...head, value]));
    }
    return all.filter((tuple) => tuple.length === 0 || tuple.some((value) => value !== null));
  };
  const tuples = products(terms).flatMap((term) =>
    products(values).map((value) => ({ terms: text(term), values: text(value) })),
  );
  return [...new Map(tuples.map((tuple) => [key(tuple), tuple])).values()];
}

/** The document's `a`, as a lambda gives it: arrays of scalars only. */
function boundValues(document: Fields): readonly Plain[] {
  const value = (document['data'] as Fields)['a'];
  const items = value === undefined || isRecord(value) ? [] : Array.isArray(value) ? value : [value];
  const found = items.map((item: Plain) => (typeof item === 'object' ? null : item));
  return found.length === 0 ? [null] : found;
}

function valuesOf(document: Fields, { path, casefold, single }: Field): readonly Plain[] {
  if (single === true) {
    const value = (document['data'] as Fields)[path[1] ?? ''];
    return [value === undefined || isRecord(value) ? null : value];
  }
  let found: readonly Plain[] = [document];
  for (const step of path) {
    found = found
      .flatMap((value) => (Array.isArray(value) ? (value as Plain[]) : [value]))
      .flatMap((value) => (isRecord(value) && value[step] !== undefined ? [value[step]] : []));
  }
  const scalars = found
    .flatMap((value) => (Array.isArray(value) ? (value as Plain[]).flat(9) : [value]))
    .map((value) => (typeof value === 'object' ? null : (value as Plain)));
  if (scalars.length === 0) return [null];
  if (casefold !== true) return scalars;
  return scalars.every((value) => typeof value === 'string')
    ? scalars.map((value) => (value as string).toLowerCase())
    : [null];
}

/** As rendered: the only fractions here are real ones. */
function text(values: readonly Plain[]): string {
  return JSON.stringify(values);
}

function revive(_key: string, value: unknown): unknown {
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;
}

function plain(value: Value | undefined): Fields {
  return value === undefined ? {} : (JSON.parse(renderValue(value)) as Fields);
}
