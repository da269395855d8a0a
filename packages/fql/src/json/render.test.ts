import { expect, test } from 'vitest';
import type { Expression } from '../parse/expression.ts';
import { Lambda } from '../values/lambda.ts';
import { collectionRef, Ref, schemaRef } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { FqlDate, Time } from '../values/time.ts';
import { DocumentValue, PageValue, Uuid, type Value } from '../values/value.ts';
import { NESTING_MAX } from './limits.ts';
import { renderValue } from './render.ts';

const widget = new Ref('123', collectionRef('widgets'));
const WIDGETS = '{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}';
const WIDGET = `{"@ref":{"id":"123","collection":${WIDGETS}}}`;
const INDEX = '{"@ref":{"id":"by_name","collection":{"@ref":{"id":"indexes"}}}}';
const index = schemaRef('indexes', 'by_name');
const variable: Expression = { kind: 'variable', position: [], name: 'x' };
const lambda = new Lambda({ pattern: 'x', body: variable });
const match = (terms?: Value) => new SetRef({ type: 'match', index, terms });
const MATCH = `{"@set":{"match":${INDEX}}}`;

test.each<[Value, string]>([
  [null, 'null'],
  [true, 'true'],
  [9007199254740993n, '9007199254740993'],
  [-0, '-0.0'],
  [0, '0.0'],
  [10, '10.0'],
  [3.14, '3.14'],
  [0.001, '0.001'],
  [0.00099, '9.9E-4'],
  [9999999, '9999999.0'],
  [1e7, '1.0E7'],
  [-1.25e300, '-1.25E300'],
  [5e-324, '4.9E-324'],
  [Number.NaN, '"NaN"'],
  [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  ['é"\\\n\u0001😀/', String.raw`"é\"\\\n\u0001😀/"`],
  [Uint8Array.of(), '{"@bytes":""}'],
  [Uint8Array.of(1), '{"@bytes":"AQ=="}'],
  [Uint8Array.of(1, 2), '{"@bytes":"AQI="}'],
  [Uint8Array.of(1, 2, 255), '{"@bytes":"AQL/"}'],
  [[1n, [null]], '[1,[null]]'],
  [
    new Map<string, Value>([
      ['b', null],
      ['a', 1n],
    ]),
    '{"b":null,"a":1}',
  ],
  [new Map([['@ref', 'x']]), '{"@obj":{"@ref":"x"}}'],
  [new Uuid('00000000-0000-0000-0000-000000000000'), '{"@uuid":"00000000-0000-0000-0000-000000000000"}'],
  [widget, WIDGET],
  [
    new Ref('widgets', new Ref('collections'), schemaRef('databases', 'child')),
    '{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}},"database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
  ],
  [
    new DocumentValue(widget, 5, new Map([['data', new Map([['a', 1n]])]])),
    `{"ref":${WIDGET},"ts":5,"data":{"a":1}}`,
  ],
  [new PageValue([1n]), '{"data":[1]}'],
  [new PageValue([], { after: [2n], before: [1n] }), '{"before":[1],"after":[2],"data":[]}'],
  [match(), MATCH],
  [match([]), MATCH],
  [match('a'), `{"@set":{"match":${INDEX},"terms":"a"}}`],
  [match(['a']), `{"@set":{"match":${INDEX},"terms":"a"}}`],
  [match(['a', null]), `{"@set":{"match":${INDEX},"terms":["a",null]}}`],
  [
    new SetRef({ type: 'documents', collection: collectionRef('widgets') }),
    `{"@set":{"documents":${WIDGETS}}}`,
  ],
  [new SetRef({ type: 'singleton', ref: widget }), `{"@set":{"singleton":${WIDGET}}}`],
  [new SetRef({ type: 'events', of: match() }), `{"@set":{"events":{"match":${INDEX}}}}`],
  [new SetRef({ type: 'events', of: widget }), `{"@set":{"events":${WIDGET}}}`],
  [new SetRef({ type: 'union', sets: [match(), match()] }), `{"@set":{"union":[${MATCH},${MATCH}]}}`],
  [new SetRef({ type: 'difference', sets: [match()] }), `{"@set":{"difference":${MATCH}}}`],
  [new SetRef({ type: 'distinct', set: match() }), `{"@set":{"distinct":${MATCH}}}`],
  [new SetRef({ type: 'reverse', set: match() }), `{"@set":{"reverse":${MATCH}}}`],
  [
    new SetRef({ type: 'range', set: match(), from: [1n], to: [2n, 'b'] }),
    `{"@set":{"range":${MATCH},"from":1,"to":[2,"b"]}}`,
  ],
  [new SetRef({ type: 'join', source: match(), with: index }), `{"@set":{"join":${MATCH},"with":${INDEX}}}`],
  [
    new SetRef({ type: 'filter', filter: lambda, set: match() }),
    `{"@set":{"filter":{"api_version":"4","lambda":"x","expr":{"var":"x"}},"collection":${MATCH}}}`,
  ],
  [lambda, '{"@query":{"api_version":"4","lambda":"x","expr":{"var":"x"}}}'],
  [
    new Lambda({ pattern: ['x', '_'], body: variable, captured: new Map([['x', 5n]]), apiVersion: '2.12' }),
    '{"@query":{"api_version":"2.12","lambda":["x","_"],"expr":{"let":{"x":5},"in":{"var":"x"}}}}',
  ],
])('%# renders as responses show it', (value, text) => {
  expect(renderValue(value)).toBe(text);
});

test.each<[bigint, string]>([
  [0n, '1970-01-01T00:00:00Z'],
  [123_456_789n, '1970-01-01T00:00:00.123456789Z'],
  [120_000_000n, '1970-01-01T00:00:00.120Z'],
  [1_000n, '1970-01-01T00:00:00.000001Z'],
  [-1n, '1969-12-31T23:59:59.999999999Z'],
  [-62_167_219_200_000_000_000n, '0000-01-01T00:00:00Z'],
  [-62_167_219_201_000_000_000n, '-0001-12-31T23:59:59Z'],
  [253_402_300_800_000_000_000n, '+10000-01-01T00:00:00Z'],
  [31_556_889_864_403_199_999_999_999n, '+1000000000-12-31T23:59:59.999999999Z'],
  [-31_557_014_167_219_200_000_000_000n, '-1000000000-01-01T00:00:00Z'],
])('%d ns renders as %s', (nanoseconds, text) => {
  expect(renderValue(new Time(nanoseconds))).toBe(`{"@ts":"${text}"}`);
});

test.each([
  [0, '1970-01-01'],
  [19_782, '2024-02-29'],
  [-719_528, '0000-01-01'],
  [2_932_897, '+10000-01-01'],
])('day %d renders as %s', (epochDay, text) => {
  expect(renderValue(new FqlDate(epochDay))).toBe(`{"@date":"${text}"}`);
});

test('a value nested more deeply than the limit is a fault, not a crash', () => {
  let value: Value = [];
  for (let level = 0; level < NESTING_MAX * 100; level++)
    value = level % 2 === 0 ? [value] : new Map([['a', value]]);
  expect(() => renderValue(value)).toThrow('Value exceeds nesting limit.');
});
