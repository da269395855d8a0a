import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

test('lines are those of the text, wherever it is cut', () => {
  const text = fc
    .array(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('\n', '\r\n')))
    .map((all) => all.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 5 }), (content, cuts) => {
      const bytes = Buffer.from(content);
      const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
      const splitter = new LineSplitter({ lineBytesMax: 1_000 });
      const found = [0, ...places].flatMap((from, at) =>
        splitter.push(bytes.subarray(from, places[at] ?? bytes.length)),
      );
      found.push(...splitter.end());
      const expected = bytes
        .toString()
        .replace(/^\uFEFF/, '')
        .split('\n')
        .map((each, at) => ({ text: each.trim(), line: at + 1, isTooLong: false, isDamaged: false }))
        .filter((each) => each.text !== '');
      expect(found).toEqual(expected);
    }),
  );
});

test('a line past the bound is told and skipped; the next ones are whole', () => {
  const splitter = new LineSplitter({ lineBytesMax: 5 });
  const found = [
    ...splitter.push(Buffer.from('abc\n12345')),
    ...splitter.push(Buffer.from('6789\ndef\n')),
    ...splitter.end(),
  ];
  expect(found).toEqual([
    { text: 'abc', line: 1, isTooLong: false, isDamaged: false },
    { text: '123456789', line: 2, isTooLong: true, isDamaged: false },
    { text: 'def', line: 3, isTooLong: false, isDamaged: false },
  ]);
});
