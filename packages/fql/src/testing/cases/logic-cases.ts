/** Comparison and logic. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const EMPTY = 'Non-empty array expected.';
const TIME = '{"time":"1970-01-01T00:00:00Z"}';
const DATE = '{"date":"1970-01-01"}';

/** One value of each kind, in the order of all values. */
const ORDER = [
  '-1.5',
  '9007199254740992.0',
  '9007199254740993',
  '{"@bytes":"AQID"}',
  '"a"',
  '"B"',
  '"c"',
  '[1]',
  '[1,0]',
  '{"object":{"a":1}}',
  '{"collections":null}',
  TIME,
  DATE,
  'false',
  'true',
  'null',
].join();

export const logicCases: readonly FunctionCases[] = [
  {
    function: 'Equals',
    cases: [
      gives('{"equals":1}', 'true'),
      gives('{"equals":[1,1,1]}', 'true'),
      gives('{"equals":[1,1.0]}', 'true'),
      gives('{"equals":[1,"1"]}', 'false'),
      gives('{"equals":[null,null]}', 'true'),
      gives('{"equals":[null,false]}', 'false'),
      gives('{"equals":["a","A"]}', 'false'),
      gives('{"equals":[{"object":{"a":1,"b":2}},{"object":{"b":2,"a":1}}]}', 'true'),
      gives('{"equals":[[1,2],[2,1]]}', 'false'),
      gives(`{"equals":[${TIME},${DATE}]}`, 'false'),
      gives('{"equals":[{"@bytes":"AQID"},{"@bytes":"AQID"}]}', 'true'),
      gives('{"equals":[9007199254740993,9007199254740992.0]}', 'false'),
      fails('{"equals":[]}', ['equals'], EMPTY),
    ],
  },
  {
    function: 'LT',
    cases: [
      gives('{"lt":[1,2,3]}', 'true'),
      gives('{"lt":[1,1]}', 'false'),
      gives('{"lt":1}', 'true'),
      gives(`{"lt":[${ORDER}]}`, 'true'),
      gives('{"lt":["a","A"]}', 'true'),
      fails('{"lt":[]}', ['lt'], EMPTY),
    ],
  },
  {
    function: 'LTE',
    cases: [
      gives('{"lte":[1,1,2]}', 'true'),
      gives('{"lte":[1,1.0]}', 'true'),
      gives('{"lte":[2,1]}', 'false'),
      fails('{"lte":[]}', ['lte'], EMPTY),
    ],
  },
  {
    function: 'GT',
    cases: [
      gives('{"gt":[3,2,1]}', 'true'),
      gives('{"gt":[3,3]}', 'false'),
      gives('{"gt":[null,true]}', 'true'),
      fails('{"gt":[]}', ['gt'], EMPTY),
    ],
  },
  {
    function: 'GTE',
    cases: [
      gives('{"gte":[3,3,1]}', 'true'),
      gives('{"gte":[1,2]}', 'false'),
      fails('{"gte":[]}', ['gte'], EMPTY),
    ],
  },
  {
    function: 'And',
    cases: [
      gives('{"and":[true,true]}', 'true'),
      gives('{"and":true}', 'true'),
      gives('{"and":[true,false]}', 'false'),
      gives('{"and":[false,{"abort":"not reached"}]}', 'false'),
      refuses('{"and":[true,1]}', ['and', 1], 'Boolean', 'Integer'),
      fails('{"and":[true,{"abort":"reached"}]}', ['and', 1], 'reached', 'transaction aborted'),
    ],
  },
  {
    function: 'Or',
    cases: [
      gives('{"or":[false,true]}', 'true'),
      gives('{"or":false}', 'false'),
      gives('{"or":[true,{"abort":"not reached"}]}', 'true'),
      refuses('{"or":[false,null]}', ['or', 1], 'Boolean', 'Null'),
    ],
  },
  {
    function: 'Not',
    cases: [
      gives('{"not":true}', 'false'),
      gives('{"not":false}', 'true'),
      refuses('{"not":0}', ['not'], 'Boolean', 'Integer'),
    ],
  },
];
