/** `x-fauna-tags`: pairs that a client gives a query, `key=value,key=value`. */

const headerBytesMax = 3_000;
const tagCountMax = 25;
const keyBytesMax = 40;
const valueBytesMax = 80;

/** The pairs in their order, or what is wrong with them. Of several mistakes the last pair's is told, as the original did. */
export function parseTags(text: string): readonly string[] | { readonly invalid: string } {
  if (text.length > headerBytesMax) return { invalid: 'header is too long' };
  if (text === '') return [];
  if (!/^\w+=\w+(?:,\w+=\w+)*$/.test(text)) return { invalid: 'invalid tags' };
  const pairs = text.split(',');
  if (pairs.length > tagCountMax) return { invalid: 'too many tags' };
  const seen = new Set<string>();
  for (const pair of pairs.toReversed()) {
    const [key = '', value = ''] = pair.split('=');
    if (key.length > keyBytesMax) return { invalid: 'invalid key' };
    if (value.length > valueBytesMax) return { invalid: 'invalid value' };
    if (seen.has(key)) return { invalid: 'duplicate key' };
    seen.add(key);
  }
  return pairs;
}
