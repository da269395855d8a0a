/**
 * Tells text from damage. Node decodes bytes that are no UTF-8 (a file in Latin-1, say) to U+FFFD without a word; importing that would
 * lose characters silently, so such records are rejected and named.
 */
import { isUtf8 } from 'node:buffer';

export const NOT_UTF8 = 'not UTF-8: convert the file first, for example by iconv -f windows-1252 -t utf-8';

const REPLACEMENT = '\uFFFD';

/** Whether `text` is all that `bytes` say. Only texts that hold U+FFFD, which may be meant, are looked at twice. */
export function isCleanText(text: string, bytes: Uint8Array): boolean {
  return !text.includes(REPLACEMENT) || isUtf8(bytes);
}

/** Follows a stream of bytes and remembers whether all of them so far were UTF-8; characters may lie across chunks. */
export class Utf8Watch {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #isClean = true;

  push(chunk: Uint8Array): void {
    if (!this.#isClean) return;
    try {
      this.#decoder.decode(chunk, { stream: true });
    } catch {
      this.#isClean = false;
    }
  }

  /** Whether a text decoded from these bytes may have lost characters. */
  isSuspect(text: string): boolean {
    return !this.#isClean && text.includes(REPLACEMENT);
  }
}
