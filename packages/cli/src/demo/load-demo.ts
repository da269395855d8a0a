/**
 * Loads the demo indexes, `movies` and `cities`, into a running server, through the same API that everyone uses.
 *
 * An index that has records is left alone: it is the demo of an earlier start, or the user's own. Records go to an index
 * beside, which takes the name when it is whole; so a start that was interrupted leaves no half of a demo behind.
 */
import type { JsonObject } from '@skein/base';
import { type Connection, HttpClient, indexPath } from '../http-client.ts';
import { IMPORT_LIMITS, Importer } from '../import/importer.ts';
import { indexTarget } from '../import/index-target.ts';
import type { SourceItem } from '../import/record-source.ts';
import { numberField, objectsField, textField } from '../json-fields.ts';
import { settled } from '../wait-for-task.ts';
import { CITY_COUNT, CITY_SETTINGS, cityRecords } from './cities.ts';
import { MOVIE_COUNT, MOVIE_SETTINGS, movieRecords } from './movies.ts';

export interface DemoIndex {
  readonly name: string;
  readonly settings: JsonObject;
  readonly recordCount: number;
  readonly records: () => Iterable<JsonObject>;
}

export const DEMO_INDEXES: readonly DemoIndex[] = [
  { name: 'movies', settings: MOVIE_SETTINGS, recordCount: MOVIE_COUNT, records: movieRecords },
  { name: 'cities', settings: CITY_SETTINGS, recordCount: CITY_COUNT, records: cityRecords },
];

export interface LoadDemoOptions {
  readonly connection: Connection;
  /** Takes one line of progress. */
  readonly say: (line: string) => void;
  readonly indexes?: readonly DemoIndex[];
  readonly signal?: AbortSignal;
}

/** Resolves when the records can be searched. Throws `CliError` when the server is gone or refuses. */
export async function loadDemo(options: LoadDemoOptions): Promise<void> {
  const client = new HttpClient(options.connection);
  try {
    const filled = await indexesWithRecords(client);
    for (const index of options.indexes ?? DEMO_INDEXES) {
      if (options.signal?.aborted === true) return;
      if (!filled.has(index.name)) await loadIndex(client, index, options);
    }
  } finally {
    client.close();
  }
}

async function loadIndex(client: HttpClient, index: DemoIndex, options: LoadDemoOptions): Promise<void> {
  const { name, settings, recordCount, records } = index;
  const startMs = performance.now();
  const signal = options.signal ?? new AbortController().signal;
  options.say(`demo: loading ${name}, ${recordCount.toLocaleString('en')} records …`);
  const beside = `${name}_loading`;
  await settled(client, beside, await client.send('POST', indexPath(beside, 'clear')));
  await client.send('PUT', indexPath(beside, 'settings'), settings);
  let failure: string | undefined;
  const importer = new Importer({
    target: indexTarget({
      client,
      index: beside,
      action: 'updateObject',
      ids: { attribute: 'objectID', generate: undefined },
    }),
    skip: 0,
    batchBytesMax: IMPORT_LIMITS.batchBytes,
    batchRecordsMax: IMPORT_LIMITS.batchRecords,
    parallel: 2,
    onRejected: ({ reason }) => {
      failure ??= reason;
    },
    onProgress: () => {},
    signal,
  });
  const { accepted, rejected } = await importer.run(items(records()));
  if (signal.aborted) return;
  const answer = await client.send('POST', indexPath(beside, 'operation'), {
    operation: 'move',
    destination: name,
  });
  await settled(client, beside, answer);
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const problem = rejected === 0 ? '' : ` (${rejected} refused: ${failure})`;
  options.say(`demo: ${name} is ready, ${accepted.toLocaleString('en')} records in ${seconds} s${problem}`);
}

// Asynchronous because a source of records is; the yields let answers be read between batches.
async function* items(records: Iterable<JsonObject>): AsyncGenerator<SourceItem> {
  let line = 0;
  for (const record of records) yield { text: JSON.stringify(record), line: ++line };
}

async function indexesWithRecords(client: HttpClient): Promise<ReadonlySet<string>> {
  const indexes = objectsField(await client.send('GET', '/1/indexes'), 'items');
  const filled = indexes.filter((index) => numberField(index, 'entries') > 0);
  return new Set(filled.map((index) => textField(index, 'name')));
}
