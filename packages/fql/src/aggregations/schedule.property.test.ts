import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isCron, nextCronTime } from './schedule.ts';

const MINUTE = 60_000_000;

/** A field as text, and what it means. */
function field(min: number, max: number): fc.Arbitrary<{ text: string; values: ReadonlySet<number> }> {
  const all = Array.from({ length: max - min + 1 }, (_, at) => min + at);
  const part = fc.oneof(
    fc.constant({ text: '*', values: all }),
    fc.integer({ min: 1, max: Math.min(20, max) }).map((each) => ({
      text: `*/${each}`,
      values: all.filter((value) => (value - min) % each === 0),
    })),
    fc.integer({ min, max }).map((value) => ({ text: String(value), values: [value] })),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([a, b]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return { text: `${from}-${to}`, values: all.filter((value) => value >= from && value <= to) };
    }),
  );
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => ({
    text: parts.map(({ text }) => text).join(','),
    values: new Set(parts.flatMap(({ values }) => values)),
  }));
}

test('cron times are those that a walk over all minutes finds', () => {
  fc.assert(
    fc.property(
      field(0, 59),
      field(0, 23),
      field(0, 6),
      fc.integer({ min: 1_000_000_000_000_000, max: 2_000_000_000_000_000 }),
      (minutes, hours, weekdays, after) => {
        const pattern = `${minutes.text} ${hours.text} * * ${weekdays.text}`;
        let at = (Math.floor(after / MINUTE) + 1) * MINUTE;
        const fits = (micros: number): boolean => {
          const date = new Date(micros / 1000);
          return (
            minutes.values.has(date.getUTCMinutes()) &&
            hours.values.has(date.getUTCHours()) &&
            weekdays.values.has(date.getUTCDay())
          );
        };
        while (!fits(at)) at += MINUTE;
        expect(isCron(pattern, after)).toBe(true);
        expect(nextCronTime(pattern, after)).toBe(at);
      },
    ),
  );
});

test('arbitrary text is refused, or names a later time', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom(...'0123456789*,-/ ?#LW+@ MONJAN'.split('')), { maxLength: 30 })
      .map((all) => all.join('')),
    fc
      .array(fc.constantFrom('*', '0', '7', '*/0', '5-1', '61', 'L', 'MON#2', 'LW', '1-5/2', '?'), {
        minLength: 4,
        maxLength: 7,
      })
      .map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 4_000_000_000_000_000 }), (pattern, after) => {
      if (!isCron(pattern, after)) return;
      for (const from of [after, after + 86_400_000_000]) {
        const next = nextCronTime(pattern, from);
        expect(next === undefined || next > from - 1_000).toBe(true);
      }
    }),
  );
});
