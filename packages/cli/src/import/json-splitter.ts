/**
 * Cuts a stream of JSON bytes into the texts of its records, without parsing them: one array of records, records
 * one after the other (NDJSON, or with any white space between), or both mixed.
 *
 * It only tracks strings and nesting; whether a text is valid JSON is for the parser of that one record to say, so
 * that one broken record costs only itself. Memory is one record: longer than `recordBytesMax` is an error, since
 * otherwise one missing bracket would gather the rest of the file.
 *
 *   state            meaning
 *   depth 0, top     between records
 *   depth 0, array   between elements of the outer array
 *   depth ≥ 1        inside a record
 */
import { isCleanText } from './text-encoding.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

/** The stream is not a run of records. `line` is 1-based. */
export class JsonSplitError extends Error {
  override readonly name = 'JsonSplitError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

export interface RecordText {
  readonly text: string;
  /** Line on which the record starts, 1-based. */
  readonly line: number;
  /** Set when the bytes are no UTF-8; `text` then holds U+FFFD in their place. */
  readonly isDamaged: boolean;
}

export class JsonSplitter {
  readonly #recordBytesMax: number;
  #parts: Buffer[] = [];
  #partBytes = 0;
  #depth = 0;
  #isInArray = false;
  #isInString = false;
  #isEscaped = false;
  /** A record that is not an object or array (`12`, `"text"`, `nul`), which ends at the next separator. */
  #isScalar = false;
  #line = 1;
  #lineOfRecord = 1;
  #isStart = true;

  constructor(options: { readonly recordBytesMax: number }) {
    this.#recordBytesMax = options.recordBytesMax;
  }

  /** Records that are complete with these bytes. Throws `JsonSplitError`. */
  push(chunk: Buffer): RecordText[] {
    const found: RecordText[] = [];
    let start = this.#depth > 0 || this.#isScalar ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#isStart) {
        if (this.#skipByteOrderMark(chunk, at)) continue;
        this.#isStart = false;
      }
      if (byte === NEWLINE) this.#line++;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInString = false;
        continue;
      }
      if (this.#isScalar && (byte === COMMA || byte === CLOSE_ARRAY || byte <= 0x20)) {
        found.push(this.#take(chunk.subarray(start, at)));
        start = -1;
        this.#isScalar = false;
      }
      switch (byte) {
        case QUOTE:
          if (this.#depth === 0 && !this.#isScalar) {
            start = at;
            this.#beginScalar();
          }
          this.#isInString = true;
          break;
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          if (this.#depth === 0 && !this.#isScalar) {
            if (byte === OPEN_ARRAY && !this.#isInArray) {
              this.#isInArray = true;
              break;
            }
            start = at;
            this.#lineOfRecord = this.#line;
          }
          if (!this.#isScalar) this.#depth++;
          break;
        case CLOSE_OBJECT:
        case CLOSE_ARRAY:
          if (this.#isScalar) break;
          if (this.#depth === 0) {
            if (byte === CLOSE_ARRAY && this.#isInArray) {
              this.#isInArray = false;
              break;
            }
            throw new JsonSplitError(`"${String.fromCharCode(byte)}" closes nothing`, this.#line);
          }
          this.#depth--;
          if (this.#depth === 0) {
            found.push(this.#take(chunk.subarray(start, at + 1)));
            start = -1;
          }
          break;
        default:
          if (this.#depth === 0 && !this.#isScalar && byte > 0x20 && byte !== COMMA) {
            start = at;
            this.#beginScalar();
          }
      }
    }
    if (start >= 0) this.#keep(chunk.subarray(start));
    return found;
  }

  /** The last record, if the stream ended without a separator after it. Throws `JsonSplitError` for half a record. */
  end(): RecordText[] {
    if (this.#depth > 0 || this.#isInString) {
      throw new JsonSplitError('this record does not end', this.#lineOfRecord);
    }
    const last = this.#isScalar ? [this.#take(Buffer.alloc(0))] : [];
    this.#isScalar = false;
    if (this.#isInArray) throw new JsonSplitError('the array is not closed by "]"', this.#line);
    return last;
  }

  #beginScalar(): void {
    this.#isScalar = true;
    this.#lineOfRecord = this.#line;
  }

  /** The bytes EF BB BF, which some programs put first; they may come in pieces. */
  #markBytes = 0;
  #skipByteOrderMark(chunk: Buffer, at: number): boolean {
    const expected = [0xef, 0xbb, 0xbf][this.#markBytes];
    if (chunk[at] !== expected) return false;
    this.#markBytes++;
    return true;
  }

  #keep(part: Buffer): void {
    this.#partBytes += part.length;
    if (this.#partBytes > this.#recordBytesMax) {
      throw new JsonSplitError(`the record is longer than ${this.#recordBytesMax} bytes`, this.#lineOfRecord);
    }
    // A copy: the stream may use its buffer again.
    this.#parts.push(Buffer.from(part));
  }

  #take(last: Buffer): RecordText {
    const line = this.#lineOfRecord;
    const bytes = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    this.#parts = [];
    this.#partBytes = 0;
    const text = bytes.toString('utf8');
    return { text, line, isDamaged: !isCleanText(text, bytes) };
  }
}
