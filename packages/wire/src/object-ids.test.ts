import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COUNT_START_MAX, generatedObjectID, ObjectIDMaker } from './object-ids.ts';

test('made identifiers sort as strings in the order they were made, whatever the clock does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 0, max: 999 }),
      fc.array(fc.integer({ min: 0, max: COUNT_START_MAX - 1 })),
      (steps, member, starts) => {
        const times = [...steps];
        const places = [...starts];
        const maker = new ObjectIDMaker(
          () => 1_700_000_000_000 + (times.shift() ?? 0),
          member,
          () => places.shift() ?? 0,
        );
        const made = steps.map(() => maker.next());
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
        for (const id of made) expect(id < 'a' && /^\d{22}$/.test(id)).toBe(true);
      },
    ),
  );
});

test('a million in one millisecond go on in the next', () => {
  const maker = new ObjectIDMaker(
    () => 5,
    0,
    () => 0,
  );
  let last = '';
  for (let count = 0; count < 1_000_002; count++) {
    const id = maker.next();
    if (id <= last) throw new Error(`${id} after ${last}`);
    last = id;
  }
  expect(last.startsWith(String(6).padStart(13, '0'))).toBe(true);
});

test('makers of several processes make different ones', () => {
  const made = (member: number, start: number): string =>
    new ObjectIDMaker(
      () => 9,
      member,
      () => start,
    ).next();
  expect(made(1, 5)).not.toBe(made(2, 5));
  expect(made(1, 5)).not.toBe(made(1, 6));
  expect(generatedObjectID(0, 0)).toBe('0'.repeat(22));
});
