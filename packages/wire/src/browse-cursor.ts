/**
 * Cursor of browse: where the engine stands, and the parameters of the first request, since later requests send the cursor
 * alone. Not signed: a key's restrictions apply to every request anew, so a forged cursor shows nothing more.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { base64Decode, base64Encode } from './base64.ts';
import { parseJsonText } from './json-text.ts';

export function encodeBrowseCursor(cursor: string, parameters: JsonObject): string {
  return base64Encode(JSON.stringify([cursor, parameters]));
}

/** Undefined for a text that is no cursor. */
export function decodeBrowseCursor(
  text: string,
): { readonly cursor: string; readonly parameters: JsonObject } | undefined {
  const decoded = base64Decode(text);
  if (decoded === undefined) return undefined;
  const value = parseJsonText(decoded);
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [cursor, parameters] = value as readonly Json[];
  return typeof cursor === 'string' && isJsonObject(parameters) ? { cursor, parameters } : undefined;
}
