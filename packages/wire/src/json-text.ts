/** JSON inside text (a parameter, a cursor): read with a bound on nesting, so that nobody who walks it runs out of stack. */
import type { Json } from '@skein/base';

/** Deeper than anything that a parameter means. */
const depthMax = 64;

/** Undefined for what is no JSON, or nests too deeply. */
export function parseJsonText(text: string): Json | undefined {
  if (nestsTooDeeply(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      if (++depth > depthMax) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}
