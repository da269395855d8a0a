/**
 * Secrets of keys and tokens. They look like those of Fauna (`fnA…` for keys, `fnE…` for tokens), and 160 bits of them are chance.
 *
 *   key    126 | 112 | id 8 | chance 20
 *   token  126 | 113 | id 8 | scope 8 | chance 20        all in base64 for addresses, without padding
 */
import type { RandomSource } from '@skein/base';
import type { DocumentKey } from '../store/document-store.ts';
import type { BuiltinRole } from './authentication.ts';
import { BUILTIN_ROLES } from './role-actions.ts';

const VERSION = 126;
const KEY = 112;
const TOKEN = 113;
const CHANCE_BYTES = 20;
/** Longer text is no secret, and is not hashed. */
const secretCharactersMax = 2048;

export function newKeySecret(key: DocumentKey, random: RandomSource): string {
  const bytes = new Uint8Array(10 + CHANCE_BYTES);
  bytes.set([VERSION, KEY]);
  new DataView(bytes.buffer).setBigUint64(2, key.id);
  bytes.set(random.bytes(CHANCE_BYTES), 10);
  return base64Url(bytes);
}

export function newTokenSecret(token: DocumentKey, random: RandomSource): string {
  const bytes = new Uint8Array(18 + CHANCE_BYTES);
  bytes.set([VERSION, TOKEN]);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(2, token.id);
  view.setBigUint64(10, BigInt(token.scope));
  bytes.set(random.bytes(CHANCE_BYTES), 18);
  return base64Url(bytes);
}

/** What a secret may be narrowed to by what follows it. */
export type SecretScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'builtin'; readonly path: readonly string[]; readonly role: BuiltinRole }
  | { readonly kind: 'role'; readonly path: readonly string[]; readonly role: string }
  | {
      readonly kind: 'document';
      readonly path: readonly string[];
      readonly collection: string;
      readonly id: bigint;
    };

export interface ParsedSecret {
  readonly secret: string;
  readonly scope: SecretScope;
}

/**
 * `secret`, `secret:role`, `secret:@role/name`, `secret:@doc/collection/id`, each of the latter also as `secret:child/grandchild:…`.
 * A lone `:` at the end is what Basic authentication leaves of an empty password. Undefined: nothing of that kind.
 */
export function parseSecret(text: string): ParsedSecret | undefined {
  if (text.length > secretCharactersMax) return undefined;
  const [secret = '', ...parts] = text.split(':');
  if (secret === '' || /[/,()&=]/.test(secret) || parts.length > 2) return undefined;
  if (parts.length === 0 || (parts.length === 1 && parts[0] === ''))
    return { secret, scope: { kind: 'all' } };
  const last = parts.at(-1) ?? '';
  const path = parts.length === 2 ? (parts[0] ?? '').split('/') : [];
  if (path.includes('') || /[,()&=]/.test(path.join('')) || /[,()&=]/.test(last)) return undefined;
  const scope = parseScope(last, path);
  return scope === undefined ? undefined : { secret, scope };
}

function parseScope(text: string, path: readonly string[]): SecretScope | undefined {
  const builtin = BUILTIN_ROLES.find((role) => role === text);
  if (builtin !== undefined) return { kind: 'builtin', path, role: builtin };
  const role = /^@role\/(.+)$/s.exec(text)?.[1];
  if (role !== undefined) return { kind: 'role', path, role };
  const [, collection, id] = /^(?:@doc|collections|classes)\/([^/]+)\/(\d{1,19})$/.exec(text) ?? [];
  if (collection === undefined || id === undefined) return undefined;
  return { kind: 'document', path, collection, id: BigInt(id) };
}

/** JWTs begin with `{` in base64, and have dots; secrets have none. */
export function isJwt(text: string): boolean {
  return text.startsWith('ey') && text.includes('.');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function base64Url(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 6; bits -= 6) text += ALPHABET[(held >> (bits - 6)) & 63];
  }
  return bits === 0 ? text : text + ALPHABET[(held << (6 - bits)) & 63];
}
