/**
 * Where a text stands inside another, in time that the lengths of both bound. The platform's search compares `find` anew at each place, which
 * takes the product of the lengths for texts made for that; longer ones are found by Knuth, Morris and Pratt's way, which never goes back.
 */

/** Up to here the platform's search is the faster one, whatever the text. */
const PLAIN_LENGTH_MAX = 16;

export class TextFinder {
  readonly #find: string;
  /** For each length of a start of `find` that matched: the longest start that is also its end. */
  readonly #borders: Int32Array | undefined;

  constructor(find: string) {
    this.#find = find;
    this.#borders = find.length > PLAIN_LENGTH_MAX ? bordersOf(find) : undefined;
  }

  /** The first place from `from` on, or -1. */
  indexIn(text: string, from: number): number {
    const find = this.#find;
    const borders = this.#borders;
    if (borders === undefined) return text.indexOf(find, from);
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      while (matched > 0 && find.charCodeAt(matched) !== unit) matched = borders[matched]!;
      if (find.charCodeAt(matched) === unit) matched++;
      if (matched === find.length) return at + 1 - matched;
    }
    return -1;
  }
}

function bordersOf(find: string): Int32Array {
  const borders = new Int32Array(find.length + 1);
  let matched = 0;
  for (let at = 1; at < find.length; at++) {
    const unit = find.charCodeAt(at);
    while (matched > 0 && find.charCodeAt(matched) !== unit) matched = borders[matched]!;
    if (find.charCodeAt(matched) === unit) matched++;
    borders[at + 1] = matched;
  }
  return borders;
}
