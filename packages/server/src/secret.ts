/** The secret that API keys are encrypted with at rest: given outright, or kept in a file that only its owner can read. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, relative } from 'node:path';
import { type Configuration, ConfigurationError } from './configuration.ts';

/** Throws `ConfigurationError` when the file is readable by others, lies in the data folder, or can't be made. */
export function loadSecret(configuration: Pick<Configuration, 'secret' | 'secretFile' | 'data'>): string {
  const { secret, secretFile: file, data } = configuration;
  if (secret !== undefined) return secret;
  if (!relative(data, file).startsWith('..')) {
    throw new ConfigurationError(
      `${file}: the secret must lie outside the data folder, so that a copy of the data opens nothing`,
    );
  }
  return readSecret(file) ?? makeSecret(file);
}

function readSecret(file: string): string | undefined {
  try {
    const mode = statSync(file).mode & 0o777;
    if ((mode & 0o077) !== 0) {
      throw new ConfigurationError(
        `${file}: others can read the secret (mode ${mode.toString(8)}); run: chmod 600 ${file}`,
      );
    }
    const secret = readFileSync(file, 'utf8').trim();
    if (secret.length < 16) throw new ConfigurationError(`${file}: expected at least 16 characters`);
    return secret;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError(`${file}: cannot be read (${reason})`, { cause: error });
  }
}

function makeSecret(file: string): string {
  const secret = randomBytes(32).toString('base64url');
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, `${secret}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return secret;
  } catch (error) {
    // Another server made it at the same moment.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      const found = readSecret(file);
      if (found !== undefined) return found;
    }
    throw new ConfigurationError(
      `${file}: cannot be made (${error instanceof Error ? error.message : String(error)}); set SKEIN_SECRET or SKEIN_SECRET_FILE`,
      { cause: error },
    );
  }
}

/** Writes a file that only its owner can read, whole or not at all. */
export function writePrivateFile(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    chmodSync(temporary, 0o600);
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}
