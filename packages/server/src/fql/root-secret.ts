/**
 * The secret that opens all documents: configured, or made once and kept in the data folder, sealed under the server's own secret
 * like API keys are. A configured one is not kept, and while there is one the kept one opens nothing.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataLayout, KeyVault } from '@skein/member';
import { writePrivateFile } from '../secret.ts';

export interface RootSecretFound {
  readonly secret: string;
  /** Made now: shown to the operator, this once. */
  readonly made: boolean;
}

/** Throws `SealError` when the kept one was sealed under another secret. The application's folder is there already. */
export function rootSecretOf(options: {
  readonly configured: string | undefined;
  readonly layout: Pick<DataLayout, 'applicationFolder'>;
  readonly vault: Pick<KeyVault, 'seal' | 'open'>;
  readonly applicationId: string;
}): RootSecretFound {
  const { configured, layout, vault, applicationId } = options;
  if (configured !== undefined) return { secret: configured, made: false };
  const file = join(layout.applicationFolder(applicationId), 'fql-secret');
  const sealed = readIfThere(file);
  if (sealed !== undefined) return { secret: vault.open(applicationId, sealed), made: false };
  const secret = randomBytes(24).toString('hex');
  writePrivateFile(file, `${vault.seal(applicationId, secret)}\n`);
  return { secret, made: true };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
