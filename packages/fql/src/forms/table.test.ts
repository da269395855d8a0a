/** The table of functions against the official driver's. */
import { query as q } from 'faunadb';
import { describe, expect, test } from 'vitest';
import { allForms, findForm } from './table.ts';

/** Written by the parser itself; `Ref` and `Bytes` are also literals. */
const SYNTAX = new Set(['Var', 'Let', 'Object', 'Lambda', 'Bytes']);
/** Helpers that the driver exports along with its functions. */
const HELPERS = new Set(['wrap', 'arity']);

describe('the table of functions', () => {
  test('has every function of the driver', () => {
    const known = new Set(allForms().map(({ name }) => name));
    const missing = Object.keys(q).filter(
      (name) => !known.has(name) && !SYNTAX.has(name) && !HELPERS.has(name),
    );
    expect(missing).toEqual([]);
  });

  test('has no two functions that the same object would call', () => {
    const keySets = allForms().flatMap((form) => {
      const keys = form.parameters.map(({ key }) => key);
      const needed = form.parameters.filter(({ cast }) => cast.optional !== true).map(({ key }) => key);
      return [...new Set([keys.sort().join(), needed.sort().join()])];
    });
    expect(keySets.filter((keys, at) => keySets.indexOf(keys) !== at)).toEqual([]);
  });

  test('finds a function by exactly its keys, in any order', () => {
    const find = (...keys: string[]): string | undefined =>
      findForm(new Map(keys.map((key) => [key, null])))?.name;
    expect(find('if', 'then', 'else')).toBe('If');
    expect(find('else', 'if', 'then')).toBe('If');
    expect(find('if', 'then')).toBeUndefined();
    expect(find('select', 'from')).toBe('Select');
    expect(find('select', 'from', 'default', 'all')).toBe('Select');
    expect(find('select', 'from', 'with')).toBeUndefined();
    expect(find('match')).toBe('Match');
    expect(find('match', 'terms')).toBe('Match');
    expect(find('constructor')).toBeUndefined();
    expect(find('__proto__')).toBeUndefined();
  });
});
