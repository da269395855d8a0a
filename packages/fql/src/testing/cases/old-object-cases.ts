/** Looking into objects by the names that were given up. */
import { type FunctionCases, gives, refuses } from './function-cases.ts';

export const oldObjectCases: readonly FunctionCases[] = [
  {
    function: 'Contains',
    cases: [
      gives('{"contains":"a","in":{"object":{"a":1}}}', 'true'),
      gives('{"contains":["a",0],"in":{"object":{"a":[null]}}}', 'true'),
      gives('{"contains":["a",0],"in":{"object":{"a":[7]}}}', 'true'),
      gives('{"contains":["a","b"],"in":{"object":{"a":1}}}', 'false'),
      gives('{"contains":0,"in":[1]}', 'true'),
      gives('{"contains":[],"in":1}', 'true'),
      gives('{"contains":"a","in":1}', 'false'),
      refuses('{"contains":[true],"in":[1]}', ['contains', 0], 'String or Integer', 'Boolean'),
      refuses('{"contains":null,"in":{"object":{}}}', ['contains'], 'String or Integer', 'Null'),
    ],
  },
  {
    function: 'SelectAll',
    cases: [
      gives('{"select_all":["a"],"from":{"object":{"a":1}}}', '[1]'),
      gives(
        '{"select_all":["a","b"],"from":{"object":{"a":[{"object":{"b":1}},{"object":{"b":2}},{"object":{"c":3}}]}}}',
        '[1,2]',
      ),
      gives('{"select_all":"a","from":[{"object":{"a":[1,2]}},{"object":{"a":3}}]}', '[1,2,3]'),
      gives('{"select_all":["x"],"from":{"object":{"a":1}}}', '[]'),
      gives('{"select_all":[0],"from":[5,6]}', '[5]'),
      gives('{"select_all":["x"],"from":{"object":{}},"default":1}', '[]'),
      refuses('{"select_all":[true],"from":[]}', ['select_all', 0], 'String or Integer', 'Boolean'),
      gives('{"select_all":"a","from":1}', '[]'),
    ],
  },
];
