/**
 * `docs/compat/fql.md` is true:
 *   1. It is what the tables of cases say.
 *   2. It names every function that the driver exports, once, and every error code that a case has.
 *   3. What it calls a difference names one; functions that fail with a code do so in some case.
 */
import { readFileSync } from 'node:fs';
import { ALL_CASES } from '@skein/fql/testing';
import { query } from 'faunadb';
import { expect, test } from 'vitest';
import { fqlCompatPage } from '../../tools/fql-compat-page.ts';

const page = readFileSync(new URL('../../docs/compat/fql.md', import.meta.url), 'utf8');
const tables = Object.values(ALL_CASES).flat();

test('1: the page is what the tables say (write it anew: npm run compat)', () => {
  expect(page).toBe(fqlCompatPage());
});

test('2: every function of the driver is there, once', () => {
  const names = Object.keys(query).filter((name) => name !== 'arity' && name !== 'wrap');
  const functions = page.slice(page.indexOf('## Functions'), page.indexOf('### Beyond the driver'));
  const listed = [...functions.matchAll(/^\| (\w+) \| `/gm)].map(([, name]) => String(name));
  expect(listed).toHaveLength(names.length);
  expect(new Set(listed)).toEqual(new Set(names));
});

test('2: every error code of the cases is there', () => {
  const codes = new Set(
    tables.flatMap(({ cases }) => cases.flatMap(({ errors = [] }) => errors.map(({ code }) => code))),
  );
  expect([...codes].filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([]);
  expect(codes.size).toBeGreaterThan(10);
});

test('3: differences are stated for the functions that have them', () => {
  for (const { function: name, differs } of tables) {
    if (differs !== undefined) expect(page).toMatch(new RegExp(`^\\| ${name} \\|.*\\| differs: `, 'm'));
  }
});
