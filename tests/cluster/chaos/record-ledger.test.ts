/** Every way in which records can be wrong is told, and nothing else. */
import { expect, test } from 'vitest';
import { RecordLedger } from './record-ledger.ts';

const one = { objectID: '1', n: 1 };
const two = { objectID: '1', n: 2 };

test('what was acknowledged and is there is right, and so is what may be', () => {
  const ledger = new RecordLedger();
  ledger.wrote('1', one, 'ok');
  ledger.wrote('1', two, 'unknown');
  ledger.wrote('2', { objectID: '2' }, 'unknown');
  ledger.wrote('3', { objectID: '3' }, 'failed');
  ledger.counted('c', 'ok');
  ledger.counted('c', 'unknown');
  ledger.added('x', 'ok');
  const rest = [{ objectID: 'made', content: 'x' }];
  expect(ledger.check('a', [one, { objectID: 'c', n: 1 }, ...rest])).toEqual([]);
  expect(ledger.check('a', [two, { objectID: '2' }, { objectID: 'c', n: 2 }, ...rest])).toEqual([]);
});

test.each([
  ['lost', 'an acknowledged record that is missing', []],
  ['wrong-record', 'one that was overwritten before', [{ objectID: '1', n: 0 }]],
  ['duplicate', 'one that is there twice', [one, one]],
  ['unwritten', 'one that nobody wrote', [one, { objectID: '9' }]],
])('%s: %s', (kind, _, stored) => {
  const ledger = new RecordLedger();
  ledger.wrote('1', { objectID: '1', n: 0 }, 'ok');
  ledger.wrote('1', one, 'ok');
  expect(ledger.check('a', stored).map((each) => each.kind)).toEqual([kind]);
});

test('a deleted record must not come back, a failed write must not show', () => {
  const ledger = new RecordLedger();
  ledger.wrote('1', one, 'ok');
  ledger.wrote('1', undefined, 'ok');
  ledger.wrote('2', { objectID: '2' }, 'failed');
  expect(ledger.check('a', []).length).toBe(0);
  expect(ledger.check('a', [one]).map(({ kind }) => kind)).toEqual(['wrong-record']);
  expect(ledger.check('a', [{ objectID: '2' }]).map(({ kind }) => kind)).toEqual(['wrong-record']);
});

test('numbers tell what was counted twice or not at all, contents what was added twice', () => {
  const ledger = new RecordLedger();
  for (const outcome of ['ok', 'ok', 'unknown', 'failed'] as const) ledger.counted('c', outcome);
  ledger.added('x', 'ok');
  ledger.added('y', 'failed');
  const check = (n: number, ...contents: string[]): readonly string[] =>
    ledger
      .check('a', [
        { objectID: 'c', n },
        ...contents.map((content, at) => ({ objectID: String(at), content })),
      ])
      .map(({ kind }) => kind);
  expect(check(2, 'x')).toEqual([]);
  expect(check(3, 'x')).toEqual([]);
  expect(check(1, 'x')).toEqual(['lost']);
  expect(check(4, 'x')).toEqual(['duplicate']);
  expect(check(2, 'x', 'x')).toEqual(['duplicate']);
  expect(check(2)).toEqual(['lost']);
  expect(check(2, 'x', 'y')).toEqual(['failed-write']);
  expect(check(2, 'x', 'z')).toEqual(['unwritten']);
});
