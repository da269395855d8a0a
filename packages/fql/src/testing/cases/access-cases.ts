/** Logging in and out, and who one is. */
import { type FunctionCases, fails, gives, refuses } from './function-cases.ts';

const PEOPLE: readonly string[] = [
  '{"create_collection":{"object":{"name":"people"}}}',
  '{"create_index":{"object":{"name":"by_mail","source":{"collection":"people"},"terms":[{"object":{"field":["data","mail"]}}],"unique":true}}}',
  '{"create":{"ref":{"collection":"people"},"id":"1"},"params":{"object":{"data":{"object":{"mail":"ada@example.org"}},"credentials":{"object":{"password":"sesame"}}}}}',
  '{"create":{"ref":{"collection":"people"},"id":"2"},"params":{"object":{"data":{"object":{}}}}}',
];

export const accessCases: readonly FunctionCases[] = [
  {
    function: 'Login',
    given: PEOPLE,
    cases: [
      gives(
        '{"login":{"ref":{"collection":"people"},"id":"1"},"params":{"object":{"password":"sesame"}}}',
        '{"ref":{"@ref":{"id":"<id>","collection":{"@ref":{"id":"tokens"}}}},"ts":<ts>,"instance":{"@ref":{"id":"1","collection":{"@ref":{"id":"people","collection":{"@ref":{"id":"collections"}}}}}},"secret":"<secret>"}',
      ),
      gives(
        '{"login":{"match":{"index":"by_mail"},"terms":"ada@example.org"},"params":{"object":{"password":"sesame","data":{"object":{"from":"here"}}}}}',
        '{"ref":{"@ref":{"id":"<id>","collection":{"@ref":{"id":"tokens"}}}},"ts":<ts>,"instance":{"@ref":{"id":"1","collection":{"@ref":{"id":"people","collection":{"@ref":{"id":"collections"}}}}}},"data":{"from":"here"},"secret":"<secret>"}',
      ),
      fails(
        '{"login":{"ref":{"collection":"people"},"id":"1"},"params":{"object":{"password":"wrong"}}}',
        [],
        'The document was not found or provided password was incorrect.',
        'authentication failed',
      ),
      fails(
        '{"login":{"ref":{"collection":"people"},"id":"1"},"params":{"object":{}}}',
        [],
        'The document was not found or provided password was incorrect.',
        'authentication failed',
      ),
      fails(
        '{"login":{"ref":{"collection":"people"},"id":"2"},"params":{"object":{"password":"sesame"}}}',
        [],
        'The document was not found or provided password was incorrect.',
        'authentication failed',
      ),
      fails(
        '{"login":{"ref":{"collection":"people"},"id":"9"},"params":{"object":{"password":"sesame"}}}',
        [],
        'The document was not found or provided password was incorrect.',
        'authentication failed',
      ),
      fails(
        '{"login":{"match":{"index":"by_mail"},"terms":"none"},"params":{"object":{"password":"a"}}}',
        [],
        'The document was not found or provided password was incorrect.',
        'authentication failed',
      ),
      {
        expression: '{"login":{"ref":{"collection":"people"},"id":"1"},"params":{"object":{"password":1}}}',
        errors: [
          {
            position: [],
            code: 'validation failed',
            description: 'document data is not valid.',
            failures: [
              {
                field: ['password'],
                code: 'invalid type',
                description: 'Invalid type Integer, expected type String.',
              },
            ],
          },
        ],
      },
      refuses('{"login":"ada","params":{"object":{"password":"a"}}}', ['login'], 'Ref or Set', 'String'),
      refuses(
        '{"login":{"ref":{"collection":"people"},"id":"1"},"params":"sesame"}',
        ['params'],
        'Object',
        'String',
      ),
      fails(
        '{"login":{"ref":{"collection":"nothing"},"id":"1"},"params":{"object":{"password":"a"}}}',
        ['login'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
    ],
  },
  {
    function: 'Logout',
    given: PEOPLE,
    cases: [
      {
        expression: '{"logout":false}',
        login:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"people"},"id":"1"}}}}',
        result: 'true',
      },
      {
        expression: '{"logout":true}',
        login:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"people"},"id":"1"}}}}',
        result: 'true',
      },
      gives('{"logout":true}', 'false'),
      refuses('{"logout":"all"}', ['logout'], 'Boolean', 'String'),
    ],
  },
  {
    function: 'Identify',
    given: PEOPLE,
    cases: [
      gives('{"identify":{"ref":{"collection":"people"},"id":"1"},"password":"sesame"}', 'true'),
      gives('{"identify":{"ref":{"collection":"people"},"id":"1"},"password":"wrong"}', 'false'),
      gives(
        '{"identify":{"match":{"index":"by_mail"},"terms":"ada@example.org"},"password":"sesame"}',
        'true',
      ),
      gives('{"identify":{"ref":{"collection":"people"},"id":"2"},"password":"sesame"}', 'false'),
      gives('{"identify":{"ref":{"collection":"people"},"id":"9"},"password":"a"}', 'false'),
      refuses('{"identify":"ada","password":"sesame"}', ['identify'], 'Ref or Set', 'String'),
      refuses(
        '{"identify":{"ref":{"collection":"people"},"id":"1"},"password":1}',
        ['password'],
        'String',
        'Integer',
      ),
      fails(
        '{"identify":{"ref":{"collection":"nothing"},"id":"1"},"password":"a"}',
        ['identify'],
        "Ref refers to undefined collection 'nothing'",
        'invalid ref',
      ),
    ],
  },
  {
    function: 'Identity',
    given: PEOPLE,
    cases: [
      {
        expression: '{"identity":null}',
        login:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"people"},"id":"1"}}}}',
        result:
          '{"@ref":{"id":"1","collection":{"@ref":{"id":"people","collection":{"@ref":{"id":"collections"}}}}}}',
      },
      fails('{"identity":null}', [], 'Authentication does not contain an identity', 'missing identity'),
      refuses('{"identity":1}', ['identity'], 'Null', 'Integer'),
    ],
  },
  {
    function: 'CurrentIdentity',
    given: PEOPLE,
    cases: [
      {
        expression: '{"current_identity":null}',
        login:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"people"},"id":"1"}}}}',
        result:
          '{"@ref":{"id":"1","collection":{"@ref":{"id":"people","collection":{"@ref":{"id":"collections"}}}}}}',
      },
      {
        expression: '{"current_identity":null}',
        login: '{"create_key":{"object":{"role":"admin"}}}',
        errors: [
          {
            position: [],
            code: 'missing identity',
            description: 'Authentication does not contain an identity',
          },
        ],
      },
      fails(
        '{"current_identity":null}',
        [],
        'Authentication does not contain an identity',
        'missing identity',
      ),
      refuses('{"current_identity":1}', ['current_identity'], 'Null', 'Integer'),
    ],
  },
  {
    function: 'HasIdentity',
    given: PEOPLE,
    cases: [
      {
        expression: '{"has_identity":null}',
        login:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"people"},"id":"1"}}}}',
        result: 'true',
      },
      gives('{"has_identity":null}', 'false'),
      refuses('{"has_identity":1}', ['has_identity'], 'Null', 'Integer'),
    ],
  },
  {
    function: 'HasCurrentIdentity',
    given: PEOPLE,
    cases: [
      {
        expression: '{"has_current_identity":null}',
        login:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"people"},"id":"1"}}}}',
        result: 'true',
      },
      {
        expression: '{"has_current_identity":null}',
        login: '{"create_key":{"object":{"role":"admin"}}}',
        result: 'false',
      },
      gives('{"has_current_identity":null}', 'false'),
      refuses('{"has_current_identity":1}', ['has_current_identity'], 'Null', 'Integer'),
    ],
  },
  {
    function: 'CurrentToken',
    given: PEOPLE,
    cases: [
      {
        expression: '{"current_token":null}',
        login:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"people"},"id":"1"}}}}',
        result: '{"@ref":{"id":"<id>","collection":{"@ref":{"id":"tokens"}}}}',
      },
      {
        expression: '{"current_token":null}',
        login: '{"create_key":{"object":{"role":"admin"}}}',
        result: '{"@ref":{"id":"<id>","collection":{"@ref":{"id":"keys"}}}}',
      },
      fails('{"current_token":null}', [], 'Token metadata is not accessible.', 'invalid token'),
      refuses('{"current_token":1}', ['current_token'], 'Null', 'Integer'),
    ],
  },
  {
    function: 'HasCurrentToken',
    given: PEOPLE,
    cases: [
      {
        expression: '{"has_current_token":null}',
        login:
          '{"create":{"tokens":null},"params":{"object":{"instance":{"ref":{"collection":"people"},"id":"1"}}}}',
        result: 'true',
      },
      {
        expression: '{"has_current_token":null}',
        login: '{"create_key":{"object":{"role":"admin"}}}',
        result: 'true',
      },
      gives('{"has_current_token":null}', 'false'),
      refuses('{"has_current_token":1}', ['has_current_token'], 'Null', 'Integer'),
    ],
  },
];
