/** Places in text count code points, as Fauna counts them; JavaScript counts UTF-16 units. */

export function codePointCount(text: string): number {
  let count = text.length;
  for (let at = 0; at + 1 < text.length; at++) {
    if (isPair(text, at)) {
      count--;
      at++;
    }
  }
  return count;
}

/** The unit where code point number `count` (0-based, from unit `start` on) begins; the text's length when there are fewer. */
export function unitAt(text: string, count: number, start = 0): number {
  let unit = start;
  for (let passed = 0; passed < count && unit < text.length; passed++) unit += isPair(text, unit) ? 2 : 1;
  return unit;
}

export function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  if (high < 0xd800 || high > 0xdbff) return false;
  const low = text.charCodeAt(at + 1);
  return low >= 0xdc00 && low <= 0xdfff;
}
