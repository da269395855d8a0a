/** `%s` and `%b`. */
import { checkFlags, isUpperCase, justify, type Specifier } from './specifier.ts';

/** Precision is the most units of UTF-16 that are kept. */
export function formatText(specifier: Specifier, text: string): string {
  checkFlags(specifier, { allowed: '-', precision: 'allowed' });
  const kept = specifier.precision === undefined ? text : text.slice(0, specifier.precision);
  return justify(specifier, isUpperCase(specifier) ? kept.toUpperCase() : kept);
}
