/** Texts of so few units are always stored whole. */
const SHORT_UNITS = 12;

/**
 * The same text, stored in one piece of its own. A text that was cut out of another keeps that one alive, and one that was put together
 * character by character keeps a chain of pieces: what lives as long as a segment is built shall do neither.
 */
export function flatText(text: string): string {
  if (text.length <= SHORT_UNITS) return text;
  const copy = ` ${text}`;
  // Looking at a unit puts the pieces together.
  copy.charCodeAt(0);
  return copy.slice(1);
}
