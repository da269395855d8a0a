/** One type into another. */
import { type FunctionCase, type FunctionCases, fails, gives } from './function-cases.ts';

/** Values that no conversion takes, with the names of their types. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['{"@bytes":"AQID"}', 'Bytes'],
  ['[1,2,3]', 'Array'],
  ['{"object":{}}', 'Object'],
  ['{"collections":null}', 'Collection Ref'],
  ['{"documents":{"collections":null}}', 'Set'],
  ['{"query":{"lambda":"x","expr":{"var":"x"}}}', 'Lambda'],
];

function refusals(
  key: string,
  type: string,
  position: readonly string[],
  more: readonly (readonly [string, string])[] = [],
): readonly FunctionCase[] {
  return [...more, ...OTHERS].map(([value, name]) =>
    fails(`{"${key}":${value}}`, position, `Cannot cast ${name} to ${type}.`),
  );
}

const NO_NUMBERS: readonly (readonly [string, string])[] = [
  ['true', 'Boolean'],
  ['null', 'Null'],
  ['{"date":"1970-01-01"}', 'Date'],
  ['{"time":"1970-01-01T00:00:00Z"}', 'Time'],
  ['{"@uuid":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}', 'UUID'],
  ['""', 'String'],
  ['"abc"', 'String'],
  ['"+1"', 'String'],
  ['"."', 'String'],
];

export const conversionCases: readonly FunctionCases[] = [
  {
    function: 'ToString',
    cases: [
      gives('{"to_string":9223372036854775807}', '"9223372036854775807"'),
      gives('{"to_string":10.0}', '"10.0"'),
      gives('{"to_string":-0.0}', '"-0.0"'),
      gives('{"to_string":0.001}', '"0.001"'),
      gives('{"to_string":0.0001}', '"1.0E-4"'),
      gives('{"to_string":9999999.5}', '"9999999.5"'),
      gives('{"to_string":10000000.0}', '"1.0E7"'),
      gives('{"to_string":1.5E300}', '"1.5E300"'),
      gives('{"to_string":{"exp":1000}}', '"Infinity"'),
      gives('{"to_string":{"subtract":[{"exp":1000},{"exp":1000}]}}', '"NaN"'),
      gives('{"to_string":{"to_double":10}}', '"10.0"'),
      gives('{"to_string":true}', '"true"'),
      gives('{"to_string":null}', '"null"'),
      gives('{"to_string":"a\\"b"}', '"a\\"b"'),
      gives('{"to_string":{"time":"1970-01-01T00:00:00.120Z"}}', '"1970-01-01T00:00:00.120Z"'),
      gives('{"to_string":{"time":"1970-01-01T00:00:00.0000001Z"}}', '"1970-01-01T00:00:00.000000100Z"'),
      gives('{"to_string":{"date":"-0044-03-15"}}', '"-0044-03-15"'),
      gives(
        '{"to_string":{"@uuid":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}}',
        '"7c9e6679-7425-40de-944b-e07fc1f90ae7"',
      ),
      ...refusals('to_string', 'String', []),
    ],
  },
  {
    function: 'ToNumber',
    cases: [
      gives('{"to_number":1}', '1'),
      gives('{"to_number":1.5}', '1.5'),
      gives('{"to_number":" 42 "}', '42'),
      gives('{"to_number":"-1.5"}', '-1.5'),
      gives('{"to_number":"10.0"}', '10'),
      gives('{"to_number":"1,234.5"}', '1234.5'),
      gives('{"to_number":"1E3"}', '1000'),
      gives('{"to_number":"1.5E-3"}', '0.0015'),
      gives('{"to_number":"12 apples"}', '12'),
      gives('{"to_number":"9223372036854775807"}', '9223372036854775807'),
      gives('{"to_number":"9223372036854775808"}', '9.223372036854776E18'),
      gives('{"to_number":"-0"}', '-0.0'),
      ...refusals('to_number', 'Number', [], NO_NUMBERS),
    ],
  },
  {
    function: 'ToDouble',
    cases: [
      gives('{"to_double":10}', '10.0'),
      gives('{"to_double":9223372036854775807}', '9.223372036854776E18'),
      gives('{"to_double":3.14}', '3.14'),
      gives('{"to_double":" 3.5 "}', '3.5'),
      gives('{"to_double":"7"}', '7.0'),
      gives('{"to_double":"∞"}', '"Infinity"'),
      ...refusals('to_double', 'Double', ['to_double'], NO_NUMBERS),
    ],
  },
  {
    function: 'ToInteger',
    cases: [
      gives('{"to_integer":10}', '10'),
      gives('{"to_integer":-3.9}', '-3'),
      gives('{"to_integer":1E300}', '9223372036854775807'),
      gives('{"to_integer":-1E300}', '-9223372036854775808'),
      gives('{"to_integer":{"subtract":[{"exp":1000},{"exp":1000}]}}', '0'),
      gives('{"to_integer":" 42 "}', '42'),
      gives('{"to_integer":"42.9"}', '42'),
      gives('{"to_integer":"1E30"}', '9223372036854775807'),
      ...refusals('to_integer', 'Integer', ['to_integer'], NO_NUMBERS),
    ],
  },
];
