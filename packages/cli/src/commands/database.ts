/** `skein database dump` and `skein database load`: one database of documents, with its schema, as JSON lines. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, messageOf } from '../cli-error.ts';
import { type Context, print } from '../context.ts';
import { loadAggregation, loadSchema } from '../database/load-schema.ts';
import { childDatabases, DUMP_VERSION, readDatabase } from '../database/read-database.ts';
import type { FqlClient } from '../fql/fql-client.ts';
import { type FqlConnectionFlags, withFqlClient, withFqlConnection } from '../fql/fql-connection.ts';
import { startProgress } from '../import/progress.ts';
import type { SourceItem } from '../import/record-source.ts';
import { importDocuments } from '../import-fauna/import-documents.ts';
import { wholeNumber } from '../options.ts';
import { openOutput, write } from '../output-file.ts';
import { DOCUMENT_LIMITS } from './import-fauna.ts';

interface DumpFlags extends FqlConnectionFlags {
  readonly history?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

interface LoadFlags extends FqlConnectionFlags {
  readonly batchDocuments: number;
  readonly parallel: number;
  readonly rejected?: string;
  readonly resume?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export function addDatabaseCommand(program: Command, context: Context): void {
  const group = program
    .command('database')
    .description('one database of documents to a file and back (`skein backup` copies everything)');
  withFqlConnection(group.command('dump [file]'))
    .description('write schema and documents, as they are at one moment, as JSON lines')
    .option('--history', 'with all versions that the server still has, also of deleted documents')
    .option('--quiet', 'no progress')
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText(
      'after',
      `
The secret needs the admin or server-readonly role. Collections, functions, indexes, roles, access providers, aggregations and documents
are in the dump; keys, tokens, passwords and child databases are not (\`skein backup\` has them). A name that ends in .gz is packed.

Examples:
  skein database dump shop.jsonl.gz --history
  skein database dump --database shop | gzip > shop.jsonl.gz`,
    )
    .action((file: string | undefined, flags: DumpFlags) =>
      withFqlClient(context, flags, (client) => dump(client, file ?? '-', flags, context)),
    );
  withFqlConnection(group.command('load <file>'))
    .description('make schema and documents from a dump; ids and times are kept')
    .option(
      '--batch-documents <count>',
      'most documents per transaction',
      wholeNumber(1, 10_000),
      DOCUMENT_LIMITS.batchDocuments,
    )
    .option(
      '--parallel <count>',
      'transactions at the same time',
      wholeNumber(1, 64),
      DOCUMENT_LIMITS.parallel,
    )
    .option('--rejected <file>', 'write rejected documents and the reasons there, as NDJSON')
    .option('--resume <file>', 'note progress there; run the same command again to go on')
    .option('--quiet', 'no progress')
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText(
      'after',
      `
Meant for a database that is empty. What exists by name or id is not made again, so a load that was interrupted can be repeated.

Examples:
  skein database load shop.jsonl.gz
  skein fql -e "CreateDatabase({ name: 'copy' })" && skein database load shop.jsonl.gz --database copy`,
    )
    .action(async (file: string, flags: LoadFlags) => {
      await withFqlClient(context, flags, (client) => load(client, file, flags, context), {
        connectionsMax: flags.parallel,
      });
    });
}

async function dump(client: FqlClient, file: string, flags: DumpFlags, context: Context): Promise<void> {
  const { stream, written } = openOutput(file, file.endsWith('.gz'), context);
  const progress = startProgress({
    stream: context.stderr,
    isQuiet: flags.quiet === true || flags.json === true || file === '-',
    nowMs: context.nowMs,
    noun: 'documents',
  });
  const counts = { schema: 0, aggregation: 0, document: 0, header: 0, end: 0 };
  let children: readonly string[];
  try {
    const versions = flags.history === true ? 'all' : 'latest';
    let text = '';
    for await (const { kind, line } of readDatabase({ client, versions, signal: context.interrupted })) {
      counts[kind]++;
      text += `${line}\n`;
      if (text.length < WRITE_LENGTH) continue;
      await write(stream, text);
      text = '';
      progress.update({ records: counts.document, rejected: 0, share: undefined });
    }
    await write(stream, text);
    stream.end();
    await written;
    children = await childDatabases(client);
  } catch (error) {
    stream.destroy();
    await written.catch(() => {});
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot write ${file}: ${messageOf(error)}.`, { cause: error });
  } finally {
    progress.stop();
  }
  if (children.length > 0) {
    context.stderr.write(
      `not in the dump: the child databases ${children.join(', ')}; dump each by --database.\n`,
    );
  }
  if (file === '-') return;
  const { document: documents, schema } = counts;
  const what = flags.history === true ? 'versions of documents' : 'documents';
  const words = `${documents.toLocaleString('en')} ${what} and ${schema} schema documents into ${file}.`;
  print(context, flags, { file, documents, schema }, words);
}

const WRITE_LENGTH = 256 * 1024;

async function load(client: FqlClient, file: string, flags: LoadFlags, context: Context): Promise<void> {
  const dumped = new DumpFilter(client);
  const isQuiet = flags.quiet === true;
  await importDocuments({
    client,
    context,
    file: file === '-' ? file : resolve(context.cwd, file),
    format: 'ndjson',
    collection: undefined,
    times: 'keep',
    existing: 'leave',
    missingCollections: 'refuse',
    historyDays: undefined,
    mode: 'write',
    batchDocuments: flags.batchDocuments,
    parallel: flags.parallel,
    rejectedPath: flags.rejected === undefined ? undefined : resolve(context.cwd, flags.rejected),
    resumePath: flags.resume === undefined ? undefined : resolve(context.cwd, flags.resume),
    isQuiet,
    isJson: flags.json === true,
    filter: (items) => dumped.documents(items),
  });
  if (!dumped.isWhole && !context.interrupted.aborted) {
    throw new CliError(`${file} ends too early: what it had was loaded, but it is not all of the dump.`);
  }
  // After the documents: an aggregation begins with all that are there.
  if (!context.interrupted.aborted) {
    for (const line of dumped.aggregations) await loadAggregation(client, line);
  }
  if (dumped.schemaWords !== undefined && !isQuiet && flags.json !== true) {
    context.stderr.write(`${dumped.schemaWords}\n`);
  }
}

/** Takes out of a dump what is no document, and makes the schema before the first document goes on. */
class DumpFilter {
  readonly #client: FqlClient;
  /** An earlier run that finished says so by reading nothing. */
  isWhole = true;
  schemaWords: string | undefined;
  readonly aggregations: string[] = [];

  constructor(client: FqlClient) {
    this.#client = client;
  }

  async *documents(items: AsyncIterable<SourceItem>): AsyncGenerator<SourceItem> {
    this.isWhole = false;
    let isFirst = true;
    let schema: string[] | undefined = [];
    for await (const item of items) {
      if (isFirst) checkHeader(item.text);
      else if (item.text.startsWith('{"schema":')) schema?.push(item.text);
      else if (item.text.startsWith('{"aggregation":')) this.aggregations.push(item.text);
      else {
        if (schema !== undefined) await this.#make(schema);
        schema = undefined;
        if (item.text.startsWith('{"end":')) this.isWhole = true;
        else yield item;
      }
      isFirst = false;
    }
    if (isFirst) checkHeader('');
  }

  async #make(schema: readonly string[]): Promise<void> {
    const { created, kept } = await loadSchema(this.#client, schema);
    this.schemaWords = `Schema: ${created} documents made${kept === 0 ? '' : `, ${kept} were there`}.`;
  }
}

function checkHeader(line: string): void {
  let header: unknown;
  try {
    header = JSON.parse(line);
  } catch {
    header = undefined;
  }
  const fields: { readonly skein?: unknown; readonly version?: unknown } =
    typeof header === 'object' && header !== null ? header : {};
  if (fields.skein !== 'database') {
    throw new CliError(
      'this is no dump of `skein database dump`. Documents that were exported elsewhere: `skein import-fauna`.',
      { exit: 'usage' },
    );
  }
  if (fields.version !== DUMP_VERSION) {
    throw new CliError('this dump was made by another version of Skein, which this one cannot read.');
  }
}
