/** The checker of registers against trying all orders, and against histories made by hand. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isExplained } from './brute-force.ts';
import {
  checkRegisters,
  type RegisterStep,
  type RegisterTransaction,
  type Values,
} from './register-checker.ts';

let lastId = 0;
function transaction(
  [calledMs, returnedMs]: readonly [number, number | undefined],
  step: RegisterStep,
): RegisterTransaction {
  const id = ++lastId;
  return {
    id,
    client: id,
    calledMs,
    returnedMs: returnedMs ?? Number.POSITIVE_INFINITY,
    outcome: returnedMs === undefined ? 'unknown' : 'ok',
    time: undefined,
    steps: [step],
  };
}
const read = (seen: Values): RegisterStep => ({ seen, writes: {} });
const write = (writes: Values): RegisterStep => ({ writes });
const kinds = (...history: RegisterTransaction[]): readonly string[] =>
  checkRegisters(history).map(({ kind }) => kind);

test('reads see the last write, of several registers at once', () => {
  expect(
    kinds(
      transaction([0, 1], read({ a: undefined })),
      transaction([2, 3], write({ a: 1, b: 1 })),
      transaction([4, 5], read({ a: 1, b: 1 })),
    ),
  ).toEqual([]);
});

test('a stale read, half a write, and an update that was lost are told', () => {
  const first = transaction([0, 1], write({ a: 1, b: 1 }));
  const second = transaction([2, 3], write({ a: 2, b: 2 }));
  expect(kinds(first, second, transaction([4, 5], read({ a: 1 })))).toEqual(['not-linearisable']);
  expect(kinds(first, second, transaction([2, 5], read({ a: 1, b: 2 })))).toEqual(['not-linearisable']);
  const swap = (value: number): RegisterTransaction =>
    transaction([4, 10], { seen: { a: 2 }, expected: { a: 2 }, writes: { a: value } });
  expect(kinds(first, second, swap(3), swap(4))).toEqual(['not-linearisable']);
});

test('what is unknown may happen late or never, but not come and go', () => {
  const unknown = transaction([0, undefined], write({ a: 1 }));
  const late = [transaction([1, 2], read({ a: undefined })), transaction([3, 4], read({ a: 1 }))];
  expect(kinds(unknown, ...late)).toEqual([]);
  expect(kinds(unknown, late[0]!)).toEqual([]);
  expect(kinds(unknown, ...late, transaction([5, 6], read({ a: undefined })))).toEqual(['not-linearisable']);
});

test('what failed does not show', () => {
  const failed: RegisterTransaction = { ...transaction([0, 1], write({ a: 1 })), outcome: 'failed' };
  expect(kinds(failed, transaction([2, 3], read({ a: 1 })))).toEqual(['failed-write']);
});

const values = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 2 });
const register = fc.constantFrom('a', 'b');
const someValues = fc.dictionary(register, values, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
const transactions = fc.array(
  fc.record({
    calledMs: fc.integer({ min: 0, max: 40 }),
    takesMs: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined, freq: 4 }),
    seen: someValues,
    kind: fc.constantFrom('read', 'write', 'swap'),
    registers: fc.uniqueArray(register, { minLength: 1 }),
  }),
  { minLength: 1, maxLength: 6 },
);

test('any answers: a violation exactly when no order explains them', () => {
  const counts = { explained: 0, violated: 0 };
  fc.assert(
    fc.property(transactions, (plans) => {
      const history = plans.map(({ calledMs, takesMs, seen, kind, registers }, at) => {
        const isKnown = takesMs !== undefined;
        // Each writes a value of its own.
        const writes = Object.fromEntries(registers.map((name) => [name, at + 1]));
        const step: RegisterStep =
          kind === 'write'
            ? { writes }
            : kind === 'read'
              ? { seen: isKnown ? seen : undefined, writes: {} }
              : { seen: isKnown ? seen : undefined, expected: seen, writes };
        return transaction([calledMs, isKnown ? calledMs + takesMs : undefined], step);
      });
      const isFine = isExplained<RegisterTransaction, Values>(history, {}, (state, { steps }) => {
        const { seen, expected, writes } = steps[0]!;
        const holds = (wanted: Values = {}): boolean =>
          Object.entries(wanted).every(([name, value]) => state[name] === value);
        if (!holds(seen)) return undefined;
        return holds(expected) ? { ...state, ...writes } : state;
      });
      counts[isFine ? 'explained' : 'violated']++;
      expect(checkRegisters(history).length === 0).toBe(isFine);
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(counts.explained, counts.violated), JSON.stringify(counts)).toBeGreaterThan(20);
});
