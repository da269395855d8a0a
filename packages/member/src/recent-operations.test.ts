import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSequence } from '@skein/base';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RecentOperations } from './recent-operations.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skein-recent-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (): string => join(folder, 'recent.json');

describe('RecentOperations', () => {
  test('an operation that stands in the log twice is committed once, per application', () => {
    const recent = RecentOperations.load(file());
    expect(recent.commit('A', 'x', asSequence(1))).toBe(true);
    expect(recent.commit('A', 'x', asSequence(2))).toBe(false);
    expect(recent.commit('A', 'x', asSequence(1))).toBe(true);
    expect(recent.commit('B', 'x', asSequence(3))).toBe(true);
  });

  test('what is being appended is found, and forgotten when it is refused', async () => {
    const recent = RecentOperations.load(file());
    const refused = Promise.reject<never>(new Error('full'));
    recent.begin('A', 'x', refused);
    expect(recent.find('A', 'x')).toBe(refused);
    await refused.catch(() => {});
    expect(recent.find('A', 'x')).toBeUndefined();
    const given = Promise.resolve(asSequence(7));
    recent.begin('A', 'x', given);
    await given;
    expect(recent.find('A', 'x')).toBe(given);
    expect(recent.commit('A', 'x', asSequence(7))).toBe(true);
    expect(recent.find('A', 'x')).toBe(7);
  });

  test('survives a restart, with how far everything was applied', () => {
    const recent = RecentOperations.load(file());
    recent.commit('A', 'x', asSequence(5));
    recent.commit('A', 'x/y', asSequence(6));
    recent.commit('B', 'x', asSequence(7));
    recent.save(file(), asSequence(4));
    const again = RecentOperations.load(file());
    expect(again.count).toBe(3);
    expect(again.find('A', 'x')).toBe(5);
    expect(again.find('A', 'x/y')).toBe(6);
    expect(again.find('B', 'x')).toBe(7);
    expect(again.find('B', 'x/y')).toBeUndefined();
    expect(again.appliedThrough).toBe(4);
  });

  test('whether one is repeated depends on the log alone, not on what else is remembered', () => {
    const bound = 131_072;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 * bound }), fc.boolean(), (distance, crowded) => {
        const recent = RecentOperations.load(file());
        recent.commit('A', 'x', asSequence(1));
        if (crowded) recent.commit('A', 'y', asSequence(2));
        expect(recent.commit('A', 'x', asSequence(1 + distance))).toBe(distance > bound);
      }),
    );
  });

  test('after a restart the oldest are forgotten first, whatever their applications', () => {
    const bound = 131_072;
    const recent = RecentOperations.load(file());
    for (let at = 1; at <= 2 * bound; at++)
      recent.commit(at % 2 === 0 ? 'A' : 'B', String(at), asSequence(at));
    recent.save(file(), asSequence(1));
    const again = RecentOperations.load(file());
    again.commit('C', 'next', asSequence(2 * bound + 1));
    for (const at of [2 * bound, 2 * bound - 1, bound + 2])
      expect(again.commit(at % 2 === 0 ? 'A' : 'B', String(at), asSequence(2 * bound + 2))).toBe(false);
  });

  test('any file content is read as nothing known', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        writeFileSync(file(), text);
        expect(RecentOperations.load(file())).toMatchObject({ appliedThrough: 0, count: 0 });
      }),
    );
  });

  test('the oldest are forgotten beyond the bound, which costs no more than remembering', () => {
    const recent = RecentOperations.load(file());
    const bound = 131_072;
    for (let at = 1; at <= 2 * bound; at++) recent.commit('A', String(at), asSequence(at));
    expect(recent.count).toBe(2 * bound);
    expect(recent.find('A', '1')).toBe(1);
    recent.commit('A', 'next', asSequence(2 * bound + 1));
    expect(recent.count).toBe(bound + 1);
    expect(recent.find('A', String(bound))).toBeUndefined();
    expect(recent.find('A', String(bound + 1))).toBe(bound + 1);
    recent.save(file(), asSequence(1));
    expect(RecentOperations.load(file()).count).toBe(bound + 1);
  });
});
