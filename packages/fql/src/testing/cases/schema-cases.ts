/** Making collections, indexes, functions, databases, keys, roles and access providers. */
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

const ISSUED: readonly string[] = [
  '{"create_collection":{"object":{"name":"widgets"}}}',
  '{"create_role":{"object":{"name":"reader","privileges":{"object":{"resource":{"collection":"widgets"},"actions":{"object":{"read":true}}}}}}}',
];

export const schemaCases: readonly FunctionCases[] = [
  {
    function: 'CreateCollection',
    given: SHOP,
    cases: [
      gives(
        '{"create_collection":{"object":{"name":"new"}}}',
        '{"ref":{"@ref":{"id":"new","collection":{"@ref":{"id":"collections"}}}},"ts":<ts>,"history_days":0,"name":"new"}',
      ),
      gives(
        '{"create_collection":{"object":{"name":"kept","history_days":3,"ttl_days":7,"data":{"object":{"a":1}},"permissions":{"object":{"read":"public"}}}}}',
        '{"ref":{"@ref":{"id":"kept","collection":{"@ref":{"id":"collections"}}}},"ts":<ts>,"history_days":3,"name":"kept","ttl_days":7,"data":{"a":1},"permissions":{"read":"public"}}',
      ),
      gives(
        '{"create_collection":{"object":{"name":"forever","history_days":null}}}',
        '{"ref":{"@ref":{"id":"forever","collection":{"@ref":{"id":"collections"}}}},"ts":<ts>,"name":"forever"}',
      ),
      fails(
        '{"create_collection":{"object":{"name":"new"}}}',
        ['create_collection'],
        'Collection already exists.',
        'instance already exists',
      ),
      {
        expression: '{"create_collection":{"object":{}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [{ field: ['name'], code: 'value required', description: 'Required value not found.' }],
          },
        ],
      },
      {
        expression: '{"create_collection":{"object":{"name":""}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['name'],
                code: 'invalid characters',
                description:
                  'The name  uses invalid characters. Valid characters must match: [;@+$\\-_.!~%\\w]+',
              },
            ],
          },
        ],
      },
      {
        expression: '{"create_collection":{"object":{"name":"a b"}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['name'],
                code: 'invalid characters',
                description:
                  'The name a b uses invalid characters. Valid characters must match: [;@+$\\-_.!~%\\w]+',
              },
            ],
          },
        ],
      },
      {
        expression: '{"create_collection":{"object":{"name":"_"}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['name'], code: 'reserved name', description: 'Invalid name _. Reserved names: _.' },
            ],
          },
        ],
      },
      {
        expression: '{"create_collection":{"object":{"name":1}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['name'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type String.',
              },
            ],
          },
        ],
      },
      {
        expression: '{"create_collection":{"object":{"name":"x","history_days":-1}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['history_days'],
                code: 'non-negative value required',
                description: 'Value must be non-negative.',
              },
            ],
          },
        ],
      },
      {
        expression: '{"create_collection":{"object":{"name":"x","ttl_days":"a"}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['ttl_days'],
                code: 'invalid type',
                description: 'Invalid type String, expected type Long.',
              },
            ],
          },
        ],
      },
      gives(
        '{"create_collection":{"object":{"name":"events"}}}',
        '{"ref":{"@ref":{"id":"events","collection":{"@ref":{"id":"collections"}}}},"ts":<ts>,"history_days":0,"name":"events"}',
      ),
      refuses('{"create_collection":"x"}', ['create_collection'], 'Object', 'String'),
      {
        expression: '{"create_collection":{"object":{"name":"x","data":1}}}',
        errors: [
          {
            position: ['create_collection'],
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
    function: 'CreateClass',
    given: SHOP,
    cases: [
      gives(
        '{"create_class":{"object":{"name":"old"}}}',
        '{"ref":{"@ref":{"id":"old","collection":{"@ref":{"id":"collections"}}}},"ts":<ts>,"history_days":0,"name":"old"}',
      ),
      fails(
        '{"create_class":{"object":{"name":"old"}}}',
        ['create_class'],
        'Collection already exists.',
        'instance already exists',
      ),
      refuses('{"create_class":1}', ['create_class'], 'Object', 'Integer'),
    ],
  },
  {
    function: 'CreateIndex',
    given: SHOP,
    cases: [
      gives(
        '{"create_index":{"object":{"name":"plain","source":{"collection":"widgets"}}}}',
        '{"ref":{"@ref":{"id":"plain","collection":{"@ref":{"id":"indexes"}}}},"ts":<ts>,"active":true,"serialized":true,"name":"plain","source":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}},"partitions":8}',
      ),
      gives(
        '{"create_index":{"object":{"name":"full","source":[{"object":{"collection":{"collection":"widgets"},"fields":{"object":{"double":{"query":{"lambda":"d","expr":{"multiply":[2,{"select":["data","size"],"from":{"var":"d"}}]}}}}}}}],"terms":[{"object":{"field":["data","color"],"transform":"casefold"}}],"values":[{"object":{"binding":"double","reverse":true}},{"object":{"field":"ref"}}],"unique":false,"serialized":false,"data":{"object":{"a":1}}}}}',
        '{"ref":{"@ref":{"id":"full","collection":{"@ref":{"id":"indexes"}}}},"ts":<ts>,"active":true,"serialized":false,"name":"full","source":[{"collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}},"fields":{"double":{"@query":{"api_version":"4","lambda":"d","expr":{"multiply":[2,{"select":["data","size"],"from":{"var":"d"}}]}}}}}],"terms":[{"field":["data","color"],"transform":"casefold"}],"values":[{"binding":"double","reverse":true},{"field":"ref"}],"partitions":1,"unique":false,"data":{"a":1}}',
      ),
      gives(
        '{"select":"data","from":{"paginate":{"match":{"index":"full"},"terms":"red"}}}',
        '[[6,{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}],[4,{"@ref":{"id":"3","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]]',
      ),
      gives(
        '{"create_index":{"object":{"name":"once","source":{"collection":"widgets"},"terms":[{"object":{"field":["data","size"]}}],"unique":true}}}',
        '{"ref":{"@ref":{"id":"once","collection":{"@ref":{"id":"indexes"}}}},"ts":<ts>,"active":true,"serialized":true,"name":"once","source":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}},"terms":[{"field":["data","size"]}],"partitions":1,"unique":true}',
      ),
      fails(
        '{"create":{"collection":"widgets"},"params":{"object":{"data":{"object":{"size":3}}}}}',
        ['create'],
        'document is not unique.',
        'instance not unique',
      ),
      gives(
        '{"create_index":{"object":{"name":"everywhere","source":"_"}}}',
        '{"ref":{"@ref":{"id":"everywhere","collection":{"@ref":{"id":"indexes"}}}},"ts":<ts>,"active":true,"serialized":true,"name":"everywhere","source":"_","partitions":8}',
      ),
      fails(
        '{"create_index":{"object":{"name":"plain","source":{"collection":"widgets"}}}}',
        ['create_index'],
        'Index already exists.',
        'instance already exists',
      ),
      {
        expression: '{"create_index":{"object":{"name":"x"}}}',
        errors: [
          {
            position: ['create_index'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['source'], code: 'value required', description: 'Required value not found.' },
            ],
          },
        ],
      },
      {
        expression: '{"create_index":{"object":{"name":"x","source":{"collection":"nothing"}}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['source'], code: 'invalid reference', description: 'Cannot read reference.' },
            ],
          },
        ],
      },
      {
        expression: '{"create_index":{"object":{"name":"x","source":1}}}',
        errors: [
          {
            position: ['create_index'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['source'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type SourceClass.',
              },
            ],
          },
        ],
      },
      {
        expression:
          '{"create_index":{"object":{"name":"x","source":{"collection":"widgets"},"terms":[{"object":{}}]}}}',
        errors: [
          {
            position: ['create_index'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['field'],
                code: 'value required',
                description: 'Must provide one of the following: field, binding',
              },
            ],
          },
        ],
      },
      gives(
        '{"create_index":{"object":{"name":"x","source":{"collection":"widgets"},"terms":[{"object":{"binding":"none"}}]}}}',
        '{"ref":{"@ref":{"id":"x","collection":{"@ref":{"id":"indexes"}}}},"ts":<ts>,"active":true,"serialized":true,"name":"x","source":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}},"terms":[{"binding":"none"}],"partitions":1}',
      ),
      {
        expression: '{"create_index":{"object":{"name":"x","source":{"collection":"widgets"},"values":1}}}',
        errors: [
          {
            position: ['create_index'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['values'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type Term.',
              },
            ],
          },
        ],
      },
      {
        expression:
          '{"create_index":{"object":{"name":"x","source":{"object":{"collection":{"collection":"widgets"},"fields":{"object":{"bad":{"query":{"lambda":"d","expr":{"get":{"select":"ref","from":{"var":"d"}}}}}}}}},"values":[{"object":{"binding":"bad"}}]}}}',
        errors: [
          {
            position: ['create_index'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['source', '0', 'fields', '0', 'bad'],
                code: 'invalid binding',
                description: 'Field binding must be a pure unary function.',
              },
            ],
          },
        ],
      },
      {
        expression:
          '{"create_index":{"object":{"name":"x","source":{"collection":"widgets"},"partitions":9}}}',
        errors: [
          {
            position: ['create_index'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['partitions'],
                code: 'bounds error',
                description: 'Value 9 is not in expected range 1 to 8.',
              },
            ],
          },
        ],
      },
      {
        expression:
          '{"create_index":{"object":{"name":"x","source":{"collection":"widgets"},"values":[{"object":{"field":["data","a"],"transform":"other"}}]}}}',
        errors: [
          {
            position: ['create_index'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['transform'],
                code: 'invalid value',
                description: 'Invalid value `other` at `transform`',
              },
            ],
          },
        ],
      },
      refuses('{"create_index":"x"}', ['create_index'], 'Object', 'String'),
    ],
  },
  {
    function: 'CreateFunction',
    given: SHOP,
    cases: [
      gives(
        '{"create_function":{"object":{"name":"double","body":{"query":{"lambda":"x","expr":{"multiply":[{"var":"x"},2]}}}}}}',
        '{"ref":{"@ref":{"id":"double","collection":{"@ref":{"id":"functions"}}}},"ts":<ts>,"name":"double","body":{"@query":{"api_version":"4","lambda":"x","expr":{"multiply":[{"var":"x"},2]}}}}',
      ),
      gives('{"call":"double","arguments":4}', '8'),
      gives(
        '{"create_function":{"object":{"name":"with_role","body":{"query":{"lambda":"x","expr":{"var":"x"}}},"role":"admin","data":{"object":{}}}}}',
        '{"ref":{"@ref":{"id":"with_role","collection":{"@ref":{"id":"functions"}}}},"ts":<ts>,"name":"with_role","body":{"@query":{"api_version":"4","lambda":"x","expr":{"var":"x"}}},"role":"admin","data":{}}',
      ),
      fails(
        '{"create_function":{"object":{"name":"double","body":{"query":{"lambda":"x","expr":{"var":"x"}}}}}}',
        ['create_function'],
        'Function already exists.',
        'instance already exists',
      ),
      {
        expression: '{"create_function":{"object":{"name":"x"}}}',
        errors: [
          {
            position: ['create_function'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [{ field: ['body'], code: 'value required', description: 'Required value not found.' }],
          },
        ],
      },
      {
        expression: '{"create_function":{"object":{"name":"x","body":1}}}',
        errors: [
          {
            position: ['create_function'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['body'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type Query.',
              },
            ],
          },
        ],
      },
      {
        expression:
          '{"create_function":{"object":{"name":"x","body":{"query":{"lambda":"x","expr":{"var":"x"}}},"role":"none"}}}',
        errors: [
          {
            position: ['create_function'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['role'], code: 'validation failed', description: 'Role name `none` does not exist.' },
            ],
          },
        ],
      },
      {
        expression: '{"create_function":{"object":{"body":{"query":{"lambda":"x","expr":{"var":"x"}}}}}}',
        errors: [
          {
            position: ['create_function'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [{ field: ['name'], code: 'value required', description: 'Required value not found.' }],
          },
        ],
      },
      refuses('{"create_function":1}', ['create_function'], 'Object', 'Integer'),
    ],
  },
  {
    function: 'CreateDatabase',
    given: SHOP,
    cases: [
      gives(
        '{"create_database":{"object":{"name":"child"}}}',
        '{"ref":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}},"ts":<ts>,"name":"child","global_id":"<global id>"}',
      ),
      gives(
        '{"create_database":{"object":{"name":"other","data":{"object":{"a":1}}}}}',
        '{"ref":{"@ref":{"id":"other","collection":{"@ref":{"id":"databases"}}}},"ts":<ts>,"name":"other","data":{"a":1},"global_id":"<global id>"}',
      ),
      fails(
        '{"create_database":{"object":{"name":"child"}}}',
        ['create_database'],
        'Database already exists.',
        'instance already exists',
      ),
      {
        expression: '{"create_database":{"object":{}}}',
        errors: [
          {
            position: ['create_database'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [{ field: ['name'], code: 'value required', description: 'Required value not found.' }],
          },
        ],
      },
      {
        expression: '{"create_database":{"object":{"name":true}}}',
        errors: [
          {
            position: ['create_database'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['name'],
                code: 'invalid type',
                description: 'Invalid type Boolean, expected type String.',
              },
            ],
          },
        ],
      },
      {
        expression: '{"create_database":{"object":{"name":"a/b"}}}',
        errors: [
          {
            position: ['create_database'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['name'],
                code: 'invalid characters',
                description:
                  'The name a/b uses invalid characters. Valid characters must match: [;@+$\\-_.!~%\\w]+',
              },
            ],
          },
        ],
      },
      refuses('{"create_database":null}', ['create_database'], 'Object', 'Null'),
    ],
  },
  {
    function: 'CreateKey',
    given: ISSUED,
    differs: 'No `hashed_secret` in the document: nothing of a secret is shown again',
    cases: [
      gives(
        '{"create_key":{"object":{"role":"server"}}}',
        '{"ref":{"@ref":{"id":"<id>","collection":{"@ref":{"id":"keys"}}}},"ts":<ts>,"role":"server","secret":"<secret>"}',
      ),
      gives(
        '{"create_key":{"object":{"role":"client","data":{"object":{"a":1}},"priority":5}}}',
        '{"ref":{"@ref":{"id":"<id>","collection":{"@ref":{"id":"keys"}}}},"ts":<ts>,"role":"client","data":{"a":1},"priority":5,"secret":"<secret>"}',
      ),
      gives(
        '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        '{"ref":{"@ref":{"id":"<id>","collection":{"@ref":{"id":"keys"}}}},"ts":<ts>,"role":{"@ref":{"id":"reader","collection":{"@ref":{"id":"roles"}}}},"secret":"<secret>"}',
      ),
      gives(
        '{"create_key":{"object":{"role":[{"role":"reader"}]}}}',
        '{"ref":{"@ref":{"id":"<id>","collection":{"@ref":{"id":"keys"}}}},"ts":<ts>,"role":[{"@ref":{"id":"reader","collection":{"@ref":{"id":"roles"}}}}],"secret":"<secret>"}',
      ),
      {
        expression: '{"create_key":{"object":{}}}',
        errors: [
          {
            position: ['create_key'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [{ field: ['role'], code: 'value required', description: 'Required value not found.' }],
          },
        ],
      },
      {
        expression: '{"create_key":{"object":{"role":"none"}}}',
        errors: [
          {
            position: ['create_key'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['role'], code: 'validation failed', description: 'Role name `none` does not exist.' },
            ],
          },
        ],
      },
      {
        expression: '{"create_key":{"object":{"role":{"role":"none"}}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [{ field: ['role'], code: 'invalid reference', description: 'Cannot read reference.' }],
          },
        ],
      },
      {
        expression: '{"create_key":{"object":{"role":"server","database":{"database":"none"}}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['database'], code: 'invalid reference', description: 'Cannot read reference.' },
            ],
          },
        ],
      },
      {
        expression: '{"create_key":{"object":{"role":"server","database":{"collection":"widgets"}}}}',
        errors: [
          {
            position: ['create_key'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['database'],
                code: 'invalid type',
                description: 'Invalid type Collection Ref, expected type Reference.',
              },
            ],
          },
        ],
      },
      refuses('{"create_key":1}', ['create_key'], 'Object', 'Integer'),
    ],
  },
  {
    function: 'CreateRole',
    given: ISSUED,
    cases: [
      gives(
        '{"create_role":{"object":{"name":"writer","privileges":[{"object":{"resource":{"collection":"widgets"},"actions":{"object":{"read":true,"write":true,"create":{"query":{"lambda":"data","expr":true}}}}}}]}}}',
        '{"ref":{"@ref":{"id":"writer","collection":{"@ref":{"id":"roles"}}}},"ts":<ts>,"name":"writer","privileges":[{"resource":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}},"actions":{"read":true,"write":true,"create":{"@query":{"api_version":"4","lambda":"data","expr":true}}}}]}',
      ),
      gives(
        '{"create_role":{"object":{"name":"members","privileges":{"object":{"resource":{"collections":null},"actions":{"object":{"read":true}}}},"membership":{"object":{"resource":{"collection":"widgets"},"predicate":{"query":{"lambda":"ref","expr":true}}}}}}}',
        '{"ref":{"@ref":{"id":"members","collection":{"@ref":{"id":"roles"}}}},"ts":<ts>,"name":"members","privileges":{"resource":{"@ref":{"id":"collections"}},"actions":{"read":true}},"membership":{"resource":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}},"predicate":{"@query":{"api_version":"4","lambda":"ref","expr":true}}}}',
      ),
      fails(
        '{"create_role":{"object":{"name":"writer","privileges":{"object":{"resource":{"collection":"widgets"},"actions":{"object":{}}}}}}}',
        ['create_role'],
        'Role already exists.',
        'instance already exists',
      ),
      {
        expression: '{"create_role":{"object":{"privileges":[]}}}',
        errors: [
          {
            position: ['create_role'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [{ field: ['name'], code: 'value required', description: 'Required value not found.' }],
          },
        ],
      },
      gives(
        '{"create_role":{"object":{"name":"x","privileges":[{"object":{"resource":{"collection":"widgets"}}}]}}}',
        '{"ref":{"@ref":{"id":"x","collection":{"@ref":{"id":"roles"}}}},"ts":<ts>,"name":"x","privileges":[{"resource":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}]}',
      ),
      {
        expression:
          '{"create_role":{"object":{"name":"x","privileges":[{"object":{"resource":{"collection":"nothing"},"actions":{"object":{"read":true}}}}]}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['privileges', '0', 'resource'],
                code: 'invalid reference',
                description: 'Cannot read reference.',
              },
            ],
          },
        ],
      },
      fails(
        '{"create_role":{"object":{"name":"x","privileges":[{"object":{"resource":{"collection":"widgets"},"actions":{"object":{"fly":true}}}}]}}}',
        ['create_role'],
        'Role already exists.',
        'instance already exists',
      ),
      {
        expression:
          '{"create_role":{"object":{"name":"x","privileges":[{"object":{"resource":{"collection":"widgets"},"actions":{"object":{"read":1}}}}]}}}',
        errors: [
          {
            position: ['create_role'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['privileges', '0', 'actions', 'read'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type Query.',
              },
            ],
          },
        ],
      },
      {
        expression:
          '{"create_role":{"object":{"name":"x","privileges":[],"membership":[{"object":{"resource":1}}]}}}',
        errors: [
          {
            position: ['create_role'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['membership', '0', 'resource'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type Reference.',
              },
            ],
          },
        ],
      },
      refuses('{"create_role":1}', ['create_role'], 'Object', 'Integer'),
    ],
  },
  {
    function: 'CreateAccessProvider',
    given: ISSUED,
    cases: [
      gives(
        '{"create_access_provider":{"object":{"name":"issuer","issuer":"https://issuer.example/","jwks_uri":"https://issuer.example/keys","roles":[{"role":"reader"}]}}}',
        '{"ref":{"@ref":{"id":"issuer","collection":{"@ref":{"id":"access_providers"}}}},"ts":<ts>,"name":"issuer","issuer":"https://issuer.example/","jwks_uri":"https://issuer.example/keys","roles":[{"@ref":{"id":"reader","collection":{"@ref":{"id":"roles"}}}}],"audience":"<audience>"}',
      ),
      fails(
        '{"create_access_provider":{"object":{"name":"issuer","issuer":"https://other.example/","jwks_uri":"https://other.example/keys"}}}',
        ['create_access_provider'],
        'Access provider already exists.',
        'instance already exists',
      ),
      {
        expression:
          '{"create_access_provider":{"object":{"name":"second","issuer":"https://issuer.example/","jwks_uri":"https://issuer.example/keys"}}}',
        errors: [
          {
            position: ['create_access_provider'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [{ field: ['issuer'], code: 'duplicate value', description: 'Value is not unique.' }],
          },
        ],
      },
      {
        expression: '{"create_access_provider":{"object":{"name":"x"}}}',
        errors: [
          {
            position: ['create_access_provider'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['issuer'], code: 'value required', description: 'Required value not found.' },
              { field: ['jwks_uri'], code: 'value required', description: 'Required value not found.' },
            ],
          },
        ],
      },
      {
        expression:
          '{"create_access_provider":{"object":{"name":"x","issuer":"https://x.example/","jwks_uri":"none"}}}',
        errors: [
          {
            position: ['create_access_provider'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['jwks_uri'], code: 'invalid uri', description: '`none` is a not valid URI' },
            ],
          },
        ],
      },
      {
        expression:
          '{"create_access_provider":{"object":{"name":"x","issuer":"https://x.example/","jwks_uri":"https://x.example/","roles":[{"role":"none"}]}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              { field: ['roles', '0'], code: 'invalid reference', description: 'Cannot read reference.' },
            ],
          },
        ],
      },
      {
        expression: '{"create_access_provider":{"object":{"name":"x","issuer":1,"jwks_uri":1}}}',
        errors: [
          {
            position: ['create_access_provider'],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['issuer'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type String.',
              },
              {
                field: ['jwks_uri'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type URI.',
              },
            ],
          },
        ],
      },
      refuses('{"create_access_provider":1}', ['create_access_provider'], 'Object', 'Integer'),
    ],
  },
];
