/** `skein fql`: a shell for expressions, and what runs files of them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { CliError, EXIT_CODES, messageOf } from '../cli-error.ts';
import type { Context } from '../context.ts';
import {
  type FqlConnectionFlags,
  historyPath,
  withFqlClient,
  withFqlConnection,
} from '../fql/fql-connection.ts';
import { wholeNumber } from '../options.ts';

interface FqlFlags extends FqlConnectionFlags {
  readonly expression?: readonly string[];
  readonly output: 'pretty' | 'json';
  readonly timeout: number;
}

const TIMEOUT_SECONDS = 120;
const TIMEOUT_SECONDS_MAX = 600;

export function addFqlCommand(program: Command, context: Context): void {
  withFqlConnection(program.command('fql [file]'))
    .description('run FQL expressions: from a file, from standard input, or as you type them')
    .option(
      '-e, --expression <text>',
      'run this; may be given several times',
      (text, previous: readonly string[] | undefined) => [...(previous ?? []), text],
    )
    .addOption(
      new Option('--output <style>', 'values as FQL, or JSON as the server sends it, one value a line')
        .choices(['pretty', 'json'])
        .default('pretty'),
    )
    .option(
      '--timeout <seconds>',
      'most time for a query',
      wholeNumber(1, TIMEOUT_SECONDS_MAX),
      TIMEOUT_SECONDS,
    )
    .addHelpText(
      'after',
      `
Expressions are JavaScript with the functions of the faunadb driver. Each is one transaction. A file may hold several, and const
declarations between them; it ends at the first that fails, with exit code ${EXIT_CODES.failed.code}. What is typed is remembered in a file beside the
credentials that only you can read.

Examples:
  skein fql
  skein fql schema.fql
  skein fql -e "Paginate(Collections())" --output json
  echo "Get(Ref(Collection('people'), 1))" | skein fql`,
    )
    .action((file: string | undefined, flags: FqlFlags) =>
      withFqlClient(
        context,
        flags,
        async (client) => {
          const { output, expression } = flags;
          const texts = textsOf(file, expression, context);
          // The driver and the parser, which no other command needs.
          if (texts === undefined) {
            const { runShell } = await import('../fql/shell.ts');
            await runShell({ context, client, output, historyPath: historyPath(context.env) });
            return;
          }
          const { runText } = await import('../fql/run-text.ts');
          const { Sandbox } = await import('../fql/sandbox.ts');
          const sandbox = new Sandbox();
          const { stdout, stderr, interrupted: signal } = context;
          for await (const { text, name } of texts) {
            if (await runText(text, { client, sandbox, output, stdout, stderr, signal, name })) continue;
            context.setExitCode(EXIT_CODES.failed.code);
            return;
          }
        },
        { timeoutMs: flags.timeout * 1000 },
      ),
    );
}

interface NamedText {
  readonly text: string;
  readonly name?: string;
}

/** Undefined: somebody sits at a terminal. */
function textsOf(
  file: string | undefined,
  expressions: readonly string[] | undefined,
  context: Context,
): Iterable<NamedText> | AsyncIterable<NamedText> | undefined {
  if (file !== undefined && expressions !== undefined) {
    throw new CliError('give a file or --expression, not both.', { exit: 'usage' });
  }
  if (expressions !== undefined) return expressions.map((text) => ({ text }));
  if (file !== undefined && file !== '-') return [{ text: textOf(resolve(context.cwd, file)), name: file }];
  if (file === undefined && 'isTTY' in context.stdin && context.stdin.isTTY === true) return undefined;
  return standardInput(context);
}

async function* standardInput({ stdin }: Context): AsyncGenerator<NamedText> {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) chunks.push(Buffer.from(chunk));
  yield { text: Buffer.concat(chunks).toString('utf8') };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new CliError(`cannot read ${path}: ${messageOf(error)}.`, { exit: 'usage', cause: error });
  }
}
