/** Refs, native collections, new ids and bytes. */
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

const CHILD: readonly string[] = ['{"create_database":{"object":{"name":"child"}}}'];

export const refCases: readonly FunctionCases[] = [
  {
    function: 'Ref',
    given: SHOP,
    cases: [
      gives(
        '{"ref":{"collection":"widgets"},"id":"1"}',
        '{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      gives(
        '{"ref":{"collection":"widgets"},"id":7}',
        '{"@ref":{"id":"7","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      gives(
        '{"@ref":"collections/widgets/7"}',
        '{"@ref":{"id":"7","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      gives(
        '{"@ref":"collections/widgets"}',
        '{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}',
      ),
      gives(
        '{"@ref":{"id":"7","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
        '{"@ref":{"id":"7","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      refuses('{"@ref":{"id":"7","class":{"@ref":"classes/widgets"}}}', ['class'], 'Ref', 'String'),
      gives(
        '{"ref":{"collection":"nothing"},"id":"1"}',
        '{"@ref":{"id":"1","collection":{"@ref":{"id":"nothing","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      gives(
        '{"ref":{"collection":"widgets"},"id":"9223372036854775807"}',
        '{"@ref":{"id":"9223372036854775807","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      gives('{"ref":{"keys":null},"id":1}', '{"@ref":{"id":"1","collection":{"@ref":{"id":"keys"}}}}'),
      gives(
        '{"ref":{"collection":"widgets"},"id":-1}',
        '{"@ref":{"id":"-1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}',
      ),
      refuses(
        '{"ref":{"collection":"widgets"},"id":"a"}',
        ['id'],
        'Number or numeric String',
        "non-numeric 'a'",
      ),
      refuses('{"ref":{"collection":"widgets"},"id":1.5}', ['id'], 'String or Number', 'Double'),
      fails(
        '{"ref":{"collection":"widgets"},"id":"9223372036854775808"}',
        ['id'],
        "The id provided is too large: '9223372036854775808'",
      ),
      refuses('{"ref":"widgets","id":1}', ['ref'], 'Collection Ref', 'String'),
      refuses('{"ref":{"index":"by_color"},"id":1}', ['ref'], 'Collection Ref', 'Index Ref'),
      refuses('{"ref":{"indexes":null},"id":1}', ['ref'], 'Regular Class Ref', 'Schema Class Ref'),
      fails('{"@ref":1}', [], 'Invalid ref.', 'invalid expression'),
      fails('{"@ref":"nonsense"}', [], 'Invalid ref.', 'invalid expression'),
      refuses('{"@ref":{"id":1}}', ['id'], 'String', 'Number'),
    ],
  },
  {
    function: 'Collection',
    cases: [
      gives(
        '{"collection":"widgets"}',
        '{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}',
      ),
      fails(
        '{"collection":"widgets","scope":{"database":"x"}}',
        ['scope'],
        "Ref refers to undefined database 'x'",
        'invalid ref',
      ),
      gives('{"collection":""}', '{"@ref":{"id":"","collection":{"@ref":{"id":"collections"}}}}'),
      refuses('{"collection":1}', ['collection'], 'String', 'Integer'),
      refuses('{"collection":"widgets","scope":"x"}', ['scope'], 'Database Ref', 'String'),
      refuses('{"collection":{"collection":"widgets"}}', ['collection'], 'String', 'Collection Ref'),
    ],
  },
  {
    function: 'Class',
    cases: [
      gives('{"class":"widgets"}', '{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}'),
      fails(
        '{"class":"widgets","scope":{"database":"x"}}',
        ['scope'],
        "Ref refers to undefined database 'x'",
        'invalid ref',
      ),
      gives('{"class":""}', '{"@ref":{"id":"","collection":{"@ref":{"id":"collections"}}}}'),
      refuses('{"class":1}', ['class'], 'String', 'Integer'),
      refuses('{"class":"widgets","scope":"x"}', ['scope'], 'Database Ref', 'String'),
      refuses('{"class":{"class":"widgets"}}', ['class'], 'String', 'Collection Ref'),
    ],
  },
  {
    function: 'Index',
    cases: [
      gives('{"index":"by_color"}', '{"@ref":{"id":"by_color","collection":{"@ref":{"id":"indexes"}}}}'),
      fails(
        '{"index":"by_color","scope":{"database":"x"}}',
        ['scope'],
        "Ref refers to undefined database 'x'",
        'invalid ref',
      ),
      gives('{"index":""}', '{"@ref":{"id":"","collection":{"@ref":{"id":"indexes"}}}}'),
      refuses('{"index":1}', ['index'], 'String', 'Integer'),
      refuses('{"index":"by_color","scope":"x"}', ['scope'], 'Database Ref', 'String'),
      refuses('{"index":{"index":"by_color"}}', ['index'], 'String', 'Index Ref'),
    ],
  },
  {
    function: 'Database',
    cases: [
      gives('{"database":"child"}', '{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}'),
      fails(
        '{"database":"child","scope":{"database":"x"}}',
        ['scope'],
        "Ref refers to undefined database 'x'",
        'invalid ref',
      ),
      gives('{"database":""}', '{"@ref":{"id":"","collection":{"@ref":{"id":"databases"}}}}'),
      refuses('{"database":1}', ['database'], 'String', 'Integer'),
      refuses('{"database":"child","scope":"x"}', ['scope'], 'Database Ref', 'String'),
      refuses('{"database":{"database":"child"}}', ['database'], 'String', 'Database Ref'),
    ],
  },
  {
    function: 'Function',
    cases: [
      gives('{"function":"double"}', '{"@ref":{"id":"double","collection":{"@ref":{"id":"functions"}}}}'),
      fails(
        '{"function":"double","scope":{"database":"x"}}',
        ['scope'],
        "Ref refers to undefined database 'x'",
        'invalid ref',
      ),
      gives('{"function":""}', '{"@ref":{"id":"","collection":{"@ref":{"id":"functions"}}}}'),
      refuses('{"function":1}', ['function'], 'String', 'Integer'),
      refuses('{"function":"double","scope":"x"}', ['scope'], 'Database Ref', 'String'),
      refuses('{"function":{"function":"double"}}', ['function'], 'String', 'User Function Ref'),
    ],
  },
  {
    function: 'Role',
    cases: [
      gives('{"role":"reader"}', '{"@ref":{"id":"reader","collection":{"@ref":{"id":"roles"}}}}'),
      fails(
        '{"role":"reader","scope":{"database":"x"}}',
        ['scope'],
        "Ref refers to undefined database 'x'",
        'invalid ref',
      ),
      gives('{"role":""}', '{"@ref":{"id":"","collection":{"@ref":{"id":"roles"}}}}'),
      refuses('{"role":1}', ['role'], 'String', 'Integer'),
      refuses('{"role":"reader","scope":"x"}', ['scope'], 'Database Ref', 'String'),
      refuses('{"role":{"role":"reader"}}', ['role'], 'String', 'Ref'),
    ],
  },
  {
    function: 'AccessProvider',
    cases: [
      gives(
        '{"access_provider":"auth0"}',
        '{"@ref":{"id":"auth0","collection":{"@ref":{"id":"access_providers"}}}}',
      ),
      fails(
        '{"access_provider":"auth0","scope":{"database":"x"}}',
        ['scope'],
        "Ref refers to undefined database 'x'",
        'invalid ref',
      ),
      gives('{"access_provider":""}', '{"@ref":{"id":"","collection":{"@ref":{"id":"access_providers"}}}}'),
      refuses('{"access_provider":1}', ['access_provider'], 'String', 'Integer'),
      refuses('{"access_provider":"auth0","scope":"x"}', ['scope'], 'Database Ref', 'String'),
      refuses('{"access_provider":{"access_provider":"auth0"}}', ['access_provider'], 'String', 'Ref'),
    ],
  },
  {
    function: 'Collections',
    given: CHILD,
    cases: [
      gives('{"collections":null}', '{"@ref":{"id":"collections"}}'),
      gives(
        '{"collections":{"database":"child"}}',
        '{"@ref":{"id":"collections","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"collections":{"database":"gone"}}',
        ['collections'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"collections":1}', ['collections'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"collections":null}}}', '[]'),
    ],
  },
  {
    function: 'Classes',
    given: CHILD,
    cases: [
      gives('{"classes":null}', '{"@ref":{"id":"collections"}}'),
      gives(
        '{"classes":{"database":"child"}}',
        '{"@ref":{"id":"collections","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"classes":{"database":"gone"}}',
        ['classes'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"classes":1}', ['classes'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"classes":null}}}', '[]'),
    ],
  },
  {
    function: 'Indexes',
    given: CHILD,
    cases: [
      gives('{"indexes":null}', '{"@ref":{"id":"indexes"}}'),
      gives(
        '{"indexes":{"database":"child"}}',
        '{"@ref":{"id":"indexes","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"indexes":{"database":"gone"}}',
        ['indexes'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"indexes":1}', ['indexes'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"indexes":null}}}', '[]'),
    ],
  },
  {
    function: 'Databases',
    given: CHILD,
    cases: [
      gives('{"databases":null}', '{"@ref":{"id":"databases"}}'),
      gives(
        '{"databases":{"database":"child"}}',
        '{"@ref":{"id":"databases","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"databases":{"database":"gone"}}',
        ['databases'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"databases":1}', ['databases'], 'Database Ref or Null', 'Integer'),
      gives(
        '{"select":"data","from":{"paginate":{"databases":null}}}',
        '[{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}]',
      ),
    ],
  },
  {
    function: 'Functions',
    given: CHILD,
    cases: [
      gives('{"functions":null}', '{"@ref":{"id":"functions"}}'),
      gives(
        '{"functions":{"database":"child"}}',
        '{"@ref":{"id":"functions","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"functions":{"database":"gone"}}',
        ['functions'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"functions":1}', ['functions'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"functions":null}}}', '[]'),
    ],
  },
  {
    function: 'Roles',
    given: CHILD,
    cases: [
      gives('{"roles":null}', '{"@ref":{"id":"roles"}}'),
      gives(
        '{"roles":{"database":"child"}}',
        '{"@ref":{"id":"roles","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"roles":{"database":"gone"}}',
        ['roles'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"roles":1}', ['roles'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"roles":null}}}', '[]'),
    ],
  },
  {
    function: 'AccessProviders',
    given: CHILD,
    cases: [
      gives('{"access_providers":null}', '{"@ref":{"id":"access_providers"}}'),
      gives(
        '{"access_providers":{"database":"child"}}',
        '{"@ref":{"id":"access_providers","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"access_providers":{"database":"gone"}}',
        ['access_providers'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"access_providers":1}', ['access_providers'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"access_providers":null}}}', '[]'),
    ],
  },
  {
    function: 'Keys',
    given: CHILD,
    cases: [
      gives('{"keys":null}', '{"@ref":{"id":"keys"}}'),
      gives(
        '{"keys":{"database":"child"}}',
        '{"@ref":{"id":"keys","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"keys":{"database":"gone"}}',
        ['keys'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"keys":1}', ['keys'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"keys":null}}}', '[]'),
    ],
  },
  {
    function: 'Tokens',
    given: CHILD,
    cases: [
      gives('{"tokens":null}', '{"@ref":{"id":"tokens"}}'),
      gives(
        '{"tokens":{"database":"child"}}',
        '{"@ref":{"id":"tokens","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"tokens":{"database":"gone"}}',
        ['tokens'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"tokens":1}', ['tokens'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"tokens":null}}}', '[]'),
    ],
  },
  {
    function: 'Credentials',
    given: CHILD,
    cases: [
      gives('{"credentials":null}', '{"@ref":{"id":"credentials"}}'),
      gives(
        '{"credentials":{"database":"child"}}',
        '{"@ref":{"id":"credentials","database":{"@ref":{"id":"child","collection":{"@ref":{"id":"databases"}}}}}}',
      ),
      fails(
        '{"credentials":{"database":"gone"}}',
        ['credentials'],
        "Ref refers to undefined database 'gone'",
        'invalid ref',
      ),
      refuses('{"credentials":1}', ['credentials'], 'Database Ref or Null', 'Integer'),
      gives('{"select":"data","from":{"paginate":{"credentials":null}}}', '[]'),
    ],
  },
  {
    function: 'NewId',
    cases: [
      gives('{"new_id":null}', '"<id>"'),
      gives('{"is_string":{"new_id":null}}', 'true'),
      gives('{"lt":[{"to_number":{"new_id":null}},{"to_number":{"new_id":null}}]}', 'true'),
      refuses('{"new_id":1}', ['new_id'], 'Null', 'Integer'),
    ],
  },
  {
    function: 'NextId',
    cases: [gives('{"next_id":null}', '"<id>"'), refuses('{"next_id":"a"}', ['next_id'], 'Null', 'String')],
  },
  {
    function: 'Bytes',
    cases: [
      gives('{"@bytes":"AQID"}', '{"@bytes":"AQID"}'),
      gives('{"@bytes":""}', '{"@bytes":""}'),
      gives('{"@bytes":"-_8="}', '{"@bytes":"+/8="}'),
      gives('{"@bytes":"+/8="}', '{"@bytes":"+/8="}'),
      gives('{"@bytes":"AQ"}', '{"@bytes":"AQ=="}'),
      fails('{"@bytes":"A"}', [], 'Invalid bytes.', 'invalid expression'),
      fails('{"@bytes":"*"}', [], 'Invalid bytes.', 'invalid expression'),
      fails('{"@bytes":1}', [], 'Invalid bytes.', 'invalid expression'),
      gives('{"equals":[{"@bytes":"AQID"},{"@bytes":"AQID"}]}', 'true'),
      gives('{"lt":[{"@bytes":"AQ=="},{"@bytes":"Ag=="}]}', 'true'),
    ],
  },
  {
    function: 'Lambda',
    cases: [
      gives('{"map":{"lambda":"x","expr":{"add":[{"var":"x"},1]}},"collection":[1,2]}', '[2,3]'),
      gives(
        '{"map":{"lambda":["a","b"],"expr":{"add":[{"var":"a"},{"var":"b"}]}},"collection":[[1,2]]}',
        '[3]',
      ),
      gives('{"map":{"lambda":["a","_"],"expr":{"var":"a"}},"collection":[[1,2]]}', '[1]'),
      gives('{"map":{"lambda":["x"],"expr":{"var":"x"}},"collection":[1]}', '[1]'),
      fails(
        '{"map":{"lambda":["a","b"],"expr":{"var":"a"}},"collection":[[1,2,3]]}',
        ['map', 'lambda'],
        'Lambda expects an array with 2 elements. Array contains 3.',
      ),
      fails(
        '{"map":{"lambda":["a","b"],"expr":{"var":"a"}},"collection":[1]}',
        ['map', 'lambda'],
        'Lambda expects an array with 2 elements. Array contains 1.',
      ),
      fails(
        '{"lambda":1,"expr":1}',
        [],
        'No form/function found, or invalid argument keys: { lambda, expr }.',
        'invalid expression',
      ),
      fails(
        '{"lambda":["x",1],"expr":1}',
        [],
        'No form/function found, or invalid argument keys: { lambda, expr }.',
        'invalid expression',
      ),
      fails(
        '{"map":{"lambda":"x","expr":{"var":"y"}},"collection":[1]}',
        ['map', 'expr'],
        "Variable 'y' is not defined.",
        'invalid expression',
      ),
      gives(
        '{"let":[{"y":2}],"in":{"map":{"lambda":"x","expr":{"add":[{"var":"x"},{"var":"y"}]}},"collection":[1]}}',
        '[3]',
      ),
      fails(
        '{"lambda":"x","expr":{"var":"x"}}',
        [],
        'No form/function found, or invalid argument keys: { lambda, expr }.',
        'invalid expression',
      ),
    ],
  },
];
