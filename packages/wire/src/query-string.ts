/** URL-encoded parameters, as forms encode them: a space is `+`. */
import type { Json } from '@skein/base';

/** Later names win. Broken percent sequences stand for themselves: old clients send them, and nothing better is known. */
export function parseQueryString(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    values.set(name, equals === -1 ? '' : decode(part.slice(equals + 1)));
  }
  return values;
}

/** Arrays and objects are JSON; null and undefined are left out. */
export function formatQueryString(
  entries: Iterable<readonly [name: string, value: Json | undefined]>,
): string {
  let text = '';
  for (const [name, value] of entries) {
    if (value === undefined || value === null) continue;
    const plain = typeof value === 'object' ? JSON.stringify(value) : String(value);
    text += `${text === '' ? '' : '&'}${encode(name)}=${encode(plain)}`;
  }
  return text;
}

/** The text without the parameters whose names are not wanted; the others stay byte for byte. */
export function filterQueryString(text: string, wanted: (name: string) => boolean): string {
  return text
    .split('&')
    .filter((part) => wanted(decode(part.split('=', 1)[0]!)))
    .join('&');
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}

const PLAIN = /^[A-Za-z0-9*._-]*$/;
const LEFT_BY_COMPONENT = /[!'()~]|%20/g;

function encode(text: string): string {
  if (PLAIN.test(text)) return text;
  // A lone surrogate cannot be encoded; it becomes U+FFFD as everywhere in UTF-8.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD')).replace(LEFT_BY_COMPONENT, (found) =>
    found === '%20' ? '+' : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
