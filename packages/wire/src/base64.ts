/** Base64 over UTF-8 text; "anywhere" packages have no `btoa` and no `Buffer`. */
import { utf8Decode, utf8Encode } from '@skein/base';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map<string, number>([
  ...Array.from(ALPHABET, (character, value): [string, number] => [character, value]),
  ['-', 62],
  ['_', 63],
]);

export function base64Encode(text: string): string {
  const bytes = utf8Encode(text);
  let encoded = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const triple = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    encoded +=
      ALPHABET[triple >> 18]! +
      ALPHABET[(triple >> 12) & 63]! +
      (at + 1 < bytes.length ? ALPHABET[(triple >> 6) & 63]! : '=') +
      (at + 2 < bytes.length ? ALPHABET[triple & 63]! : '=');
  }
  return encoded;
}

/** Takes the usual and the URL alphabet, with or without padding. Undefined for anything else. */
export function base64Decode(encoded: string): string | undefined {
  const end = encoded.endsWith('==')
    ? encoded.length - 2
    : encoded.endsWith('=')
      ? encoded.length - 1
      : encoded.length;
  if (end % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((end * 3) / 4));
  let held = 0;
  let bits = 0;
  let length = 0;
  for (let at = 0; at < end; at++) {
    const value = VALUES.get(encoded[at]!);
    if (value === undefined) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (held >> bits) & 0xff;
    }
  }
  return utf8Decode(bytes);
}
