/** Roles as documents, memberships, and what members can do. */
import { type ExprArg, query as q } from 'faunadb';
import { beforeEach, describe, expect, test } from 'vitest';
import { newDatabase, type QueryOptions, type TestDatabase } from '../testing/mod.ts';
import { authenticate } from './authenticate.ts';

let database: TestDatabase;
const ann = q.Ref(q.Collection('users'), '1');
const bob = q.Ref(q.Collection('users'), '2');
const note = (id: number): ReturnType<typeof q.Ref> => q.Ref(q.Collection('notes'), String(id));

beforeEach(() => {
  database = newDatabase();
  for (const name of ['users', 'notes']) database.value(q.CreateCollection({ name }));
  for (const [who, level] of [
    [ann, 3],
    [bob, 1],
  ] as const) {
    database.value(q.Create(who, { data: { level }, credentials: { password: 'pw' } }));
  }
  database.value(
    q.CreateIndex({ name: 'notes', source: q.Collection('notes'), values: [{ field: ['data', 'text'] }] }),
  );
  for (const [id, owner] of [
    [1, ann],
    [2, bob],
    [3, ann],
  ] as const) {
    database.value(q.Create(note(id), { data: { owner, text: `note ${id}` } }));
  }
});

function loggedIn(who: ExprArg): QueryOptions {
  const token = database.value(q.Login(who, { password: 'pw' }));
  const authentication = authenticate(database.store, String(token['secret']), database.host);
  if (authentication === undefined) throw new Error('the token opens nothing');
  return { authentication };
}

const owns = (ref: ExprArg): ExprArg =>
  q.Equals(q.Select(['data', 'owner'], q.Get(ref)), q.CurrentIdentity());

describe('members', () => {
  beforeEach(() => {
    database.value(
      q.CreateRole({
        name: 'owners',
        membership: [{ resource: q.Collection('users') }],
        privileges: [
          {
            resource: q.Collection('notes'),
            actions: {
              read: q.Query(q.Lambda('ref', owns(q.Var('ref')))),
              write: q.Query(
                q.Lambda(
                  ['old', 'new'],
                  q.And(
                    q.Equals(q.Select(['data', 'owner'], q.Var('old')), q.CurrentIdentity()),
                    q.Equals(
                      q.Select(['data', 'owner'], q.Var('new')),
                      q.Select(['data', 'owner'], q.Var('old')),
                    ),
                  ),
                ),
              ),
              create: q.Query(
                q.Lambda('new', q.Equals(q.Select(['data', 'owner'], q.Var('new')), q.CurrentIdentity())),
              ),
            },
          },
          { resource: q.Index('notes'), actions: { read: true } },
        ],
      }),
    );
  });

  test('read their own and change their own, and nothing else', () => {
    const who = loggedIn(ann);
    expect(database.query(q.Get(note(1)), who).status).toBe(200);
    expect(database.query(q.Get(note(2)), who)).toMatchObject({
      status: 403,
      json: {
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    });
    expect(database.value(q.Exists(note(2)), who)).toBe(false);
    expect(database.query(q.Update(note(1), { data: { text: 'new' } }), who).status).toBe(200);
    expect(database.query(q.Update(note(1), { data: { owner: bob } }), who).status).toBe(403);
    expect(database.query(q.Update(note(2), { data: { text: 'new' } }), who).status).toBe(403);
    expect(database.query(q.Delete(note(1)), who).status).toBe(403);
    expect(database.query(q.Create(q.Collection('notes'), { data: { owner: ann } }), who).status).toBe(201);
    expect(database.query(q.Create(q.Collection('notes'), { data: { owner: bob } }), who).status).toBe(403);
    expect(database.query(q.Create(note(9), { data: { owner: ann } }), who).status).toBe(403);
  });

  test('see in sets only what they may read', () => {
    expect(database.value(q.Paginate(q.Match(q.Index('notes'))), loggedIn(ann))['data']).toEqual([
      'note 1',
      'note 3',
    ]);
    expect(database.value(q.Paginate(q.Match(q.Index('notes'))), loggedIn(bob))['data']).toEqual(['note 2']);
    expect(database.value(q.Count(q.Documents(q.Collection('notes'))), loggedIn(ann))).toBe(2);
    expect(database.value(q.Count(q.Match(q.Index('notes'))))).toBe(3);
  });

  test('see everything in a set that is opened to them', () => {
    database.value(
      q.CreateRole({
        name: 'lookers',
        membership: { resource: q.Collection('users') },
        privileges: { resource: q.Index('notes'), actions: { unrestricted_read: true } },
      }),
    );
    const texts = database.value(q.Paginate(q.Match(q.Index('notes'))), loggedIn(bob))['data'];
    expect(texts).toEqual(['note 1', 'note 2', 'note 3']);
  });

  test('lose what they could do with the role, and with the collection’s name keep it', () => {
    const who = loggedIn(ann);
    database.value(q.Update(q.Collection('notes'), { name: 'remarks' }));
    database.value(q.Update(q.Collection('users'), { name: 'people' }));
    const remark = q.Ref(q.Collection('remarks'), '1');
    expect(database.query(q.Get(remark), who).status).toBe(200);
    database.value(q.Delete(q.Role('owners')));
    expect(database.query(q.Get(remark), who).status).toBe(403);
  });
});

test('who is a member is asked anew for every transaction, but not within one', () => {
  database.value(
    q.CreateRole({
      name: 'seniors',
      membership: {
        resource: q.Collection('users'),
        predicate: q.Query(q.Lambda('ref', q.GT(q.Select(['data', 'level'], q.Get(q.Var('ref'))), 2))),
      },
      privileges: [
        { resource: q.Collection('notes'), actions: { read: true, delete: true } },
        { resource: q.Collection('users'), actions: { write: true } },
      ],
    }),
  );
  const [annIn, bobIn] = [loggedIn(ann), loggedIn(bob)];
  expect(database.query(q.Get(note(2)), annIn).status).toBe(200);
  expect(database.query(q.Get(note(1)), bobIn).status).toBe(403);
  const lastDeed = q.Do(q.Update(ann, { data: { level: 0 } }), q.Delete(note(1)));
  expect(database.query(lastDeed, annIn).status).toBe(200);
  expect(database.query(q.Get(note(2)), annIn).status).toBe(403);
});

test('a function runs with its own role, and knows who called it', () => {
  database.value(
    q.CreateFunction({
      name: 'take',
      role: 'server',
      body: q.Query(q.Lambda('ref', q.Update(q.Var('ref'), { data: { owner: q.CurrentIdentity() } }))),
    }),
  );
  database.value(
    q.CreateRole({
      name: 'callers',
      membership: { resource: q.Collection('users') },
      privileges: {
        resource: q.Function('take'),
        actions: { call: q.Query(q.Lambda('ref', q.Equals(q.Var('ref'), note(1)))) },
      },
    }),
  );
  const who = loggedIn(bob);
  expect(database.value(q.Call('take', note(1)), who)['data']['owner']['@ref']['id']).toBe('2');
  expect(database.query(q.Call('take', note(3)), who).status).toBe(403);
  expect(database.query(q.Update(note(1), {}), who).status).toBe(403);
});

describe('a role that is', () => {
  const collection = q.Collection('notes');
  const two = q.Query(q.Lambda(['a', 'b'], true));
  test.each<[string, object, readonly unknown[], string]>([
    ['without a name', { name: undefined }, ['name'], 'value required'],
    ['without a resource', { privileges: {} }, ['privileges', 'resource'], 'value required'],
    [
      'of a resource that is no ref',
      { privileges: [{ resource: 1 }] },
      ['privileges', '0', 'resource'],
      'invalid type',
    ],
    [
      'of an action that is a number',
      { privileges: { resource: collection, actions: { read: 1 } } },
      ['privileges', 'actions', 'read'],
      'invalid type',
    ],
    [
      'of a predicate with too many parameters',
      { privileges: { resource: collection, actions: { read: two } } },
      ['privileges', 'actions', 'read'],
      'invalid arity',
    ],
    [
      'of actions that are none',
      { privileges: { resource: collection, actions: [] } },
      ['privileges', 'actions'],
      'invalid type',
    ],
    [
      'of members that are no collection',
      { membership: { resource: q.Index('notes') } },
      ['membership', 'resource'],
      'invalid type',
    ],
    [
      'of a membership with too many parameters',
      { membership: { resource: collection, predicate: two } },
      ['membership', 'predicate'],
      'invalid arity',
    ],
    ['for data that is text', { data: 'x' }, ['data'], 'invalid type'],
  ])('%s is refused', (_name, params, field, code) => {
    const error = database.error(q.CreateRole({ name: 'r', ...params }));
    expect(error).toMatchObject({ code: 'validation failed', failures: [{ field, code }] });
  });

  test('fine is shown as it was given, without what it does not know', () => {
    const made = database.value(
      q.CreateRole({
        name: 'r',
        privileges: [{ resource: collection, actions: { read: true, write: false, fly: true }, more: 1 }],
        membership: { resource: q.Collection('users'), more: 1 },
        more: 1,
      }),
    );
    const ref = (name: string): object => ({
      '@ref': { id: name, collection: { '@ref': { id: 'collections' } } },
    });
    expect(made).toEqual({
      ref: { '@ref': { id: 'r', collection: { '@ref': { id: 'roles' } } } },
      ts: made['ts'],
      name: 'r',
      privileges: [{ resource: ref('notes'), actions: { read: true, write: false } }],
      membership: { resource: ref('users') },
    });
  });

  test('one too many for its members is refused', () => {
    const role = (name: string): unknown =>
      q.CreateRole({ name, membership: { resource: q.Collection('users') } });
    for (let count = 0; count < 64; count++) database.value(role(`r${count}`));
    expect(database.error(role('more'))['failures']).toMatchObject([{ code: 'resources exceeded' }]);
    expect(database.query(q.Update(q.Role('r3'), { data: {} })).status).toBe(200);
  });
});

describe('what is opened by its permissions', () => {
  const client = (): QueryOptions => {
    const secret = String(database.value(q.CreateKey({ role: 'client' }))['secret']);
    const authentication = authenticate(database.store, secret, database.host);
    if (authentication === undefined) throw new Error('the key opens nothing');
    return { authentication };
  };

  test('to the public can be done by anyone, and nothing else', () => {
    const shown = database.value(
      q.Update(q.Collection('notes'), { permissions: { read: 'public', create: 'public' } }),
    );
    expect(shown['permissions']).toEqual({ read: 'public', create: 'public' });
    const [anyone, who] = [client(), loggedIn(bob)];
    for (const options of [anyone, who]) {
      expect(database.query(q.Get(note(1)), options).status).toBe(200);
      expect(database.query(q.Create(q.Collection('notes'), {}), options).status).toBe(201);
      expect(database.query(q.Update(note(1), {}), options).status).toBe(403);
      expect(database.query(q.Get(ann), options).status).toBe(403);
      expect(database.query(q.Paginate(q.Match(q.Index('notes'))), options).status).toBe(403);
    }
    database.value(q.Update(q.Index('notes'), { permissions: { read: 'public' } }));
    expect(database.value(q.Paginate(q.Match(q.Index('notes'))), anyone)['data']).toHaveLength(3);
  });

  test('to a collection can be done by its documents, to a document by it alone', () => {
    database.value(
      q.Update(q.Collection('notes'), { permissions: { read: q.Collection('users'), delete: ann } }),
    );
    expect(database.query(q.Get(note(1)), client()).status).toBe(403);
    expect(database.query(q.Get(note(1)), loggedIn(bob)).status).toBe(200);
    expect(database.query(q.Delete(note(1)), loggedIn(bob)).status).toBe(403);
    expect(database.query(q.Delete(note(1)), loggedIn(ann)).status).toBe(200);
  });

  test('and functions are called so, too', () => {
    const body = q.Query(q.Lambda('x', q.Add(q.Var('x'), 1)));
    database.value(q.CreateFunction({ name: 'inc', body, permissions: { call: 'public' } }));
    database.value(q.CreateFunction({ name: 'dec', body }));
    expect(database.value(q.Call('inc', 1), client())).toBe(2);
    expect(database.query(q.Call('dec', 1), client()).status).toBe(403);
  });

  test.each<[string, object, readonly string[], string]>([
    ['something that is none', { permissions: 'public' }, ['permissions'], 'invalid type'],
    [
      'an action that is none',
      { permissions: { fly: 'public' } },
      ['permissions', 'fly'],
      'field not allowed',
    ],
    ['someone who is none', { permissions: { read: 'ann' } }, ['permissions', 'read'], 'invalid type'],
  ])('cannot be %s', (_name, params, field, code) => {
    expect(database.error(q.Update(q.Collection('notes'), params))).toMatchObject({
      code: 'validation failed',
      failures: [{ field, code }],
    });
  });
});

test('the schema can be read and changed by roles that name it', () => {
  const role = (name: string, actions: object): void => {
    database.value(
      q.CreateRole({
        name,
        membership: {
          resource: q.Collection('users'),
          predicate: q.Query(q.Lambda('ref', q.Equals(q.Var('ref'), name === 'makers' ? ann : bob))),
        },
        privileges: [q.Collections(), q.Indexes()].map((resource) => ({ resource, actions })),
      }),
    );
  };
  role('makers', { create: true, read: true, write: true });
  role('readers', { read: q.Query(q.Lambda('ref', q.Equals(q.Var('ref'), q.Collection('notes')))) });
  const [maker, reader] = [loggedIn(ann), loggedIn(bob)];
  expect(database.query(q.CreateCollection({ name: 'more' }), maker).status).toBe(201);
  expect(database.query(q.Update(q.Collection('more'), { history_days: 3 }), maker).status).toBe(200);
  expect(database.query(q.Delete(q.Collection('more')), maker).status).toBe(403);
  expect(database.query(q.CreateFunction({ name: 'f', body: q.Query(q.Lambda('_', 1)) }), maker).status).toBe(
    403,
  );
  expect(database.value(q.Paginate(q.Collections()), maker)['data']).toHaveLength(3);
  expect(database.value(q.Paginate(q.Collections()), reader)['data']).toHaveLength(1);
  expect(database.query(q.CreateCollection({ name: 'other' }), reader).status).toBe(403);
  expect(database.query(q.Paginate(q.Roles()), maker).status).toBe(403);
});

test('predicates that never come to an end are a no, and the transaction ends in bounds', () => {
  const again = q.And(q.Call('again', q.Var('x')), q.Call('again', q.Var('x')));
  database.value(q.CreateFunction({ name: 'again', body: q.Query(q.Lambda('x', true)) }));
  database.value(
    q.CreateRole({
      name: 'callers',
      membership: { resource: q.Collection('users') },
      privileges: {
        resource: q.Function('again'),
        actions: { call: q.Query(q.Lambda('x', q.Call('again', q.Var('x')))) },
      },
    }),
  );
  const who = loggedIn(ann);
  expect(database.query(q.Call('again', 1), who).status).toBe(200);
  database.value(
    q.Update(q.Function('again'), { body: q.Query(q.Lambda('x', again)), role: q.Role('callers') }),
  );
  const { status, json } = database.query(q.Call('again', 1), { ...who, options: { stepsMax: 100_000 } });
  expect([400, 403]).toContain(status);
  expect(['resources exceeded', 'permission denied', 'call error']).toContain(json['errors'][0]?.['code']);
});
