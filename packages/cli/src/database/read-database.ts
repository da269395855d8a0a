/**
 * All of a database as lines of JSON, as it was at one moment:
 *
 *   {"skein": "database", "version": 1, "ts": …, "history": true|false}
 *   {"schema": <document>}                      collections, functions, indexes, roles, access providers
 *   {"aggregation": {"name": …, …}}             a declaration
 *   {"ref": …, "ts": …, "data": …, "ttl": …}    a document; with history also "action", one line a version, the newest first
 *   {"end": {"documents": …}}                   without it the dump is not whole
 *
 * Newest first, because a past version that is put behind a newer one is in nobody's way, while as the present one it may take a
 * unique value that another document has by now.
 *
 * Not part of it: keys, tokens and passwords, whose secrets the server does not tell, and child databases.
 */
import type { JsonNode } from '@skein/fql/parse-json';
import { CliError } from '../cli-error.ts';
import type { FqlClient } from '../fql/fql-client.ts';
import { isJsonArray, isJsonMap, type JsonMap, jsonText } from '../fql/json-node.ts';
import { valueText } from '../import-fauna/fauna-value.ts';
import { mergeData } from './merge-data.ts';

export const DUMP_VERSION = 1;
/** Functions of native collections that are dumped, in the order in which they can be made again. */
export const SCHEMA_KINDS = ['collections', 'functions', 'indexes', 'roles', 'access_providers'] as const;

/** What declares an aggregation; the rest is how far it is. */
const DECLARED_FIELDS = new Set(['name', 'source', 'key', 'measures', 'schedule', 'writeBack', 'eventId']);

export interface ReadDatabaseOptions {
  readonly client: FqlClient;
  readonly versions: 'all' | 'latest';
  readonly signal: AbortSignal;
}

export interface DatabaseItem {
  readonly kind: 'header' | 'schema' | 'aggregation' | 'document' | 'end';
  readonly line: string;
}

const PAGE_SIZE = 500;
const SCHEMA_PAGE_SIZE = 100;
/** Events of a set are found by reading all of it, so few pages are better. */
const EVENT_PAGE_SIZE = 20_000;
const VERSION_PAGE_SIZE = 1_000;

/** Throws `CliError` when the server refuses, or the moment is too long ago to be read. */
export async function* readDatabase(options: ReadDatabaseOptions): AsyncGenerator<DatabaseItem> {
  const { client, versions } = options;
  // Only a moment that the server has told is one at which nothing can be added any more.
  await client.read('{"exists":{"collection":"none"}}');
  const database = new DatabaseReader(options, client.lastSeenTime);
  const header = { skein: 'database', version: DUMP_VERSION, ts: database.time, history: versions === 'all' };
  yield { kind: 'header', line: JSON.stringify(header) };
  const collections: string[] = [];
  for (const kind of SCHEMA_KINDS) {
    for await (const document of database.documents(`{"${kind}":null}`, SCHEMA_PAGE_SIZE)) {
      const name = document.get('name');
      if (kind === 'collections' && typeof name === 'string') collections.push(name);
      yield { kind: 'schema', line: `{"schema":${jsonText(document)}}` };
    }
  }
  // These have no past; what they are of is in the dump if their collection is.
  const aggregations = await client.read('{"aggregations":null}');
  for (const each of isJsonArray(aggregations) ? aggregations : []) {
    if (!isJsonMap(each) || !collections.some((name) => name === each.get('source'))) continue;
    const declared = new Map([...each].filter(([field]) => DECLARED_FIELDS.has(field)));
    yield { kind: 'aggregation', line: `{"aggregation":${jsonText(declared)}}` };
  }
  let count = 0;
  for (const name of collections) {
    for await (const line of versions === 'all' ? database.histories(name) : database.latest(name)) {
      count++;
      yield { kind: 'document', line };
    }
  }
  yield { kind: 'end', line: JSON.stringify({ end: { documents: count } }) };
}

/** Names of databases inside this one. */
export async function childDatabases(client: FqlClient): Promise<readonly string[]> {
  const names = await client.read(
    '{"map":{"lambda":"d","expr":{"select":"id","from":{"var":"d"}}},"collection":{"paginate":{"databases":null},"size":1000}}',
  );
  return itemsOf(names).flatMap((name) => (typeof name === 'string' ? [name] : []));
}

class DatabaseReader {
  /** µs. */
  readonly time: number;
  readonly #client: FqlClient;
  readonly #signal: AbortSignal;

  constructor({ client, signal }: ReadDatabaseOptions, time: number) {
    this.#client = client;
    this.#signal = signal;
    this.time = time;
  }

  /** Documents of a set, as they were. */
  async *documents(set: string, pageSize: number): AsyncGenerator<JsonMap> {
    for await (const item of this.#pages(set, 'lambda', '{"get":{"var":"r"}}', pageSize)) {
      if (isJsonMap(item)) yield item;
    }
  }

  async *latest(collection: string): AsyncGenerator<string> {
    for await (const document of this.documents(documentsOf(collection), PAGE_SIZE)) yield jsonText(document);
  }

  /** Versions of all documents: of those that live, then of those that were deleted. */
  async *histories(collection: string): AsyncGenerator<string> {
    const read = `{"object":{"r":{"var":"r"},"d":{"get":{"var":"r"}},"e":${EVENTS}}}`;
    for await (const item of this.#pages(documentsOf(collection), 'lambda', read, PAGE_SIZE))
      yield* this.#versions(item);
    const gone = new Set<string>();
    for await (const event of this.#pages(documentsOf(collection), 'events', '', EVENT_PAGE_SIZE)) {
      if (isJsonMap(event) && event.get('action') === 'remove')
        gone.add(requestText(event.get('document') ?? null));
    }
    const refs = [...gone];
    for (let from = 0; from < refs.length; from += PAGE_SIZE) {
      const some = `[${refs.slice(from, from + PAGE_SIZE).join(',')}]`;
      const each = `{"if":{"exists":{"var":"r"}},"then":null,"else":{"object":{"r":{"var":"r"},"e":${EVENTS}}}}`;
      const found = await this.#read(`{"map":{"lambda":"r","expr":${each}},"collection":${some}}`);
      for (const item of isJsonArray(found) ? found : []) if (item !== null) yield* this.#versions(item);
    }
  }

  /** `item`: ref, the living document where there is one, and a page of events. */
  async *#versions(item: JsonNode): AsyncGenerator<string> {
    if (!isJsonMap(item)) return;
    const ref = item.get('r') ?? null;
    const events: JsonNode[] = [];
    let page = item.get('e');
    for (;;) {
      events.push(...itemsOf(page));
      const after = isJsonMap(page) ? page.get('after') : undefined;
      if (after === undefined) break;
      page = await this.#read(
        `{"paginate":${requestText(ref)},"events":true,"size":${VERSION_PAGE_SIZE},"after":${requestText(after)}}`,
      );
    }
    const lines: string[] = [];
    let data: JsonMap = new Map();
    for (const event of events) {
      if (!isJsonMap(event)) continue;
      const [ts, action, change] = [event.get('ts') ?? null, event.get('action') ?? null, event.get('data')];
      if (typeof ts !== 'bigint' || ts > BigInt(this.time)) continue;
      // What a page of events tells is what changed; a document that begins tells everything.
      const before: JsonMap = action === 'update' ? data : new Map();
      data = action === 'delete' ? new Map() : isJsonMap(change) ? mergeData(before, change) : before;
      lines.push(
        jsonText(
          new Map<string, JsonNode>([
            ['ref', ref],
            ['ts', ts],
            ['action', action],
            ...(action === 'delete' ? [] : [['data', data] as const]),
          ]),
        ),
      );
    }
    const living = item.get('d');
    if (isJsonMap(living)) {
      // Events tell data only; the present version has its other fields, too.
      lines.pop();
      lines.push(
        jsonText(
          new Map<string, JsonNode>([...living, ['action', lines.length === 0 ? 'create' : 'update']]),
        ),
      );
    }
    yield* lines.reverse();
  }

  /** All items of a set, each by `expression` (of `r`), or events of the set. Pages become smaller when they are too much for an answer. */
  async *#pages(
    set: string,
    kind: 'lambda' | 'events',
    expression: string,
    pageSize: number,
  ): AsyncGenerator<JsonNode> {
    let size = pageSize;
    let cursor = '';
    for (;;) {
      const page = `{"paginate":${set},"size":${size}${cursor}${kind === 'events' ? ',"events":true' : ''}}`;
      let found: JsonNode;
      try {
        found = await this.#read(
          kind === 'events' ? page : `{"map":{"lambda":"r","expr":${expression}},"collection":${page}}`,
        );
      } catch (error) {
        const isRefused = error instanceof CliError && error.exit === 'failed' && !this.#signal.aborted;
        if (!isRefused || size === 1 || error.message.includes('minimum allowed timestamp')) throw error;
        size = Math.ceil(size / 8);
        continue;
      }
      yield* itemsOf(found);
      const after = isJsonMap(found) ? found.get('after') : undefined;
      if (after === undefined) return;
      cursor = `,"after":${requestText(after)}`;
    }
  }

  async #read(expression: string): Promise<JsonNode> {
    if (this.#signal.aborted) throw new CliError('interrupted; the dump is not whole.');
    try {
      // Nothing was ever written: there is no moment to name.
      const past = this.time === 0 ? expression : `{"at":${this.time},"expr":${expression}}`;
      return await this.#client.read(past, this.#signal);
    } catch (error) {
      if (error instanceof CliError && error.message.includes('minimum allowed timestamp')) {
        throw new CliError(
          `${error.message}\nThe dump took longer than a collection keeps its history. Raise its history_days, or take \`skein backup\`.`,
          { cause: error },
        );
      }
      throw error;
    }
  }
}

const EVENTS = `{"paginate":{"var":"r"},"events":true,"size":${VERSION_PAGE_SIZE}}`;

function documentsOf(collection: string): string {
  return `{"documents":{"collection":${JSON.stringify(collection)}}}`;
}

/** A value of an answer as a request writes it. */
function requestText(node: JsonNode): string {
  return valueText(node, { hasPlainRefs: false, collections: new Set() });
}

function itemsOf(page: JsonNode | undefined): readonly JsonNode[] {
  const data = isJsonMap(page) ? page.get('data') : undefined;
  return isJsonArray(data) ? data : [];
}
