/** Writing documents, and their past. */
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

const HISTORY: readonly string[] = [
  '{"create_collection":{"object":{"name":"widgets","history_days":10000}}}',
  '{"create_collection":{"object":{"name":"others"}}}',
];

const MOVABLE: readonly string[] = [
  '{"create_database":{"object":{"name":"a"}}}',
  '{"create_database":{"object":{"name":"b"}}}',
];

export const writeCases: readonly FunctionCases[] = [
  {
    function: 'Create',
    given: SHOP,
    cases: [
      gives(
        '{"create":{"ref":{"collection":"widgets"},"id":"10"},"params":{"object":{"data":{"object":{"a":1,"gone":null,"deep":{"object":{"gone":null,"kept":[null]}}}}}}}',
        '{"ref":{"@ref":{"id":"10","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>,"data":{"a":1,"deep":{"kept":[null]}}}',
      ),
      gives(
        '{"create":{"ref":{"collection":"widgets"},"id":"11"},"params":{"object":{}}}',
        '{"ref":{"@ref":{"id":"11","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>}',
      ),
      gives(
        '{"create":{"ref":{"collection":"widgets"},"id":"12"}}',
        '{"ref":{"@ref":{"id":"12","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>}',
      ),
      gives(
        '{"create":{"collection":"widgets"},"params":{"object":{"data":{"object":{}}}}}',
        '{"ref":{"@ref":{"id":"<id>","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>,"data":{}}',
      ),
      gives(
        '{"create":"widgets","params":{"object":{}}}',
        '{"ref":{"@ref":{"id":"<id>","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>}',
      ),
      gives(
        '{"select":["ttl"],"from":{"create":{"ref":{"collection":"widgets"},"id":"13"},"params":{"object":{"ttl":{"time":"2100-01-01T00:00:00Z"}}}}}',
        '{"@ts":"2100-01-01T00:00:00Z"}',
      ),
      fails(
        '{"create":{"ref":{"collection":"widgets"},"id":"10"},"params":{"object":{}}}',
        ['create'],
        'Document already exists.',
        'instance already exists',
      ),
      fails(
        '{"create":{"ref":{"collection":"nothing"},"id":"1"},"params":{"object":{}}}',
        ['create'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"create":{"collection":"nothing"},"params":{"object":{}}}',
        ['create'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"create":"nothing","params":{"object":{}}}',
        ['create'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      refuses('{"create":1,"params":{"object":{}}}', ['create'], 'Identifier', 'Integer'),
      refuses(
        '{"create":{"ref":{"collection":"widgets"},"id":"14"},"params":1}',
        ['params'],
        'Object',
        'Integer',
      ),
      {
        expression: '{"create":{"ref":{"collection":"widgets"},"id":"14"},"params":{"object":{"data":1}}}',
        errors: [
          {
            position: ['create'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['data'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type Map.',
              },
            ],
          },
        ],
      },
      {
        expression: '{"create":{"ref":{"collection":"widgets"},"id":"14"},"params":{"object":{"ttl":1}}}',
        errors: [
          {
            position: ['create'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['ttl'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type Timestamp.',
              },
            ],
          },
        ],
      },
      {
        expression:
          '{"create":{"ref":{"collection":"widgets"},"id":"14"},"params":{"object":{"data":{"object":{"to":{"ref":{"collection":"nothing"},"id":"1"}}}}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['data', 'to'], code: 'invalid reference', description: 'Cannot read reference.' },
            ],
          },
        ],
      },
      fails(
        '{"at":1500000000000000,"expr":{"create":{"ref":{"collection":"widgets"},"id":"15"},"params":{"object":{}}}}',
        ['expr', 'create'],
        'Cannot write outside of snapshot time.',
        'invalid write time',
      ),
      gives(
        '{"do":[{"create":{"ref":{"collection":"widgets"},"id":"16"},"params":{"object":{}}},{"exists":{"ref":{"collection":"widgets"},"id":"16"}}]}',
        'true',
      ),
    ],
  },
  {
    function: 'Update',
    given: SHOP,
    cases: [
      gives(
        '{"select":"data","from":{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":{"object":{"size":4,"deep":{"object":{"a":1}}}}}}}}',
        '{"color":"red","size":4,"deep":{"a":1}}',
      ),
      gives(
        '{"select":"data","from":{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":{"object":{"color":null,"deep":{"object":{"b":2}}}}}}}}',
        '{"size":4,"deep":{"a":1,"b":2}}',
      ),
      gives(
        '{"select":"data","from":{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{}}}}',
        '{"size":4,"deep":{"a":1,"b":2}}',
      ),
      gives(
        '{"select":"data","from":{"update":{"ref":{"collection":"widgets"},"id":"1"}}}',
        '{"size":4,"deep":{"a":1,"b":2}}',
      ),
      gives(
        '{"select":"name","from":{"update":{"collection":"widgets"},"params":{"object":{"data":{"object":{"a":1}}}}}}',
        '"widgets"',
      ),
      fails(
        '{"update":{"ref":{"collection":"widgets"},"id":"9"},"params":{"object":{}}}',
        ['update'],
        'Document not found.',
        'instance not found',
      ),
      fails(
        '{"update":{"ref":{"collection":"nothing"},"id":"1"},"params":{"object":{}}}',
        ['update'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      refuses('{"update":"widgets","params":{"object":{}}}', ['update'], 'Ref', 'String'),
      refuses(
        '{"update":{"match":{"index":"all_widgets"},"terms":[]},"params":{"object":{}}}',
        ['update'],
        'Ref',
        'Set',
      ),
      {
        expression: '{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":[]}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['data'],
                code: 'invalid type',
                description: 'Invalid type Array, expected type Map.',
              },
            ],
          },
        ],
      },
      refuses(
        '{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":1}',
        ['params'],
        'Object',
        'Integer',
      ),
      fails(
        '{"update":{"collections":null},"params":{"object":{}}}',
        ['update'],
        'Cannot update a schema meta collection.',
      ),
      fails(
        '{"at":{"time_subtract":{"now":null},"offset":1,"unit":"millisecond"},"expr":{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{}}}}',
        ['expr'],
        'Cannot write outside of snapshot time.',
        'invalid write time',
      ),
      {
        expression: '{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"ttl":1}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['ttl'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type Timestamp.',
              },
            ],
          },
        ],
      },
      gives(
        '{"update":{"collection":"widgets"},"params":{"object":{"name":"gadgets"}}}',
        '{"ref":{"@ref":{"id":"gadgets","collection":{"@ref":{"id":"collections"}}}},"ts":<ts>,"history_days":30,"name":"gadgets","data":{"a":1}}',
      ),
      gives(
        '{"select":"data","from":{"get":{"ref":{"collection":"gadgets"},"id":"1"}}}',
        '{"size":4,"deep":{"a":1,"b":2}}',
      ),
    ],
  },
  {
    function: 'Replace',
    given: SHOP,
    cases: [
      gives(
        '{"select":"data","from":{"replace":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":{"object":{"only":1}}}}}}',
        '{"only":1}',
      ),
      gives(
        '{"replace":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{}}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>}',
      ),
      gives(
        '{"replace":{"ref":{"collection":"widgets"},"id":"1"}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":<ts>}',
      ),
      fails(
        '{"replace":{"ref":{"collection":"widgets"},"id":"9"},"params":{"object":{}}}',
        ['replace'],
        'Document not found.',
        'instance not found',
      ),
      fails(
        '{"replace":{"ref":{"collection":"nothing"},"id":"1"},"params":{"object":{}}}',
        ['replace'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      refuses('{"replace":1,"params":{"object":{}}}', ['replace'], 'Ref', 'Integer'),
      {
        expression: '{"replace":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":"a"}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['data'],
                code: 'invalid type',
                description: 'Invalid type String, expected type Map.',
              },
            ],
          },
        ],
      },
    ],
  },
  {
    function: 'Delete',
    given: SHOP,
    cases: [
      gives(
        '{"select":"data","from":{"delete":{"ref":{"collection":"widgets"},"id":"1"}}}',
        '{"color":"red","size":3}',
      ),
      fails(
        '{"delete":{"ref":{"collection":"widgets"},"id":"1"}}',
        [],
        'Document not found.',
        'instance not found',
      ),
      gives('{"exists":{"ref":{"collection":"widgets"},"id":"1"}}', 'false'),
      fails(
        '{"delete":{"ref":{"collection":"nothing"},"id":"1"}}',
        ['delete'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      refuses('{"delete":{"match":{"index":"all_widgets"},"terms":[]}}', ['delete'], 'Ref', 'Set'),
      refuses('{"delete":1}', ['delete'], 'Ref', 'Integer'),
      fails('{"delete":{"collections":null}}', ['delete'], 'Cannot delete a schema meta collection.'),
      gives('{"select":"name","from":{"delete":{"index":"sizes"}}}', '"sizes"'),
      gives(
        '{"select":"data","from":{"paginate":{"match":{"index":"all_widgets"},"terms":[]}}}',
        '[{"@ref":{"id":"2","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},{"@ref":{"id":"4","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      ),
      gives('{"select":"name","from":{"delete":{"collection":"widgets"}}}', '"widgets"'),
      fails(
        '{"get":{"ref":{"collection":"widgets"},"id":"2"}}',
        ['get'],
        "Ref refers to undefined collection 'widgets'",
        'invalid ref',
      ),
    ],
  },
  {
    function: 'Insert',
    given: HISTORY,
    cases: [
      gives(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"create","params":{"object":{"data":{"object":{"n":1}}}}}',
        '{"ts":1500000000000000,"action":"create","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":1}}',
      ),
      gives(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":{"epoch":1500000000000010,"unit":"microseconds"},"action":"update","params":{"object":{"data":{"object":{"n":2}}}}}',
        '{"ts":1500000000000010,"action":"update","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":2}}',
      ),
      gives(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000020,"action":"delete","params":{"object":{}}}',
        '{"ts":1500000000000020,"action":"delete","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"data":null}',
      ),
      gives('{"exists":{"ref":{"collection":"widgets"},"id":"1"}}', 'false'),
      gives(
        '{"at":1500000000000015,"expr":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":1500000000000010,"data":{"n":2}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"events":{"ref":{"collection":"widgets"},"id":"1"}}}}',
        '[{"ts":1500000000000000,"action":"create","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":1}},{"ts":1500000000000010,"action":"update","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":2}},{"ts":1500000000000020,"action":"delete","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"data":null}]',
      ),
      gives(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"create","params":{"object":{"data":{"object":{"n":0}}}}}',
        '{"ts":1500000000000000,"action":"create","document":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"data":{"n":0}}',
      ),
      gives(
        '{"at":1500000000000005,"expr":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":1500000000000000,"data":{"n":0}}',
      ),
      fails(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":{"time_add":{"now":null},"offset":1,"unit":"day"},"action":"create","params":{"object":{}}}',
        [],
        'Cannot write outside of snapshot time.',
        'invalid write time',
      ),
      fails(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":-1,"action":"create","params":{"object":{}}}',
        [],
        'Cannot write outside of snapshot time.',
        'invalid write time',
      ),
      refuses(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"remove","params":{"object":{}}}',
        ['action'],
        "String 'create', 'update', or 'delete'",
        'String',
      ),
      refuses(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":"a","action":"create","params":{"object":{}}}',
        ['ts'],
        'Time',
        'String',
      ),
      fails(
        '{"insert":{"ref":{"collection":"nothing"},"id":"1"},"ts":1500000000000000,"action":"create","params":{"object":{}}}',
        ['insert'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"insert":{"collection":"widgets"},"ts":1500000000000000,"action":"create","params":{"object":{}}}',
        [],
        'Cannot insert event for specified ref.',
      ),
      refuses(
        '{"insert":1,"ts":1500000000000000,"action":"create","params":{"object":{}}}',
        ['insert'],
        'Ref',
        'Integer',
      ),
      refuses(
        '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"create","params":1}',
        ['params'],
        'Object',
        'Integer',
      ),
      {
        expression:
          '{"insert":{"ref":{"collection":"widgets"},"id":"2"},"ts":1500000000000000,"action":"create","params":{"object":{"data":1}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['data'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type Map.',
              },
            ],
          },
        ],
      },
    ],
  },
  {
    function: 'Remove',
    given: HISTORY,
    cases: [
      gives(
        '{"do":[{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"create","params":{"object":{"data":{"object":{"n":1}}}}},{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000010,"action":"update","params":{"object":{"data":{"object":{"n":2}}}}},{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000020,"action":"delete","params":{"object":{}}},null]}',
        'null',
      ),
      gives(
        '{"remove":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000020,"action":"delete"}',
        'null',
      ),
      gives(
        '{"get":{"ref":{"collection":"widgets"},"id":"1"}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":1500000000000010,"data":{"n":2}}',
      ),
      gives(
        '{"remove":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000010,"action":"create"}',
        'null',
      ),
      gives(
        '{"get":{"ref":{"collection":"widgets"},"id":"1"}}',
        '{"ref":{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}},"ts":1500000000000000,"data":{"n":1}}',
      ),
      gives(
        '{"remove":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000010,"action":"create"}',
        'null',
      ),
      gives(
        '{"remove":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"create"}',
        'null',
      ),
      gives('{"exists":{"ref":{"collection":"widgets"},"id":"1"}}', 'false'),
      refuses(
        '{"remove":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"add"}',
        ['action'],
        "String 'create', 'update', or 'delete'",
        'String',
      ),
      refuses(
        '{"remove":{"ref":{"collection":"widgets"},"id":"1"},"ts":null,"action":"create"}',
        ['ts'],
        'Time',
        'Null',
      ),
      fails(
        '{"remove":{"ref":{"collection":"nothing"},"id":"1"},"ts":1500000000000000,"action":"create"}',
        ['remove'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"remove":{"collection":"widgets"},"ts":1500000000000000,"action":"create"}',
        [],
        'Cannot remove event for specified ref.',
      ),
      refuses('{"remove":"a","ts":1500000000000000,"action":"create"}', ['remove'], 'Ref', 'String'),
    ],
  },
  {
    function: 'MoveDatabase',
    given: MOVABLE,
    cases: [
      fails(
        '{"move_database":{"database":"a"},"to":{"database":"a"}}',
        [],
        "Cannot move database 'a' into parent 'a': Cannot move database from ancestor to descendant.",
        'move database error',
      ),
      fails(
        '{"move_database":{"database":"nothing"},"to":{"database":"b"}}',
        ['move_database'],
        "Ref refers to undefined database 'nothing'",
        'invalid ref',
      ),
      fails(
        '{"move_database":{"database":"a"},"to":{"database":"nothing"}}',
        ['to'],
        "Ref refers to undefined database 'nothing'",
        'invalid ref',
      ),
      {
        expression: '{"move_database":"a","to":"b"}',
        errors: [
          {
            position: ['move_database'],
            code: 'invalid argument',
            description: 'Database Ref expected, String provided.',
          },
          {
            position: ['to'],
            code: 'invalid argument',
            description: 'Database Ref expected, String provided.',
          },
        ],
      },
      fails(
        '{"move_database":{"database":"a"},"to":{"collection":"b"}}',
        ['to'],
        "Ref refers to undefined collection 'b'",
        'invalid ref',
      ),
      gives(
        '{"move_database":{"database":"a"},"to":{"database":"b"}}',
        '{"ref":{"@ref":{"id":"a","collection":{"@ref":{"id":"databases"}},"database":{"@ref":{"id":"b","collection":{"@ref":{"id":"databases"}}}}}},"ts":<ts>,"name":"a","global_id":"<global id>"}',
      ),
      gives('{"exists":{"database":"a"}}', 'false'),
      gives('{"exists":{"database":"a","scope":{"database":"b"}}}', 'true'),
      fails(
        '{"move_database":{"database":"b"},"to":{"database":"a","scope":{"database":"b"}}}',
        [],
        "Cannot move database 'b' into parent 'a': Cannot move database from ancestor to descendant.",
        'move database error',
      ),
    ],
  },
];
