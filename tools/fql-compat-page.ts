/** `docs/compat/fql.md` as text, made from the tables of cases that the functions are tested with. */
import { type FqlErrorCode, LIMITS } from '@skein/fql';
import { ALL_CASES, allForms, type FunctionCases } from '@skein/fql/testing';
import { STEPS_MAX_READING, STEPS_MAX_WRITING } from '@skein/member';

const INTRODUCTION = `# FQL v4 compatibility

Made from the tables of cases that the tests run, by \`npm run compat\`; a test fails when the two differ, so do not edit this page.

The official \`faunadb\` driver (4.8.x) works unmodified: \`new Client({ secret, domain, port, scheme })\` or \`endpoint\`. All of its 206 functions
are here. **same**: as the open-sourced core and the driver's tests show · **differs**: works, with the difference stated.`;

/** What the parser takes without a row in the table of forms. */
const SPECIAL_FORMS: Readonly<Record<string, string>> = {
  Bytes: '`{"@bytes": base64}`',
  Lambda: '`{lambda, expr}`, where a function is expected',
  Let: '`{let, in}`',
  Object: '`{object}`',
  Ref: '`{ref, id, scope?}`, `{"@ref": {id, collection?, database?}}`, `{"@ref": "collections/name/id"}`',
  Var: '`{var}`',
};

const EXTENSIONS: Readonly<Record<string, string>> = {
  First: 'of the core: the first item of an array or a set',
  Last: 'of the core: the last one',
  SelectAsIndex: 'of the core: what an index would find at the path',
  IsUUID: 'of the core',
};

const ENDPOINTS = `## Endpoints

| request | |
| --- | --- |
| \`POST /\` | same: an expression; one request is one transaction |
| \`GET /?q=\` | same: an expression that only reads |
| \`POST /linearized\` | same: a read that sees everything acknowledged to anybody before |
| \`POST /stream?fields=\` | same, see below |
| \`GET /ping?scope=&timeout=\` | same; needs no secret |
| \`OPTIONS\` | same: CORS |
| the paths of the REST API before FQL | absent: 404; the driver does not use them |
| GraphQL, FQL X | absent |

Cleartext HTTP/2 with prior knowledge and HTTP/1.1 on one port; with a certificate TLS, the protocol chosen by ALPN.`;

const HEADERS = `## Headers

| header | |
| --- | --- |
| \`Authorization\` | same: Bearer, or Basic with the secret as user name; scoped secrets \`secret:database:role\`, \`secret:@role/name\`, \`secret:@doc/collection/id\`; a JWT of an access provider |
| \`X-FaunaDB-API-Version\` | differs: all known versions are accepted, and answered as version 4 |
| \`X-Last-Seen-Txn\` | same: a read sees that transaction |
| \`X-Query-Timeout\` | same: ms, at most ten minutes; past it 503 \`time out\` |
| \`X-Max-Retries-On-Contention\` | accepted; there is no contention, because writes are put in order before they are evaluated |
| \`traceparent\`, \`x-fauna-tags\` | same: echoed, the tags in reverse order; 3,000 bytes, 25 pairs, keys of 40, values of 80 |
| \`x-txn-time\`, \`x-compute-ops\`, \`x-byte-read-ops\`, \`x-byte-write-ops\`, \`x-query-time\`, \`x-query-bytes-in\`, \`x-query-bytes-out\`, \`x-storage-bytes-read\`, \`x-storage-bytes-write\`, \`x-txn-retries\` | same names; the costs are counts of Skein's own work, and cost nothing |
| \`Content-Type\` of a request | not looked at |`;

const BEHAVIOUR = `## Transactions, sets and histories

| what | Skein |
| --- | --- |
| isolation | every write strictly serialisable, every read of one snapshot; nothing is retried, nothing answers 409 |
| \`ts\` | same: µs, the same for all documents of a transaction, ascending in the order in which writes become visible, equal to \`x-txn-time\` |
| new ids | same shape: 18 or 19 digits, ascending |
| integers and doubles | same: 64-bit integers wrap, \`1\` and \`1.0\` are told apart, ids beyond 2^53 stay exact |
| order of values | same across types; strings as in Fauna with the collation frozen in a table ([decision 10](../decisions/0010-strings-are-ordered-by-a-frozen-table.md)) |
| cursors | same: \`after\` inclusive, \`before\` exclusive, the given one is echoed |
| pages of set functions | differs: always full where there are items left; Fauna's could be short |
| \`Join\` with a reversed index | differs: right |
| building an index | at once up to ${number(limitOf('versions that an index is built from'))} versions (Fauna: 128), else in the background |
| history | \`history_days\`, 0 by default, and 15 minutes of grace |
| \`ttl\`, \`ttl_days\` | same; expired documents are not found any more at that moment, and removed in the background |
| secrets | told once, never shown again, not even hashed |
| passwords | kept as salted hashes; differs: made by scrypt |
| \`TimeAdd\`, \`TimeSubtract\` of an integer | differs, an extension: microseconds since 1970, and so is the result. \`SKEIN_FQL_STRICT_TEMPORAL=1\` refuses it as Fauna did |`;

const STREAMS = `## Streams

\`POST /stream\` with a document (its ref or itself), a \`Match\` or \`Documents(collection)\`; the driver's \`client.stream\` and \`client.stream.document\`.

| event | |
| --- | --- |
| \`start\` | same: \`{"type":"start","txn":T,"event":T}\` |
| \`version\` | same: \`action\`, \`document\`, \`diff\`, \`prev\` as \`fields\` asks, in that order |
| \`set\` | same: \`action\` add or remove, \`document\`, \`index\` as \`fields\` asks. Differs: no \`index\` for \`Documents\`; rewritten history is told where it changes what is in the set now |
| \`history_rewrite\` | same: for \`Insert\` and \`Remove\` in the past |
| \`error\` | same: then the stream ends; \`permission denied\` when the key is gone |

Every change after \`start\` is told once, in the order of transactions, also while the builder is killed. A server that reloads ends its
streams with an error event (\`unavailable\`), a client that leaves too much unread gets \`resources exceeded\`; both start again. More: [streams](../streams.md).`;

/** Status and meaning; `render-errors.ts` of the package decides the status. */
const CODES = {
  'invalid expression': [400, 'no such function, wrong keys, an unbound variable, a malformed literal'],
  'invalid argument': [400, 'an argument of another type, or out of bounds'],
  'invalid ref': [400, 'a ref to a collection, index, database … that is not there'],
  'schema not found': [404, ''],
  'instance not found': [404, 'no such document, an empty set, an index that is not active'],
  'value not found': [404, 'nothing at the path'],
  'instance already exists': [400, ''],
  'instance not unique': [400, 'a unique index has it already'],
  'validation failed': [400, 'with `failures`: field, code, description'],
  'permission denied': [403, ''],
  unauthorized: [401, 'the secret opens nothing'],
  'authentication failed': [400, 'a wrong password, or nobody with that name'],
  'missing identity': [400, ''],
  'invalid token': [400, ''],
  'transaction aborted': [400, '`Abort`; the description is its message'],
  'call error': [400, 'with `cause`: the errors inside the function, with positions inside its lambda'],
  'stack overflow': [400, ''],
  'invalid write time': [400, 'a write inside `At`, or an event of the future'],
  'invalid object in container': [400, ''],
  'move database error': [400, ''],
  'feature not available': [400, ''],
  'invalid url parameter': [400, ''],
  'contended transaction': [409, 'never: writes are put in order before they are evaluated'],
  'time out': [503, ''],
  'resources exceeded': [400, "differs: Skein's own, for its limits"],
} as const satisfies Readonly<Record<FqlErrorCode, readonly [status: number, meaning: string]>>;

const PROTOCOL_ERRORS = `Beside these, without a position: 400 \`bad request\` (headers), 401 \`unauthorized\`, 404 \`not found\` (paths), 405 \`method not allowed\`, 408 \`request timeout\`,
413 \`request too large\`, 429 \`too many requests\`, 500 \`internal server error\`, 503 \`time out\`, 503 \`unavailable\`: its description says when the outcome of a write is not known.

Several errors are told at once, with positions, as Fauna did; the status is that of the highest-ranked one.`;

export function fqlCompatPage(): string {
  return [
    INTRODUCTION,
    '## Functions',
    ...Object.entries(ALL_CASES).map(
      ([library, tables]) => `### ${library}\n\n${functionTable(tables.filter(isOfDriver))}`,
    ),
    `### Beyond the driver\n\n${extensionTable()}`,
    ENDPOINTS,
    HEADERS,
    BEHAVIOUR,
    STREAMS,
    `## Error codes\n\n${codeTable()}\n\n${PROTOCOL_ERRORS}`,
    `## Limits\n\n${limitTable()}`,
    '',
  ].join('\n\n');
}

function isOfDriver({ function: name }: FunctionCases): boolean {
  return !(name in EXTENSIONS);
}

function functionTable(tables: readonly FunctionCases[]): string {
  const names = [...new Set(tables.map((table) => table.function))];
  const rows = names.map((name) => {
    const own = tables.filter((table) => table.function === name);
    const notes = own.flatMap(({ differs }) => (differs === undefined ? [] : [differs.replace(/\.$/, '')]));
    const cases = own.flatMap((table) => table.cases);
    const errorCount = cases.filter(({ errors }) => errors !== undefined).length;
    return `| ${name} | ${formsOf(name)} | ${stateOf(notes)} | ${cases.length - errorCount} + ${errorCount} |`;
  });
  return [
    '| function | forms | Skein | cases that answer + fail |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function stateOf(notes: readonly string[]): string {
  return notes.length === 0 ? 'same' : `differs: ${notes.join('. ')}`;
}

function formsOf(name: string): string {
  const special = SPECIAL_FORMS[name];
  if (special !== undefined) return special;
  const forms = allForms().filter((form) => form.name === name);
  return forms
    .map(({ parameters }) => {
      const keys = parameters.map(({ key, cast }) => `${key}${cast.optional === true ? '?' : ''}`);
      return `\`{${keys.join(', ')}}\``;
    })
    .join(', ');
}

function extensionTable(): string {
  const ofDriver = new Set(
    Object.values(ALL_CASES)
      .flat()
      .filter(isOfDriver)
      .map((table) => table.function),
  );
  const names = [...new Set(allForms().map(({ name }) => name))].filter((name) => !ofDriver.has(name));
  const rows = names.map((name) => `| ${name} | ${formsOf(name)} | ${EXTENSIONS[name] ?? "Skein's own"} |`);
  return ['| function | forms | |', '| --- | --- | --- |', ...rows].join('\n');
}

function codeTable(): string {
  const rows = Object.entries(CODES).map(
    ([code, [status, meaning]]) => `| \`${code}\` | ${status} | ${meaning} |`,
  );
  return ['| code | status | |', '| --- | --- | --- |', ...rows].join('\n');
}

function limitOf(beginning: string): number | bigint {
  const found = LIMITS.find(({ what }) => what.startsWith(beginning));
  if (found === undefined) throw new Error(`no limit on ${beginning}`);
  return found.limit;
}

function limitTable(): string {
  const steps = [
    {
      what: 'steps of a transaction that writes',
      limit: STEPS_MAX_WRITING,
      past: '400 `resources exceeded`',
    },
    { what: 'steps of one that only reads', limit: STEPS_MAX_READING, past: '400 `resources exceeded`' },
    { what: 'bytes of a request (configurable)', limit: 8 * 1024 * 1024, past: '413' },
    { what: 'bytes of its first line and headers', limit: 8 * 1024, past: '413' },
  ];
  const rows = [...LIMITS, ...steps].map(
    ({ what, limit, past }) => `| ${what} | ${number(limit)} | ${past === '' ? '–' : past} |`,
  );
  return ['| what | at most | past it |', '| --- | --- | --- |', ...rows].join('\n');
}

function number(value: number | bigint): string {
  return value.toLocaleString('en');
}
