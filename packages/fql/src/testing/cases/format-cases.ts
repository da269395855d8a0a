/** `Format`, with the conversions of Java's `Formatter`. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const DATE = '{"date":"1970-03-01"}';
const TIME = '{"time":"1970-03-01T15:30:45.123456789Z"}';

function formats(format: string, values: string, result: string): ReturnType<typeof gives> {
  return gives(`{"format":${JSON.stringify(format)},"values":${values}}`, JSON.stringify(result));
}

function illegal(format: string, values: string, told = format): ReturnType<typeof fails> {
  return fails(
    `{"format":${JSON.stringify(format)},"values":${values}}`,
    ['format'],
    `Invalid conversion format '${told}'.`,
  );
}

const DATE_PARTS: readonly (readonly [string, string])[] = [
  ['%t', '1970-03-01'],
  ['%s', '1970-03-01'],
  ['%tB', 'March'],
  ['%tb', 'Mar'],
  ['%th', 'Mar'],
  ['%TB', 'MARCH'],
  ['%tA', 'Sunday'],
  ['%Ta', 'SUN'],
  ['%tC', '19'],
  ['%ty', '70'],
  ['%tY', '1970'],
  ['%td', '01'],
  ['%te', '1'],
  ['%tm', '03'],
  ['%tj', '060'],
  ['%tD', '03/01/70'],
  ['%tF', '1970-03-01'],
  ['%12tB', '       March'],
  ['%-7tB', 'March  '],
];

const TIME_PARTS: readonly (readonly [string, string])[] = [
  ['%t', '1970-03-01T15:30:45.123456789Z'],
  ['%s', '1970-03-01T15:30:45.123456789Z'],
  ['%tH', '15'],
  ['%tI', '03'],
  ['%tk', '15'],
  ['%tl', '3'],
  ['%tM', '30'],
  ['%tS', '45'],
  ['%tL', '123'],
  ['%tN', '123456789'],
  ['%tp', 'pm'],
  ['%Tp', 'PM'],
  ['%ts', '5153445'],
  ['%tQ', '5153445123'],
  ['%tz', '+0000'],
  ['%tZ', 'Z'],
  ['%tR', '15:30'],
  ['%tT', '15:30:45'],
  ['%tr', '03:30:45 PM'],
  ['%tF', '1970-03-01'],
  ['%tc', 'Sun Mar 01 15:30:45 Z 1970'],
];

export const formatCases: readonly FunctionCases[] = [
  {
    function: 'Format',
    differs: '`%@` writes refs as `%^` does, with the names of the newest version of the API.',
    cases: [
      formats('', '[]', ''),
      formats('no values', '[]', 'no values'),
      formats('%s %s %s %s', '["str",true,false,null]', 'str true false null'),
      formats('%S %S', '["str",null]', 'STR NULL'),
      formats('%s %s', '[10,10.0]', '10 10.0'),
      formats('%d %o %x %X', '[15,15,255,255]', '15 17 ff FF'),
      formats('%x', '-1', 'ffffffffffffffff'),
      formats('%,d', '1234567', '1,234,567'),
      formats('%+d|% d|%(d|%05d', '[10,10,-10,-42]', '+10| 10|(10)|-0042'),
      formats('%e %f %g', '[3.14,3.14,3.14]', '3.140000e+00 3.140000 3.14000'),
      formats('%E %G', '[3.14,31400000.0]', '3.140000E+00 3.14000E+07'),
      formats('%.2f %.3f %.0f', '[3.14159,3.14159,2.5]', '3.14 3.142 3'),
      formats('%,.2f', '1234567.891', '1,234,567.89'),
      formats('%b %b %b %b %b', '[true,"str",10,false,null]', 'true true true false false'),
      formats('%B', 'false', 'FALSE'),
      formats('%%%n', '[]', '%\n'),
      formats('%@', '{"object":{"x":10,"y":3.14,"z":["str"]}}', '{"x":10,"y":3.14,"z":["str"]}'),
      formats('%^', '[[1,2.0]]', '[1,2.0]'),
      formats('%20s|%-5s|%.2s', '["str","ab","abc"]', '                 str|ab   |ab'),
      formats('%20d|%-5d|', '[10,7]', '                  10|7    |'),
      formats('%2$s%3$s %1$s', '["rocks","Fauna","DB"]', 'FaunaDB rocks'),
      formats('%2$s %s', '["a","b"]', 'b a'),
      ...DATE_PARTS.map(([format, result]) => formats(format, DATE, result)),
      ...TIME_PARTS.map(([format, result]) => formats(format, TIME, result)),
      illegal('%Z', '""'),
      illegal('% s', '""'),
      illegal('%', '""'),
      illegal('%-d', '1'),
      illegal('%.2d', '1'),
      illegal('%++d', '1'),
      illegal('%<s', '1'),
      illegal('%.3tY', DATE),
      illegal('%2$#s', '["a","b"]', '%#s'),
      refuses('{"format":"%t","values":10}', ['values', 0], 'Date or Time', 'Integer'),
      refuses('{"format":"%d","values":10.0}', ['values', 0], 'Integer', 'Double'),
      refuses('{"format":"%s%f","values":[1,1]}', ['values', 1], 'Number', 'Integer'),
      fails('{"format":"%s","values":[[1]]}', ['values', 0], 'Cannot cast Array to String.'),
      fails(`{"format":"%tq","values":${DATE}}`, ['values', 0], "Invalid date/time suffix '%tq'."),
      fails(`{"format":"%tH","values":${DATE}}`, ['values', 0], "Invalid date/time suffix '%tH'."),
      fails(
        '{"format":"%d %d","values":10}',
        ['format'],
        'format specifiers count must be <= arguments size',
      ),
      fails('{"format":"%4$d","values":10}', ['format'], 'index must be >= 1 and <= arguments size'),
      fails('{"format":"%99999999s","values":"a"}', [], 'string length must be <= 16777216'),
      refuses('{"format":1,"values":[]}', ['format'], 'String', 'Integer'),
    ],
  },
];
