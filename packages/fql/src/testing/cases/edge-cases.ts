/** Further edges of functions whose own tables are about the middle. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

export const edgeCases: readonly FunctionCases[] = [
  {
    function: 'Prepend',
    cases: [
      gives('{"prepend":[],"collection":[]}', '[]'),
      gives('{"prepend":[],"collection":[1]}', '[1]'),
      gives('{"prepend":[[1]],"collection":[2]}', '[[1],2]'),
      gives('{"prepend":null,"collection":[]}', '[null]'),
      refuses('{"prepend":[1],"collection":null}', ['collection'], 'Array', 'Null'),
    ],
  },
  {
    function: 'Append',
    cases: [
      gives('{"append":[],"collection":[]}', '[]'),
      gives('{"append":[[1]],"collection":[2]}', '[2,[1]]'),
      gives('{"append":[1,"a"],"collection":[{"object":{"b":2}}]}', '[{"b":2},1,"a"]'),
      refuses('{"append":[1],"collection":{"object":{"a":1}}}', ['collection'], 'Array', 'Object'),
    ],
  },
  {
    function: 'Reverse',
    cases: [
      gives('{"reverse":[[1,2],"a",null]}', '[null,"a",[1,2]]'),
      refuses('{"reverse":"abc"}', ['reverse'], 'Array, Set, or Page', 'String'),
      refuses('{"reverse":null}', ['reverse'], 'Array, Set, or Page', 'Null'),
    ],
  },
  {
    function: 'Distinct',
    cases: [
      gives('{"distinct":[1,1.0,"1",true,null]}', '[1,1.0,"1",true,null]'),
      gives('{"distinct":[[1],[1],{"object":{"a":1}},{"object":{"a":1}}]}', '[[1],{"a":1}]'),
      refuses('{"distinct":"a"}', ['distinct'], 'Array, Set, or Page', 'String'),
      refuses('{"distinct":null}', ['distinct'], 'Array, Set, or Page', 'Null'),
    ],
  },
  {
    function: 'IsEmpty',
    cases: [
      gives('{"is_empty":[[]]}', 'false'),
      refuses('{"is_empty":null}', ['is_empty'], 'Array, Set, or Page', 'Null'),
      refuses('{"is_empty":{"object":{}}}', ['is_empty'], 'Array, Set, or Page', 'Object'),
    ],
  },
  {
    function: 'IsNonEmpty',
    cases: [
      gives('{"is_nonempty":[null]}', 'true'),
      refuses('{"is_nonempty":null}', ['is_nonempty'], 'Array, Set, or Page', 'Null'),
      refuses('{"is_nonempty":1}', ['is_nonempty'], 'Array, Set, or Page', 'Integer'),
    ],
  },
  {
    function: 'LT',
    cases: [
      gives('{"lt":[1,"a"]}', 'true'),
      gives('{"lt":["a","B"]}', 'true'),
      gives('{"lt":[true,null]}', 'true'),
      gives('{"lt":[[1,2],[1,3]]}', 'true'),
      gives('{"lt":[[1],[1,0]]}', 'true'),
      gives('{"lt":[{"object":{"a":1}},{"object":{"b":0}}]}', 'true'),
      gives('{"lt":[{"date":"2020-01-01"},{"time":"2020-01-01T00:00:00Z"}]}', 'false'),
      gives('{"lt":[1,1.5,2]}', 'true'),
      gives('{"lt":["a","ab","b"]}', 'true'),
      gives('{"lt":"a"}', 'true'),
      refuses('{"lt":[{"add":"a"},1]}', ['lt', 0, 'add'], 'Number', 'String'),
    ],
  },
  {
    function: 'LTE',
    cases: [
      gives('{"lte":[null,null]}', 'true'),
      gives('{"lte":["b","a"]}', 'false'),
      gives('{"lte":[[],[null]]}', 'true'),
      refuses('{"lte":[{"add":"a"},1]}', ['lte', 0, 'add'], 'Number', 'String'),
    ],
  },
  {
    function: 'GT',
    cases: [
      gives('{"gt":["b","a"]}', 'true'),
      gives('{"gt":["1",1]}', 'true'),
      gives('{"gt":[{"now":null},1]}', 'true'),
      refuses('{"gt":[{"add":"a"},1]}', ['gt', 0, 'add'], 'Number', 'String'),
      gives('{"gt":[[2],[1,9]]}', 'true'),
    ],
  },
  {
    function: 'GTE',
    cases: [
      gives('{"gte":[2,2.0]}', 'true'),
      gives('{"gte":[null,false]}', 'true'),
      gives('{"gte":[false,true]}', 'false'),
      refuses('{"gte":[{"add":"a"},1]}', ['gte', 0, 'add'], 'Number', 'String'),
    ],
  },
  {
    function: 'Equals',
    cases: [
      gives('{"equals":[{"object":{"a":[1]}},{"object":{"a":[1]}}]}', 'true'),
      gives('{"equals":[{"object":{"a":1}},{"object":{"a":1,"b":null}}]}', 'false'),
      gives('{"equals":[{"date":"2020-01-01"},{"date":"2020-01-01"}]}', 'true'),
      gives('{"equals":["é","é"]}', 'true'),
      refuses('{"equals":[{"add":"a"},1]}', ['equals', 0, 'add'], 'Number', 'String'),
    ],
  },
  {
    function: 'Or',
    cases: [
      gives('{"or":true}', 'true'),
      gives('{"or":[false,false]}', 'false'),
      refuses('{"or":"a"}', ['or', 0], 'Boolean', 'String'),
      fails('{"or":[]}', ['or'], 'Expression list cannot be empty.', 'invalid expression'),
      fails('{"or":[false,{"abort":"reached"}]}', ['or', 1], 'reached', 'transaction aborted'),
    ],
  },
  {
    function: 'And',
    cases: [
      gives('{"and":false}', 'false'),
      fails('{"and":[]}', ['and'], 'Expression list cannot be empty.', 'invalid expression'),
      refuses('{"and":"a"}', ['and', 0], 'Boolean', 'String'),
      refuses('{"and":[null,true]}', ['and', 0], 'Boolean', 'Null'),
    ],
  },
  {
    function: 'Not',
    cases: [
      gives('{"not":{"not":true}}', 'true'),
      refuses('{"not":null}', ['not'], 'Boolean', 'Null'),
      refuses('{"not":[true]}', ['not'], 'Boolean', 'Array'),
    ],
  },
  {
    function: 'Var',
    cases: [
      gives('{"let":[{"a":1}],"in":[{"var":"a"},{"let":[{"a":2}],"in":{"var":"a"}},{"var":"a"}]}', '[1,2,1]'),
      gives('{"let":[{"_":1}],"in":{"var":"_"}}', '1'),
      fails('{"var":1}', ['var'], 'String expected, Integer provided.', 'invalid expression'),
      fails(
        '{"var":"a","other":1}',
        [],
        'No form/function found, or invalid argument keys: { var, other }.',
        'invalid expression',
      ),
    ],
  },
  {
    function: 'Object',
    cases: [
      fails('{"object":[]}', ['object'], 'Object expected, Array provided.', 'invalid expression'),
      fails('{"object":1}', ['object'], 'Object expected, Integer provided.', 'invalid expression'),
      gives('{"object":{"":1}}', '{"":1}'),
      fails(
        '{"object":{"a":{"var":"x"}}}',
        ['object', 'a'],
        "Variable 'x' is not defined.",
        'invalid expression',
      ),
    ],
  },
  {
    function: 'Query',
    cases: [
      gives(
        '{"query":{"lambda":["a","b"],"expr":[{"var":"a"},{"var":"b"}]}}',
        '{"@query":{"api_version":"4","lambda":["a","b"],"expr":[{"var":"a"},{"var":"b"}]}}',
      ),
      fails(
        '{"query":{"lambda":"x","expr":{"var":"y"}}}',
        ['query', 'expr'],
        "Variable 'y' is not defined.",
        'invalid expression',
      ),
      gives(
        '{"@query":{"lambda":"x","expr":{"var":"x"}}}',
        '{"@query":{"api_version":"2.12","lambda":"x","expr":{"var":"x"}}}',
      ),
      gives(
        '{"@query":{"api_version":"4","lambda":"x","expr":1}}',
        '{"@query":{"api_version":"4","lambda":"x","expr":1}}',
      ),
      fails('{"@query":1}', [], 'Invalid lambda.', 'invalid expression'),
      fails('{"@query":{"lambda":"x"}}', [], 'Invalid lambda.', 'invalid expression'),
    ],
  },
  {
    function: 'Abort',
    cases: [
      fails('{"abort":""}', [], '', 'transaction aborted'),
      refuses('{"abort":null}', ['abort'], 'String', 'Null'),
      fails(
        '{"a":{"abort":"inside"}}',
        [],
        'No form/function found, or invalid argument keys: { a }.',
        'invalid expression',
      ),
      fails('{"if":true,"then":{"abort":"then"},"else":1}', ['then'], 'then', 'transaction aborted'),
    ],
  },
  {
    function: 'Length',
    cases: [
      refuses('{"length":null}', ['length'], 'String', 'Null'),
      gives('{"length":"a\\u0000b"}', '3'),
      refuses('{"length":1}', ['length'], 'String', 'Integer'),
    ],
  },
  {
    function: 'Space',
    cases: [
      gives('{"space":1}', '" "'),
      refuses('{"space":1.0}', ['space'], 'Integer', 'Double'),
      refuses('{"space":null}', ['space'], 'Integer', 'Null'),
    ],
  },
  {
    function: 'Sin',
    cases: [
      gives('{"sin":1.5}', '0.9974949866040544'),
      refuses('{"sin":null}', ['sin'], 'Number', 'Null'),
      gives('{"sin":1e308}', '0.4533964905016491'),
    ],
  },
  {
    function: 'Cos',
    cases: [gives('{"cos":-1.5}', '0.0707372016677029'), refuses('{"cos":null}', ['cos'], 'Number', 'Null')],
  },
  {
    function: 'Tan',
    cases: [
      gives('{"tan":0.5}', '0.5463024898437905'),
      refuses('{"tan":true}', ['tan'], 'Number', 'Boolean'),
    ],
  },
  {
    function: 'Atan',
    cases: [
      gives('{"atan":1e308}', '1.5707963267948966'),
      refuses('{"atan":"1"}', ['atan'], 'Number', 'String'),
      refuses('{"atan":null}', ['atan'], 'Number', 'Null'),
    ],
  },
  {
    function: 'Sinh',
    cases: [gives('{"sinh":1000}', '"Infinity"'), refuses('{"sinh":[]}', ['sinh'], 'Number', 'Array')],
  },
  {
    function: 'Cosh',
    cases: [
      gives('{"cosh":1000}', '"Infinity"'),
      refuses('{"cosh":{"object":{}}}', ['cosh'], 'Number', 'Object'),
    ],
  },
  {
    function: 'Tanh',
    cases: [gives('{"tanh":1000}', '1.0'), refuses('{"tanh":null}', ['tanh'], 'Number', 'Null')],
  },
  {
    function: 'Degrees',
    cases: [
      gives('{"degrees":-1.5}', '-85.94366926962348'),
      refuses('{"degrees":null}', ['degrees'], 'Number', 'Null'),
    ],
  },
  {
    function: 'Radians',
    cases: [
      gives('{"radians":360}', '6.283185307179586'),
      refuses('{"radians":null}', ['radians'], 'Number', 'Null'),
    ],
  },
  {
    function: 'Exp',
    cases: [gives('{"exp":-1000}', '0.0'), refuses('{"exp":null}', ['exp'], 'Number', 'Null')],
  },
  {
    function: 'BitNot',
    cases: [
      gives('{"bitnot":-1}', '0'),
      gives('{"bitnot":1.0}', '-2'),
      refuses('{"bitnot":null}', ['bitnot'], 'Number', 'Null'),
    ],
  },
  {
    function: 'Ceil',
    cases: [gives('{"ceil":-0.5}', '-0.0'), refuses('{"ceil":null}', ['ceil'], 'Number', 'Null')],
  },
  {
    function: 'Floor',
    cases: [gives('{"floor":-0.5}', '-1.0'), refuses('{"floor":null}', ['floor'], 'Number', 'Null')],
  },
  {
    function: 'Sign',
    cases: [gives('{"sign":-0.0}', '1'), refuses('{"sign":null}', ['sign'], 'Number', 'Null')],
  },
];
