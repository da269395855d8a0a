/** `IsX`, each with every kind of value. */
import { type FunctionCases, gives } from './function-cases.ts';

const GIVEN = [
  '{"create_collection":{"object":{"name":"widgets"}}}',
  '{"create_index":{"object":{"name":"all_widgets","source":{"collection":"widgets"}}}}',
  '{"create_function":{"object":{"name":"same","body":{"query":{"lambda":"x","expr":{"var":"x"}}}}}}',
  '{"create":{"ref":{"collection":"widgets"},"id":"1"},"params":{"object":{"data":{"object":{}}}}}',
];

/** One value of each kind. */
const VALUES = {
  integer: '1',
  double: '1.0',
  boolean: 'false',
  null: 'null',
  bytes: '{"@bytes":"AQID"}',
  time: '{"now":null}',
  date: '{"date":"1970-01-01"}',
  uuid: '{"@uuid":"7c9e6679-7425-40de-944b-e07fc1f90ae7"}',
  string: '"a"',
  array: '[1]',
  object: '{"object":{"a":1}}',
  lambda: '{"query":{"lambda":"x","expr":{"var":"x"}}}',
  set: '{"match":{"index":"all_widgets"}}',
  page: '{"paginate":{"match":{"index":"all_widgets"}}}',
  document: '{"get":{"ref":{"collection":"widgets"},"id":"1"}}',
  'document ref': '{"ref":{"collection":"widgets"},"id":"1"}',
  'missing document ref': '{"ref":{"collection":"widgets"},"id":"2"}',
  'native collection': '{"indexes":null}',
  collection: '{"get":{"collection":"widgets"}}',
  'collection ref': '{"collection":"widgets"}',
  'undefined collection ref': '{"collection":"gadgets"}',
  'undefined document ref': '{"ref":{"collection":"gadgets"},"id":"1"}',
  'index ref': '{"index":"all_widgets"}',
  index: '{"get":{"index":"all_widgets"}}',
  'function ref': '{"function":"same"}',
  'undefined database ref': '{"database":"nope"}',
  'undefined role ref': '{"role":"nope"}',
  'key ref': '{"ref":{"keys":null},"id":"1"}',
  'token ref': '{"ref":{"tokens":null},"id":"1"}',
  'credentials ref': '{"ref":{"credentials":null},"id":"1"}',
} as const;

type Kind = keyof typeof VALUES;

function check(name: string, key: string, kinds: readonly Kind[]): FunctionCases {
  const wanted: ReadonlySet<string> = new Set(kinds);
  return {
    function: name,
    cases: Object.entries(VALUES).map(([kind, value]) =>
      gives(`{"${key}":${value}}`, String(wanted.has(kind)), GIVEN),
    ),
  };
}

const COLLECTIONS: readonly Kind[] = ['native collection', 'collection', 'collection ref'];
const DOCUMENTS: readonly Kind[] = [
  ...COLLECTIONS,
  'document',
  'document ref',
  'missing document ref',
  'index',
  'index ref',
  'function ref',
  'key ref',
  'token ref',
  'credentials ref',
];
const REFS = Object.keys(VALUES).filter(
  (kind): kind is Kind => kind.endsWith(' ref') || kind === 'native collection',
);

export const typeCheckCases: readonly FunctionCases[] = [
  check('IsNumber', 'is_number', ['integer', 'double']),
  check('IsDouble', 'is_double', ['double']),
  check('IsInteger', 'is_integer', ['integer']),
  check('IsBoolean', 'is_boolean', ['boolean']),
  check('IsNull', 'is_null', ['null']),
  check('IsBytes', 'is_bytes', ['bytes']),
  check('IsTimestamp', 'is_timestamp', ['time']),
  check('IsDate', 'is_date', ['date']),
  check('IsUUID', 'is_uuid', ['uuid']),
  check('IsString', 'is_string', ['string']),
  check('IsArray', 'is_array', ['array']),
  check('IsObject', 'is_object', ['object', 'page', 'document', 'collection', 'index']),
  check('IsRef', 'is_ref', REFS),
  check('IsSet', 'is_set', ['set', 'native collection']),
  check('IsDoc', 'is_doc', DOCUMENTS),
  check('IsLambda', 'is_lambda', ['lambda']),
  check('IsCollection', 'is_collection', COLLECTIONS),
  check('IsDatabase', 'is_database', []),
  check('IsIndex', 'is_index', ['index', 'index ref']),
  check('IsFunction', 'is_function', ['function ref']),
  check('IsKey', 'is_key', ['key ref']),
  check('IsToken', 'is_token', ['token ref']),
  check('IsCredentials', 'is_credentials', ['credentials ref']),
  check('IsRole', 'is_role', []),
];
