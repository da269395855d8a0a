/** What functions answer to those who may not, or may only read. */
import type { FunctionCases } from './function-cases.ts';

const GUARDED: readonly string[] = [
  '{"create_collection":{"object":{"name":"widgets","history_days":30}}}',
  '{"create_index":{"object":{"name":"all_widgets","source":{"collection":"widgets"}}}}',
  '{"create_index":{"object":{"name":"by_color","source":{"collection":"widgets"},"terms":[{"object":{"field":["data","color"]}}]}}}',
  '{"create_index":{"object":{"name":"by_size","source":{"collection":"widgets"},"values":[{"object":{"field":["data","size"]}},{"object":{"field":["ref"]}}]}}}',
  '{"create_index":{"object":{"name":"sizes","source":{"collection":"widgets"},"terms":[{"object":{"field":["data","color"]}}],"values":[{"object":{"field":["data","size"]}}]}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":{"object":{"color":"red","size":3}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"2"},"params":{"object":{"data":{"object":{"color":"blue","size":1}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"3"},"params":{"object":{"data":{"object":{"color":"red","size":2}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"4"},"params":{"object":{"data":{"object":{"color":"blue"}}}}}',
  '{"create_function":{"object":{"name":"double","body":{"query":{"lambda":"x","expr":{"multiply":[{"var":"x"},2]}}}}}}',
  '{"create_database":{"object":{"name":"child"}}}',
  '{"create_role":{"object":{"name":"reader","privileges":[{"object":{"resource":{"collection":"widgets"},"actions":{"object":{"read":true}}}},{"object":{"resource":{"index":"by_color"},"actions":{"object":{"read":true}}}}]}}}',
];

export const permissionCases: readonly FunctionCases[] = [
  {
    function: 'Get',
    given: GUARDED,
    cases: [
      {
        expression: '{"get":{"ref":{"collection":"widgets"},"id":"1"}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"select":"data","from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        login: '{"create_key":{"object":{"role":"server-readonly"}}}',
        result: '{"color":"red","size":3}',
      },
      {
        expression: '{"select":"data","from":{"get":{"ref":{"collection":"widgets"},"id":"1"}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        result: '{"color":"red","size":3}',
      },
      {
        expression: '{"get":{"collection":"widgets"}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"get":{"match":{"index":"by_color"},"terms":"red"}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: ['get'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"get":{"ref":{"collection":"widgets"},"id":"9"}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Exists',
    given: GUARDED,
    cases: [
      {
        expression: '{"exists":{"ref":{"collection":"widgets"},"id":"1"}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        result: 'false',
      },
      {
        expression: '{"exists":{"ref":{"collection":"widgets"},"id":"1"}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        result: 'true',
      },
      {
        expression: '{"exists":{"collection":"widgets"}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        result: 'false',
      },
    ],
  },
  {
    function: 'Paginate',
    given: GUARDED,
    cases: [
      {
        expression: '{"paginate":{"match":{"index":"by_color"},"terms":"red"}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: ['paginate'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"count":{"paginate":{"match":{"index":"by_color"},"terms":"red"}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        result: '{"data":[2]}',
      },
      {
        expression: '{"paginate":{"match":{"index":"all_widgets"},"terms":[]}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: ['paginate'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"select":"data","from":{"paginate":{"documents":{"collection":"widgets"}},"size":1}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        result:
          '[{"@ref":{"id":"1","collection":{"@ref":{"id":"widgets","collection":{"@ref":{"id":"collections"}}}}}}]',
      },
      {
        expression: '{"paginate":{"collections":null}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: ['paginate'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"paginate":{"keys":null}}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        errors: [
          {
            position: ['paginate'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Create',
    given: GUARDED,
    cases: [
      {
        expression: '{"create":{"ref":{"collection":"widgets"},"id":"60"},"params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":"server-readonly"}}}',
        errors: [
          {
            position: ['create'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"create":{"ref":{"collection":"widgets"},"id":"60"},"params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: ['create'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"create":{"ref":{"collection":"widgets"},"id":"60"},"params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: ['create'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression:
          '{"select":"id","from":{"select":"ref","from":{"create":{"ref":{"collection":"widgets"},"id":"60"},"params":{"object":{}}}}}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        result: '"60"',
      },
    ],
  },
  {
    function: 'Update',
    given: GUARDED,
    cases: [
      {
        expression: '{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"update":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"update":{"collection":"widgets"},"params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Replace',
    given: GUARDED,
    cases: [
      {
        expression: '{"replace":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"replace":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":"server-readonly"}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Delete',
    given: GUARDED,
    cases: [
      {
        expression: '{"delete":{"ref":{"collection":"widgets"},"id":"1"}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"delete":{"ref":{"collection":"widgets"},"id":"1"}}',
        login: '{"create_key":{"object":{"role":"server-readonly"}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"delete":{"index":"sizes"}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Insert',
    given: GUARDED,
    cases: [
      {
        expression:
          '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"create","params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression:
          '{"insert":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"create","params":{"object":{}}}',
        login: '{"create_key":{"object":{"role":"server-readonly"}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Remove',
    given: GUARDED,
    cases: [
      {
        expression:
          '{"remove":{"ref":{"collection":"widgets"},"id":"1"},"ts":1500000000000000,"action":"create"}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'CreateCollection',
    given: GUARDED,
    cases: [
      {
        expression: '{"create_collection":{"object":{"name":"more"}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"create_collection":{"object":{"name":"more"}}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: ['create_collection'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"select":"name","from":{"create_collection":{"object":{"name":"more"}}}}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        result: '"more"',
      },
    ],
  },
  {
    function: 'CreateIndex',
    given: GUARDED,
    cases: [
      {
        expression: '{"create_index":{"object":{"name":"more","source":{"collection":"widgets"}}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: ['create_index'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'CreateFunction',
    given: GUARDED,
    cases: [
      {
        expression: '{"create_function":{"object":{"name":"more","body":{"query":{"lambda":"x","expr":1}}}}}',
        login: '{"create_key":{"object":{"role":"server-readonly"}}}',
        errors: [
          {
            position: ['create_function'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'CreateDatabase',
    given: GUARDED,
    cases: [
      {
        expression: '{"create_database":{"object":{"name":"more"}}}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        errors: [
          {
            position: ['create_database'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"create_database":{"object":{"name":"more"}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: ['create_database'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'CreateKey',
    given: GUARDED,
    cases: [
      {
        expression: '{"create_key":{"object":{"role":"admin"}}}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        errors: [
          {
            position: ['create_key'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"create_key":{"object":{"role":"client"}}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: ['create_key'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'CreateRole',
    given: GUARDED,
    cases: [
      {
        expression: '{"create_role":{"object":{"name":"more","privileges":[]}}}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        errors: [
          {
            position: ['create_role'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'CreateAccessProvider',
    given: GUARDED,
    cases: [
      {
        expression:
          '{"create_access_provider":{"object":{"name":"more","issuer":"https://a.example/","jwks_uri":"https://a.example/"}}}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        errors: [
          {
            position: ['create_access_provider'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'MoveDatabase',
    given: GUARDED,
    cases: [
      {
        expression: '{"move_database":{"database":"child"},"to":{"database":"child"}}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        errors: [
          {
            position: [],
            code: 'move database error',
            description:
              "Cannot move database 'child' into parent 'child': Cannot move database from ancestor to descendant.",
          },
        ],
      },
    ],
  },
  {
    function: 'Call',
    given: GUARDED,
    cases: [
      {
        expression: '{"call":"double","arguments":2}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"call":"double","arguments":2}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: [],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"call":"double","arguments":2}',
        login: '{"create_key":{"object":{"role":"server"}}}',
        result: '4',
      },
    ],
  },
  {
    function: 'KeyFromSecret',
    given: GUARDED,
    cases: [
      {
        expression: '{"key_from_secret":"nothing"}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          { position: [], code: 'instance not found', description: 'No key found for secret nothing.' },
        ],
      },
    ],
  },
  {
    function: 'Count',
    given: GUARDED,
    cases: [
      {
        expression: '{"count":{"match":{"index":"by_color"},"terms":"red"}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: ['count'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"count":{"match":{"index":"by_color"},"terms":"red"}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        result: '2',
      },
      {
        expression: '{"count":{"documents":{"collection":"widgets"}}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        result: '0',
      },
    ],
  },
  {
    function: 'Sum',
    given: GUARDED,
    cases: [
      {
        expression: '{"sum":{"match":{"index":"sizes"},"terms":"red"}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: ['sum'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Events',
    given: GUARDED,
    cases: [
      {
        expression: '{"paginate":{"events":{"ref":{"collection":"widgets"},"id":"1"}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: ['paginate'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
      {
        expression: '{"paginate":{"events":{"ref":{"collection":"widgets"},"id":"1"}}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: ['paginate'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Tokens',
    given: GUARDED,
    cases: [
      {
        expression:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"widgets"},"id":"1"}}}}',
        login: '{"create_key":{"object":{"role":{"role":"reader"}}}}',
        errors: [
          {
            position: ['create'],
            code: 'permission denied',
            description: 'Insufficient privileges to perform the action.',
          },
        ],
      },
    ],
  },
  {
    function: 'Login',
    given: GUARDED,
    cases: [
      {
        expression:
          '{"login":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"password":"x"}}}',
        login: '{"create_key":{"object":{"role":"client"}}}',
        errors: [
          {
            position: [],
            code: 'authentication failed',
            description: 'The document was not found or provided password was incorrect.',
          },
        ],
      },
    ],
  },
];
