/**
 * Streams against plain lists: after every transaction all versions and entries are written down and compared with those before it. Streams are
 * told late, at arbitrary moments, and have to say the same.
 */
import fc from 'fast-check';
import { query as q } from 'faunadb';
import { expect, test } from 'vitest';
import { decodeArray } from '../codec/value-codec.ts';
import { runStep } from '../jobs/steps.ts';
import { renderValue } from '../json/render.ts';
import { decodeFields } from '../schema/document-fields.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { storedNames } from '../schema/stored-names.ts';
import { termsBytes } from '../sets/index-entry.ts';
import type { CollectionId, DocumentKey, ScopeId, StoredVersion } from '../store/document-store.ts';
import { newDatabase, type TestDatabase } from '../testing/mod.ts';
import { streamsOf, type TestStream } from '../testing/run-streams.ts';
import { DocumentValue, type ObjectValue, type Value } from '../values/value.ts';
import { differenceOf } from '../writes/merge-fields.ts';

const SCOPE = 0 as ScopeId;
const IDS = [1, 2, 3];
const COLORS = ['red', 'blue'];
const ref = (id: number): ReturnType<typeof q.Ref> => q.Ref(q.Collection('c'), String(id));

type Change =
  | { readonly kind: 'write'; readonly id: number; readonly data: object; readonly ttl: boolean }
  | { readonly kind: 'delete'; readonly id: number }
  /** `back`: how many versions of the document before the last; `offset` µs beside it. */
  | {
      readonly kind: 'insert';
      readonly id: number;
      readonly back: number;
      readonly offset: number;
      readonly action: 'create' | 'delete';
      readonly data: object;
    }
  | { readonly kind: 'remove'; readonly id: number; readonly back: number };
type Step =
  | { readonly kind: 'transaction'; readonly changes: readonly Change[] }
  | { readonly kind: 'open'; readonly subject: number }
  | { readonly kind: 'close'; readonly at: number }
  | { readonly kind: 'tell' }
  | { readonly kind: 'work' };

const id = fc.constantFrom(...IDS);
const data = fc.record(
  {
    color: fc.constantFrom(...COLORS, null, ['red', 'blue']),
    n: fc.constantFrom(1, 2, [1, 2], null),
    inner: fc.constantFrom({ a: 1 }, { a: 2 }, { b: null }),
  },
  { requiredKeys: [] },
);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('write'), id, data, ttl: fc.boolean() } as const),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete'), id } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('insert'),
      id,
      back: fc.nat({ max: 3 }),
      offset: fc.constantFrom(-3, 0, 3),
      action: fc.constantFrom('create', 'create', 'delete'),
      data,
    } as const),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove'), id, back: fc.nat({ max: 3 }) } as const) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .record({
        kind: fc.constant('transaction'),
        changes: fc.array(change, { minLength: 1, maxLength: 4 }),
        isAlike: fc.boolean(),
      } as const)
      .map(({ isAlike, ...transaction }) => (isAlike ? alike(transaction) : transaction)),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('open'), subject: fc.nat({ max: 7 }) } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close'), at: fc.nat({ max: 5 }) } as const) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'tell' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'work' }) },
);

/** All changes are of one document, and of one place in its history. */
function alike(transaction: Extract<Step, { readonly kind: 'transaction' }>): Step {
  const [first] = transaction.changes;
  if (first === undefined) return transaction;
  const place = 'back' in first ? { back: first.back, offset: 0 } : {};
  const changes = transaction.changes.map((each) => ({ ...each, ...place, id: first.id }));
  return { ...transaction, changes };
}

const reached = { version: 0, history_rewrite: 0, set: 0, late: 0 };

test('streams tell what the lists of all versions and entries say', { timeout: 120_000 }, () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 25 }), check), { numRuns: 150 });
  for (const count of Object.values(reached)) expect(count).toBeGreaterThan(5);
});

interface Followed {
  readonly stream: TestStream;
  readonly name: string;
  readonly expected: string[];
  isOpen: boolean;
}

function check(steps: readonly Step[]): void {
  const database = newDatabase();
  database.value(q.CreateCollection({ name: 'c', history_days: 1 }));
  database.value(
    q.CreateIndex({
      name: 'i',
      source: q.Collection('c'),
      terms: [{ field: ['data', 'color'] }],
      values: [{ field: ['data', 'n'] }, { field: ['data', 'inner', 'a'] }],
    }),
  );
  const streams = streamsOf(database);
  const followed: Followed[] = [];
  let before = lookAt(database);
  let waiting = false;
  const note = (): void => {
    const after = lookAt(database);
    if (after.time === before.time) return;
    const events = eventsBetween(before, after);
    for (const each of followed) {
      if (each.isOpen) each.expected.push(...(events.get(each.name) ?? []));
    }
    before = after;
    waiting = true;
  };
  for (const each of steps) {
    switch (each.kind) {
      case 'transaction':
        database.query(q.Do(...each.changes.map((one) => expressionOf(database, one))));
        note();
        break;
      case 'work':
        database.advance(60_000);
        runStep(database.store, database.now);
        note();
        break;
      case 'tell':
        streams.deliver();
        waiting = false;
        break;
      case 'open': {
        const { name, expression } = subjectOf(each.subject);
        const stream = streams.open(expression, { fields: ['action', 'document', 'diff', 'prev', 'index'] });
        if (waiting) reached.late++;
        followed.push({ stream, name, expected: [], isOpen: true });
        break;
      }
      case 'close': {
        const one = followed[each.at];
        if (one === undefined || !one.isOpen) break;
        streams.deliver();
        one.stream.close();
        one.isOpen = false;
        break;
      }
    }
  }
  streams.deliver();
  for (const { stream, expected } of followed) {
    const told = stream.texts.slice(1);
    for (const text of told) reached[(JSON.parse(text) as { type: 'version' }).type]++;
    expect(told).toEqual(expected);
  }
}

function subjectOf(number: number): { readonly name: string; readonly expression: unknown } {
  if (number < 3) return { name: `document ${number + 1}`, expression: ref(number + 1) };
  if (number < 5) {
    const color = COLORS[number - 3] as string;
    return { name: `color ${color}`, expression: q.Match(q.Index('i'), color) };
  }
  return { name: 'all', expression: q.Documents(q.Collection('c')) };
}

function expressionOf(database: TestDatabase, each: Change): ReturnType<typeof q.Do> {
  const target = ref(each.id);
  const times = [...database.store.versions(keyOf(database, each.id))].map(({ ts }) => ts);
  const at = (back: number): number => times.at(-1 - back) ?? database.now - 100 * (back + 1);
  switch (each.kind) {
    case 'write': {
      const params = each.ttl
        ? { data: each.data, ttl: q.TimeAdd(q.Now(), 50, 'milliseconds') }
        : { data: each.data };
      return q.If(q.Exists(target), q.Update(target, params), q.Create(target, params));
    }
    case 'delete':
      return q.If(q.Exists(target), q.Delete(target), null);
    case 'insert':
      return q.Insert(target, (at(each.back) + each.offset) as never, each.action, { data: each.data });
    case 'remove': {
      const version = [...database.store.versions(keyOf(database, each.id))].find(
        ({ ts }) => ts === at(each.back),
      );
      return q.Remove(target, at(each.back) as never, version?.action ?? 'create');
    }
  }
}

function keyOf(database: TestDatabase, of: number): DocumentKey {
  const collection = schemaFor(database.store, SCOPE).collection('c')?.id as CollectionId;
  return { scope: SCOPE, collection, id: BigInt(of) };
}

interface Look {
  readonly time: number;
  readonly database: TestDatabase;
  /** By id. */
  readonly versions: ReadonlyMap<number, readonly StoredVersion[]>;
  /** By color and id: texts of values. */
  readonly entries: ReadonlyMap<string, readonly string[]>;
}

function lookAt(database: TestDatabase): Look {
  const { store } = database;
  const schema = schemaFor(store, SCOPE);
  const index = schema.index('i');
  if (index === undefined) throw new Error('the index is there');
  const entries = new Map<string, string[]>();
  for (const color of COLORS) {
    const set = { scope: SCOPE, index: index.id, terms: termsBytes([color], storedNames(schema)) };
    for (const { id: of, body } of store.entries(set)) {
      const name = `${color} ${of}`;
      const texts = entries.get(name) ?? [];
      entries.set(name, [...texts, renderValue(decodeArray(body, schema))]);
    }
  }
  return {
    time: store.lastTime,
    database,
    versions: new Map(IDS.map((of) => [of, [...store.versions(keyOf(database, of))]])),
    entries,
  };
}

/** Of one transaction, by the name of the subject. */
function eventsBetween(before: Look, after: Look): ReadonlyMap<string, readonly string[]> {
  const { database, time } = after;
  const events = new Map<string, string[]>();
  const tell = (name: string, type: string, fields: readonly string[]): void => {
    const text = `{"type":"${type}","txn":${time},"event":{${fields.join()}}}`;
    events.set(name, [...(events.get(name) ?? []), text]);
  };
  // Documents are told of in the order in which the transaction first wrote them.
  const [changes] = database.store.changes(before.time);
  for (const { id: number } of changes?.documents ?? []) {
    const of = Number(number);
    const [old, next] = [before.versions.get(of) ?? [], after.versions.get(of) ?? []];
    const now = next.at(-1);
    const shown = `"document":${documentText(database, of, now?.ts ?? time)}`;
    const [was, is] = [isLive(old.at(-1)), isLive(now)];
    if (was !== is) tell('all', 'set', [`"action":"${is ? 'add' : 'remove'}"`, shown]);
    for (const color of COLORS) {
      const [had, has] = [
        before.entries.get(`${color} ${of}`) ?? [],
        after.entries.get(`${color} ${of}`) ?? [],
      ];
      const index = (values: string): string =>
        `"index":{"ref":{"@ref":{"id":"i","collection":{"@ref":{"id":"indexes"}}}},"terms":["${color}"],"values":${values}}`;
      for (const values of had.filter((each) => !has.includes(each))) {
        tell(`color ${color}`, 'set', ['"action":"remove"', shown, index(values)]);
      }
      for (const values of has.filter((each) => !had.includes(each))) {
        tell(`color ${color}`, 'set', ['"action":"add"', shown, index(values)]);
      }
    }
    for (const fields of pastEvents(database, of, old, next, time)) {
      tell(`document ${of}`, 'history_rewrite', fields);
    }
    if (now?.ts === time)
      tell(`document ${of}`, 'version', versionFields(database, of, next, next.length - 1));
  }
  return events;
}

function pastEvents(
  database: TestDatabase,
  of: number,
  old: readonly StoredVersion[],
  next: readonly StoredVersion[],
  time: number,
): readonly (readonly string[])[] {
  const place = (versions: readonly StoredVersion[], ts: number): number =>
    versions.findIndex((version) => version.ts === ts);
  const said = (version: StoredVersion | undefined): string =>
    version === undefined ? '' : `${version.ts} ${Buffer.from(version.body).toString('hex')}`;
  const removed = old.filter(({ ts }) => place(next, ts) === -1);
  const past = next.filter(({ ts }) => ts < time);
  const inserted = past.filter((version) => said(old[place(old, version.ts)]) !== said(version));
  const revised = past.filter((version, at) => {
    const same = place(old, version.ts);
    if (inserted.includes(version)) return false;
    return old[same]?.action !== version.action || said(old[same - 1]) !== said(next[at - 1]);
  });
  return [
    ...removed.map(({ ts, action }) => [
      `"action":"${action}"`,
      `"document":${documentText(database, of, ts)}`,
    ]),
    ...[...revised, ...inserted].map(({ ts }) => versionFields(database, of, next, place(next, ts))),
  ];
}

function versionFields(
  database: TestDatabase,
  of: number,
  versions: readonly StoredVersion[],
  at: number,
): readonly string[] {
  const version = versions[at];
  if (version === undefined) throw new Error('the version is there');
  const previous = isLive(versions[at - 1]) ? versions[at - 1] : undefined;
  const { ts, action } = version;
  const bare = documentText(database, of, ts);
  const whole = documentText(database, of, ts, fieldsOf(database, version));
  const prev =
    previous === undefined ? bare : documentText(database, of, previous.ts, fieldsOf(database, previous));
  const isEnd = action === 'delete';
  const difference = (): string =>
    previous === undefined
      ? whole
      : documentText(
          database,
          of,
          ts,
          differenceOf(fieldsOf(database, previous), fieldsOf(database, version)) ?? new Map(),
        );
  return [
    `"action":"${action}"`,
    `"document":${isEnd ? prev : whole}`,
    `"diff":${isEnd ? bare : difference()}`,
    `"prev":${prev}`,
  ];
}

function isLive(version: StoredVersion | undefined): boolean {
  return version !== undefined && version.action !== 'delete';
}

function fieldsOf({ store }: TestDatabase, { action, body }: StoredVersion): ObjectValue {
  return action === 'delete' ? new Map<string, Value>() : decodeFields(body, schemaFor(store, SCOPE));
}

function documentText(
  database: TestDatabase,
  of: number,
  ts: number,
  fields: ObjectValue = new Map<string, Value>(),
): string {
  const document = schemaFor(database.store, SCOPE).refOf(keyOf(database, of));
  return renderValue(new DocumentValue(document, ts, fields));
}
