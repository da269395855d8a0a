import { utf8Encode } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GrowingBytes, GrowingUint32 } from './growing-array.ts';

test('numbers come back in order, whatever the capacity at the start', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2 ** 32 - 1)), fc.integer({ min: 1, max: 9 }), (values, capacity) => {
      const array = new GrowingUint32(capacity);
      for (const value of values) array.push(value);
      expect(array.count).toBe(values.length);
      expect([...array.view()]).toEqual(values);
      for (const [at, value] of values.entries()) expect(array.at(at)).toBe(value);
    }),
  );
});

test('bytes come back in order, also pieces longer than the whole array was', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 9 }), (parts, capacity) => {
      const bytes = new GrowingBytes(capacity);
      for (const part of parts) bytes.append(part);
      const all = parts.flatMap((part) => [...part]);
      expect([...bytes.view()]).toEqual(all);
      expect(bytes.count).toBe(all.length);
      if (all.length >= 3) expect([...bytes.view(1, 3)]).toEqual(all.slice(1, 3));
    }),
  );
});

test('texts are appended as their UTF-8, short and long, ASCII or not, lone surrogates too', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 80 }),
    fc.constantFrom('\ud800', 'a\udc00b', 'é'.repeat(33), `${'a'.repeat(31)}é`),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 10 }), (texts) => {
      const bytes = new GrowingBytes(1);
      for (const one of texts) bytes.appendText(one);
      expect([...bytes.view()]).toEqual(texts.flatMap((one) => [...utf8Encode(one)]));
    }),
  );
});
