import { compareBytes, crc32c } from '@skein/base';
import { expect, test } from 'vitest';
import { ByteBuffer } from '../codec/byte-buffer.ts';
import { appendCollation, compareStrings } from './collation.ts';

function keyOf(text: string): Uint8Array {
  const out = new ByteBuffer();
  appendCollation(text, out);
  return out.finish();
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('words come in the order of a dictionary', () => {
  const sorted = [
    '',
    ' ',
    '_',
    '-',
    '10',
    '2',
    'a',
    'A',
    'á',
    'Á',
    'aa',
    'aB',
    'b',
    'co op',
    'co-op',
    'coop',
    'CO-OP',
    'e',
    'é',
    'ę',
    'f',
    'résumé',
    'ﬁ',
    'strasse',
    'straße',
    'Straße',
    'z',
    'æ',
    'ω',
    'и',
    'й',
    'к',
    '世界',
    '丗',
    '😀',
  ];
  const expected = sorted.toSorted(new Intl.Collator('en').compare);
  // Where the platform has a table and we have none, characters are in the order of their numbers.
  const isOurs = (text: string): boolean => !/[世丗😀]/u.test(text);
  expect(sorted.toSorted(compareStrings).filter(isOurs)).toEqual(expected.filter(isOurs));
  expect(sorted.toSorted(compareStrings).slice(-3)).toEqual(['世界', '丗', '😀'].toSorted());
});

test('a beginning comes before what it begins, and equal-looking strings are told apart', () => {
  for (const [less, greater] of [
    ['a', 'a\u0000'],
    ['', '\u0000'],
    ['\u0000', '\u0001'],
    ['ab', 'a\u00adb'],
    ['K', '\u212a'],
    ['é', 'e\u0301'].toSorted((a, b) => compareBytes(Buffer.from(a), Buffer.from(b))),
    ['o', 'o\ud800'],
  ] as [string, string][]) {
    expect(compareStrings(less, greater)).toBeLessThan(0);
    expect(compareStrings(greater, less)).toBeGreaterThan(0);
    expect(compareBytes(keyOf(less), keyOf(greater))).toBeLessThan(0);
  }
});

/** The bytes of documents-v1.md: a change here is another version of the format. */
test.each([
  ['', '01010101'],
  ['abc', '4b4d4f01010101'],
  ['aBa', '4b4d4b010143670101'],
  ['é', '530143530101c3a901'],
  ['世', 'fc004e16010101e4b89601'],
  ['\u0000', '010101020301'],
])('%j has its bytes', (text, bytes) => {
  expect(hex(keyOf(text))).toBe(bytes);
});

test('the weights of the table are those of version 1', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => hex(keyOf(String.fromCharCode(code))));
  expect(crc32c(Buffer.from(all.join()))).toBe(2_310_000_646);
});

test('a key of ASCII is as long as the string, and a few bytes', () => {
  expect(keyOf('the quick brown fox').length).toBe(19 + 4);
  expect(keyOf('The Quick Brown Fox').length).toBe(19 + 4 + 7);
});

test('long runs without variants keep their order', () => {
  for (const length of [1, 62, 63, 64, 65, 127, 128, 129, 200]) {
    const plain = 'a'.repeat(length);
    const variants = [
      plain,
      `${plain}A`.slice(1),
      `A${plain}`.slice(0, -1),
      plain.replace(/.$/, 'A'),
      `${plain.slice(1)}á`,
    ];
    for (const a of variants) {
      for (const b of variants) {
        const expected = Math.sign(new Intl.Collator('en').compare(a, b));
        expect(Math.sign(compareBytes(keyOf(a), keyOf(b)))).toBe(expected);
        expect(Math.sign(compareStrings(a, b))).toBe(expected);
      }
    }
  }
});

test('heaps of marks cost no more than any other characters', () => {
  const marks = '\u0301\u0323'.repeat(100_000);
  const sorted = '\u0323'.repeat(100_000) + '\u0301'.repeat(100_000);
  const letters = 'и\u0306'.repeat(100_000);
  expect(compareStrings(`a${marks}`, `a${sorted}b`)).toBeLessThan(0);
  expect(compareStrings(`a${marks}`, `a${sorted}`)).not.toBe(0);
  expect(compareStrings(letters, 'й'.repeat(100_001))).toBeLessThan(0);
});

test('a mark makes another letter unless one of its kind stands before it', () => {
  const others = ['ик', 'ий', 'й', 'к'];
  for (const text of ['и\u0306', 'и\u0301\u0306', 'и\u0323\u0306', 'и\u0306\u0301', 'и\u0301\u0323\u0306']) {
    for (const other of others) {
      const expected = Math.sign(new Intl.Collator('en').compare(text, other));
      if (expected !== 0) expect(Math.sign(compareStrings(text, other))).toBe(expected);
    }
  }
});
