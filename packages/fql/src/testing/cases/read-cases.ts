/** Reading documents, pages and keys. */
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

const LOG: readonly string[] = [
  '{"create_collection":{"object":{"name":"log","history_days":10000}}}',
  '{"insert":{"ref":{"collection":"log"},"id":"1"},"ts":1500000000000000,"action":"create","params":{"object":{"data":{"object":{"n":1}}}}}',
  '{"insert":{"ref":{"collection":"log"},"id":"1"},"ts":1500000000000010,"action":"update","params":{"object":{"data":{"object":{"n":2}}}}}',
  '{"insert":{"ref":{"collection":"log"},"id":"1"},"ts":1500000000000020,"action":"delete","params":{"object":{}}}',
  '{"insert":{"ref":{"collection":"log"},"id":"2"},"ts":1500000000000005,"action":"create","params":{"object":{"data":{"object":{"n":5}}}}}',
  '{"create_index":{"object":{"name":"log_by_n","source":{"collection":"log"},"values":[{"object":{"field":["data","n"]}}]}}}',
];

export const readCases: readonly FunctionCases[] = [
  {
    function: 'Get',
    given: SHOP,
    cases: [
      gives(
        '{"get":{"ref":{"collection":"widgets"},"id":"1"}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>,"data":{"color":"red","size":3}}',
      ),
      gives(
        '{"get":{"match":{"index":"by_color"},"terms":"red"}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>,"data":{"color":"red","size":3}}',
      ),
      gives(
        '{"get":{"match":{"index":"by_size"},"terms":[]}}',
        '{"ref":{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>,"data":{"color":"blue","size":1}}',
      ),
      gives(
        '{"get":{"collection":"widgets"}}',
        '{"ref":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}},"ts":<ts>,"history_days":30,"name":"widgets"}',
      ),
      gives(
        '{"get":{"index":"by_color"}}',
        '{"ref":{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}},"ts":<ts>,"active":true,"serialized":true,"name":"by_color","source":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}},"terms":[{"field":["data","color"]}],"partitions":1}',
      ),
      fails(
        '{"get":{"ref":{"collection":"widgets"},"id":"9"}}',
        [],
        'Document not found.',
        'instance not found',
      ),
      fails(
        '{"get":{"match":{"index":"by_color"},"terms":"green"}}',
        [],
        'Set not found.',
        'instance not found',
      ),
      fails(
        '{"get":{"ref":{"collection":"nothing"},"id":"1"}}',
        ['get'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"get":{"collection":"nothing"}}',
        ['get'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"get":{"function":"nothing"}}',
        ['get'],
        "Ref refers to undefined function 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"get":{"database":"nothing"}}',
        ['get'],
        "Ref refers to undefined database 'nothing'",
        'invalid ref',
      ),
      fails('{"get":{"ref":{"keys":null},"id":"1"}}', [], 'Key not found.', 'instance not found'),
      refuses('{"get":"a"}', ['get'], 'Ref or Set', 'String'),
      refuses('{"get":{"object":{"a":1}}}', ['get'], 'Ref or Set', 'Object'),
      fails(
        '{"get":{"ref":{"collection":"widgets"},"id":"1"},"ts":1}',
        [],
        'Requested timestamp 1970-01-01T00:00:00.000001Z less than minimum allowed timestamp <time>.',
      ),
      refuses('{"get":{"ref":{"collection":"widgets"},"id":"1"},"ts":"a"}', ['ts'], 'Time', 'String'),
    ],
  },
  {
    function: 'Exists',
    given: SHOP,
    cases: [
      gives('{"exists":{"ref":{"collection":"widgets"},"id":"1"}}', 'true'),
      gives('{"exists":{"ref":{"collection":"widgets"},"id":"9"}}', 'false'),
      gives('{"exists":{"match":{"index":"by_color"},"terms":"red"}}', 'true'),
      gives('{"exists":{"match":{"index":"by_color"},"terms":"green"}}', 'false'),
      gives('{"exists":{"ref":{"collection":"nothing"},"id":"1"}}', 'false'),
      gives('{"exists":{"collection":"nothing"}}', 'false'),
      gives('{"exists":{"collection":"widgets"}}', 'true'),
      gives('{"exists":{"collections":null}}', 'true'),
      refuses('{"exists":1}', ['exists'], 'Ref or Set', 'Integer'),
      refuses('{"exists":{"ref":{"collection":"widgets"},"id":"1"},"ts":"a"}', ['ts'], 'Time', 'String'),
      fails(
        '{"exists":{"match":{"index":"nothing"},"terms":[]}}',
        ['exists', 'match'],
        "Ref refers to undefined index 'nothing'",
        'invalid ref',
      ),
    ],
  },
  {
    function: 'KeyFromSecret',
    given: SHOP,
    cases: [
      gives(
        '{"select":"role","from":{"key_from_secret":{"select":"secret","from":{"create_key":{"object":{"role":"server"}}}}}}',
        '"server"',
      ),
      fails('{"key_from_secret":"nothing"}', [], 'No key found for secret nothing.', 'instance not found'),
      refuses('{"key_from_secret":1}', ['key_from_secret'], 'String', 'Integer'),
    ],
  },
  {
    function: 'Paginate',
    given: SHOP,
    cases: [
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]}}',
        '{"data":[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":3}',
        '{"after":[{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":3,"after":{"ref":{"collection":"widgets"},"id":"3"}}',
        '{"before":[{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":2,"after":[{"ref":{"collection":"widgets"},"id":"2"}]}',
        '{"before":[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"after":[{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":2,"before":{"ref":{"collection":"widgets"},"id":"4"}}',
        '{"before":[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"after":[{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"before":null,"size":1}',
        '{"before":[{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"after":[null],"data":[{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives('{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":0}', '{"data":[]}'),
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":0,"after":{"ref":{"collection":"widgets"},"id":"2"}}',
        '{"before":[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"after":[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"by_size"},"terms":[]}}',
        '{"data":[[1,{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[2,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[null,{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"by_size"},"terms":[]},"after":2}',
        '{"before":[2],"data":[[2,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[null,{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"by_size"},"terms":[]},"after":[2,{"ref":{"collection":"widgets"},"id":"3"}],"size":1}',
        '{"before":[2,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"after":[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[[2,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"by_size"},"terms":[]},"before":[2]}',
        '{"after":[2],"data":[[1,{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"by_size"},"terms":[]},"after":null}',
        '{"before":[null],"data":[[null,{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"by_size"},"terms":[]},"after":{"time":"1970-01-01T00:00:00Z"}}',
        '{"before":[{"@ts":"1970-01-01T00:00:00Z"}],"data":[[null,{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]}',
      ),
      gives('{"paginate":{"match":{"index":"sizes"},"terms":"red"}}', '{"data":[2,3]}'),
      gives(
        '{"paginate":{"match":{"index":"sizes"},"terms":"red"},"sources":true,"size":1}',
        '{"after":[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[{"value":2,"sources":[{"@set":{"match":{"@ref":{"id":"sizes","collection":{"@ref":{"id":"indexes"}}}},"terms":"red"}}]}]}',
      ),
      gives(
        '{"paginate":{"ref":{"collection":"widgets"},"id":"1"}}',
        '{"data":[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives(
        '{"paginate":{"documents":{"collection":"widgets"}},"size":1}',
        '{"after":[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives(
        '{"paginate":{"collections":null}}',
        '{"data":[{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}]}',
      ),
      gives(
        '{"paginate":{"indexes":null},"size":1}',
        '{"after":[{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}}],"data":[{"@ref":{"id":"all_widgets","collection":{"@ref":{"id":"indexes"}}}}]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"cursor":{"object":{"after":{"ref":{"collection":"widgets"},"id":"4"}}}}',
        '{"before":[{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      gives(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"cursor":{"object":{"before":{"ref":{"collection":"widgets"},"id":"2"}}}}',
        '{"after":[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],"data":[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]}',
      ),
      fails(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"cursor":{"object":{"other":1}}}',
        ['cursor'],
        "Invalid cursor object. Expected an object with either 'before' or 'after' key in it.",
      ),
      fails(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"cursor":1}',
        ['cursor'],
        "Invalid cursor object. Expected an object with either 'before' or 'after' key in it.",
      ),
      refuses('{"paginate":[1,2]}', ['paginate'], 'Ref or Set', 'Array'),
      refuses('{"paginate":"a"}', ['paginate'], 'Ref or Set', 'String'),
      gives('{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":-1}', '{"data":[]}'),
      refuses(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"size":"a"}',
        ['size'],
        'Integer',
        'String',
      ),
      refuses('{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"ts":"a"}', ['ts'], 'Time', 'String'),
      refuses(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"events":1}',
        ['events'],
        'Boolean',
        'Integer',
      ),
      fails(
        '{"paginate":{"match":{"index":"nothing"},"terms":[]}}',
        ['paginate', 'match'],
        "Ref refers to undefined index 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"paginate":{"ref":{"collection":"nothing"},"id":"1"}}',
        ['paginate'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      gives(
        '{"paginate":{"match":{"index":"by_size"},"terms":[]},"after":[1,2,3,4]}',
        '{"before":[1,2,3,4],"data":[[1,{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[2,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[3,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[null,{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]}',
      ),
      fails(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"ts":1}',
        ['paginate'],
        'Requested timestamp 1970-01-01T00:00:00.000001Z less than minimum allowed timestamp <time>.',
      ),
      fails(
        '{"paginate":{"match":{"index":"all_widgets"},"terms":[]},"after":1,"before":2}',
        [],
        'No form/function found, or invalid argument keys: { paginate, after, before }.',
        'invalid expression',
      ),
    ],
  },
  {
    function: 'Paginate',
    given: LOG,
    differs: 'In an index made later, the history of documents that were deleted before is missing',
    cases: [
      gives(
        '{"paginate":{"events":{"ref":{"collection":"log"},"id":"1"}}}',
        '{"data":[{"ts":1500000000000000,"action":"create","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":1}},{"ts":1500000000000010,"action":"update","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":2}},{"ts":1500000000000020,"action":"delete","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":null}]}',
      ),
      gives(
        '{"paginate":{"ref":{"collection":"log"},"id":"1"},"events":true,"size":1}',
        '{"after":{"ts":1500000000000010,"action":"update","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}}},"data":[{"ts":1500000000000000,"action":"create","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":1}}]}',
      ),
      gives(
        '{"paginate":{"events":{"ref":{"collection":"log"},"id":"1"}},"after":1500000000000005}',
        '{"before":{"ts":1500000000000005,"action":"add"},"data":[{"ts":1500000000000010,"action":"update","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":2}},{"ts":1500000000000020,"action":"delete","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":null}]}',
      ),
      gives(
        '{"paginate":{"events":{"ref":{"collection":"log"},"id":"1"}},"before":1500000000000010}',
        '{"after":{"ts":1500000000000010,"action":"add"},"data":[{"ts":1500000000000000,"action":"create","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":1}}]}',
      ),
      gives(
        '{"paginate":{"events":{"ref":{"collection":"log"},"id":"1"}},"after":{"object":{"ts":1500000000000010,"action":"update"}}}',
        '{"before":{"ts":1500000000000010,"action":"update"},"data":[{"ts":1500000000000010,"action":"update","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":2}},{"ts":1500000000000020,"action":"delete","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":null}]}',
      ),
      gives(
        '{"paginate":{"events":{"match":{"index":"log_by_n"},"terms":[]}}}',
        '{"data":[{"ts":1500000000000005,"action":"add","document":{"@ref":{"id":"2","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":[5]}]}',
      ),
      gives('{"paginate":{"match":{"index":"log_by_n"},"terms":[]},"ts":1500000000000007}', '{"data":[5]}'),
      gives(
        '{"paginate":{"match":{"index":"log_by_n"},"terms":[]},"ts":{"epoch":1500000000000012,"unit":"microseconds"}}',
        '{"data":[5]}',
      ),
      gives(
        '{"paginate":{"events":{"ref":{"collection":"log"},"id":"1"}},"before":null,"size":1}',
        '{"before":{"ts":1500000000000020,"action":"delete","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}}},"after":{"ts":9007199254740991,"action":"add"},"data":[{"ts":1500000000000020,"action":"delete","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"log","collection":{"@ref":{"id":"collections"}}}}}},"data":null}]}',
      ),
    ],
  },
];
