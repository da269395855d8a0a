/**
 * Cuts a stream of bytes into lines, for NDJSON. Unlike the JSON splitter it needs no state from what came before,
 * so a broken line costs only itself. A line longer than `lineBytesMax` is reported and skipped, never gathered.
 */
import { isCleanText } from './text-encoding.ts';

export interface Line {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
  /** Set when the line is longer than the bound; `text` is then its beginning. */
  readonly isTooLong: boolean;
  /** Set when the bytes are no UTF-8; `text` then holds U+FFFD in their place. */
  readonly isDamaged: boolean;
}

const NEWLINE = 0x0a;
const shownBytesMax = 200;

export class LineSplitter {
  readonly #lineBytesMax: number;
  #parts: Buffer[] = [];
  #partBytes = 0;
  #isTooLong = false;
  #line = 1;

  constructor(options: { readonly lineBytesMax: number }) {
    this.#lineBytesMax = options.lineBytesMax;
  }

  /** Lines that end in these bytes; blank ones are left out. */
  push(chunk: Buffer): Line[] {
    const found: Line[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      this.#add(chunk.subarray(start, end));
      this.#finish(found);
      start = end + 1;
    }
    this.#add(chunk.subarray(start));
    return found;
  }

  /** What follows the last line break. */
  end(): Line[] {
    const found: Line[] = [];
    this.#finish(found);
    return found;
  }

  #add(part: Buffer): void {
    if (part.length === 0 || this.#isTooLong) return;
    this.#partBytes += part.length;
    if (this.#partBytes > this.#lineBytesMax) {
      this.#isTooLong = true;
      const beginning = Buffer.concat([...this.#parts, part.subarray(0, shownBytesMax)]);
      this.#parts = [Buffer.from(beginning.subarray(0, shownBytesMax))];
      return;
    }
    // A copy: the stream may use its buffer again.
    this.#parts.push(Buffer.from(part));
  }

  #finish(found: Line[]): void {
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    const decoded = bytes.toString('utf8');
    const text = (this.#line === 1 ? decoded.replace(/^\uFEFF/, '') : decoded).trim();
    if (text !== '' || this.#isTooLong) {
      const isDamaged = !this.#isTooLong && !isCleanText(text, bytes);
      found.push({ text, line: this.#line, isTooLong: this.#isTooLong, isDamaged });
    }
    this.#parts = [];
    this.#partBytes = 0;
    this.#isTooLong = false;
    this.#line++;
  }
}
