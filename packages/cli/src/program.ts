/** The command line as a whole: commands, help, and what errors turn into. */
import { Command, CommanderError } from 'commander';
import { CliError, EXIT_CODES, messageOf } from './cli-error.ts';
import { addAggregationsCommand } from './commands/aggregations.ts';
import { addAlertsCommands } from './commands/alerts.ts';
import { addBackupCommands } from './commands/backup.ts';
import { addClusterCommands } from './commands/cluster.ts';
import { addDatabaseCommand } from './commands/database.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addExportCommand } from './commands/export.ts';
import { addFqlCommand } from './commands/fql.ts';
import { addImportCommand } from './commands/import.ts';
import { addImportFaunaCommand } from './commands/import-fauna.ts';
import { addIndexesCommand } from './commands/indexes.ts';
import { addKeysCommand } from './commands/keys.ts';
import { addSearchCommand } from './commands/search.ts';
import { addSearchableCommand } from './commands/searchable.ts';
import { addServeCommands } from './commands/serve.ts';
import { addSettingsCommand } from './commands/settings.ts';
import type { Context } from './context.ts';

/** Runs one command. `args` are without the program's name. Resolves to the exit code; never throws. */
export async function runCommandLine(
  args: readonly string[],
  world: Omit<Context, 'setExitCode'>,
): Promise<number> {
  let exitCode: number = EXIT_CODES.ok.code;
  const context: Context = {
    ...world,
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  try {
    await program(context).parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage.code;
    if (error instanceof CliError) {
      context.stderr.write(`skein: ${error.message}\n`);
      return EXIT_CODES[error.exit].code;
    }
    context.stderr.write(`skein: ${messageOf(error)}\n`);
    return EXIT_CODES.failed.code;
  }
}

function program(context: Context): Command {
  const root = new Command('skein')
    .description('A search network that you run yourself.')
    .enablePositionalOptions()
    .showHelpAfterError('Add --help for what there is.')
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
    })
    .addHelpText(
      'after',
      `
Examples:
  skein serve                                start a server on this machine
  skein import movies movies.json            put records into an index
  skein search movies star wars              search it
  skein fql                                  ask for documents

On the machine of the server its address and key are found by themselves; elsewhere give --url, --application and --key,
or SKEIN_URL, SKEIN_APPLICATION_ID and SKEIN_API_KEY.

Exit codes:
${Object.values(EXIT_CODES)
  .map(({ code, help }) => `  ${code}  ${help}`)
  .join('\n')}`,
    );
  addServeCommands(root, context);
  addImportCommand(root, context);
  addExportCommand(root, context);
  addSearchCommand(root, context);
  addIndexesCommand(root, context);
  addSettingsCommand(root, context);
  addKeysCommand(root, context);
  addFqlCommand(root, context);
  addImportFaunaCommand(root, context);
  addDatabaseCommand(root, context);
  addAggregationsCommand(root, context);
  addSearchableCommand(root, context);
  addBackupCommands(root, context);
  addClusterCommands(root, context);
  addAlertsCommands(root, context);
  addDemoCommand(root, context);
  withoutExit(root);
  return root;
}

/** Commander would end the process; a library and its tests want an answer. */
function withoutExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) withoutExit(child);
}
