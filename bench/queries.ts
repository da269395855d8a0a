/**
 * Lists of queries drawn from the records, seeded: what people type, not what suits an engine.
 *
 * A full query is one to three neighbouring words of a random record's text. Keystrokes are all prefixes of full queries, from
 * the first letter on. A query with a typo has one letter substituted, left out, added or swapped with its neighbour in one
 * word of at least four letters, never the first letter, with the last word typed to its end.
 */
import type { Dataset } from './datasets/mod.ts';
import { createRandom, type RandomSource } from './random.ts';

export interface QuerySet {
  readonly name: 'full' | 'keystrokes' | 'typo';
  readonly queries: readonly string[];
}

const WORD = /[\p{L}\p{M}\p{N}]+/gu;

export function querySets(
  dataset: Dataset,
  counts: { readonly queries: number; readonly seed: number },
): QuerySet[] {
  const random = createRandom(counts.seed);
  const full = Array.from({ length: counts.queries }, () => drawQuery(dataset, random));
  const keystrokes: string[] = [];
  while (keystrokes.length < counts.queries) {
    const query = drawQuery(dataset, random);
    for (let end = 1; end <= query.length; end++) keystrokes.push(query.slice(0, end));
  }
  const typo: string[] = [];
  while (typo.length < counts.queries) {
    const mistyped = misspell(drawQuery(dataset, random), random);
    if (mistyped !== undefined) typo.push(mistyped);
  }
  return [
    { name: 'full', queries: full },
    { name: 'keystrokes', queries: keystrokes.slice(0, counts.queries) },
    { name: 'typo', queries: typo },
  ];
}

function drawQuery(dataset: Dataset, random: RandomSource): string {
  for (;;) {
    const text = dataset.queryTextOf(dataset.record(random.below(dataset.recordCount)));
    const words = text.toLowerCase().match(WORD) ?? [];
    const count = Math.min(words.length, 1 + random.below(3));
    if (count === 0) continue;
    const from = random.below(words.length - count + 1);
    return words.slice(from, from + count).join(' ');
  }
}

/** Undefined when no word is long enough. */
function misspell(query: string, random: RandomSource): string | undefined {
  const words = query.split(' ');
  const long = words.flatMap((word, at) => (word.length >= 4 && /^[a-z]+$/.test(word) ? [at] : []));
  const chosen = long[random.below(long.length)];
  if (chosen === undefined) return undefined;
  const word = words[chosen]!;
  const at = 1 + random.below(word.length - 1);
  const letter = 'abcdefghijklmnopqrstuvwxyz'[random.below(26)]!;
  const [before, after] = [word.slice(0, at), word.slice(at)];
  const kinds = [
    before + letter + after.slice(1),
    before + after.slice(1),
    before + letter + after,
    after.length > 1 ? before + after[1]! + after[0]! + after.slice(2) : before + letter + after,
  ];
  const mistyped = kinds[random.below(kinds.length)]!;
  if (mistyped === word) return undefined;
  return words.with(chosen, mistyped).join(' ');
}
