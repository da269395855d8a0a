/** Walking through arrays (pages and sets: with the sets). */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const PLUS_ONE = '{"lambda":"x","expr":{"add":[{"var":"x"},1]}}';
const EVEN = '{"lambda":"x","expr":{"equals":[{"modulo":[{"var":"x"},2]},0]}}';
const SUM = '{"lambda":["acc","x"],"expr":{"add":[{"var":"acc"},{"var":"x"}]}}';
const ITERABLE = 'Array, Set, or Page';

export const collectionCases: readonly FunctionCases[] = [
  {
    function: 'Map',
    cases: [
      gives(`{"map":${PLUS_ONE},"collection":[1,2,3]}`, '[2,3,4]'),
      gives(`{"map":${PLUS_ONE},"collection":[]}`, '[]'),
      gives('{"map":{"lambda":["a","b"],"expr":{"var":"b"}},"collection":[[1,2],[3,4]]}', '[2,4]'),
      gives('{"map":{"lambda":"_","expr":0},"collection":[1,2]}', '[0,0]'),
      fails(
        '{"map":{"lambda":["a","b"],"expr":{"var":"b"}},"collection":[[1]]}',
        ['map', 'lambda'],
        'Lambda expects an array with 2 elements. Array contains 1.',
      ),
      refuses(`{"map":${PLUS_ONE},"collection":["a"]}`, ['map', 'expr', 'add', 0], 'Number', 'String'),
      refuses(`{"map":${PLUS_ONE},"collection":5}`, ['collection'], ITERABLE, 'Integer'),
    ],
  },
  {
    function: 'Foreach',
    cases: [
      gives(`{"foreach":${PLUS_ONE},"collection":[1,2]}`, '[1,2]'),
      refuses(
        `{"foreach":${PLUS_ONE},"collection":["a"]}`,
        ['foreach', 'expr', 'add', 0],
        'Number',
        'String',
      ),
      refuses(`{"foreach":${PLUS_ONE},"collection":null}`, ['collection'], ITERABLE, 'Null'),
    ],
  },
  {
    function: 'Filter',
    cases: [
      gives(`{"filter":${EVEN},"collection":[1,2,3,4]}`, '[2,4]'),
      gives(`{"filter":${EVEN},"collection":[]}`, '[]'),
      refuses(`{"filter":${EVEN},"collection":"a"}`, ['collection'], ITERABLE, 'String'),
    ],
  },
  {
    function: 'Reduce',
    cases: [
      gives(`{"reduce":${SUM},"initial":10,"collection":[1,2,3]}`, '16'),
      gives(`{"reduce":${SUM},"initial":10,"collection":[]}`, '10'),
      refuses(`{"reduce":${SUM},"initial":0,"collection":1}`, ['collection'], ITERABLE, 'Integer'),
      refuses(
        `{"reduce":${SUM},"initial":"a","collection":[1]}`,
        ['reduce', 'expr', 'add', 0],
        'Number',
        'String',
      ),
    ],
  },
  {
    function: 'Take',
    cases: [
      gives('{"take":2,"collection":[1,2,3]}', '[1,2]'),
      gives('{"take":5,"collection":[1]}', '[1]'),
      gives('{"take":0,"collection":[1]}', '[]'),
      gives('{"take":-1,"collection":[1]}', '[]'),
      refuses('{"take":"1","collection":[1]}', ['take'], 'Integer', 'String'),
    ],
  },
  {
    function: 'Drop',
    cases: [
      gives('{"drop":2,"collection":[1,2,3]}', '[3]'),
      gives('{"drop":5,"collection":[1]}', '[]'),
      gives('{"drop":-1,"collection":[1]}', '[1]'),
      refuses('{"drop":1.0,"collection":[1]}', ['drop'], 'Integer', 'Double'),
    ],
  },
  {
    function: 'Prepend',
    cases: [
      gives('{"prepend":[1,2],"collection":[3]}', '[1,2,3]'),
      gives('{"prepend":1,"collection":[3]}', '[1,3]'),
      refuses('{"prepend":1,"collection":3}', ['collection'], 'Array', 'Integer'),
    ],
  },
  {
    function: 'Append',
    cases: [
      gives('{"append":[1,2],"collection":[3]}', '[3,1,2]'),
      gives('{"append":null,"collection":[3]}', '[3,null]'),
      refuses('{"append":1,"collection":"a"}', ['collection'], 'Array', 'String'),
    ],
  },
  {
    function: 'IsEmpty',
    cases: [
      gives('{"is_empty":[]}', 'true'),
      gives('{"is_empty":[null]}', 'false'),
      refuses('{"is_empty":""}', ['is_empty'], ITERABLE, 'String'),
    ],
  },
  {
    function: 'IsNonEmpty',
    cases: [
      gives('{"is_nonempty":[]}', 'false'),
      gives('{"is_nonempty":[1]}', 'true'),
      refuses('{"is_nonempty":{"object":{}}}', ['is_nonempty'], ITERABLE, 'Object'),
    ],
  },
  {
    function: 'Reverse',
    cases: [
      gives('{"reverse":[1,2,3]}', '[3,2,1]'),
      gives('{"reverse":[]}', '[]'),
      refuses('{"reverse":1}', ['reverse'], ITERABLE, 'Integer'),
    ],
  },
];
