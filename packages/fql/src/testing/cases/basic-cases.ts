/** The forms that steer an evaluation. */
import { type FunctionCase, type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const TWICE =
  '{"create_function":{"object":{"name":"twice","body":{"query":{"lambda":"x","expr":{"multiply":[{"var":"x"},2]}}}}}}';
const SUM =
  '{"create_function":{"object":{"name":"sum_of","body":{"query":{"lambda":["a","b"],"expr":{"add":[{"var":"a"},{"var":"b"}]}}}}}}';

const CALL_ERROR: FunctionCase = {
  expression: '{"call":{"function":"twice"},"arguments":"a"}',
  given: [TWICE],
  result: undefined,
  errors: [
    {
      position: [],
      code: 'call error',
      description: 'Calling the function resulted in an error.',
      cause: [
        {
          position: ['expr', 'multiply', 0],
          code: 'invalid argument',
          description: 'Number expected, String provided.',
        },
      ],
    },
  ],
};

export const basicCases: readonly FunctionCases[] = [
  {
    function: 'Abort',
    cases: [
      fails('{"abort":"stop"}', [], 'stop', 'transaction aborted'),
      fails('[1,{"abort":"stop"}]', [1], 'stop', 'transaction aborted'),
      refuses('{"abort":1}', ['abort'], 'String', 'Integer'),
    ],
  },
  {
    function: 'Let',
    cases: [
      gives('{"let":[{"a":1},{"b":{"add":[{"var":"a"},1]}}],"in":{"var":"b"}}', '2'),
      gives('{"let":{"a":1,"b":2},"in":[{"var":"a"},{"var":"b"}]}', '[1,2]'),
      gives('{"let":[{"a":1}],"in":{"let":[{"a":2}],"in":{"var":"a"}}}', '2'),
      gives('{"let":[],"in":1}', '1'),
      refuses(
        '{"let":[{"a":1},{"b":{"add":["x"]}}],"in":{"var":"b"}}',
        ['let', 1, 'b', 'add', 0],
        'Number',
        'String',
      ),
      fails(
        '{"let":{"a":{"var":"b"},"b":1},"in":1}',
        ['let', 'a'],
        "Variable 'b' is not defined.",
        'invalid expression',
      ),
      fails('{"let":1,"in":1}', ['let'], 'Array expected, Integer provided.', 'invalid expression'),
    ],
  },
  {
    function: 'Var',
    cases: [
      gives('{"let":{"x":"y"},"in":{"var":"x"}}', '"y"'),
      fails('{"var":"x"}', [], "Variable 'x' is not defined.", 'invalid expression'),
      fails('{"add":[1,{"var":"x"}]}', ['add', 1], "Variable 'x' is not defined.", 'invalid expression'),
    ],
  },
  {
    function: 'If',
    cases: [
      gives('{"if":true,"then":1,"else":{"abort":"not reached"}}', '1'),
      gives('{"if":{"equals":[1,2]},"then":{"abort":"not reached"},"else":2}', '2'),
      refuses('{"if":1,"then":1,"else":2}', ['if'], 'Boolean', 'Integer'),
    ],
  },
  {
    function: 'Do',
    cases: [
      gives('{"do":[1,2,3]}', '3'),
      gives('{"do":[1]}', '1'),
      fails('{"do":[1,{"abort":"stop"},{"add":"a"}]}', ['do', 1], 'stop', 'transaction aborted'),
    ],
  },
  {
    function: 'Object',
    cases: [
      gives('{"object":{}}', '{}'),
      gives('{"object":{"b":1,"2":null,"10":[{"object":{}}]}}', '{"b":1,"2":null,"10":[{}]}'),
      gives('{"object":{"@a":1}}', '{"@obj":{"@a":1}}'),
      gives('{"object":{"a":1,"a":2}}', '{"a":1}'),
      refuses('{"object":{"a":{"add":["x"]}}}', ['object', 'a', 'add', 0], 'Number', 'String'),
    ],
  },
  {
    function: 'Query',
    cases: [
      gives(
        '{"query":{"lambda":"x","expr":{"add":[{"var":"x"},1]}}}',
        '{"@query":{"api_version":"4","lambda":"x","expr":{"add":[{"var":"x"},1]}}}',
      ),
      gives(
        '{"let":[{"n":2}],"in":{"query":{"lambda":["x","_"],"expr":{"add":[{"var":"x"},{"var":"n"}]}}}}',
        '{"@query":{"api_version":"4","lambda":["x","_"],"expr":{"let":{"n":2},"in":{"add":[{"var":"x"},{"var":"n"}]}}}}',
      ),
      fails('{"query":1}', ['query'], 'Lambda expected, Integer provided.', 'invalid expression'),
    ],
  },
  {
    function: 'Call',
    cases: [
      gives('{"call":{"function":"twice"},"arguments":21}', '42', [TWICE]),
      gives('{"call":"twice","arguments":21}', '42', [TWICE]),
      gives('{"call":{"function":"sum_of"},"arguments":[1,2]}', '3', [SUM]),
      CALL_ERROR,
    ],
  },
  {
    function: 'At',
    cases: [
      gives('{"at":{"time":"2020-01-01T00:00:00Z"},"expr":{"add":[1,1]}}', '2'),
      refuses('{"at":"now","expr":1}', ['at'], 'Time', 'String'),
    ],
  },
];
