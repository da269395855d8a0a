/** Certificate and key of the FQL port, read anew by every process: a renewed certificate is taken over by a reload. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Configuration, ConfigurationError } from '../configuration.ts';

/** Undefined: not encrypted. Throws `ConfigurationError` for files that cannot be read or do not belong together. */
export function readTls({
  fqlTlsCert,
  fqlTlsKey,
}: Pick<Configuration, 'fqlTlsCert' | 'fqlTlsKey'>):
  | { readonly cert: Buffer; readonly key: Buffer }
  | undefined {
  if (fqlTlsCert === undefined || fqlTlsKey === undefined) return undefined;
  const files = { cert: readPem(fqlTlsCert), key: readPem(fqlTlsKey) };
  try {
    createSecureContext(files);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`${fqlTlsCert} and ${fqlTlsKey}: no certificate and its key (${reason})`, {
      cause: error,
    });
  }
  return files;
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`${file}: cannot be read (${reason})`, { cause: error });
  }
}
