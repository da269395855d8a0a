/**
 * The functions by their tables of cases:
 *   1. Each answers as its table says, over the store in memory: normal values, edges, and every error with its position.
 *   2. Every function that the driver exports has a table, with cases that answer and cases that fail.
 */
import { query } from 'faunadb';
import { describe, expect, test } from 'vitest';
import { allForms } from '../../forms/table.ts';
import { ALL_CASES } from './all-cases.ts';
import { CaseRunner, expectedBody, redacted } from './run-cases.ts';

describe.each(Object.entries(ALL_CASES))('%s', (_, tables) => {
  test.each(tables.map((table) => [table.function, table] as const))(
    '1: %s answers as its table says',
    (_name, table) => {
      const runner = new CaseRunner(table);
      const answers = table.cases.map(
        (example) => `${example.expression} → ${redacted(runner.run(example))}`,
      );
      expect(answers).toEqual(
        table.cases.map((example) => `${example.expression} → ${redacted(expectedBody(example))}`),
      );
    },
  );
});

const tables = Object.values(ALL_CASES).flat();
/** What the driver's module exports beside functions of the language. */
const HELPERS = new Set(['arity', 'wrap']);
const FUNCTIONS = Object.keys(query).filter((name) => !HELPERS.has(name));
/** These take any value at all. */
const WITHOUT_ERRORS = /^Is(?!Empty|NonEmpty)[A-Z]\w*$/;

test('2: there are the 206 functions that the driver has, and no other', () => {
  expect(FUNCTIONS).toHaveLength(206);
  const ofTables = new Set(tables.map((table) => table.function));
  // The one that the language has and the driver has not.
  ofTables.delete('IsUUID');
  expect([...ofTables].toSorted()).toEqual(FUNCTIONS.toSorted());
});

/** What the parser knows without a form. */
const OTHER_KEYS: Readonly<Record<string, string>> = {
  Bytes: '@bytes',
  Lambda: 'lambda',
  Let: 'let',
  Object: 'object',
  Var: 'var',
};

test.each(FUNCTIONS)('2: %s has cases that answer and cases that fail, in its own form', (name) => {
  const keys = allForms()
    .filter((form) => form.name === name)
    .map(({ parameters }) => parameters[0]?.key);
  const cases = tables
    .filter((table) => table.function === name)
    .flatMap((table) => table.cases)
    .filter(({ expression }) =>
      [...keys, OTHER_KEYS[name]].some((key) => key !== undefined && expression.includes(`"${key}":`)),
    );
  expect(cases.some(({ result }) => result !== undefined)).toBe(name !== 'Abort');
  expect(cases.some(({ errors }) => errors !== undefined)).toBe(!WITHOUT_ERRORS.test(name));
});
