import { utf8Encode } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FqlDate, Time } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import { encodeBase64 } from './base64.ts';
import { parseJson } from './parse-json.ts';
import { renderValue } from './render.ts';
import { renderDate, renderDouble, renderTime } from './render-scalar.ts';

const plainKey = fc.string({ maxLength: 3 }).filter((key) => !key.startsWith('@'));

test('plain JSON values read back as themselves, integers and doubles apart', () => {
  const { value } = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Value>(null, false, true),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(plainKey, tie('value')), { maxLength: 4 }).map((fields) => new Map(fields)),
    ),
  }));
  fc.assert(
    fc.property(value, (given) => {
      expect(parseJson(utf8Encode(renderValue(given)))).toEqual(given);
    }),
  );
});

test('every double reads back as itself', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
      const text = renderDouble(double);
      expect(Number(text)).toBe(double);
      expect(text).toMatch(/^-?\d+\.\d+(E-?\d+)?$/);
    }),
  );
});

test('times and dates of the years that the platform knows agree with it', () => {
  fc.assert(
    fc.property(
      fc.date({
        min: new Date(-62_167_219_200_000),
        max: new Date(253_402_300_799_999),
        noInvalidDate: true,
      }),
      (date) => {
        const milliseconds = date.getTime();
        const expected = date.toISOString().replace('.000Z', 'Z');
        expect(renderTime(new Time(BigInt(milliseconds) * 1_000_000n))).toBe(expected);
        expect(renderDate(new FqlDate(Math.floor(milliseconds / 86_400_000)))).toBe(expected.slice(0, 10));
      },
    ),
  );
});

test('base64 agrees with the platform', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});
