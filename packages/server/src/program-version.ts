import { readFileSync } from 'node:fs';
import { isJsonObject, type Json } from '@skein/base';

/** Of Skein: all packages have the same one. */
export function programVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  const content = JSON.parse(readFileSync(file, 'utf8')) as Json;
  const version = isJsonObject(content) ? content['version'] : undefined;
  return typeof version === 'string' ? version : 'unknown';
}
