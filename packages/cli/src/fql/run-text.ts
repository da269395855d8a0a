/** Runs a text of several expressions: one query each, in order, until one fails. */
import { CliError } from '../cli-error.ts';
import type { FqlClient } from './fql-client.ts';
import { type ExpressionError, type PreparedQuery, Sandbox } from './sandbox.ts';
import { excerpt, showErrors } from './show-errors.ts';
import { showValue } from './show-value.ts';

export interface RunOptions {
  readonly client: FqlClient;
  readonly sandbox: Sandbox;
  readonly output: 'pretty' | 'json';
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly signal: AbortSignal;
  /** Said before what is wrong with the text: the name of a file. */
  readonly name?: string | undefined;
}

/** Whether all of it went well; what did not was told. Throws `CliError` when no server answers. */
export async function runText(text: string, options: RunOptions): Promise<boolean> {
  const { client, sandbox, output, stdout, stderr, signal, name } = options;
  const hasColors = colorsOf(stderr);
  const tell = (message: string): false => {
    stderr.write(`${message}\n`);
    return false;
  };
  const source = sandbox.read(text);
  if (source.kind === 'incomplete')
    return tell(`${place(name, text, text.length)}the expression does not end.`);
  if (source.kind === 'invalid') {
    const { at, reason } = source;
    const shown = excerpt(text, { start: Math.min(at, text.length), end: at + 1 });
    return tell([`${place(name, text, at)}${reason}`, ...shown].join('\n'));
  }
  for (const statement of source.statements) {
    let query: PreparedQuery | undefined;
    try {
      query = sandbox.run(statement, text);
    } catch (error) {
      return tell(`${place(name, text, statement.start)}${(error as ExpressionError).message}`);
    }
    if (query === undefined) continue;
    const answer = await client.send(query.body, { signal, repeat: 'no' });
    if (signal.aborted) throw new CliError('cancelled.');
    if (answer.kind === 'errors') {
      return tell(`${place(name, text, statement.start)}${showErrors(answer, query, hasColors)}`);
    }
    const shown =
      output === 'json'
        ? answer.text
        : showValue(answer.value, { width: widthOf(stdout), hasColors: colorsOf(stdout) });
    stdout.write(`${shown}\n`);
  }
  return true;
}

const WIDTH = 100;

function widthOf(stream: NodeJS.WriteStream): number {
  return Math.max(40, Math.min(160, stream.columns || WIDTH));
}

/** At a terminal, unless the environment says otherwise. */
export function colorsOf(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && stream.hasColors?.() === true;
}

function place(name: string | undefined, text: string, at: number): string {
  return name === undefined ? '' : `${name}:${text.slice(0, at).split('\n').length}: `;
}
