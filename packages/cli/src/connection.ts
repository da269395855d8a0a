/**
 * Which server, which application, which key: from the flags, else the environment, else the credentials that a
 * server on this machine wrote down at its first start.
 */
import { join } from 'node:path';
import { configurationFolder } from '@skein/server/configuration';
import { readCredentials } from '@skein/server/credentials-file';
import { CliError } from './cli-error.ts';
import type { Connection } from './http-client.ts';

export interface ConnectionFlags {
  readonly url?: string | undefined;
  readonly application?: string | undefined;
  readonly key?: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Throws `CliError` when something is missing, naming the ways to give it. */
export function resolveConnection(flags: ConnectionFlags, env: Environment): Connection {
  const named = flags.url ?? given(env, 'SKEIN_URL') ?? urlOfPort(env);
  const file = given(env, 'SKEIN_CREDENTIALS_FILE') ?? join(configurationFolder(env), 'credentials.json');
  const saved = readCredentials(file, named === undefined ? undefined : baseUrl(named));
  const url = baseUrl(named ?? saved?.url ?? 'http://127.0.0.1:7700');
  const applicationId = flags.application ?? given(env, 'SKEIN_APPLICATION_ID') ?? saved?.applicationId;
  const ofSaved = saved?.applicationId === applicationId ? saved?.apiKey : undefined;
  const apiKey = flags.key ?? given(env, 'SKEIN_API_KEY') ?? given(env, 'SKEIN_ADMIN_KEY') ?? ofSaved;
  if (applicationId === undefined || apiKey === undefined) {
    const missing = applicationId === undefined ? 'application id' : 'API key';
    throw new CliError(
      `no ${missing} for ${url}.\nThe server printed it at its first start. Give it by --application and --key, or SKEIN_APPLICATION_ID and SKEIN_API_KEY.`,
      { exit: 'usage' },
    );
  }
  return { url, applicationId, apiKey };
}

function urlOfPort(env: Environment): string | undefined {
  const port = given(env, 'SKEIN_PORT');
  return port === undefined ? undefined : `http://127.0.0.1:${port}`;
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new CliError(
      `${JSON.stringify(text)} is not an address; expected one like http://127.0.0.1:7700.`,
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
