/** The world around a command, given by `main.ts` and by tests. */
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { type ConnectionFlags, type Environment, resolveConnection } from './connection.ts';
import { HttpClient, type HttpClientOptions } from './http-client.ts';

export interface Context {
  readonly env: Environment;
  readonly cwd: string;
  readonly stdin: Readable;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly nowMs: () => number;
  /** Fires at the first Ctrl-C, for commands that have something to write down before they stop. */
  readonly interrupted: AbortSignal;
  /** What the process will exit with when the command returns normally. */
  setExitCode(code: number): void;
}

export interface CommonFlags extends ConnectionFlags {
  readonly json?: boolean;
}

/** The flags that every command which talks to a server has. */
export function withConnection(command: Command): Command {
  return command
    .option('--url <url>', 'address of the server (SKEIN_URL; http://127.0.0.1:7700)')
    .option('--application <id>', 'application id (SKEIN_APPLICATION_ID)')
    .option('--key <key>', 'API key (SKEIN_API_KEY)')
    .option('--json', 'print JSON for programs instead of text for people');
}

/** Runs `work` with a client, and closes its connections whatever happens. */
export async function withClient<T>(
  context: Context,
  flags: CommonFlags,
  work: (client: HttpClient) => Promise<T>,
  options: HttpClientOptions = {},
): Promise<T> {
  const client = new HttpClient(resolveConnection(flags, context.env), options);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** One JSON value with `--json`, the words otherwise. */
export function print(context: Context, flags: CommonFlags, value: unknown, words: string): void {
  context.stdout.write(flags.json === true ? `${JSON.stringify(value)}\n` : words === '' ? '' : `${words}\n`);
}
