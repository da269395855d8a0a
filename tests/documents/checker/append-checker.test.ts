/**
 * The checker of lists finds what it is there to find, each in a history made by hand, and says nothing of histories that some order
 * explains.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AppendStep, type AppendTransaction, checkAppends } from './append-checker.ts';
import { isExplained } from './brute-force.ts';

const append = (key: string, value: number): AppendStep => ({ kind: 'append', key, value });
const read = (key: string, ...list: number[]): AppendStep => ({ kind: 'read', key, list });

let lastId = 0;
/** `[called, answered]`; `undefined` for an answer that never came. */
function transaction(
  [calledMs, returnedMs]: readonly [number, number | undefined],
  ...steps: AppendStep[]
): AppendTransaction {
  const outcome = returnedMs === undefined ? 'unknown' : 'ok';
  const id = ++lastId;
  return {
    id,
    client: id,
    calledMs,
    returnedMs: returnedMs ?? Number.POSITIVE_INFINITY,
    outcome,
    time: undefined,
    steps,
  };
}
const kinds = (...history: AppendTransaction[]): readonly string[] =>
  checkAppends(history).map(({ kind }) => kind);

describe('histories made by hand', () => {
  test('nothing, and one after another, are fine', () => {
    expect(kinds()).toEqual([]);
    expect(
      kinds(
        transaction([0, 1], append('x', 1)),
        transaction([2, 3], read('x', 1), append('x', 2), read('x', 1, 2)),
        transaction([4, 5], read('x', 1, 2), read('y')),
      ),
    ).toEqual([]);
  });

  test('overlapping transactions may take either order', () => {
    const first = transaction([0, 10], append('x', 1));
    const second = transaction([0, 10], append('x', 2));
    expect(kinds(first, second, transaction([11, 12], read('x', 2, 1)))).toEqual([]);
    expect(kinds(first, second, transaction([5, 12], read('x', 1)))).toEqual([]);
  });

  test('a read that misses what was acknowledged before it', () => {
    const history = [
      transaction([0, 1], append('x', 1)),
      transaction([2, 3], read('x')),
      transaction([4, 5], read('x', 1)),
    ];
    expect(kinds(...history)).toEqual(['cycle']);
    expect(checkAppends(history)[0]?.text).toMatch(/was answered before the call of .* read x without/);
  });

  test('a read that goes back behind an earlier read', () => {
    const unknown = transaction([0, undefined], append('x', 1));
    expect(
      kinds(
        unknown,
        transaction([1, 2], read('x', 1)),
        transaction([3, 4], read('x')),
        transaction([5, 6], read('x', 1)),
      ),
    ).toEqual(['cycle']);
  });

  test('writes in another order than that of their answers', () => {
    expect(
      kinds(
        transaction([0, 1], append('x', 1)),
        transaction([2, 3], append('x', 2)),
        transaction([4, 5], read('x', 2, 1)),
      ),
    ).toEqual(['cycle']);
  });

  test('write skew: each of two does not see what the other wrote', () => {
    expect(
      kinds(
        transaction([0, 10], read('x'), append('y', 1)),
        transaction([0, 10], read('y'), append('x', 2)),
        transaction([11, 12], read('x', 2), read('y', 1)),
      ),
    ).toEqual(['cycle']);
  });

  test('a long fork: two readers see two writes in different orders', () => {
    expect(
      kinds(
        transaction([0, 10], append('x', 1)),
        transaction([0, 10], append('y', 2)),
        transaction([0, 10], read('x', 1), read('y')),
        transaction([0, 10], read('x'), read('y', 2)),
        transaction([11, 12], read('x', 1), read('y', 2)),
      ),
    ).toEqual(['cycle']);
  });

  test('a lost update: two append to the same list, one disappears', () => {
    expect(
      kinds(
        transaction([0, 10], read('x'), append('x', 1)),
        transaction([0, 10], read('x'), append('x', 2)),
        transaction([11, 12], read('x', 2)),
      ),
    ).toEqual(['lost']);
  });

  test('an acknowledged write that never shows', () => {
    expect(kinds(transaction([0, 1], append('x', 1)), transaction([2, 3], read('x')))).toEqual(['lost']);
  });

  test('a write of unknown outcome may show, late too, or not; once', () => {
    const unknown = transaction([0, undefined], append('x', 1));
    expect(kinds(unknown, transaction([2, 3], read('x')))).toEqual([]);
    expect(kinds(unknown, transaction([2, 3], read('x')), transaction([4, 5], read('x', 1)))).toEqual([]);
    expect(kinds(unknown, transaction([4, 5], read('x', 1, 1)))).toEqual(['duplicate']);
  });

  test('what failed, and what nobody wrote, does not show', () => {
    const failed: AppendTransaction = { ...transaction([0, 1], append('x', 1)), outcome: 'failed' };
    expect(kinds(failed, transaction([2, 3], read('x', 1)))).toEqual(['failed-write']);
    expect(kinds(transaction([2, 3], read('x', 7)))).toEqual(['unwritten']);
    expect(kinds(transaction([0, 1], append('y', 7)), transaction([2, 3], read('x', 7)))).toContain(
      'unwritten',
    );
  });

  test('half of a transaction does not show, neither inside a list nor across lists', () => {
    expect(
      kinds(
        transaction([0, 10], append('x', 1), append('x', 2)),
        transaction([0, 10], read('x', 1)),
        transaction([11, 12], read('x', 1, 2)),
      ),
    ).toEqual(['half-transaction']);
    expect(
      kinds(
        transaction([0, 10], append('x', 1), append('y', 2)),
        transaction([0, 10], read('x', 1), read('y')),
        transaction([11, 12], read('x', 1), read('y', 2)),
      ),
    ).toEqual(['cycle']);
  });

  test('reads of one transaction agree, with each other and with what it wrote', () => {
    const writer = transaction([0, 1], append('x', 1));
    expect(kinds(writer, transaction([0, 3], read('x'), read('x', 1)))).toEqual(['internal']);
    expect(kinds(writer, transaction([2, 3], append('x', 2), read('x', 1)))).toContain('internal');
  });

  test('lists that are no prefixes of each other', () => {
    expect(
      kinds(
        transaction([0, 10], append('x', 1)),
        transaction([0, 10], append('x', 2)),
        transaction([0, 10], read('x', 1, 2)),
        transaction([0, 10], read('x', 2)),
      ),
    ).toEqual(['incompatible-order']);
  });
});

/** What a store that is right would answer to transactions in this order, each at a moment of its own. */
const histories = fc
  .array(
    fc.record({
      before: fc.integer({ min: 0, max: 15 }),
      after: fc.integer({ min: 0, max: 15 }),
      isUnknown: fc.boolean(),
      steps: fc.array(fc.record({ key: fc.constantFrom('x', 'y'), isAppend: fc.boolean() }), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((plans) => {
    const lists = new Map<string, readonly number[]>();
    let value = 0;
    const history = plans.map(({ before, after, isUnknown, steps }, at): AppendTransaction => {
      const done = steps.map(({ key, isAppend }): AppendStep => {
        const list = lists.get(key) ?? [];
        if (!isAppend) return { kind: 'read', key, list: isUnknown ? undefined : list };
        lists.set(key, [...list, ++value]);
        return append(key, value);
      });
      const times = [at * 10 - before, isUnknown ? undefined : at * 10 + after] as const;
      return transaction(times, ...done);
    });
    const end = transaction([1000, 1001], ...['x', 'y'].map((key) => read(key, ...(lists.get(key) ?? []))));
    return [...history, end];
  });

type Lists = ReadonlyMap<string, readonly number[]>;

function run(lists: Lists, { steps }: AppendTransaction): Lists | undefined {
  const next = new Map(lists);
  for (const step of steps) {
    const list = next.get(step.key) ?? [];
    if (step.kind === 'append') next.set(step.key, [...list, step.value]);
    else if (step.list !== undefined && step.list.join() !== list.join()) return undefined;
  }
  return next;
}

test('what a store answers that runs one after another is never a violation', () => {
  fc.assert(
    fc.property(histories, (history) => {
      expect(checkAppends(history)).toEqual([]);
    }),
  );
});

test('with answers changed at will: a violation exactly when no order explains them', () => {
  const counts = { explained: 0, violated: 0 };
  const changes = fc.record({
    which: fc.nat(),
    step: fc.nat(),
    length: fc.nat({ max: 3 }),
    earlier: fc.nat({ max: 60 }),
  });
  fc.assert(
    fc.property(histories, changes, (given, { which, step, length, earlier }) => {
      // The last one reads everything, so that the order of all writes is known.
      const at = which % Math.max(1, given.length - 1);
      const history = given.with(at, changed(given[at]!, { step, length, earlier }));
      const isFine = isExplained<AppendTransaction, Lists>(history, new Map(), run);
      counts[isFine ? 'explained' : 'violated']++;
      expect(checkAppends(history).length === 0).toBe(isFine);
    }),
    { numRuns: 500 },
  );
  expect(Math.min(counts.explained, counts.violated), JSON.stringify(counts)).toBeGreaterThan(20);
});

function changed(
  transaction: AppendTransaction,
  { step, length, earlier }: { readonly step: number; readonly length: number; readonly earlier: number },
): AppendTransaction {
  const at = step % transaction.steps.length;
  const steps = transaction.steps.map((each, place) =>
    place === at && each.kind === 'read' && each.list !== undefined
      ? { ...each, list: each.list.slice(0, length) }
      : each,
  );
  const calledMs = transaction.calledMs - earlier;
  const returnedMs = Math.max(calledMs, transaction.returnedMs - earlier);
  return { ...transaction, calledMs, returnedMs, steps };
}
