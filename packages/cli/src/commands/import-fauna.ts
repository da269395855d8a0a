/** `skein import-fauna`: exported documents into collections. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { EXIT_CODES } from '../cli-error.ts';
import type { Context } from '../context.ts';
import { type FqlConnectionFlags, withFqlClient, withFqlConnection } from '../fql/fql-connection.ts';
import { importDocuments } from '../import-fauna/import-documents.ts';
import { wholeNumber } from '../options.ts';

interface ImportFaunaFlags extends FqlConnectionFlags {
  readonly collection?: string;
  readonly format: 'auto' | 'json' | 'ndjson';
  readonly create?: boolean;
  readonly historyDays?: number;
  readonly keepTs?: boolean;
  readonly existing: 'replace' | 'leave';
  readonly batchDocuments: number;
  readonly parallel: number;
  readonly rejected?: string;
  readonly resume?: string;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export const DOCUMENT_LIMITS = {
  /** Far below the most steps of a transaction, and a transaction of a few ten milliseconds keeps nobody waiting. */
  batchDocuments: 500,
  parallel: 4,
} as const;

export function addImportFaunaCommand(program: Command, context: Context): void {
  withFqlConnection(program.command('import-fauna [file]'))
    .description('put exported documents from a file (or standard input) into collections')
    .option('--collection <name>', 'where all of them go; else where their refs say')
    .option('--create', 'make collections that are missing')
    .option('--history-days <days>', 'with --create: how long these keep history', wholeNumber(0, 100_000))
    .option('--keep-ts', 'keep the times of documents, by rewriting history')
    .addOption(
      new Option('--existing <what>', 'a document whose id is taken by one with other data')
        .choices(['replace', 'leave'])
        .default('replace'),
    )
    .addOption(
      new Option('--format <format>', 'what the file is').choices(['auto', 'json', 'ndjson']).default('auto'),
    )
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
    .option('--dry-run', 'read and check the file, and write nothing')
    .option('--quiet', 'no progress')
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText(
      'after',
      `
The file has a document a line (or is a JSON array), gzipped or not. These shapes are understood:
  {"ref": {"@ref": …}, "ts": 1630107062480000, "data": {…}}      FQL v4, as the server answers and the driver prints it
  {"@doc": {"id": "1", "coll": {"@mod": "c"}, "ts": …, …}}       a tagged export of v10
  {"id": "1", "coll": "c", "ts": "2021-08-27T…Z", …}             a simple export of v10, or any JSON with an id
Ids are kept, so importing twice, or once more after an interruption, makes no duplicates. A document that cannot be taken is
reported, the others go on; the exit code is then ${EXIT_CODES.rejected.code}.

Examples:
  skein import-fauna events.jsonl --create --keep-ts
  skein import-fauna users.jsonl.gz --collection users --create --rejected bad.jsonl
  skein import-fauna big.jsonl --create --resume big.state       # interrupted? run it again
  skein import-fauna dump.jsonl --dry-run`,
    )
    .action(async (file: string | undefined, flags: ImportFaunaFlags) => {
      await withFqlClient(
        context,
        flags,
        (client) =>
          importDocuments({
            client,
            context,
            file: file === undefined || file === '-' ? '-' : resolve(context.cwd, file),
            format: flags.format,
            collection: flags.collection,
            times: flags.keepTs === true ? 'keep' : 'now',
            existing: flags.existing,
            missingCollections: flags.create === true ? 'create' : 'refuse',
            historyDays: flags.historyDays,
            mode: flags.dryRun === true ? 'check' : 'write',
            batchDocuments: flags.batchDocuments,
            parallel: flags.parallel,
            rejectedPath: flags.rejected === undefined ? undefined : resolve(context.cwd, flags.rejected),
            resumePath: flags.resume === undefined ? undefined : resolve(context.cwd, flags.resume),
            isQuiet: flags.quiet === true,
            isJson: flags.json === true,
          }),
        { connectionsMax: flags.parallel },
      );
    });
}
