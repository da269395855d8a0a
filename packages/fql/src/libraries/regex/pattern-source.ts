/** A pattern's characters, with what `\Q…\E` quotes marked: it never means anything special. */
import { RegexSyntaxError } from './pattern.ts';

/** Beyond every count that makes sense, and safe to multiply. */
const NUMBER_MAX = 2 ** 31 - 1;

export class PatternSource {
  readonly #codePoints: number[] = [];
  readonly #isQuoted: boolean[] = [];
  #at = 0;

  constructor(text: string) {
    let isQuoted = false;
    for (let at = 0; at < text.length; ) {
      const isEscape = text.charCodeAt(at) === 0x5c;
      if (isEscape && text.charAt(at + 1) === (isQuoted ? 'E' : 'Q')) {
        isQuoted = !isQuoted;
        at += 2;
        continue;
      }
      at += this.#push(text, at, isQuoted);
      // An escaped backslash does not begin a quotation.
      if (isEscape && !isQuoted && at < text.length) at += this.#push(text, at, false);
    }
  }

  get isDone(): boolean {
    return this.#at >= this.#codePoints.length;
  }

  /** 0 at the end. */
  peek(ahead = 0): number {
    return this.#codePoints[this.#at + ahead] ?? 0;
  }

  next(): number {
    if (this.isDone) throw new RegexSyntaxError('unexpected end');
    this.#at++;
    return this.#codePoints[this.#at - 1]!;
  }

  back(): void {
    this.#at--;
  }

  /** Whether this special character comes next (or after `ahead` others). */
  isAt(character: string, ahead = 0): boolean {
    const at = this.#at + ahead;
    return (
      at < this.#codePoints.length && !this.#isQuoted[at] && this.#codePoints[at] === character.codePointAt(0)
    );
  }

  take(character: string): boolean {
    if (!this.isAt(character)) return false;
    this.#at++;
    return true;
  }

  /** Decimal digits; undefined when there are none. */
  takeNumber(): number | undefined {
    let digits = '';
    while (!this.isDone && this.peek() >= 0x30 && this.peek() <= 0x39)
      digits += String.fromCodePoint(this.next());
    if (digits === '') return undefined;
    const number = Number(digits);
    if (number > NUMBER_MAX) throw new RegexSyntaxError('a number that is too large');
    return number;
  }

  /** A group's name up to `end`, which is taken, too. */
  takeName(end: string): string {
    let name = '';
    while (!this.isDone && !this.isAt(end)) name += String.fromCodePoint(this.next());
    if (!this.take(end) || !/^[a-zA-Z][a-zA-Z0-9]*$/.test(name))
      throw new RegexSyntaxError('no name of a group');
    return name;
  }

  /** `digits` hexadecimal ones. */
  takeHexadecimal(digits: number): number {
    let value = 0;
    for (let taken = 0; taken < digits; taken++) value = value * 16 + this.#hexadecimalDigit();
    return value;
  }

  /** Up to `}`. */
  takeCodePoint(): number {
    let value = 0;
    do {
      value = value * 16 + this.#hexadecimalDigit();
      if (value > 0x10_ffff) throw new RegexSyntaxError('no character');
    } while (!this.take('}'));
    return value;
  }

  /** White space and `# …` up to the line's end, where flag x lets them stand. */
  skipComments(isOn: boolean): void {
    if (!isOn) return;
    while (!this.isDone && !this.#isQuoted[this.#at]) {
      if (this.isAt('#')) {
        while (!this.isDone && !/[\n\r\u0085\u2028\u2029]/.test(String.fromCodePoint(this.peek())))
          this.#at++;
      } else if (/[ \t\n\v\f\r]/.test(String.fromCodePoint(this.peek()))) {
        this.#at++;
      } else {
        return;
      }
    }
  }

  #hexadecimalDigit(): number {
    const digit = Number.parseInt(String.fromCodePoint(this.next()), 16);
    if (Number.isNaN(digit)) throw new RegexSyntaxError('no hexadecimal digit');
    return digit;
  }

  #push(text: string, at: number, isQuoted: boolean): number {
    const codePoint = text.codePointAt(at) ?? 0;
    this.#codePoints.push(codePoint);
    this.#isQuoted.push(isQuoted);
    return codePoint > 0xffff ? 2 : 1;
  }
}
