/** Which FQL port and which secret: from the flags, else the environment, else what a server on this machine wrote down. */
import { dirname, join } from 'node:path';
import { configurationFolder } from '@skein/server/configuration';
import { readCredentials } from '@skein/server/credentials-file';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import type { Environment } from '../connection.ts';
import type { Context } from '../context.ts';
import { FqlClient, type FqlClientOptions, type FqlConnection } from './fql-client.ts';

export interface FqlConnectionFlags {
  readonly url?: string;
  readonly secret?: string;
  readonly database?: string;
}

/** The flags that every command which speaks FQL has. */
export function withFqlConnection(command: Command): Command {
  return command
    .option('--url <url>', 'address of the FQL port (SKEIN_FQL_URL; http://127.0.0.1:8443)')
    .option('--secret <secret>', "secret of a key, or the server's root secret (SKEIN_FQL_SECRET)")
    .option('--database <name>', 'child database, a/b for one in another; needs an admin secret');
}

/** Throws `CliError` when something is missing, naming the ways to give it. */
export function resolveFqlConnection(flags: FqlConnectionFlags, env: Environment): FqlConnection {
  const saved = readCredentials(credentialsFile(env), given(env, 'SKEIN_URL')?.replace(/\/+$/, ''));
  const named = flags.url ?? given(env, 'SKEIN_FQL_URL') ?? urlOfPort(env);
  const url = portUrl(named ?? saved?.fqlUrl ?? 'http://127.0.0.1:8443');
  // The secret of one server is not told to another.
  const ofSaved = saved?.fqlUrl !== undefined && portUrl(saved.fqlUrl) === url ? saved.fqlSecret : undefined;
  const secret = flags.secret ?? given(env, 'SKEIN_FQL_SECRET') ?? ofSaved;
  if (secret === undefined) {
    throw new CliError(
      `no secret for ${url}.\nThe server printed the root secret at its first start. Give it by --secret or SKEIN_FQL_SECRET.`,
      { exit: 'usage' },
    );
  }
  return { url, secret: flags.database === undefined ? secret : `${secret}:${flags.database}:admin` };
}

/** Runs `work` with a client, and closes its connections whatever happens. */
export async function withFqlClient<T>(
  context: Context,
  flags: FqlConnectionFlags,
  work: (client: FqlClient) => Promise<T>,
  options: FqlClientOptions = {},
): Promise<T> {
  const client = new FqlClient(resolveFqlConnection(flags, context.env), options);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** What was typed lies beside the credentials. */
export function historyPath(env: Environment): string {
  return join(dirname(credentialsFile(env)), 'fql-history');
}

function credentialsFile(env: Environment): string {
  return given(env, 'SKEIN_CREDENTIALS_FILE') ?? join(configurationFolder(env), 'credentials.json');
}

function urlOfPort(env: Environment): string | undefined {
  const port = given(env, 'SKEIN_FQL_PORT');
  return port === undefined || port === '0' ? undefined : `http://127.0.0.1:${port}`;
}

function portUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CliError(
      `${JSON.stringify(text)} is not an address; expected one like http://127.0.0.1:8443.`,
      {
        exit: 'usage',
      },
    );
  }
  return url.href.replace(/\/+$/, '');
}

function given(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}
