/** Objects and paths into them. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const NESTED = '{"object":{"a":{"object":{"b":[1,{"object":{"c":"x"}}]}},"n":null}}';

function select(path: string, more = ''): string {
  return `{"select":${path},"from":${NESTED}${more}}`;
}

export const objectCases: readonly FunctionCases[] = [
  {
    function: 'Select',
    cases: [
      gives(select('["a","b",0]'), '1'),
      gives(select('["a","b",1,"c"]'), '"x"'),
      gives(select('"n"'), 'null'),
      gives(select('[]', ',"default":1'), '{"a":{"b":[1,{"c":"x"}]},"n":null}'),
      gives(select('["a","z"]', ',"default":null'), 'null'),
      gives(select('["a","b",7]', ',"default":"none"'), '"none"'),
      gives('{"select":0,"from":[5]}', '5'),
      fails(select('["a","z"]'), ['from'], 'Value not found at path [a,z].', 'value not found'),
      fails(select('["a","b",7]'), ['from'], 'Value not found at path [a,b,7].', 'value not found'),
      refuses(select('["a",1.5]'), ['select', 1], 'String or Integer', 'Double'),
    ],
  },
  {
    function: 'ContainsPath',
    cases: [
      gives(`{"contains_path":["a","b",0],"in":${NESTED}}`, 'true'),
      gives(`{"contains_path":["a","z"],"in":${NESTED}}`, 'false'),
      gives(`{"contains_path":"a","in":${NESTED}}`, 'true'),
      refuses(`{"contains_path":[null],"in":${NESTED}}`, ['contains_path', 0], 'String or Integer', 'Null'),
    ],
  },
  {
    function: 'ContainsField',
    cases: [
      gives(`{"contains_field":"a","in":${NESTED}}`, 'true'),
      gives(`{"contains_field":"b","in":${NESTED}}`, 'false'),
      refuses(`{"contains_field":0,"in":${NESTED}}`, ['contains_field'], 'String', 'Integer'),
    ],
  },
  {
    function: 'ContainsValue',
    cases: [
      gives('{"contains_value":2,"in":[1,2,3]}', 'true'),
      gives('{"contains_value":"b","in":[1,"a"]}', 'false'),
      gives('{"contains_value":1,"in":{"object":{"a":1}}}', 'true'),
      gives('{"contains_value":1,"in":[]}', 'false'),
      refuses('{"contains_value":1,"in":"a"}', ['in'], 'Object, Array, Page, Set, or Ref', 'Scalar'),
    ],
  },
  {
    function: 'Merge',
    cases: [
      gives('{"merge":{"object":{"a":1}},"with":{"object":{"b":2}}}', '{"a":1,"b":2}'),
      gives(
        '{"merge":{"object":{"a":1,"b":1}},"with":[{"object":{"b":2}},{"object":{"c":3}}]}',
        '{"a":1,"b":2,"c":3}',
      ),
      gives('{"merge":{"object":{"a":1,"b":2}},"with":{"object":{"a":null}}}', '{"b":2}'),
      gives(
        '{"merge":{"object":{"a":1,"b":2}},"with":{"object":{"a":5,"b":null}},"lambda":{"lambda":["k","x","y"],"expr":{"add":[{"var":"x"},{"if":{"is_null":{"var":"y"}},"then":0,"else":{"var":"y"}}]}}}',
        '{"a":6,"b":2}',
      ),
      refuses('{"merge":1,"with":{"object":{}}}', ['merge'], 'Object', 'Integer'),
      refuses('{"merge":{"object":{}},"with":[1]}', ['with', 0], 'Object', 'Integer'),
      fails(
        '{"merge":{"object":{}},"with":{"object":{}},"lambda":1}',
        ['lambda'],
        'Lambda expected, Integer provided.',
        'invalid expression',
      ),
    ],
  },
  {
    function: 'ToObject',
    cases: [
      gives('{"to_object":[]}', '{}'),
      gives('{"to_object":[["x",10],["y",null]]}', '{"x":10,"y":null}'),
      gives('{"to_object":{"object":{"x":10}}}', '{"x":10}'),
      fails('{"to_object":"str"}', ['to_object'], 'Cannot cast String to Object.'),
      fails('{"to_object":{"indexes":null}}', ['to_object'], 'Cannot cast Collection Ref to Object.'),
      refuses('{"to_object":[[10,20]]}', ['to_object', 0], 'Field/Value', 'Array'),
      refuses('{"to_object":[1]}', ['to_object', 0], 'Field/Value', 'Integer'),
    ],
  },
  {
    function: 'ToArray',
    cases: [
      gives('{"to_array":{"object":{"x":10,"y":null}}}', '[["x",10],["y",null]]'),
      gives('{"to_array":[1]}', '[1]'),
      gives('{"to_array":{"object":{}}}', '[]'),
      fails('{"to_array":10}', ['to_array'], 'Cannot cast Integer to Array.'),
      fails('{"to_array":{"now":null}}', ['to_array'], 'Cannot cast Time to Array.'),
    ],
  },
];
