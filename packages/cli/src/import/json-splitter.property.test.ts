import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonSplitError, JsonSplitter, type RecordText } from './json-splitter.ts';

const record = fc.oneof(
  { weight: 5, arbitrary: fc.dictionary(fc.string(), fc.jsonValue()) },
  { weight: 1, arbitrary: fc.jsonValue() },
);

/** Cuts bytes at arbitrary places, also inside a character. */
function pieces(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length));
}

function split(parts: readonly Buffer[]): RecordText[] {
  const splitter = new JsonSplitter({ recordBytesMax: 1_000_000 });
  return [...parts.flatMap((part) => splitter.push(part)), ...splitter.end()];
}

const cuts = fc.array(fc.nat(), { maxLength: 6 });

test('an array gives its elements, however it is indented and cut', () => {
  fc.assert(
    fc.property(fc.array(record), fc.integer({ min: 0, max: 3 }), cuts, (records, indent, places) => {
      const found = split(pieces(JSON.stringify(records, undefined, indent), places));
      expect(found.map(({ text }) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(records)));
    }),
  );
});

test('objects one after the other give themselves, with any white space or none between', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()));
  fc.assert(
    fc.property(objects, fc.constantFrom('', '\n', ' \r\n\t', '\n\n'), cuts, (records, between, places) => {
      const text = records.map((each) => JSON.stringify(each)).join(between);
      expect(split(pieces(text, places)).map((each) => JSON.parse(each.text))).toEqual(
        JSON.parse(JSON.stringify(records)),
      );
    }),
  );
});

test('a record names the line on which it starts', () => {
  const found = split([Buffer.from('[\n {"a":\n1},\n\n 7, {"b":2}\n]\n')]);
  expect(found.map(({ line, text }) => [line, text])).toEqual([
    [2, '{"a":\n1}'],
    [5, '7'],
    [5, '{"b":2}'],
  ]);
});

test('a byte order mark is passed over, also in pieces', () => {
  expect(split(pieces('\uFEFF[{"a":1}]', [1, 2])).map(({ text }) => text)).toEqual(['{"a":1}']);
});

test('what does not close, and what closes nothing, is an error with its line', () => {
  expect(() => split([Buffer.from('[{"a":1},\n{"b":')])).toThrow('line 2: this record does not end');
  expect(() => split([Buffer.from('[{"a":1}')])).toThrow('the array is not closed');
  expect(() => split([Buffer.from('{"a":1}\n}')])).toThrow('line 2: "}" closes nothing');
});

test('a record past the bound is an error, not memory', () => {
  const splitter = new JsonSplitter({ recordBytesMax: 10 });
  splitter.push(Buffer.from('{"a":"123'));
  expect(() => splitter.push(Buffer.from('456789'))).toThrow('longer than 10 bytes');
});

test('any bytes give records or JsonSplitError', () => {
  const letters = fc.array(fc.constantFrom(...'[]{}",:\\ \n1tnu'.split('')), { maxLength: 30 });
  fc.assert(
    fc.property(
      fc.oneof(
        letters.map((all) => all.join('')),
        fc.string({ unit: 'binary' }),
      ),
      cuts,
      (text, places) => {
        try {
          split(pieces(text, places));
        } catch (error) {
          expect(error).toBeInstanceOf(JsonSplitError);
        }
      },
    ),
  );
});
