/** Angles, exponents and logarithms. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const UNIT = 'must be between -1 and 1 inclusive';

export const trigonometryCases: readonly FunctionCases[] = [
  {
    function: 'Acos',
    cases: [
      gives('{"acos":1}', '0.0'),
      gives('{"acos":0.5}', '1.0471975511965979'),
      gives('{"acos":-1}', '3.141592653589793'),
      fails('{"acos":2}', [], `2 ${UNIT}`),
      fails('{"acos":-1.1}', [], `-1.1 ${UNIT}`),
      refuses('{"acos":"1"}', ['acos'], 'Number', 'String'),
    ],
  },
  {
    function: 'Asin',
    cases: [
      gives('{"asin":1}', '1.5707963267948966'),
      gives('{"asin":0.0}', '0.0'),
      fails('{"asin":-2}', [], `-2 ${UNIT}`),
      refuses('{"asin":null}', ['asin'], 'Number', 'Null'),
    ],
  },
  {
    function: 'Atan',
    cases: [
      gives('{"atan":1}', '0.7853981633974483'),
      gives('{"atan":1E300}', '1.5707963267948966'),
      refuses('{"atan":[1]}', ['atan'], 'Number', 'Array'),
    ],
  },
  {
    function: 'Cos',
    cases: [
      gives('{"cos":0}', '1.0'),
      gives('{"cos":1.5}', '0.0707372016677029'),
      refuses('{"cos":"0"}', ['cos'], 'Number', 'String'),
    ],
  },
  {
    function: 'Cosh',
    cases: [
      gives('{"cosh":0}', '1.0'),
      gives('{"cosh":1000}', '"Infinity"'),
      refuses('{"cosh":"0"}', ['cosh'], 'Number', 'String'),
    ],
  },
  {
    function: 'Degrees',
    cases: [
      gives('{"degrees":3.141592653589793}', '180.0'),
      gives('{"degrees":1}', '57.29577951308232'),
      refuses('{"degrees":"0"}', ['degrees'], 'Number', 'String'),
    ],
  },
  {
    function: 'Exp',
    cases: [
      gives('{"exp":0}', '1.0'),
      gives('{"exp":1}', '2.718281828459045'),
      gives('{"exp":1000}', '"Infinity"'),
      gives('{"exp":-1000}', '0.0'),
      refuses('{"exp":"0"}', ['exp'], 'Number', 'String'),
    ],
  },
  {
    function: 'Hypot',
    cases: [
      gives('{"hypot":3,"b":4}', '5.0'),
      gives('{"hypot":3.0}', '4.242640687119285'),
      gives('{"hypot":0}', '0.0'),
      refuses('{"hypot":"3","b":4}', ['hypot'], 'Number', 'String'),
      refuses('{"hypot":3,"b":"4"}', ['b'], 'Number', 'String'),
      {
        expression: '{"hypot":"3","b":"4"}',
        errors: [
          { position: ['hypot'], code: 'invalid argument', description: 'Number expected, String provided.' },
          { position: ['b'], code: 'invalid argument', description: 'Number expected, String provided.' },
        ],
      },
    ],
  },
  {
    function: 'Ln',
    cases: [
      gives('{"ln":1}', '0.0'),
      gives('{"ln":10.0}', '2.302585092994046'),
      fails('{"ln":0}', [], '0 must be greater than 0'),
      fails('{"ln":-1.0}', [], '-1.0 must be greater than 0'),
      refuses('{"ln":"1"}', ['ln'], 'Number', 'String'),
    ],
  },
  {
    function: 'Log',
    cases: [
      gives('{"log":100}', '2.0'),
      gives('{"log":0.001}', '-3.0'),
      fails('{"log":0.0}', [], '0.0 must be greater than 0'),
      refuses('{"log":"1"}', ['log'], 'Number', 'String'),
    ],
  },
  {
    function: 'Pow',
    cases: [
      gives('{"pow":3}', '9.0'),
      gives('{"pow":2,"exp":10}', '1024.0'),
      gives('{"pow":2,"exp":0.5}', '1.4142135623730951'),
      gives('{"pow":2,"exp":-1}', '0.5'),
      gives('{"pow":10,"exp":400}', '"Infinity"'),
      refuses('{"pow":"2"}', ['pow'], 'Number', 'String'),
      refuses('{"pow":2,"exp":null}', ['exp'], 'Number', 'Null'),
    ],
  },
  {
    function: 'Radians',
    cases: [
      gives('{"radians":180}', '3.141592653589793'),
      gives('{"radians":1.0}', '0.017453292519943295'),
      refuses('{"radians":"1"}', ['radians'], 'Number', 'String'),
    ],
  },
  {
    function: 'Sin',
    cases: [
      gives('{"sin":0}', '0.0'),
      gives('{"sin":0.5}', '0.479425538604203'),
      refuses('{"sin":"0"}', ['sin'], 'Number', 'String'),
    ],
  },
  {
    function: 'Sinh',
    cases: [
      gives('{"sinh":0}', '0.0'),
      gives('{"sinh":1}', '1.1752011936438014'),
      refuses('{"sinh":"0"}', ['sinh'], 'Number', 'String'),
    ],
  },
  {
    function: 'Tan',
    cases: [
      gives('{"tan":0}', '0.0'),
      gives('{"tan":0.5}', '0.5463024898437905'),
      refuses('{"tan":"0"}', ['tan'], 'Number', 'String'),
    ],
  },
  {
    function: 'Tanh',
    cases: [
      gives('{"tanh":0}', '0.0'),
      gives('{"tanh":100}', '1.0'),
      refuses('{"tanh":"0"}', ['tanh'], 'Number', 'String'),
    ],
  },
];
