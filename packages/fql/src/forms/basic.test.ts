/**
 * Control and calls:
 *   1. Only what is chosen is evaluated.
 *   2. Errors of arguments add up; errors of a sequence do not.
 *   3. A function's errors are the cause of one `call error`, with positions that begin at its lambda.
 *   4. Calls end at a depth of 200.
 */
import { query as q } from 'faunadb';
import { describe, expect, test } from 'vitest';
import { NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import type { CollectionId } from '../store/document-store.ts';
import { newDatabase, ROOT } from '../testing/mod.ts';

const database = newDatabase();
const { value, error, query } = database;
const defineFunction = (name: string, body: unknown): void => {
  value(q.CreateFunction({ name, body: q.Query(body as never) }));
};

describe('If, Do, Abort', () => {
  test('1: If evaluates one branch', () => {
    expect(value(q.If(true, 1, q.Abort('no')))).toBe(1);
    expect(value(q.If(false, q.Abort('no'), 2))).toBe(2);
    expect(error(q.If(1, 1, 2))).toEqual({
      position: ['if'],
      code: 'invalid argument',
      description: 'Boolean expected, Integer provided.',
    });
  });

  test('2: Do evaluates all, gives the last, and stops at the first error', () => {
    expect(value(q.Do(1, 2, 3))).toBe(3);
    expect(query(q.Do(q.Abort('a'), q.Abort('b'))).json).toEqual({
      errors: [{ position: ['do', 0], code: 'transaction aborted', description: 'a' }],
    });
  });

  test('2: the errors of arguments, of items and of fields add up', () => {
    expect(query(q.Add(q.Abort('a'), q.Abort('b'))).json['errors']).toHaveLength(2);
    expect(query({ object: { x: q.Abort('a'), y: [q.Abort('b'), q.Not(1 as never)] } }).json).toMatchObject({
      errors: [
        { position: ['object', 'x'] },
        { position: ['object', 'y', 0] },
        { position: ['object', 'y', 1, 'not'] },
      ],
    });
  });

  test('2: one answer tells at most a hundred errors', () => {
    expect(query(Array.from({ length: 500 }, () => q.Abort('a'))).json['errors']).toHaveLength(100);
  });
});

describe('Let and lambdas', () => {
  test('bindings see those before them, and hide those around them', () => {
    expect(value(q.Let([{ x: 1 }, { y: [q.Var('x')] }, { x: 2 }], [q.Var('x'), q.Var('y')]))).toEqual([
      2,
      [1],
    ]);
    expect(value(q.Let({ x: 1 }, [q.Let({ x: 2 }, q.Var('x')), q.Var('x')]))).toEqual([2, 1]);
  });

  test('a lambda closes over what it uses, which is shown as a `let`', () => {
    const made = q.Let({ x: 1, unused: 2 }, q.Query(q.Lambda('y', q.Add(q.Var('x'), q.Var('y')))));
    expect(query(made).body).toBe(
      '{"resource":{"@query":{"api_version":"4","lambda":"y","expr":{"let":{"x":1},"in":{"add":[{"var":"x"},{"var":"y"}]}}}}}',
    );
  });

  test('patterns: a name takes everything, an array one each, `_` nothing, and one name in an array also a single value', () => {
    const map = (pattern: unknown, body: unknown, item: unknown): unknown => ({
      map: { lambda: pattern, expr: body },
      collection: [item],
    });
    expect(value(map('x', q.Var('x'), [1, 2]))).toEqual([[1, 2]]);
    expect(value(map(['x', 'y'], [q.Var('y'), q.Var('x')], [1, 2]))).toEqual([[2, 1]]);
    expect(value(map(['x', '_'], q.Var('x'), [1, 2]))).toEqual([1]);
    expect(value(map(['x'], q.Var('x'), 1))).toEqual([1]);
    expect(error(map(['x', 'y'], 1, [1, 2, 3]))).toEqual({
      position: ['map', 'lambda'],
      code: 'invalid argument',
      description: 'Lambda expects an array with 2 elements. Array contains 3.',
    });
    expect(error(map(['x', 'y'], 1, 'z'))['description']).toBe(
      'Lambda expects an array with 2 elements. Array contains 1.',
    );
  });
});

describe('At', () => {
  test('reads the past, and may write only in the present', () => {
    value(q.CreateCollection({ name: 'moments' }));
    value(q.Create(q.Ref(q.Collection('moments'), '1'), { data: { n: 1 } }));
    const first = database.now;
    const ref = q.Ref(q.Collection('moments'), '1');
    value(q.Update(ref, { data: { n: 2 } }));
    expect(value(q.At(first, q.Select(['data', 'n'], q.Get(ref))))).toBe(1);
    expect(value(q.At(q.Epoch(first, 'microseconds'), q.Exists(ref)))).toBe(true);
    expect(value(q.At(first - 1, q.Exists(ref)))).toBe(false);
    expect(error(q.At(first, q.Delete(ref)))).toMatchObject({
      code: 'invalid write time',
      description: 'Cannot write outside of snapshot time.',
    });
    expect(value(q.At(first, q.At(q.Now(), q.Select(['data', 'n'], q.Get(ref)))))).toBe(2);
    expect(query(q.At(q.Now(), q.Update(ref, { data: { n: 3 } }))).status).toBe(200);
    expect(value(q.At(database.now + 1_000_000, q.Select(['data', 'n'], q.Get(ref))))).toBe(3);
    expect(error(q.At('now' as never, 1))).toMatchObject({
      position: ['at'],
      description: 'Time expected, String provided.',
    });
  });
});

describe('Call', () => {
  test('one argument as it is, several as an array, none as an empty one', () => {
    defineFunction('echo', q.Lambda('x', q.Var('x')));
    expect(value(q.Call('echo', 1))).toBe(1);
    expect(value(q.Call(q.Function('echo'), 1, 2))).toEqual([1, 2]);
    expect(value(q.Call('echo'))).toEqual([]);
    expect(value({ call: 'echo' })).toEqual([]);
  });

  test('3: a function that fails', () => {
    defineFunction('fails', q.Lambda('x', q.Add(q.Var('x'), 1)));
    expect(query(q.Call('fails', 'a')).json).toEqual({
      errors: [
        {
          position: [],
          code: 'call error',
          description: 'Calling the function resulted in an error.',
          cause: [
            {
              position: ['expr', 'add', 0],
              code: 'invalid argument',
              description: 'Number expected, String provided.',
            },
          ],
        },
      ],
    });
    expect(error([1, q.Call('fails')])).toMatchObject({ position: [1], code: 'call error' });
  });

  test('3: a pattern that does not fit is the function’s error', () => {
    defineFunction('two', q.Lambda(['x', 'y'], 1));
    expect(error(q.Call('two', 1))['cause']).toEqual([
      {
        position: ['lambda'],
        code: 'invalid argument',
        description: 'Lambda expects an array with 2 elements. Array contains 1.',
      },
    ]);
  });

  test('a function that does not exist', () => {
    for (const missing of ['nope', q.Function('nope')]) {
      expect(error(q.Call(missing))).toEqual({
        position: ['call'],
        code: 'invalid ref',
        description: "Ref refers to undefined function 'nope'",
      });
    }
    expect(error({ call: 5 })).toMatchObject({
      position: ['call'],
      description: 'Identifier expected, Integer provided.',
    });
  });

  test('4: recursion reaches a depth of 200, and no more', () => {
    defineFunction(
      'sum',
      q.Lambda(
        'n',
        q.If(q.LTE(q.Var('n'), 1), 1, q.Add(q.Var('n'), q.Call('sum', q.Subtract(q.Var('n'), 1)))),
      ),
    );
    expect(value(q.Call('sum', 200))).toBe(20_100);
    expect(error(q.Call('sum', 201))).toEqual({
      position: [],
      code: 'stack overflow',
      description: 'Call stack reached the maximum limit of 200.',
    });
  });

  test('a function runs with its own role, and may be called only by who has the privilege', () => {
    value(q.CreateCollection({ name: 'guarded' }));
    const body = q.Query(q.Lambda('_', q.Create(q.Collection('guarded'), {})));
    value(q.CreateFunction({ name: 'writer', role: 'server', body }));
    value(q.CreateFunction({ name: 'reader', role: 'server-readonly', body }));
    value(
      q.CreateRole({
        name: 'caller',
        privileges: [{ resource: q.Function('writer'), actions: { call: true } }],
      }),
    );
    const key = { scope: ROOT.scope, collection: NATIVE_COLLECTION_IDS.keys as CollectionId, id: 1n };
    const caller = {
      ...ROOT,
      principal: { kind: 'key', document: key },
      roles: [{ role: 'caller' }],
    } as const;
    const authentication = { authentication: caller };
    const denied = {
      code: 'permission denied',
      description: 'Insufficient privileges to perform the action.',
    };
    expect(query(q.Create(q.Collection('guarded'), {}), authentication).status).toBe(403);
    expect(query(q.Call('writer'), authentication).status).toBe(201);
    expect(error(q.Call('reader'), authentication)).toMatchObject({ position: [], ...denied });
    expect(error(q.Call('reader'))).toMatchObject({
      code: 'call error',
      cause: [{ position: ['expr', 'create'], ...denied }],
    });
  });

  test('what a function writes before it fails is undone', () => {
    value(q.CreateCollection({ name: 'undone' }));
    const create = q.Create(q.Collection('undone'), {});
    defineFunction('writesAndFails', q.Lambda('_', q.Do(create, q.Abort('no'))));
    expect(error(q.Call('writesAndFails'))['cause'][0]).toMatchObject({
      code: 'transaction aborted',
      description: 'no',
    });
    expect(value(q.Count(q.Documents(q.Collection('undone'))))).toBe(0);
    defineFunction('writes', q.Lambda('_', create));
    expect(query(q.Call('writes')).status).toBe(201);
    expect(value(q.Count(q.Documents(q.Collection('undone'))))).toBe(1);
  });
});
