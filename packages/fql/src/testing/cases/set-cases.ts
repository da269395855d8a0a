/** Describing sets; the arrays that some of them take instead. */
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
];

export const setCases: readonly FunctionCases[] = [
  {
    function: 'Match',
    given: SHOP,
    cases: [
      gives(
        '{"match":{"index":"by_color"},"terms":"red"}',
        '{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}',
      ),
      gives(
        '{"match":{"index":"all_widgets"},"terms":[]}',
        '{"@set":{"match":{"@ref":{"id":"all_widgets","collection":{"@ref":{"id":"indexes"}}}}}}',
      ),
      gives(
        '{"match":{"index":"by_color"},"terms":["red",1]}',
        '{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":["red",1]}}',
      ),
      gives(
        '{"match":"by_color","terms":"red"}',
        '{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}',
      ),
      gives(
        '{"match":"red","index":{"index":"by_color"}}',
        '{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}',
      ),
      gives(
        '{"match":{"index":"all_widgets"}}',
        '{"@set":{"match":{"@ref":{"id":"all_widgets","collection":{"@ref":{"id":"indexes"}}}}}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"match":{"index":"by_color"},"terms":"red"}}}',
        '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"match":{"index":"by_color"},"terms":["red","blue"]}}}',
        '[]',
      ),
      gives('{"select":"data","from":{"paginate":{"match":{"index":"by_color"},"terms":null}}}', '[]'),
      fails(
        '{"match":{"index":"nothing"},"terms":1}',
        ['match'],
        "Ref refers to undefined index 'nothing'",
        'invalid ref',
      ),
      refuses('{"match":{"collection":"widgets"},"terms":1}', ['match'], 'Identifier', 'Collection Ref'),
      refuses('{"match":1,"terms":1}', ['match'], 'Identifier', 'Integer'),
      refuses(
        '{"match":{"index":"by_color"},"terms":{"ref":{"collection":"nothing"},"id":"1"}}',
        ['terms'],
        'Any',
        'Ref',
      ),
    ],
  },
  {
    function: 'Documents',
    given: SHOP,
    cases: [
      gives(
        '{"documents":{"collection":"widgets"}}',
        '{"@set":{"documents":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"documents":{"collection":"widgets"}}}}',
        '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives('{"count":{"documents":{"indexes":null}}}', '4'),
      fails(
        '{"documents":{"collection":"nothing"}}',
        ['documents'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      refuses('{"documents":{"index":"by_color"}}', ['documents'], 'Collection Ref', 'Index Ref'),
      refuses(
        '{"documents":{"ref":{"collection":"widgets"},"id":"1"}}',
        ['documents'],
        'Collection Ref',
        'Ref',
      ),
      refuses('{"documents":"widgets"}', ['documents'], 'Collection Ref', 'String'),
    ],
  },
  {
    function: 'Singleton',
    given: SHOP,
    cases: [
      gives(
        '{"singleton":{"ref":{"collection":"widgets"},"id":"1"}}',
        '{"@set":{"singleton":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"singleton":{"ref":{"collection":"widgets"},"id":"1"}}}}',
        '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"singleton":{"ref":{"collection":"widgets"},"id":"9"}}}}',
        '[]',
      ),
      fails(
        '{"singleton":{"ref":{"collection":"nothing"},"id":"1"}}',
        ['singleton'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      refuses('{"singleton":{"match":{"index":"all_widgets"},"terms":[]}}', ['singleton'], 'Ref', 'Set'),
      refuses('{"singleton":1}', ['singleton'], 'Ref', 'Integer'),
    ],
  },
  {
    function: 'Events',
    given: SHOP,
    cases: [
      gives(
        '{"events":{"ref":{"collection":"widgets"},"id":"1"}}',
        '{"@set":{"events":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}}}',
      ),
      gives(
        '{"events":{"match":{"index":"by_color"},"terms":"red"}}',
        '{"@set":{"events":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}}',
      ),
      gives(
        '{"select":["data",0,"action"],"from":{"paginate":{"events":{"ref":{"collection":"widgets"},"id":"1"}}}}',
        '"create"',
      ),
      fails(
        '{"events":{"events":{"ref":{"collection":"widgets"},"id":"1"}}}',
        [],
        'Set does not support events history.',
      ),
      refuses('{"events":1}', ['events'], 'Ref or Set', 'Integer'),
      fails(
        '{"events":{"ref":{"collection":"nothing"},"id":"1"}}',
        ['events'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
    ],
  },
  {
    function: 'Union',
    given: SHOP,
    cases: [
      gives(
        '{"union":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_color"},"terms":"blue"}]}',
        '{"@set":{"union":[{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}},{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"blue"}}]}}',
      ),
      gives(
        '{"union":{"match":{"index":"by_color"},"terms":"red"}}',
        '{"@set":{"union":{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"union":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_color"},"terms":"blue"}]}}}',
        '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"union":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"all_widgets"},"terms":[]}]}}}',
        '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives('{"union":[[1,2],[2,3]]}', '[1,2,3]'),
      gives('{"union":[[1,1],[]]}', '[1,1]'),
      gives('{"union":[[3,1],[1.5]]}', '[3,1,1.5]'),
      fails('{"union":[]}', ['union'], 'Non-empty array expected.'),
      fails(
        '{"union":[{"match":{"index":"by_color"},"terms":"red"},[1]]}',
        ['union'],
        'Arguments cannot be of different types, expected Set or Array.',
      ),
      {
        expression: '{"union":[1,2]}',
        errors: [
          {
            position: ['union', 0],
            code: 'invalid argument',
            description: 'Array, Set, or Page expected, Integer provided.',
          },
          {
            position: ['union', 1],
            code: 'invalid argument',
            description: 'Array, Set, or Page expected, Integer provided.',
          },
        ],
      },
      gives(
        '{"union":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_size"},"terms":[]}]}',
        '{"@set":{"union":[{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}},{"@set":{"match":{"@ref":{"id":"by_size","collection":{"@ref":{"id":"indexes"}}}}}}]}}',
      ),
      {
        expression:
          '{"union":[{"paginate":{"match":{"index":"by_color"},"terms":"red"}},{"paginate":{"match":{"index":"by_color"},"terms":"blue"}}]}',
        errors: [
          {
            position: ['union', 0],
            code: 'invalid argument',
            description: 'Set or Array expected, Page provided.',
          },
          {
            position: ['union', 1],
            code: 'invalid argument',
            description: 'Set or Array expected, Page provided.',
          },
        ],
      },
    ],
  },
  {
    function: 'Intersection',
    given: SHOP,
    cases: [
      gives(
        '{"intersection":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"all_widgets"},"terms":[]}]}',
        '{"@set":{"intersection":[{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}},{"@set":{"match":{"@ref":{"id":"all_widgets","collection":{"@ref":{"id":"indexes"}}}}}}]}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"intersection":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"all_widgets"},"terms":[]}]}}}',
        '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"intersection":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_color"},"terms":"blue"}]}}}',
        '[]',
      ),
      gives('{"intersection":[[1,2,3],[3,2]]}', '[2,3]'),
      gives('{"intersection":[[1,1,2],[1,1]]}', '[1,1]'),
      gives('{"intersection":[[1],["1"]]}', '[]'),
      fails('{"intersection":[]}', ['intersection'], 'Non-empty array expected.'),
      fails(
        '{"intersection":[{"match":{"index":"by_color"},"terms":"red"},[1]]}',
        ['intersection'],
        'Arguments cannot be of different types, expected Set or Array.',
      ),
      refuses('{"intersection":1}', ['intersection'], 'Array, Set, or Page', 'Integer'),
      gives(
        '{"intersection":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_size"},"terms":[]}]}',
        '{"@set":{"intersection":[{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}},{"@set":{"match":{"@ref":{"id":"by_size","collection":{"@ref":{"id":"indexes"}}}}}}]}}',
      ),
    ],
  },
  {
    function: 'Difference',
    given: SHOP,
    cases: [
      gives(
        '{"difference":[{"match":{"index":"all_widgets"},"terms":[]},{"match":{"index":"by_color"},"terms":"red"}]}',
        '{"@set":{"difference":[{"@set":{"match":{"@ref":{"id":"all_widgets","collection":{"@ref":{"id":"indexes"}}}}}},{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}]}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"difference":[{"match":{"index":"all_widgets"},"terms":[]},{"match":{"index":"by_color"},"terms":"red"}]}}}',
        '[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"difference":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"all_widgets"},"terms":[]}]}}}',
        '[]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"difference":[{"match":{"index":"all_widgets"},"terms":[]},{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_color"},"terms":"blue"}]}}}',
        '[]',
      ),
      gives('{"difference":[[1,2,3],[2]]}', '[1,3]'),
      gives('{"difference":[[1,1,2],[1]]}', '[1,2]'),
      fails('{"difference":[]}', ['difference'], 'Non-empty array expected.'),
      fails(
        '{"difference":[[1],{"match":{"index":"all_widgets"},"terms":[]}]}',
        ['difference'],
        'Arguments cannot be of different types, expected Set or Array.',
      ),
      refuses('{"difference":"a"}', ['difference'], 'Array, Set, or Page', 'String'),
      gives(
        '{"difference":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"by_size"},"terms":[]}]}',
        '{"@set":{"difference":[{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}},{"@set":{"match":{"@ref":{"id":"by_size","collection":{"@ref":{"id":"indexes"}}}}}}]}}',
      ),
    ],
  },
  {
    function: 'Distinct',
    given: SHOP,
    cases: [
      gives(
        '{"distinct":{"match":{"index":"all_widgets"},"terms":[]}}',
        '{"@set":{"distinct":{"@set":{"match":{"@ref":{"id":"all_widgets","collection":{"@ref":{"id":"indexes"}}}}}}}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"distinct":{"union":[{"match":{"index":"by_color"},"terms":"red"},{"match":{"index":"all_widgets"},"terms":[]}]}}}}',
        '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives('{"distinct":[1,2,1,"1",null,null]}', '[1,2,"1",null]'),
      gives('{"distinct":[]}', '[]'),
      gives(
        '{"distinct":{"paginate":{"match":{"index":"by_color"},"terms":"red"}}}',
        '{"data":[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      refuses('{"distinct":1}', ['distinct'], 'Array, Set, or Page', 'Integer'),
    ],
  },
  {
    function: 'Join',
    given: SHOP,
    cases: [
      gives(
        '{"join":{"match":{"index":"by_color"},"terms":"red"},"with":{"index":"by_color"}}',
        '{"@set":{"join":{"@set":{"match":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}},"with":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}}}}',
      ),
      gives(
        '{"join":{"match":{"index":"by_size"},"terms":[]},"with":{"lambda":["size","ref"],"expr":{"singleton":{"var":"ref"}}}}',
        '{"@set":{"join":{"@set":{"match":{"@ref":{"id":"by_size","collection":{"@ref":{"id":"indexes"}}}}}},"with":{"api_version":"4","lambda":["size","ref"],"expr":{"singleton":{"var":"ref"}}}}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"join":{"match":{"index":"by_size"},"terms":[]},"with":{"lambda":["size","ref"],"expr":{"singleton":{"var":"ref"}}}}}}',
        '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"join":{"singleton":{"ref":{"collection":"widgets"},"id":"1"}},"with":{"lambda":"x","expr":{"match":{"index":"by_color"},"terms":"blue"}}}}}',
        '[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      refuses(
        '{"join":{"match":{"index":"by_color"},"terms":"red"},"with":1}',
        ['with'],
        'Lambda or Index Ref',
        'Integer',
      ),
      refuses('{"join":1,"with":{"index":"by_color"}}', ['join'], 'Set', 'Integer'),
      refuses(
        '{"join":{"match":{"index":"by_color"},"terms":"red"},"with":{"collection":"widgets"}}',
        ['with'],
        'Lambda or Index Ref',
        'Collection Ref',
      ),
      fails(
        '{"join":{"match":{"index":"by_color"},"terms":"red"},"with":{"index":"nothing"}}',
        ['with'],
        "Ref refers to undefined index 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"join":{"match":{"index":"by_color"},"terms":"red"},"with":{"lambda":"x","expr":{"get":{"var":"x"}}}}',
        ['with'],
        'Invalid lambda. Lambda in this context may not read, write, or call a user function.',
      ),
      refuses(
        '{"select":"data","from":{"paginate":{"join":{"match":{"index":"by_color"},"terms":"red"},"with":{"lambda":"x","expr":1}}}}',
        ['from', 'paginate', 'with'],
        'Set',
        'Integer',
      ),
    ],
  },
  {
    function: 'Range',
    given: SHOP,
    cases: [
      gives(
        '{"range":{"match":{"index":"by_size"},"terms":[]},"from":1,"to":2}',
        '{"@set":{"range":{"@set":{"match":{"@ref":{"id":"by_size","collection":{"@ref":{"id":"indexes"}}}}}},"from":1,"to":2}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"range":{"match":{"index":"by_size"},"terms":[]},"from":1,"to":2}}}',
        '[[1,{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[2,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"range":{"match":{"index":"by_size"},"terms":[]},"from":[2,{"ref":{"collection":"widgets"},"id":"3"}],"to":[3]}}}',
        '[[2,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"range":{"match":{"index":"by_size"},"terms":[]},"from":4,"to":1}}}',
        '[]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"range":{"match":{"index":"by_size"},"terms":[]},"from":[],"to":1}}}',
        '[[1,{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"range":{"match":{"index":"by_size"},"terms":[]},"from":3,"to":[]}}}',
        '[[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[null,{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]',
      ),
      refuses('{"range":[1],"from":1,"to":2}', ['range'], 'Set', 'Array'),
      refuses('{"range":1,"from":1,"to":1}', ['range'], 'Set', 'Integer'),
      fails(
        '{"range":{"match":{"index":"all_widgets"},"terms":[]},"from":{"ref":{"collection":"nothing"},"id":"1"},"to":[]}',
        ['from'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
    ],
  },
];
