/**
 * Where the command line finds a server of this machine: `{ "version": 1, "latest": url, "servers": { url: { applicationId,
 * apiKey, fqlUrl?, fqlSecret? } } }`, in a file that only its owner can read.
 */
import { readFileSync } from 'node:fs';
import { isJsonObject } from '@skein/base';
import { writePrivateFile } from './secret.ts';

export interface ServerCredentials {
  readonly url: string;
  readonly applicationId: string;
  readonly apiKey: string;
  /** Both absent where FQL is off. */
  readonly fqlUrl?: string | undefined;
  readonly fqlSecret?: string | undefined;
}

/** Those of `url`, or of the server started last; undefined when there are none. */
export function readCredentials(file: string, url?: string): ServerCredentials | undefined {
  const { latest, servers } = readAll(file);
  const wanted = url ?? latest;
  return servers.find((each) => each.url === wanted);
}

/** Adds or replaces the credentials of one server, and remembers it as the latest. */
export function writeCredentials(file: string, credentials: ServerCredentials): void {
  const others = readAll(file).servers.filter((each) => each.url !== credentials.url);
  const servers = Object.fromEntries([...others, credentials].map(({ url, ...rest }) => [url, rest]));
  writePrivateFile(file, `${JSON.stringify({ version: 1, latest: credentials.url, servers }, null, 2)}\n`);
}

/** A file that is absent or not understood holds nothing: it is only a convenience. */
function readAll(file: string): {
  readonly latest: string | undefined;
  readonly servers: readonly ServerCredentials[];
} {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    content = undefined;
  }
  const servers: ServerCredentials[] = [];
  if (!isJsonObject(content)) return { latest: undefined, servers };
  if (isJsonObject(content['servers'])) {
    for (const [url, value] of Object.entries(content['servers'])) {
      if (!isJsonObject(value)) continue;
      const { applicationId, apiKey } = value;
      if (typeof applicationId !== 'string' || typeof apiKey !== 'string') continue;
      const { fqlUrl, fqlSecret } = value;
      const hasFql = typeof fqlUrl === 'string' && typeof fqlSecret === 'string';
      servers.push({ url, applicationId, apiKey, ...(hasFql ? { fqlUrl, fqlSecret } : {}) });
    }
  }
  const latest = content['latest'];
  return { latest: typeof latest === 'string' ? latest : undefined, servers };
}
