/** `skein export`: all records of an index, through the browse endpoint. */
import type { Json, JsonObject } from '@skein/base';
import { type Command, Option } from 'commander';
import { CliError, messageOf } from '../cli-error.ts';
import { type CommonFlags, type Context, withClient, withConnection } from '../context.ts';
import { type HttpClient, indexPath } from '../http-client.ts';
import { startProgress } from '../import/progress.ts';
import { numberField, objectsField } from '../json-fields.ts';
import { list } from '../options.ts';
import { openOutput, write } from '../output-file.ts';

interface ExportFlags extends CommonFlags {
  readonly format?: 'ndjson' | 'json' | 'csv';
  readonly gzip?: boolean;
  readonly attributes?: readonly string[];
  readonly filters?: string;
  readonly query?: string;
  readonly quiet?: boolean;
}

const pageRecords = 1_000;

export function addExportCommand(program: Command, context: Context): void {
  withConnection(program.command('export <index> [file]'))
    .description('write all records of an index to a file (or standard output)')
    .addOption(
      new Option('--format <format>', 'what to write; told from the name of the file otherwise').choices([
        'ndjson',
        'json',
        'csv',
      ]),
    )
    .option('--gzip', 'compress; also when the file ends in .gz')
    .option('--attributes <names>', 'only these attributes', list)
    .option('--filters <filters>', 'only records that match, as in a search')
    .option('--query <text>', 'only records that match')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
CSV has one column per attribute of the first ${pageRecords} records (or per --attributes); nested values are JSON.

Examples:
  skein export movies movies.ndjson.gz
  skein export cities cities.csv --attributes objectID,name,population --filters "population > 1000000"
  skein export movies | jq -r .title`,
    )
    .action((index: string, file: string | undefined, flags: ExportFlags) =>
      withClient(context, flags, (client) => exportIndex(client, index, file ?? '-', flags, context)),
    );
}

async function exportIndex(
  client: HttpClient,
  index: string,
  file: string,
  flags: ExportFlags,
  context: Context,
): Promise<void> {
  const format = flags.format ?? formatOf(file);
  const { stream, written } = openOutput(file, flags.gzip === true || file.endsWith('.gz'), context);
  const progress = startProgress({
    stream: context.stderr,
    isQuiet: flags.quiet === true || flags.json === true || file === '-',
    nowMs: context.nowMs,
  });
  let count = 0;
  let columns = flags.attributes;
  try {
    if (format === 'json') await write(stream, '[');
    for await (const { hits, nbHits } of pages(client, index, flags)) {
      if (format === 'csv' && count === 0) {
        columns ??= [...new Set(['objectID', ...hits.flatMap((hit) => Object.keys(hit))])];
        await write(stream, `${columns.map(csvCell).join(',')}\n`);
      }
      let text = '';
      for (const hit of hits) {
        if (format === 'csv') text += `${(columns ?? []).map((name) => csvCell(hit[name])).join(',')}\n`;
        else if (format === 'json') text += `${count === 0 ? '\n' : ',\n'}${JSON.stringify(hit)}`;
        else text += `${JSON.stringify(hit)}\n`;
        count++;
      }
      await write(stream, text);
      progress.update({
        records: count,
        rejected: 0,
        share: nbHits === 0 ? undefined : Math.min(1, count / nbHits),
      });
      if (context.interrupted.aborted) throw new CliError('interrupted; the file is not complete.');
    }
    if (format === 'json') await write(stream, '\n]\n');
    stream.end();
    await written;
  } catch (error) {
    stream.destroy();
    await written.catch(() => {});
    // A reader like `head` that has seen enough is no fault.
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
    if (error instanceof CliError) throw error;
    throw new CliError(`cannot write ${file}: ${messageOf(error)}.`, { cause: error });
  } finally {
    progress.stop();
  }
  if (file === '-') return;
  const summary = { index, file, records: count };
  context.stdout.write(
    flags.json === true
      ? `${JSON.stringify(summary)}\n`
      : `${count.toLocaleString('en')} records of ${index} into ${file}.\n`,
  );
}

async function* pages(
  client: HttpClient,
  index: string,
  flags: ExportFlags,
): AsyncGenerator<{ hits: readonly JsonObject[]; nbHits: number }> {
  let body: Record<string, Json> = {
    hitsPerPage: pageRecords,
    ...(flags.query === undefined ? {} : { query: flags.query }),
    ...(flags.filters === undefined ? {} : { filters: flags.filters }),
    ...(flags.attributes === undefined ? {} : { attributesToRetrieve: flags.attributes }),
  };
  for (;;) {
    const answer = await client.send('POST', indexPath(index, 'browse'), body);
    const hits = objectsField(answer, 'hits');
    yield { hits, nbHits: numberField(answer, 'nbHits') };
    if (typeof answer['cursor'] !== 'string') return;
    body = { cursor: answer['cursor'] };
  }
}

function formatOf(file: string): 'ndjson' | 'json' | 'csv' {
  const name = file.toLowerCase().replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return 'csv';
  return name.endsWith('.json') ? 'json' : 'ndjson';
}

function csvCell(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
