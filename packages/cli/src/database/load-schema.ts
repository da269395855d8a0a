/**
 * Makes the schema of a dump again. What is there already stays as it is, so that an interrupted load can be run again.
 *
 * Functions and roles may name each other: functions come without their roles first, and get them when all roles are there.
 */
import { JsonError, type JsonNode, parseJson } from '@skein/fql/parse-json';
import { CliError } from '../cli-error.ts';
import { type FqlAnswer, type FqlClient, refusal } from '../fql/fql-client.ts';
import { isJsonMap, type JsonMap, jsonText } from '../fql/json-node.ts';
import { objectText } from '../import-fauna/fauna-value.ts';
import { SCHEMA_KINDS } from './read-database.ts';

export interface SchemaTotals {
  readonly created: number;
  /** Were there before. */
  readonly kept: number;
}

type SchemaKind = (typeof SCHEMA_KINDS)[number];

interface SchemaDocument {
  readonly kind: SchemaKind;
  readonly name: string;
  readonly fields: JsonMap;
}

const FORMS: Readonly<Record<SchemaKind, { readonly one: string; readonly create: string }>> = {
  collections: { one: 'collection', create: 'create_collection' },
  functions: { one: 'function', create: 'create_function' },
  indexes: { one: 'index', create: 'create_index' },
  roles: { one: 'role', create: 'create_role' },
  access_providers: { one: 'access_provider', create: 'create_access_provider' },
};

/** What the server makes by itself. */
const MADE_FIELDS = new Set(['ref', 'ts', 'active', 'audience', 'global_id']);

const ENDLESS_HISTORY = ',"history_days":null';

/** `lines`: schema lines of a dump. Throws `CliError` with the server's words when one is refused. */
export async function loadSchema(client: FqlClient, lines: readonly string[]): Promise<SchemaTotals> {
  const documents = lines.map(schemaDocument);
  const ofKind = (kind: SchemaKind): SchemaDocument[] => documents.filter((each) => each.kind === kind);
  let created = 0;
  const withRoles = ofKind('functions').filter(({ fields }) => typeof fields.get('role') === 'object');
  for (const kind of ['collections', 'functions', 'indexes', 'roles'] as const) {
    for (const document of ofKind(kind)) {
      if (await create(client, document, withRoles.includes(document) ? ['role'] : [])) created++;
    }
  }
  for (const { kind, name, fields } of withRoles) {
    const params = objectText(new Map([['role', fields.get('role') ?? null]]), context());
    // An interrupted load may have left it without.
    const role = `{"select":"role","from":{"get":${refOf(kind, name)}},"default":null}`;
    const update = `{"do":[{"update":${refOf(kind, name)},"params":${params}},null]}`;
    const expression = `{"if":{"equals":[${role},null]},"then":${update},"else":null}`;
    accepted(await client.send(expression, { repeat: 'yes' }), name);
  }
  for (const document of ofKind('access_providers')) if (await create(client, document, [])) created++;
  return { created, kept: documents.length - created };
}

/** Declares an aggregation of a dump; the server then reads all documents that are there. */
export async function loadAggregation(client: FqlClient, line: string): Promise<void> {
  const node = nodeOf(line);
  const declared = isJsonMap(node) ? node.get('aggregation') : undefined;
  if (!isJsonMap(declared))
    throw new CliError('the dump has an aggregation that this version does not know.');
  const expression = `{"do":[{"create_aggregation":${objectText(declared, context())}},null]}`;
  accepted(
    await client.send(expression, { repeat: 'yes' }),
    `the aggregation ${jsonText(declared.get('name') ?? null)}`,
  );
}

/** Whether it was not there before. */
async function create(
  client: FqlClient,
  { kind, name, fields }: SchemaDocument,
  without: readonly string[],
): Promise<boolean> {
  const params = new Map([...fields].filter(([key]) => !MADE_FIELDS.has(key) && !without.includes(key)));
  // History without an end is told by leaving the field out, which in a request asks for the default.
  const endless = kind === 'collections' && !params.has('history_days') ? ENDLESS_HISTORY : '';
  const text = objectText(params, context()).replace(/\}\}$/, `${endless}}}`);
  const expression = `{"if":{"exists":${refOf(kind, name)}},"then":false,"else":{"do":[{"${FORMS[kind].create}":${text}},true]}}`;
  return accepted(await client.send(expression, { repeat: 'yes' }), name) === true;
}

function accepted(answer: FqlAnswer, name: string): JsonNode {
  if (answer.kind === 'value') return answer.value;
  throw new CliError(`${name} cannot be made. ${refusal(answer).message}`);
}

function schemaDocument(line: string): SchemaDocument {
  const node = nodeOf(line);
  const fields = isJsonMap(node) ? node.get('schema') : undefined;
  if (isJsonMap(fields)) {
    const ref = fields.get('ref');
    const inner = isJsonMap(ref) ? ref.get('@ref') : undefined;
    const native = isJsonMap(inner) ? inner.get('collection') : undefined;
    const nativeRef = isJsonMap(native) ? native.get('@ref') : undefined;
    const kind = SCHEMA_KINDS.find((each) => isJsonMap(nativeRef) && nativeRef.get('id') === each);
    const name = fields.get('name');
    if (kind !== undefined && typeof name === 'string') return { kind, name, fields };
  }
  throw new CliError('the dump has a schema document of a kind that this version does not know.');
}

function nodeOf(line: string): JsonNode {
  try {
    return parseJson(Buffer.from(line));
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new CliError(`a line of the dump is not JSON: ${line.slice(0, 60)}`, { cause: error });
  }
}

function refOf(kind: SchemaKind, name: string): string {
  return `{"${FORMS[kind].one}":${JSON.stringify(name)}}`;
}

const context = (): { hasPlainRefs: boolean; collections: Set<string> } => ({
  hasPlainRefs: false,
  collections: new Set(),
});
