/** What walks through sets and pages, and control of an evaluation that reads and writes. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const SHOP: readonly string[] = [
  '{"create_collection":{"object":{"name":"widgets","history_days":30}}}',
  '{"create_index":{"object":{"name":"all_widgets","source":{"collection":"widgets"}}}}',
  '{"create_index":{"object":{"name":"by_color","source":{"collection":"widgets"},"terms":[{"object":{"field":["data","color"]}}]}}}',
  '{"create_index":{"object":{"name":"by_size","source":{"collection":"widgets"},"values":[{"object":{"field":["data","size"]}},{"object":{"field":["ref"]}}]}}}',
  '{"create_index":{"object":{"name":"sizes","source":{"collection":"widgets"},"terms":[{"object":{"field":["data","color"]}}],"values":[{"object":{"field":["data","size"]}}]}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":{"object":{"color":"red","size":3}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"2"},"params":{"object":{"data":{"object":{"color":"blue","size":1}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"3"},"params":{"object":{"data":{"object":{"color":"red","size":2}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"4"},"params":{"object":{"data":{"object":{"color":"blue"}}}}}',
  '{"create_function":{"object":{"name":"make","body":{"query":{"lambda":["id","size"],"expr":{"create":{"ref":{"collection":"widgets"},"id":{"var":"id"}},"params":{"object":{"data":{"object":{"size":{"var":"size"}}}}}}}}}}}',
  '{"create_function":{"object":{"name":"endless","body":{"query":{"lambda":"n","expr":{"call":"endless","arguments":{"add":[{"var":"n"},1]}}}}}}}',
];

export const iterationCases: readonly FunctionCases[] = [
  {
    function: 'Map',
    given: SHOP,
    cases: [
      gives(
        '{"map":{"lambda":"x","expr":{"add":[{"var":"x"},1]}},"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        '{"data":[3,4]}',
      ),
      gives(
        '{"map":{"lambda":"x","expr":{"add":[{"var":"x"},1]}},"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"},"size":1}}',
        '{"after":[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[3]}',
      ),
      gives(
        '{"map":{"lambda":["size","ref"],"expr":{"select":["data","color"],"from":{"get":{"var":"ref"}}}},"collection":{"paginate":{"match":{"index":"by_size"},"terms":[]},"size":1}}',
        '{"after":[2,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":["blue"]}',
      ),
      refuses(
        '{"map":{"lambda":"x","expr":{"add":[{"var":"x"},1]}},"collection":{"match":{"index":"sizes"},"terms":"red"}}',
        ['collection'],
        'Array or Page',
        'Set',
      ),
      refuses(
        '{"map":{"lambda":"x","expr":{"add":[{"var":"x"},1]}},"collection":{"object":{"a":1}}}',
        ['collection'],
        'Array, Set, or Page',
        'Object',
      ),
      fails(
        '{"map":1,"collection":[1]}',
        ['map'],
        'Lambda expected, Integer provided.',
        'invalid expression',
      ),
      gives(
        '{"map":{"lambda":"ref","expr":{"select":"id","from":{"var":"ref"}}},"collection":{"paginate":{"match":{"index":"by_color"},"terms":"red"}}}',
        '{"data":["1","3"]}',
      ),
    ],
  },
  {
    function: 'Foreach',
    given: SHOP,
    cases: [
      gives(
        '{"foreach":{"lambda":"x","expr":{"add":[{"var":"x"},1]}},"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        '{"data":[2,3]}',
      ),
      gives(
        '{"foreach":{"lambda":"id","expr":{"create":{"ref":{"collection":"widgets"},"id":{"var":"id"}},"params":{"object":{}}}},"collection":[20,21]}',
        '[20,21]',
      ),
      gives('{"exists":{"ref":{"collection":"widgets"},"id":"21"}}', 'true'),
      refuses(
        '{"foreach":{"lambda":"x","expr":{"add":[{"var":"x"},1]}},"collection":{"match":{"index":"sizes"},"terms":"red"}}',
        ['collection'],
        'Array or Page',
        'Set',
      ),
      fails(
        '{"foreach":1,"collection":[1]}',
        ['foreach'],
        'Lambda expected, Integer provided.',
        'invalid expression',
      ),
    ],
  },
  {
    function: 'Filter',
    given: SHOP,
    cases: [
      gives(
        '{"filter":{"lambda":"x","expr":{"gt":[{"var":"x"},2]}},"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        '{"data":[3]}',
      ),
      gives(
        '{"filter":{"lambda":"x","expr":{"gt":[{"var":"x"},2]}},"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"},"size":1}}',
        '{"after":[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[]}',
      ),
      gives(
        '{"filter":{"lambda":"x","expr":{"gt":[{"var":"x"},2]}},"collection":{"match":{"index":"sizes"},"terms":"red"}}',
        '{"@set":{"filter":{"api_version":"4","lambda":"x","expr":{"gt":[{"var":"x"},2]}},"collection":{"@set":{"match":{"@ref":{"id":"sizes","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"filter":{"lambda":"x","expr":{"gt":[{"var":"x"},2]}},"collection":{"match":{"index":"sizes"},"terms":"red"}}}}',
        '[3]',
      ),
      refuses('{"filter":{"lambda":"x","expr":1},"collection":[1]}', [0], 'Boolean', 'Integer'),
      refuses(
        '{"filter":{"lambda":"x","expr":{"create":{"collection":"widgets"},"params":{"object":{}}}},"collection":[1]}',
        [0],
        'Boolean',
        'Object',
      ),
      fails(
        '{"filter":1,"collection":[1]}',
        ['filter'],
        'Lambda expected, Integer provided.',
        'invalid expression',
      ),
    ],
  },
  {
    function: 'Reduce',
    given: SHOP,
    cases: [
      gives(
        '{"reduce":{"lambda":["acc","x"],"expr":{"add":[{"var":"acc"},{"var":"x"}]}},"initial":0,"collection":{"match":{"index":"sizes"},"terms":"red"}}',
        '5',
      ),
      gives(
        '{"reduce":{"lambda":["acc","x"],"expr":{"add":[{"var":"acc"},{"var":"x"}]}},"initial":0,"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        '{"data":[5]}',
      ),
      gives(
        '{"reduce":{"lambda":["acc","x"],"expr":{"add":[{"var":"acc"},{"var":"x"}]}},"initial":10,"collection":{"match":{"index":"sizes"},"terms":"green"}}',
        '10',
      ),
      gives(
        '{"reduce":{"lambda":["acc","ref"],"expr":{"add":[{"var":"acc"},{"select":["data","size"],"from":{"get":{"var":"ref"}},"default":0}]}},"initial":0,"collection":{"match":{"index":"all_widgets"},"terms":[]}}',
        '6',
      ),
      gives('{"reduce":{"lambda":"x","expr":1},"initial":0,"collection":[1]}', '1'),
      fails(
        '{"reduce":1,"initial":0,"collection":[]}',
        ['reduce'],
        'Lambda expected, Integer provided.',
        'invalid expression',
      ),
    ],
  },
  {
    function: 'Take',
    given: SHOP,
    cases: [
      gives(
        '{"take":1,"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        '{"after":[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[2]}',
      ),
      refuses(
        '{"take":1,"collection":{"match":{"index":"sizes"},"terms":"red"}}',
        ['collection'],
        'Array or Page',
        'Set',
      ),
      refuses('{"take":1,"collection":1}', ['collection'], 'Array or Page', 'Integer'),
    ],
  },
  {
    function: 'Drop',
    given: SHOP,
    cases: [
      gives(
        '{"drop":1,"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        '{"before":[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[3]}',
      ),
      refuses(
        '{"drop":1,"collection":{"match":{"index":"sizes"},"terms":"red"}}',
        ['collection'],
        'Array or Page',
        'Set',
      ),
      refuses('{"drop":1,"collection":"a"}', ['collection'], 'Array or Page', 'String'),
    ],
  },
  {
    function: 'Prepend',
    given: SHOP,
    cases: [
      refuses(
        '{"prepend":[1],"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        ['collection'],
        'Array',
        'Page',
      ),
      refuses(
        '{"prepend":[1],"collection":{"match":{"index":"sizes"},"terms":"red"}}',
        ['collection'],
        'Array',
        'Set',
      ),
    ],
  },
  {
    function: 'Append',
    given: SHOP,
    cases: [
      refuses(
        '{"append":[1],"collection":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        ['collection'],
        'Array',
        'Page',
      ),
      refuses(
        '{"append":[1],"collection":{"match":{"index":"sizes"},"terms":"red"}}',
        ['collection'],
        'Array',
        'Set',
      ),
    ],
  },
  {
    function: 'IsEmpty',
    given: SHOP,
    cases: [
      gives('{"is_empty":{"paginate":{"match":{"index":"sizes"},"terms":"green"}}}', 'true'),
      gives('{"is_empty":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', 'false'),
      gives('{"is_empty":{"match":{"index":"sizes"},"terms":"green"}}', 'true'),
      gives('{"is_empty":{"match":{"index":"sizes"},"terms":"red"}}', 'false'),
    ],
  },
  {
    function: 'IsNonEmpty',
    given: SHOP,
    cases: [
      gives('{"is_nonempty":{"paginate":{"match":{"index":"sizes"},"terms":"green"}}}', 'false'),
      gives('{"is_nonempty":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', 'true'),
      gives('{"is_nonempty":{"match":{"index":"sizes"},"terms":"green"}}', 'false'),
      gives('{"is_nonempty":{"match":{"index":"sizes"},"terms":"red"}}', 'true'),
    ],
  },
  {
    function: 'Reverse',
    given: SHOP,
    cases: [
      gives('{"reverse":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', '{"data":[3,2]}'),
      gives(
        '{"reverse":{"match":{"index":"sizes"},"terms":"red"}}',
        '{"@set":{"reverse":{"@set":{"match":{"@ref":{"id":"sizes","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"reverse":{"match":{"index":"sizes"},"terms":"red"}}}}',
        '[3,2]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"reverse":{"reverse":{"match":{"index":"sizes"},"terms":"red"}}}}}',
        '[2,3]',
      ),
    ],
  },
  {
    function: 'Call',
    given: SHOP,
    cases: [
      gives('{"select":["data","size"],"from":{"call":"make","arguments":[30,7]}}', '7'),
      fails(
        '{"call":"nothing","arguments":[]}',
        ['call'],
        "Ref refers to undefined function 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"call":{"function":"nothing"},"arguments":1}',
        ['call'],
        "Ref refers to undefined function 'nothing'",
        'invalid ref',
      ),
      refuses('{"call":{"collection":"widgets"},"arguments":1}', ['call'], 'Identifier', 'Collection Ref'),
      refuses('{"call":1,"arguments":[]}', ['call'], 'Identifier', 'Integer'),
      {
        expression: '{"call":"make","arguments":1}',
        errors: [
          {
            position: [],
            code: 'call error',
            description: 'Calling the function resulted in an error.',
            cause: [
              {
                position: ['lambda'],
                code: 'invalid argument',
                description: 'Lambda expects an array with 2 elements. Array contains 1.',
              },
            ],
          },
        ],
      },
      {
        expression: '{"call":"make","arguments":[30,7]}',
        errors: [
          {
            position: [],
            code: 'call error',
            description: 'Calling the function resulted in an error.',
            cause: [
              {
                position: ['expr', 'create'],
                code: 'instance already exists',
                description: 'Document already exists.',
              },
            ],
          },
        ],
      },
      {
        expression: '{"at":1500000000000000,"expr":{"call":"make","arguments":[31,1]}}',
        errors: [
          {
            position: ['expr'],
            code: 'call error',
            description: 'Calling the function resulted in an error.',
            cause: [
              {
                position: ['expr', 'create'],
                code: 'invalid write time',
                description: 'Cannot write outside of snapshot time.',
              },
            ],
          },
        ],
      },
    ],
  },
  {
    function: 'At',
    given: SHOP,
    cases: [
      gives('{"at":{"now":null},"expr":{"exists":{"ref":{"collection":"widgets"},"id":"1"}}}', 'true'),
      gives(
        '{"at":{"now":null},"expr":{"delete":{"ref":{"collection":"widgets"},"id":"1"}}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>,"data":{"color":"red","size":3}}',
      ),
      fails(
        '{"at":1,"expr":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        ['expr'],
        'Requested timestamp 1970-01-01T00:00:00.000001Z less than minimum allowed timestamp <time>.',
      ),
      refuses('{"at":null,"expr":1}', ['at'], 'Time', 'Null'),
    ],
  },
  {
    function: 'Do',
    given: SHOP,
    cases: [
      gives(
        '{"do":[{"create":{"ref":{"collection":"widgets"},"id":"40"},"params":{"object":{"data":{"object":{"n":1}}}}},{"update":{"ref":{"collection":"widgets"},"id":"40"},"params":{"object":{"data":{"object":{"n":2}}}}},{"select":["data","n"],"from":{"get":{"ref":{"collection":"widgets"},"id":"40"}}}]}',
        '2',
      ),
      fails(
        '{"do":[{"create":{"ref":{"collection":"widgets"},"id":"41"},"params":{"object":{}}},{"abort":"no"}]}',
        ['do', 1],
        'no',
        'transaction aborted',
      ),
      gives('{"exists":{"ref":{"collection":"widgets"},"id":"41"}}', 'false'),
      gives('{"do":[[]]}', '[]'),
    ],
  },
  {
    function: 'If',
    given: SHOP,
    cases: [
      gives(
        '{"if":{"exists":{"ref":{"collection":"widgets"},"id":"1"}},"then":"there","else":{"create":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{}}}}',
        '"there"',
      ),
      gives(
        '{"select":"data","from":{"if":{"exists":{"ref":{"collection":"widgets"},"id":"50"}},"then":1,"else":{"create":{"ref":{"collection":"widgets"},"id":"50"},"params":{"object":{"data":{"object":{"a":1}}}}}}}',
        '{"a":1}',
      ),
      refuses('{"if":null,"then":1,"else":2}', ['if'], 'Boolean', 'Null'),
    ],
  },
  {
    function: 'Equals',
    given: SHOP,
    cases: [
      gives(
        '{"equals":[{"ref":{"collection":"widgets"},"id":"1"},{"ref":{"collection":"widgets"},"id":"1"}]}',
        'true',
      ),
      gives(
        '{"equals":[{"ref":{"collection":"widgets"},"id":"1"},{"ref":{"collection":"widgets"},"id":"2"}]}',
        'false',
      ),
      gives(
        '{"equals":[{"get":{"ref":{"collection":"widgets"},"id":"1"}},{"get":{"ref":{"collection":"widgets"},"id":"1"}}]}',
        'true',
      ),
      gives(
        '{"equals":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_color"},"terms":"red"}]}',
        'true',
      ),
      gives(
        '{"equals":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_color"},"terms":"blue"}]}',
        'false',
      ),
      gives(
        '{"equals":[{"query":{"lambda":"x","expr":{"add":[{"var":"x"},1]}}},{"query":{"lambda":"x","expr":{"add":[{"var":"x"},1]}}}]}',
        'true',
      ),
    ],
  },
  {
    function: 'Select',
    given: SHOP,
    cases: [
      gives('{"select":["data","color"],"from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}', '"red"'),
      gives(
        '{"select":"ref","from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        '{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      gives('{"select":["id"],"from":{"ref":{"collection":"widgets"},"id":"1"}}', '"1"'),
      gives('{"select":["collection","id"],"from":{"ref":{"collection":"widgets"},"id":"1"}}', '"widgets"'),
      gives('{"select":"data","from":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', '[2,3]'),
      gives('{"select":["data",0],"from":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', '2'),
      gives(
        '{"select":["data","none"],"from":{"get":{"ref":{"collection":"widgets"},"id":"1"}},"default":"default"}',
        '"default"',
      ),
      fails(
        '{"select":["data","none"],"from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        ['from'],
        'Value not found at path [data,none].',
        'value not found',
      ),
      fails(
        '{"select":0,"from":{"match":{"index":"sizes"},"terms":"red"}}',
        ['from'],
        'Value not found at path [0].',
        'value not found',
      ),
      fails('{"select":["a"],"from":1}', ['from'], 'Value not found at path [a].', 'value not found'),
    ],
  },
  {
    function: 'ContainsField',
    given: SHOP,
    cases: [
      gives('{"contains_field":"data","in":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}', 'true'),
      gives('{"contains_field":"none","in":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}', 'false'),
      gives('{"contains_field":"data","in":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', 'true'),
      gives('{"contains_field":"id","in":{"ref":{"collection":"widgets"},"id":"1"}}', 'true'),
      gives('{"contains_field":"a","in":1}', 'false'),
      refuses('{"contains_field":1,"in":{"object":{"a":1}}}', ['contains_field'], 'String', 'Integer'),
    ],
  },
  {
    function: 'ContainsPath',
    given: SHOP,
    cases: [
      gives(
        '{"contains_path":["data","color"],"in":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        'true',
      ),
      gives(
        '{"contains_path":["data","none"],"in":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        'false',
      ),
      gives(
        '{"contains_path":["data",0],"in":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        'true',
      ),
      refuses(
        '{"contains_path":[true],"in":{"object":{}}}',
        ['contains_path', 0],
        'String or Integer',
        'Boolean',
      ),
    ],
  },
  {
    function: 'ContainsValue',
    given: SHOP,
    cases: [
      gives(
        '{"contains_value":"red","in":{"select":"data","from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}}',
        'true',
      ),
      gives('{"contains_value":2,"in":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}', 'false'),
      gives('{"contains_value":3,"in":{"match":{"index":"sizes"},"terms":"red"}}', 'true'),
      gives('{"contains_value":9,"in":{"match":{"index":"sizes"},"terms":"red"}}', 'false'),
      gives('{"contains_value":"1","in":{"ref":{"collection":"widgets"},"id":"1"}}', 'true'),
    ],
  },
  {
    function: 'Merge',
    given: SHOP,
    cases: [
      gives(
        '{"select":"data","from":{"merge":{"get":{"ref":{"collection":"widgets"},"id":"1"}},"with":{"object":{"data":1}}}}',
        '1',
      ),
      gives(
        '{"merge":{"object":{"a":1}},"with":{"select":"data","from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}}',
        '{"a":1,"color":"red","size":3}',
      ),
    ],
  },
  {
    function: 'ToObject',
    given: SHOP,
    cases: [
      gives(
        '{"to_object":{"select":"data","from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}}',
        '{"color":"red","size":3}',
      ),
      fails(
        '{"to_object":{"match":{"index":"sizes"},"terms":"red"}}',
        ['to_object'],
        'Cannot cast Set to Object.',
      ),
      fails(
        '{"to_object":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        ['to_object'],
        'Cannot cast Page to Object.',
      ),
    ],
  },
  {
    function: 'ToArray',
    given: SHOP,
    cases: [
      gives(
        '{"to_array":{"select":"data","from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}}',
        '[["color","red"],["size",3]]',
      ),
      fails(
        '{"to_array":{"match":{"index":"sizes"},"terms":"red"}}',
        ['to_array'],
        'Cannot cast Set to Array.',
      ),
      fails(
        '{"to_array":{"paginate":{"match":{"index":"sizes"},"terms":"red"}}}',
        ['to_array'],
        'Cannot cast Page to Array.',
      ),
      fails('{"to_array":1}', ['to_array'], 'Cannot cast Integer to Array.'),
    ],
  },
];
