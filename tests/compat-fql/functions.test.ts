/**
 * The tables of cases that the functions pass in memory (`packages/fql/src/testing/cases`), against a real server:
 *   1. Through the driver: all that do not write, in one request; values come back as its own types and render as they came.
 *   2. As text over HTTP, where doubles keep their point and longs their digits: all of them, each table in a database of its own; errors with
 *      their positions.
 */
import { ALL_CASES, expectedBody, type FunctionCase, type FunctionCases, redacted } from '@skein/fql/testing';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { Expr } from 'faunadb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { closeDrivers, driver, newDatabase } from './clients.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let skein: RunningSkein;
beforeAll(async () => {
  skein = await startSkein();
});
afterAll(async () => {
  await closeDrivers();
  await skein?.stop();
});

async function post(secret: string, body: string): Promise<string> {
  const response = await fetch(skein.fqlUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body,
  });
  return response.text();
}

/** Their answers depend on the clock of the harness, or on its mode. */
function isOfTheMoment({ expression, strictTemporal }: FunctionCase): boolean {
  return strictTemporal === true || (expression.includes('"now"') && !expression.includes('"is_'));
}

/** One database for all tables that are given the same and change nothing. */
const databases = new Map<string, Promise<string>>();

function databaseFor(given: readonly string[] = [], alone: 'alone' | 'shared'): Promise<string> {
  const key = JSON.stringify(given);
  const found = alone === 'alone' ? undefined : databases.get(key);
  const made = found ?? prepared(given);
  if (alone === 'shared') databases.set(key, made);
  return made;
}

async function prepared(given: readonly string[]): Promise<string> {
  const { secret } = await newDatabase(skein);
  for (const expression of given) expect(await post(secret, expression)).toMatch(/^\{"resource"/);
  return secret;
}

async function answer(secret: string, { expression, login }: FunctionCase): Promise<string> {
  if (login === undefined) return post(secret, expression);
  const made = await post(secret, login);
  const own = /"secret":"([^"]*)"/.exec(made)?.[1] ?? expect.fail(made);
  return post(own, expression);
}

const WRITING = new Set([
  'Writes',
  'Schema',
  'Identity and tokens',
  'Reads',
  'Basic forms',
  'Arrays and pages',
]);
const tablesOf = (writes: boolean): (readonly [string, FunctionCases])[] =>
  Object.entries(ALL_CASES)
    .filter(([library]) => WRITING.has(library) === writes)
    .flatMap(([, tables]) => tables.map((table) => [table.function, table] as const));

/** JSON as JavaScript has it, and no ref without a name: what the driver can send and read. */
function isOfTheDriver({ expression, result = '' }: FunctionCase): boolean {
  if (result.includes('"id":""') || redacted(result).includes('<')) return false;
  return [expression, result].every((text) => {
    try {
      return text !== '' && JSON.stringify(JSON.parse(text)) === text;
    } catch {
      return false;
    }
  });
}

test('1: the driver sends all that do not write in one request, and reads their answers', async () => {
  const cases = tablesOf(false)
    .filter(([, { given }]) => given === undefined)
    .flatMap(([, table]) => table.cases)
    .filter((example) => example.given === undefined && !isOfTheMoment(example))
    .filter(isOfTheDriver);
  expect(cases.length).toBeGreaterThan(400);
  const expressions = cases.map(({ expression }) => JSON.parse(expression) as object);
  const answers = await driver(skein).query<object[]>(new Expr(expressions));
  expect(answers.map((value, at) => `${cases[at]?.expression} → ${inWireForm(value)}`)).toEqual(
    cases.map(
      ({ expression, result }) => `${expression} → ${inWireForm(JSON.parse(result ?? '') as object)}`,
    ),
  );
});

/** The driver unwraps `@obj`, and so do we. */
function inWireForm(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && '@obj' in inner ? inner['@obj'] : inner,
  );
}

describe.each([
  ['that only compute and read', tablesOf(false)],
  ['that write', tablesOf(true)],
] as const)('2: functions %s', (which, tables) => {
  test.each(tables)('%s', async (_name, table) => {
    const cases = table.cases.filter((example) => !isOfTheMoment(example));
    const ask = async (example: FunctionCase, alone: 'alone' | 'shared', secret?: string): Promise<string> =>
      redacted(await answer(secret ?? (await databaseFor(example.given ?? table.given, alone)), example));
    const answers: string[] = [];
    if (which === 'that write') {
      const secret = await databaseFor(table.given, table.given === undefined ? 'shared' : 'alone');
      for (const example of cases) {
        answers.push(await ask(example, 'alone', example.given === undefined ? secret : undefined));
      }
    } else {
      answers.push(...(await Promise.all(cases.map((example) => ask(example, 'shared')))));
    }
    expect(answers.map((body, at) => `${cases[at]?.expression} → ${body}`)).toEqual(
      cases.map((example) => `${example.expression} → ${redacted(expectedBody(example))}`),
    );
  });
});
