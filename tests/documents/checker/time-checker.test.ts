/** Times that contradict what was seen are told, each kind in a history made by hand. */
import { expect, test } from 'vitest';
import type { AppendStep, AppendTransaction } from './append-checker.ts';
import { checkEvents, type InsertTransaction } from './event-checker.ts';
import type { Violation } from './history.ts';
import { checkListTimes, checkTimes, type TimedTransaction } from './time-checker.ts';

const kinds = (violations: readonly Violation[]): readonly string[] => violations.map(({ kind }) => kind);
const timed = (calledMs: number, returnedMs: number, time: number, wrote: boolean): TimedTransaction => ({
  id: time,
  client: 0,
  calledMs,
  returnedMs,
  outcome: 'ok',
  time,
  steps: [],
  wrote,
});

test('times ascend in real time, those of writes strictly', () => {
  expect(kinds(checkTimes([timed(0, 1, 5, true), timed(2, 3, 5, false), timed(4, 5, 6, true)]))).toEqual([]);
  expect(kinds(checkTimes([timed(0, 3, 6, true), timed(1, 2, 5, true)]))).toEqual([]);
  expect(kinds(checkTimes([timed(0, 1, 5, true), timed(2, 3, 4, true)]))).toEqual(['time-went-back']);
  expect(kinds(checkTimes([timed(0, 1, 5, true), timed(2, 3, 4, false)]))).toEqual(['time-went-back']);
  expect(kinds(checkTimes([timed(0, 3, 5, true), timed(1, 2, 5, true)]))).toEqual(['same-time']);
});

test('a read has what was written up to its time, and nothing later', () => {
  const at = (time: number, ...steps: AppendStep[]): AppendTransaction => ({
    id: time,
    client: 0,
    calledMs: 0,
    returnedMs: 9,
    outcome: 'ok',
    time,
    steps,
  });
  const writes = [
    at(10, { kind: 'append', key: 'x', value: 1 }),
    at(20, { kind: 'append', key: 'x', value: 2 }),
  ];
  const read = (time: number, ...list: number[]): readonly string[] =>
    kinds(checkListTimes([...writes, at(time, { kind: 'read', key: 'x', list })]));
  expect(read(15, 1)).toEqual([]);
  expect(read(20, 1, 2)).toEqual([]);
  expect(read(15, 1, 2)).toEqual(['read-at-other-time']);
  expect(read(20, 1)).toEqual(['read-at-other-time']);
  const both = at(20, { kind: 'read', key: 'x', list: [1] }, { kind: 'append', key: 'x', value: 2 });
  expect(kinds(checkListTimes([writes[0]!, both]))).toEqual([]);
});

test('events are there once, all of a transaction at its time, and pollers see each in order', () => {
  const insert = (outcome: InsertTransaction['outcome'], time: number | undefined, ...ids: number[]) => ({
    id: ids[0]!,
    client: 0,
    calledMs: 0,
    returnedMs: 1,
    outcome,
    time,
    steps: ids,
  });
  const inserts = [insert('ok', 10, 1, 2), insert('unknown', undefined, 3), insert('failed', undefined, 4)];
  const one = { id: 1, time: 10 };
  const two = { id: 2, time: 10 };
  const three = { id: 3, time: 20 };
  const all = [one, two];
  expect(kinds(checkEvents(inserts, all, [all, all]))).toEqual([]);
  expect(kinds(checkEvents(inserts, [...all, three], [[...all, three]]))).toEqual([]);
  expect(kinds(checkEvents(inserts, all, [[one]]))).toEqual(['missed']);
  expect(kinds(checkEvents(inserts, all, [[two, one]]))).toEqual(['order']);
  expect(kinds(checkEvents(inserts, all, [[...all, two]]))).toEqual(['order']);
  expect(kinds(checkEvents(inserts, [one], []))).toContain('lost');
  expect(kinds(checkEvents(inserts, [...all, two], []))).toEqual(['duplicate']);
  expect(kinds(checkEvents(inserts, [...all, { id: 4, time: 30 }], []))).toEqual(['failed-write']);
  expect(kinds(checkEvents(inserts, [...all, { id: 9, time: 30 }], []))).toEqual(['unwritten']);
  expect(kinds(checkEvents(inserts, [{ id: 2, time: 9 }, one], []))).toContain('half-transaction');
  expect(kinds(checkEvents(inserts, [{ id: 3, time: 20 }, ...all], []))).toContain('order');
});
