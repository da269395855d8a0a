/**
 * The audience of a database's access providers: what a JWT's `aud` has to say so that it counts here. It is made of chance, once for a
 * database: a token for one installation is worth nothing at another that trusts the same issuer.
 */
import type { RandomSource } from '@skein/base';

/** As Fauna's, so that what was set up at an issuer for it keeps its form. */
const PREFIX = 'https://db.fauna.com/db/';
const ID_BYTES = 10;

export function newAudience(random: RandomSource): string {
  return [...random.bytes(ID_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function audienceText(id: string): string {
  return PREFIX + id;
}

/** Undefined when the text is no audience of ours. */
export function audienceId(text: string): string | undefined {
  const id = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '';
  return /^[\da-f]{20}$/.test(id) ? id : undefined;
}
