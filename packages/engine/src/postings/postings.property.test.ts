import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { docIdsOf } from '../kernel/bitset.ts';
import { loadSections } from '../testing/load-sections.ts';
import { buildPostings } from './postings-builder.ts';
import { PostingsReader } from './postings-reader.ts';
import { buildPrefixSets } from './prefix-sets.ts';

/** Ascending distinct docIds, of every shape that the format treats on its own: one, few, blocks, runs, bitsets. */
function docIdsBelow(docCount: number): fc.Arbitrary<number[]> {
  const last = docCount - 1;
  const sparse: fc.Arbitrary<number[]> = fc.uniqueArray(fc.nat(last), { maxLength: 20 });
  const stepped = fc
    .record({
      from: fc.nat(last),
      step: fc.constantFrom(1, 2, 3, 17, 60),
      count: fc.integer({ min: 100, max: 1000 }),
    })
    .map(({ from, step, count }) =>
      Array.from({ length: count }, (_, at) => from + at * step).filter((docId) => docId <= last),
    );
  return fc
    .oneof(sparse, stepped, fc.constant([last]), fc.constant([]))
    .map((docs) => [...docs].sort((a, b) => a - b));
}

const cases = fc.constantFrom(1, 100, 511, 4095, 4096, 9000, 2_000_000).chain((docCount) =>
  fc.record({
    docCount: fc.constant(docCount),
    lists: fc.array(docIdsBelow(docCount), { minLength: 1, maxLength: 12 }),
  }),
);

function open(docCount: number, lists: readonly (readonly number[])[]) {
  const docCounts = Uint32Array.from(lists, (docs) => docs.length);
  const terms = lists.map((_, term) => String.fromCharCode(97 + term));
  const sections = buildPostings(docCounts, Uint32Array.from(lists.flat()), { docCount, terms });
  const { memory, sectionAt } = loadSections(sections);
  return { memory, reader: new PostingsReader(memory, sectionAt, docCount) };
}

const unionOf = (lists: readonly (readonly number[])[]) => [...new Set(lists.flat())].sort((a, b) => a - b);

describe('postings give back what was put in', () => {
  test('each term has its docIds and its doc count', () => {
    fc.assert(
      fc.property(cases, ({ docCount, lists }) => {
        const { reader } = open(docCount, lists);
        expect(reader.termCount).toBe(lists.length);
        for (const [term, docs] of lists.entries()) {
          expect(reader.docCountOf(term)).toBe(docs.length);
          expect([...reader.docIds(term)]).toEqual(docs);
        }
      }),
    );
  });

  test('the union of a range and of single terms', () => {
    fc.assert(
      fc.property(
        cases,
        fc.nat(12),
        fc.nat(12),
        fc.array(fc.nat(11)),
        ({ docCount, lists }, a, b, picked) => {
          const { memory, reader } = open(docCount, lists);
          const [termLo, termHi] = [Math.min(a, b, lists.length), Math.min(Math.max(a, b), lists.length)];
          const range = memory.allocateBitset(docCount);
          reader.orRange(termLo, termHi, range);
          expect([...docIdsOf(memory, range, docCount)]).toEqual(unionOf(lists.slice(termLo, termHi)));
          expect(reader.postingCount(termLo, termHi)).toBe(lists.slice(termLo, termHi).flat().length);

          const terms = picked.filter((term) => term < lists.length);
          const single = memory.allocateBitset(docCount);
          reader.orTerms(terms, single);
          expect([...docIdsOf(memory, single, docCount)]).toEqual(unionOf(terms.map((term) => lists[term]!)));
        },
      ),
    );
  });

  test('gaps of every width', () => {
    for (let width = 0; width <= 30; width++) {
      const step = 2 ** width;
      const docs = Array.from({ length: 150 }, (_, at) => at * step).filter((docId) => docId < 2 ** 31);
      // One more gap than a block holds makes both the block and the tail; wide gaps need several short terms instead.
      const dense = Array.from({ length: 200 }, (_, at) => at);
      const wideInBlock = [...dense.slice(0, 127), 126 + step, 130 + step];
      const docCount = 2 ** 31;
      const { reader } = open(docCount, [docs, wideInBlock]);
      expect([...reader.docIds(0)]).toEqual(docs);
      expect([...reader.docIds(1)]).toEqual(wideInBlock);
    }
  });
});

test('prefix sets change no result, and are used', () => {
  const words = fc.uniqueArray(fc.stringMatching(/^[ab]{1,5}$/), { minLength: 2, maxLength: 25 });
  let usedCount = 0;
  fc.assert(
    fc.property(words, fc.infiniteStream(docIdsBelow(500)), fc.nat(3000), (words, lists, bytesMax) => {
      const docCount = 500;
      const terms = words.sort();
      const docsOf = terms.map(() => lists.next().value);
      const docCounts = Uint32Array.from(docsOf, (docs) => docs.length);
      const docIds = Uint32Array.from(docsOf.flat());
      const options = { docCount, terms, prefixSets: { bytesMax, docCountMin: 1 } };
      const sections = buildPostings(docCounts, docIds, options);
      const { memory, sectionAt } = loadSections(sections);
      const reader = new PostingsReader(memory, sectionAt, docCount);
      usedCount += sectionAt('prefixes.ranges')!.byteLength / 8;
      expect(sectionAt('prefixes.bitsets')!.byteLength).toBeLessThanOrEqual(bytesMax);
      for (let termLo = 0; termLo < terms.length; termLo++) {
        for (let termHi = termLo; termHi <= terms.length; termHi++) {
          const mark = memory.mark();
          const bitset = memory.allocateBitset(docCount);
          reader.orRange(termLo, termHi, bitset);
          expect([...docIdsOf(memory, bitset, docCount)]).toEqual(unionOf(docsOf.slice(termLo, termHi)));
          memory.release(mark);
        }
      }
    }),
    { numRuns: 30 },
  );
  expect(usedCount).toBeGreaterThan(20);
});

test('the most frequent prefixes come first while there is room', () => {
  const terms = ['ab', 'abc', 'b', 'ca', 'cb'];
  const docsOf = [[1, 2, 3], [4, 5, 6], [1], [7, 8], [7]];
  const docCounts = Uint32Array.from(docsOf, (docs) => docs.length);
  const options = { bytesMax: 64, docCountMin: 1 };
  const sets = buildPrefixSets(terms, docCounts, Uint32Array.from(docsOf.flat()), 100, options);
  expect([...new Uint32Array(sets[0]!.bytes.buffer)]).toEqual([0, 2]);
});
