/** What was begun with a secret goes on exactly as long as the secret would still open it. */

import fc from 'fast-check';
import { query as q } from 'faunadb';
import { expect, test } from 'vitest';
import { nextStep, runStep } from '../jobs/steps.ts';
import type { ScopeId } from '../store/document-store.ts';
import { newDatabase, ROOT, type TestDatabase } from '../testing/mod.ts';
import { authenticate, refresh } from './authenticate.ts';
import type { Authentication } from './authentication.ts';

const ROOT_SECRET = 'root secret';
const user = (id: number): ReturnType<typeof q.Ref> => q.Ref(q.Collection('users'), String(id));
const credentials = { password: 'pw' };

function setUp(): TestDatabase {
  const database = newDatabase();
  database.value(q.CreateCollection({ name: 'users' }));
  database.value(q.CreateRole({ name: 'r', privileges: [] }));
  for (const name of ['a', 'b']) database.value(q.CreateDatabase({ name }));
  for (const id of [1, 2]) database.value(q.Create(user(id), { credentials }));
  return database;
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('key' as const),
    role: fc.constantFrom('admin', 'server', 'client', 'r'),
    database: fc.constantFrom(undefined, 'a', 'b'),
    suffix: fc.constantFrom('', ':server', ':a:admin', ':@role/r', ':@doc/users/1', ':b/c:admin'),
  }),
  fc.record({ kind: fc.constant('login' as const), id: fc.constantFrom(1, 2) }),
  fc.record({
    kind: fc.constant('root' as const),
    suffix: fc.constantFrom('', ':a:server', ':@doc/users/2'),
  }),
  fc.record({
    kind: fc.constant('change' as const),
    which: fc.nat(),
    role: fc.constantFrom('admin', 'server'),
  }),
  fc.record({ kind: fc.constant('delete' as const), which: fc.nat() }),
  fc.record({
    kind: fc.constant('do' as const),
    what: fc.constantFrom('user', 'users', 'database', 'role', 'role again', 'move', 'rename', 'jobs'),
  }),
);

const exact = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);

test('refresh says yes only where the secret still opens as much, and always where nothing changed', () => {
  let [yes, no] = [0, 0];
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 12 }), (steps) => {
      const database = setUp();
      const documents: ReturnType<typeof q.Ref>[] = [];
      const held: { readonly text: string; readonly authentication: Authentication }[] = [];
      const hold = (text: string): void => {
        const authentication = authenticate(database.store, text, database.host, ROOT_SECRET, database.now);
        if (authentication === undefined) return;
        expect(refresh(database.store, authentication, database.now)).toBe(authentication);
        held.push({ text, authentication });
      };
      for (const step of steps) {
        if (step.kind === 'key') {
          const { role, database: of, suffix } = step;
          const { json } = database.query(
            q.CreateKey({ role, ...(of === undefined ? {} : { database: q.Database(of) }) }),
          );
          const key = json['resource'];
          if (key === undefined) continue;
          documents.push(q.Ref(q.Keys(), String(key['ref']['@ref']['id'])));
          hold(String(key['secret']) + suffix);
        } else if (step.kind === 'login') {
          const token = database.query(q.Login(user(step.id), credentials)).json['resource'];
          if (token === undefined) continue;
          documents.push(q.Ref(q.Tokens(), String(token['ref']['@ref']['id'])));
          hold(String(token['secret']));
        } else if (step.kind === 'root') hold(ROOT_SECRET + step.suffix);
        else if (step.kind === 'do') change(database, step.what);
        else {
          const document = documents[step.which % Math.max(documents.length, 1)];
          if (document === undefined) continue;
          database.query(
            step.kind === 'delete' ? q.Delete(document) : q.Update(document, { role: step.role }),
          );
        }
        for (const { text, authentication } of held) {
          const open = (secret: string): Authentication | undefined =>
            authenticate(database.store, secret, database.host, ROOT_SECRET, database.now);
          const [whole] = text.split(':');
          // What the secret opens today without being narrowed has to hold all that was asked with.
          const today = open(whole ?? '');
          const isCovered =
            today?.principal.kind === authentication.principal.kind &&
            (today.roles.includes('admin') ||
              JSON.stringify(today.roles) === JSON.stringify(authentication.roles) ||
              (today.roles.includes('server') && authentication.actsAs !== undefined));
          const still = refresh(database.store, authentication, database.now);
          if (still === undefined) no++;
          else yes++;
          if (still !== undefined) expect([still, isCovered]).toEqual([authentication, true]);
          // Nothing has changed for it, so it goes on.
          const again = open(text);
          if (again !== undefined && JSON.stringify(again, exact) === JSON.stringify(authentication, exact)) {
            expect(still).toBe(authentication);
          }
        }
      }
    }),
    { numRuns: 150 },
  );
  expect(Math.min(yes, no)).toBeGreaterThan(10);
});

function change(database: TestDatabase, what: string): void {
  const expressions: Readonly<Record<string, unknown>> = {
    user: q.Delete(user(1)),
    users: q.Delete(q.Collection('users')),
    database: q.Delete(q.Database('a')),
    role: q.Delete(q.Role('r')),
    'role again': q.CreateRole({ name: 'r', privileges: [] }),
    move: q.MoveDatabase(q.Database('a'), q.Database('b')),
    rename: q.Update(q.Database('b'), { name: 'c' }),
  };
  if (what === 'jobs') runJobs(database);
  else database.query(expressions[what]);
}

function runJobs(database: TestDatabase): void {
  for (let count = 0; count < 50 && nextStep(database.store, database.now); count++) {
    database.advance(1);
    runStep(database.store, database.now, 100);
  }
}

test('a database that moves takes the keys that open it along', () => {
  const database = setUp();
  const secret = String(database.value(q.CreateKey({ role: 'admin', database: q.Database('a') }))['secret']);
  const before = authenticate(database.store, secret, database.host);
  database.value(q.MoveDatabase(q.Database('a'), q.Database('b')));
  const after = authenticate(database.store, secret, database.host);
  expect(after?.scope).toBe(before?.scope);
  expect(after?.principal).not.toEqual(before?.principal);
  database.value(q.Delete(q.Database('b')));
  expect(authenticate(database.store, secret, database.host)).toBeUndefined();
});

test('of a database that is gone no secret is left', () => {
  const database = setUp();
  const child: Authentication = {
    ...ROOT,
    ...authenticate(database.store, `${ROOT_SECRET}:a:admin`, database.host, ROOT_SECRET),
  };
  database.value(q.CreateCollection({ name: 'users' }), { authentication: child });
  database.value(q.Create(user(1), { credentials }), { authentication: child });
  const secretCount = (): number =>
    [...database.store.rows(ROOT.scope)].filter(({ key }) =>
      Buffer.from(key).toString('latin1').startsWith('access/secret/'),
    ).length;
  for (let i = 0; i < 5; i++) database.value(q.Login(user(1), credentials), { authentication: child });
  database.value(q.CreateKey({ role: 'admin' }), { authentication: child });
  expect(secretCount()).toBe(6);
  database.value(q.Delete(q.Database('a')));
  runJobs(database);
  expect(secretCount()).toBe(0);
  expect([...database.store.rows(child.scope as ScopeId)].length).toBe(0);
});
