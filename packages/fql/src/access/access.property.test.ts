/** What roles allow, against a plain table. */

import fc from 'fast-check';
import { type ExprArg, query as q } from 'faunadb';
import { beforeAll, describe, expect, test } from 'vitest';
import { Context } from '../evaluate/evaluation-context.ts';
import { MeteredStore } from '../evaluate/metered-store.ts';
import { Session } from '../evaluate/session.ts';
import type { CollectionId, DocumentKey } from '../store/document-store.ts';
import { newDatabase, ROOT, type TestDatabase } from '../testing/mod.ts';
import { Ref } from '../values/ref.ts';
import { DocumentValue, type ObjectValue, type Value } from '../values/value.ts';
import { type AccessRequest, isAllowed, readsUnrestricted } from './access.ts';
import { authenticate } from './authenticate.ts';
import type { Authentication, GrantedRole } from './authentication.ts';
import { ROLE_ACTIONS } from './role-actions.ts';

type Action = keyof typeof ROLE_ACTIONS;
const ACTIONS = Object.keys(ROLE_ACTIONS) as Action[];

/** By request: the ways to be allowed, each a list of actions that are all needed. */
const WAYS: Readonly<Record<string, readonly (readonly Action[])[]>> = {
  read: [['read']],
  history_read: [['history_read']],
  create: [['create']],
  createWithId: [['create_with_id'], ['create', 'history_write']],
  write: [['write']],
  delete: [['delete']],
  history_write: [['history_write']],
  list: [['read'], ['unrestricted_read']],
  match: [['read'], ['unrestricted_read']],
  call: [['call']],
};

const fields: ObjectValue = new Map([['data', new Map<string, Value>([['n', 1n]])]]);
const later: ObjectValue = new Map([['data', new Map<string, Value>([['n', 2n]])]]);

let database: TestDatabase;
let document: DocumentKey;
let requests: Readonly<Record<string, AccessRequest>>;

const made = new Map<string, string>();

beforeAll(() => {
  database = newDatabase();
  database.value(q.CreateCollection({ name: 'c' }));
  database.value(q.CreateCollection({ name: 'other' }));
  database.value(q.CreateIndex({ name: 'i', source: q.Collection('c'), terms: [{ field: ['data', 'n'] }] }));
  database.value(q.CreateFunction({ name: 'f', body: q.Query(q.Lambda('x', q.Var('x'))) }));
  database.value(
    q.Create(q.Ref(q.Collection('c'), '1'), { data: { n: 1 }, credentials: { password: 'pw' } }),
  );
  const collection = contextOf(['admin']).schema.collection('c')?.id ?? (0 as CollectionId);
  document = { scope: ROOT.scope, collection, id: 1n };
  const ref = new Ref('1', new Ref('c', new Ref('collections')));
  requests = {
    read: { action: 'read', document },
    history_read: { action: 'history_read', document },
    create: { action: 'create', document, params: fields, withId: false },
    createWithId: { action: 'create', document, params: fields, withId: true },
    write: { action: 'write', document, before: new DocumentValue(ref, 1, fields), after: later },
    delete: { action: 'delete', document },
    history_write: { action: 'history_write', document, ts: 5, version: 'update', params: fields },
    list: { action: 'list', collection },
    match: { action: 'match', index: 'i', terms: [1n] },
    call: { action: 'call', function: 'f', argument: 7n },
  };
});

function contextOf(roles: readonly GrantedRole[], more: Partial<Authentication> = {}): Context {
  const session = new Session({
    store: new MeteredStore(database.store),
    mayWrite: false,
    host: database.host,
    options: { strictTemporal: false, stepsMax: 100_000 },
    random: { bytes: (count) => new Uint8Array(count) },
    now: database.now,
  });
  return new Context(session, { ...ROOT, roles, ...more });
}

/** One role for each content, so that runs share them. */
function roleOf(body: object): string {
  const text = JSON.stringify(body);
  const name = made.get(text) ?? `role${made.size}`;
  if (!made.has(text)) {
    database.value(q.CreateRole({ name, ...body }));
    made.set(text, name);
  }
  return name;
}

function resourceOf(request: string): unknown {
  if (request === 'match') return q.Index('i');
  return request === 'call' ? q.Function('f') : q.Collection('c');
}

const YES = q.Query(q.Lambda('_', true));
const NOES = [
  false,
  q.Query(q.Lambda('_', false)),
  q.Query(q.Lambda('_', 1)),
  q.Query(q.Lambda('_', q.Divide(1, 0))),
  q.Query(q.Lambda('_', q.Create(q.Collection('other'), {}))),
  q.Query(q.Lambda('_', q.Do(q.Get(q.Ref(q.Collection('other'), 9)), true))),
];

test('a role allows exactly what its actions say, whether plainly or by predicate; roles add up', () => {
  const policy = fc.constantFrom<unknown>(true, YES, ...NOES);
  const actions = fc.uniqueArray(fc.tuple(fc.constantFrom(...ACTIONS), policy), {
    maxLength: 3,
    selector: ([action]) => action,
  });
  const privilege = fc.record({ on: fc.constantFrom('it', 'other'), actions });
  const roles = fc.array(fc.array(privilege, { maxLength: 2 }), { maxLength: 2 });
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(WAYS)), roles, (name, roles) => {
      const names = roles.map((privileges) =>
        roleOf({
          privileges: privileges.map(({ on, actions }) => ({
            resource: on === 'it' ? resourceOf(name) : q.Collection('other'),
            actions: Object.fromEntries(actions),
          })),
        }),
      );
      const allows = (action: Action): boolean[] =>
        roles.map((privileges) =>
          privileges.some(
            ({ on, actions }) =>
              on === 'it' &&
              actions.some(([given, policy]) => {
                // Listing a collection takes any word on reading: documents are asked about one by one.
                if (name === 'list' && action === 'read' && policy !== false) return given === action;
                return given === action && (policy === true || policy === YES);
              }),
          ),
        );
      const ways = WAYS[name] ?? [];
      const expected = roles.some((_role, at) =>
        ways.some((way) => way.every((action) => allows(action)[at])),
      );
      const context = contextOf(names.map((role) => ({ role })));
      const request = requests[name];
      if (request === undefined) throw new Error(name);
      expect(isAllowed(context, request)).toBe(expected);
      if (request.action === 'match' || request.action === 'list') {
        expect(readsUnrestricted(context, request)).toBe(allows('unrestricted_read').includes(true));
      }
    }),
    { numRuns: 300 },
  );
});

describe('a predicate is told', () => {
  const ref = q.Ref(q.Collection('c'), '1');
  const [n, old] = [{ data: { n: 2 } }, { data: { n: 1 } }];
  const same = (a: ExprArg, b: ExprArg): ExprArg => q.Equals(a, b);
  const cases: readonly (readonly [string, Action, ExprArg])[] = [
    ['read', 'read', q.Lambda('ref', same(q.Var('ref'), ref))],
    ['history_read', 'history_read', q.Lambda(['ref'], same(q.Var('ref'), ref))],
    ['delete', 'delete', q.Lambda('ref', same(q.Var('ref'), ref))],
    ['create', 'create', q.Lambda('new', same(q.Var('new'), old))],
    [
      'createWithId',
      'create_with_id',
      q.Lambda(['new', 'ref'], same([q.Var('new'), q.Var('ref')], [old, ref])),
    ],
    ['createWithId', 'create_with_id', q.Lambda('new', same(q.Var('new'), old))],
    ['write', 'write', q.Lambda(['old', 'new'], same([q.Var('old'), q.Var('new')], [old, n]))],
    [
      'write',
      'write',
      q.Lambda(['old', 'new', 'ref'], same([q.Var('old'), q.Var('new'), q.Var('ref')], [old, n, ref])),
    ],
    [
      'history_write',
      'history_write',
      q.Lambda(
        ['ref', 'ts', 'action', 'data'],
        same(
          [q.Var('ref'), q.Var('ts'), q.Var('action'), q.Var('data')],
          [ref, q.Time('1970-01-01T00:00:00.000005Z'), 'update', old],
        ),
      ),
    ],
    ['match', 'read', q.Lambda('terms', same(q.Var('terms'), [1]))],
    ['match', 'read', q.Lambda(['term'], same(q.Var('term'), 1))],
    ['match', 'unrestricted_read', q.Lambda('terms', same(q.Var('terms'), [1]))],
    ['call', 'call', q.Lambda('x', same(q.Var('x'), 7))],
  ];
  test.each(cases)('for %s (%s) what it is about', (name, action, lambda) => {
    const role = roleOf({
      privileges: { resource: resourceOf(name), actions: { [action]: q.Query(lambda) } },
    });
    const request = requests[name];
    if (request === undefined) throw new Error(name);
    expect(isAllowed(contextOf([{ role }]), request)).toBe(true);
    const lie = roleOf({
      privileges: { resource: resourceOf(name), actions: { [action]: q.Query(q.Lambda('_', same(1, 2))) } },
    });
    expect(isAllowed(contextOf([{ role: lie }]), request)).toBe(false);
  });

  test('who asks, and may look at what the one who asks may not', () => {
    const token = String(
      database.value(q.Login(q.Ref(q.Collection('c'), '1'), { password: 'pw' }))['secret'],
    );
    const authentication = authenticate(database.store, token, database.host);
    const knows = q.And(
      q.Equals(q.CurrentIdentity(), ref),
      q.Equals(q.Select(['data', 'n'], q.Get(ref)), 1),
      q.Equals(q.Call('f', 1), 1),
      q.Equals(q.Count(q.Match(q.Index('i'), 1)), 1),
    );
    const role = roleOf({
      privileges: { resource: q.Collection('c'), actions: { delete: q.Query(q.Lambda('_', knows)) } },
    });
    const { delete: remove = requests['read'], call = requests['read'] } = requests;
    const context = contextOf([{ role }], { principal: authentication?.principal ?? ROOT.principal });
    if (remove === undefined || call === undefined) throw new Error('made before all tests');
    expect(isAllowed(context, remove)).toBe(true);
    expect(isAllowed(context, call)).toBe(false);
  });

  test('nothing of the past: rights are those of today', () => {
    const role = roleOf({
      privileges: {
        resource: q.Collection('c'),
        actions: { read: q.Query(q.Lambda('ref', q.Exists(q.Var('ref')))) },
      },
    });
    const { read } = requests;
    if (read === undefined) throw new Error('made before all tests');
    expect(isAllowed(contextOf([{ role }]).withTime(1), read)).toBe(true);
  });
});

test('writing in a database below, and what no role speaks of, is allowed to nobody but its own', () => {
  const below = { ...document, scope: 77 as DocumentKey['scope'] };
  const everything = roleOf({
    privileges: {
      resource: q.Collection('c'),
      actions: Object.fromEntries(ACTIONS.map((action) => [action, true])),
    },
  });
  for (const role of ['admin', 'server', { role: everything }, 'client'] as const) {
    expect(isAllowed(contextOf([role]), { action: 'delete', document: below })).toBe(false);
  }
  expect(isAllowed(contextOf(['server']), { action: 'read', document: below })).toBe(true);
  expect(isAllowed(contextOf([{ role: everything }]), { action: 'read', document: below })).toBe(false);
  expect(isAllowed(contextOf([{ role: 'no such role' }]), { action: 'read', document })).toBe(false);
  expect(isAllowed(contextOf([]), { action: 'read', document })).toBe(false);
});
