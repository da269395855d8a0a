/** `skein import`: records from a file into an index. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { CliError, EXIT_CODES } from '../cli-error.ts';
import { type CommonFlags, type Context, print, withClient, withConnection } from '../context.ts';
import { type HttpClient, indexPath } from '../http-client.ts';
import { IMPORT_LIMITS, Importer, type ImportTotals } from '../import/importer.ts';
import { indexTarget, type WriteAction } from '../import/index-target.ts';
import { duration, startProgress } from '../import/progress.ts';
import { FORMATS, type Format, RecordSource } from '../import/record-source.ts';
import { RejectedReport } from '../import/rejected-report.ts';
import { ResumeFile } from '../import/resume-file.ts';
import { list, wholeNumber } from '../options.ts';
import { settled, waitForTask } from '../wait-for-task.ts';

interface ImportFlags extends CommonFlags {
  readonly format: Format;
  readonly delimiter?: string;
  readonly csvText?: boolean;
  readonly idAttribute: string;
  readonly generateIds?: boolean;
  readonly partial?: boolean;
  readonly create: boolean;
  readonly clear?: boolean;
  readonly replace?: boolean;
  readonly batchRecords: number;
  readonly batchBytes: number;
  readonly parallel: number;
  readonly rejected?: string;
  readonly resume?: string;
  readonly wait: boolean;
  readonly quiet?: boolean;
  readonly searchable?: readonly string[];
}

export function addImportCommand(program: Command, context: Context): void {
  withConnection(program.command('import <index> [file]'))
    .description('put records from a file (or standard input) into an index')
    .addOption(new Option('--format <format>', 'what the file is').choices(FORMATS).default('auto'))
    .option('--delimiter <character>', 'what separates CSV columns')
    .option('--csv-text', 'keep numbers, true and false of a CSV file as text')
    .option('--id-attribute <name>', 'attribute that identifies a record', 'objectID')
    .option('--generate-ids', 'make an objectID for records that have none')
    .option('--partial', 'change only the attributes given, instead of replacing records')
    .option('--no-create', 'with --partial: pass over records that do not exist')
    .option('--clear', 'remove all records of the index first')
    .option('--replace', 'build a new index beside the old one and swap them at the end')
    .option('--searchable <attributes>', 'set searchableAttributes of the index first', list)
    .option(
      '--batch-records <count>',
      'most records per request',
      wholeNumber(1, 100_000),
      IMPORT_LIMITS.batchRecords,
    )
    .option(
      '--batch-bytes <bytes>',
      'most bytes per request',
      wholeNumber(1_000, 50_000_000),
      IMPORT_LIMITS.batchBytes,
    )
    .option('--parallel <count>', 'requests at the same time', wholeNumber(1, 64), IMPORT_LIMITS.parallel)
    .option('--rejected <file>', 'write rejected records and the reasons there, as NDJSON')
    .option('--resume <file>', 'note progress there; run the same command again to go on')
    .option('--no-wait', 'do not wait until searches see the records')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      `
The file is JSON (an array, or objects one after the other), NDJSON, CSV or TSV, gzipped or not. Every record needs an
objectID; a record with the objectID of an existing one replaces it. A record that the server refuses is reported, the
others go on; the exit code is then ${EXIT_CODES.rejected.code}.

Examples:
  skein import movies movies.json --id-attribute imdbId
  skein import products products.csv.gz --generate-ids --searchable name,brand
  zcat events.ndjson.gz | skein import events - --rejected bad.ndjson
  skein import big big.ndjson --resume big.state      # interrupted? run it again
  skein import products products.json --replace       # searches see the old or the new, nothing between`,
    )
    .action((index: string, file: string | undefined, flags: ImportFlags) =>
      withClient(context, flags, (client) => importFile(client, index, file ?? '-', flags, context), {
        connectionsMax: flags.parallel,
      }),
    );
}

async function importFile(
  client: HttpClient,
  index: string,
  file: string,
  flags: ImportFlags,
  context: Context,
): Promise<void> {
  if (
    flags.replace === true &&
    (flags.resume !== undefined || flags.clear === true || flags.partial === true)
  ) {
    throw new CliError('--replace builds a new index; it does not go with --resume, --clear or --partial.', {
      exit: 'usage',
    });
  }
  const path = file === '-' ? file : resolve(context.cwd, file);
  const source = new RecordSource({
    file: path,
    format: flags.format,
    csv: { delimiter: flags.delimiter, numbers: flags.csvText === true ? 'keep-text' : 'convert' },
    stdin: context.stdin,
  });
  const fresh = {
    file: path,
    bytes: source.bytesTotal ?? null,
    index,
    idPrefix: randomBytes(6).toString('hex'),
    recordsDone: 0,
    isComplete: false,
  };
  const resume =
    flags.resume === undefined ? undefined : ResumeFile.open(resolve(context.cwd, flags.resume), fresh);
  const { idPrefix, recordsDone, isComplete } = resume?.state ?? fresh;
  if (isComplete) {
    print(
      context,
      flags,
      { index, alreadyComplete: true },
      `${flags.resume} says that this import is complete. Delete it to import again.`,
    );
    return;
  }
  const target = flags.replace === true ? await beginReplacement(client, index, idPrefix) : index;
  if (flags.clear === true && recordsDone === 0) {
    await settled(client, index, await client.send('POST', indexPath(index, 'clear')));
  }
  if (flags.searchable !== undefined && recordsDone === 0) {
    await client.send('PUT', indexPath(target, 'settings'), { searchableAttributes: flags.searchable });
  }

  const rejected = new RejectedReport({
    path: flags.rejected === undefined ? undefined : resolve(context.cwd, flags.rejected),
    stderr: context.stderr,
    mode: flags.resume === undefined ? 'replace' : 'append',
    idName: 'objectID',
  });
  const progress = startProgress({
    stream: context.stderr,
    isQuiet: flags.quiet === true || flags.json === true,
    nowMs: context.nowMs,
  });
  const importer = new Importer({
    target: indexTarget({
      client,
      index: target,
      action: actionOf(flags),
      ids: {
        attribute: flags.idAttribute,
        generate:
          flags.generateIds === true
            ? (ordinal) => `${idPrefix}-${String(ordinal).padStart(9, '0')}`
            : undefined,
      },
    }),
    skip: recordsDone,
    batchBytesMax: flags.batchBytes,
    batchRecordsMax: flags.batchRecords,
    parallel: flags.parallel,
    onRejected: (record) => rejected.add(record),
    onProgress: (done) => {
      resume?.advance(done, context.nowMs());
      const { accepted, rejected: refused } = importer.totals;
      const share =
        source.bytesTotal === undefined ? undefined : Math.min(1, source.bytesRead / source.bytesTotal);
      progress.update({ records: accepted, rejected: refused, share });
    },
    signal: context.interrupted,
  });
  const startMs = context.nowMs();
  let totals: ImportTotals;
  try {
    totals = await importer.run(source.items());
  } catch (error) {
    resume?.finish({ isComplete: false });
    throw error;
  } finally {
    progress.stop();
    await rejected.close();
  }
  const isInterrupted = context.interrupted.aborted;
  resume?.finish({ isComplete: !isInterrupted });
  const seconds = Math.max(0.001, (context.nowMs() - startMs) / 1000);
  if (totals.taskID !== undefined && flags.wait && !isInterrupted)
    await waitForTask(client, target, totals.taskID);
  if (flags.replace === true) await endReplacement(client, { target, index, totals, isInterrupted });
  report(context, flags, { index, totals, seconds, isInterrupted });
}

function report(
  context: Context,
  flags: ImportFlags,
  {
    index,
    totals,
    seconds,
    isInterrupted,
  }: { index: string; totals: ImportTotals; seconds: number; isInterrupted: boolean },
): void {
  const { read, accepted, rejected, taskID } = totals;
  const refused = rejected === 0 ? '' : `, ${rejected.toLocaleString('en')} rejected`;
  const rate = Math.round(accepted / seconds);
  print(
    context,
    flags,
    {
      index,
      read,
      accepted,
      rejected,
      seconds: Number(seconds.toFixed(3)),
      recordsPerSecond: rate,
      taskID: taskID ?? null,
      interrupted: isInterrupted,
    },
    `${accepted.toLocaleString('en')} records into ${index}${refused} in ${duration(seconds)} (${rate.toLocaleString('en')}/s).${isInterrupted ? ' Interrupted.' : ''}`,
  );
  if (isInterrupted) context.setExitCode(130);
  else if (rejected > 0) context.setExitCode(EXIT_CODES.rejected.code);
}

function actionOf(flags: ImportFlags): WriteAction {
  if (flags.partial !== true) return 'updateObject';
  return flags.create ? 'partialUpdateObject' : 'partialUpdateObjectNoCreate';
}

/** A new index with the settings, synonyms and rules of the old one, which goes on answering. */
async function beginReplacement(client: HttpClient, index: string, suffix: string): Promise<string> {
  const target = `${index}_tmp_${suffix}`;
  const answer = await client.send('POST', indexPath(index, 'operation'), {
    operation: 'copy',
    destination: target,
    scope: ['settings', 'synonyms', 'rules'],
  });
  await settled(client, index, answer);
  return target;
}

/** Swaps only a whole import in: half of it would silently lose the records that the old index has. */
async function endReplacement(
  client: HttpClient,
  {
    target,
    index,
    totals,
    isInterrupted,
  }: { target: string; index: string; totals: ImportTotals; isInterrupted: boolean },
): Promise<void> {
  if (isInterrupted || totals.accepted === 0) {
    await client.send('DELETE', indexPath(target));
    if (!isInterrupted) throw new CliError(`no record was accepted, so ${index} stays as it was.`);
    return;
  }
  const answer = await client.send('POST', indexPath(target, 'operation'), {
    operation: 'move',
    destination: index,
  });
  await settled(client, target, answer);
}
