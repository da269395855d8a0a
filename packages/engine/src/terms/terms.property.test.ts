import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { typos } from '../testing/edit-distance.ts';
import { loadSections } from '../testing/load-sections.ts';
import { buildTerms, TERM_UNITS_MAX } from './terms-builder.ts';
import { type MatchOptions, TermsReader } from './terms-reader.ts';

function open(words: Iterable<string>) {
  const sorted = [...new Set(words)].sort();
  const { memory, sectionAt } = loadSections(buildTerms(sorted));
  return { sorted, memory, reader: new TermsReader(memory, sectionAt) };
}

/** Term → typos, with the promises about triples checked on the way. */
function matchesOf({ memory, reader }: ReturnType<typeof open>, word: string, options: MatchOptions) {
  const mark = memory.mark();
  const { at, count } = reader.match(word, options);
  const triples = memory.u32.slice(at >>> 2, (at >>> 2) + count * 3);
  memory.release(mark);
  const found = new Map<string, number>();
  let termHiLast = 0;
  for (let triple = 0; triple < count * 3; triple += 3) {
    const [termLo, termHi, typoCount] = [triples[triple]!, triples[triple + 1]!, triples[triple + 2]!];
    expect(termLo).toBeGreaterThanOrEqual(termHiLast);
    expect(termHi).toBeGreaterThan(termLo);
    termHiLast = termHi;
    for (let term = termLo; term < termHi; term++) found.set(reader.term(term), typoCount);
  }
  return found;
}

function expectedOf(sorted: readonly string[], word: string, { editsMax, prefix }: MatchOptions) {
  const expected = new Map<string, number>();
  for (const term of sorted) {
    const typoCount = typos(word, term, prefix);
    if (typoCount <= editsMax) expected.set(term, typoCount);
  }
  return expected;
}

const options = fc.record({
  editsMax: fc.constantFrom(0 as const, 1 as const, 2 as const),
  prefix: fc.boolean(),
});
const shortWords = fc.oneof(fc.stringMatching(/^[ab]{1,7}$/), fc.stringMatching(/^[abc]{1,5}$/));

describe('the matcher agrees with the plain edit distance', () => {
  test('on words of few letters, where nearly everything is near', () => {
    const reached = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(shortWords, { maxLength: 60 }), shortWords, options, (words, word, given) => {
        const dictionary = open(words);
        const found = matchesOf(dictionary, word, given);
        expect(found).toEqual(expectedOf(dictionary.sorted, word, given));
        for (const typoCount of found.values()) {
          const kind = `${given.editsMax} ${given.prefix} ${typoCount}`;
          reached.set(kind, (reached.get(kind) ?? 0) + 1);
        }
      }),
      { numRuns: 400 },
    );
    // 0, 1 and 2 edits allowed give 1 + 2 + 3 kinds of match, with and without prefixes.
    expect(reached.size).toBe(12);
  });

  test('on words of 1 to 64 units and what few edits make of them', () => {
    const edit = fc.record({
      at: fc.oneof(fc.nat(3), fc.nat(63), fc.integer({ min: 60, max: 64 })),
      kind: fc.constantFrom('insert', 'delete', 'substitute', 'transpose', 'cut'),
      unit: fc.constantFrom('a', 'b', 'z', '\ud800', '人'),
    });
    const lengths = fc.oneof(
      fc.constantFrom(1, 2, 30, 31, 32, 33, 62, 63, 64),
      fc.integer({ min: 1, max: 64 }),
    );
    const base = lengths.chain((length) =>
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '人'), minLength: length, maxLength: length }),
    );
    let nearCount = 0;
    fc.assert(
      fc.property(
        base,
        fc.array(fc.array(edit, { maxLength: 3 }), { maxLength: 20 }),
        options,
        (word, edits, given) => {
          const words = edits
            .map((list) =>
              list.reduce((changed, { at, kind, unit }) => applyEdit(changed, at, kind, unit), word),
            )
            .map((changed) => changed.slice(0, TERM_UNITS_MAX))
            .filter((changed) => changed !== '');
          const dictionary = open([...words, word]);
          const found = matchesOf(dictionary, word, given);
          expect(found).toEqual(expectedOf(dictionary.sorted, word, given));
          nearCount += found.size;
        },
      ),
      { numRuns: 400 },
    );
    expect(nearCount).toBeGreaterThan(400);
  });

  test('on any words', () => {
    const any = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(any),
        fc.string({ unit: 'binary', maxLength: 70 }),
        options,
        (words, word, given) => {
          const dictionary = open(words);
          if (word.length <= TERM_UNITS_MAX) {
            expect(matchesOf(dictionary, word, given)).toEqual(expectedOf(dictionary.sorted, word, given));
          } else {
            expect(matchesOf(dictionary, word, given).size).toBe(0);
          }
        },
      ),
    );
  });
});

function applyEdit(word: string, at: number, kind: string, unit: string): string {
  const place = Math.min(at, word.length);
  const [before, after] = [word.slice(0, place), word.slice(place)];
  switch (kind) {
    case 'insert':
      return before + unit + after;
    case 'delete':
      return before + after.slice(1);
    case 'substitute':
      return before + unit + after.slice(1);
    case 'transpose':
      return after.length < 2 ? word : before + after[1] + after[0] + after.slice(2);
    default:
      return before === '' ? word : before;
  }
}

test('more matches than the first guess are all found', () => {
  const letters = 'abcdefghijklmnopqrst';
  const words: string[] = [];
  // Separate ranges: only every second continuation is near.
  for (const a of letters)
    for (const b of letters) for (const c of letters) words.push(`x${a}${b}${c}`, `x${a}${b}${c}yyyy`);
  const dictionary = open(words);
  const given = { editsMax: 2, prefix: false } as const;
  const found = matchesOf(dictionary, 'xa', given);
  expect(found).toEqual(expectedOf(dictionary.sorted, 'xa', given));
  const all = matchesOf(dictionary, 'xabcd', { editsMax: 2, prefix: true });
  expect(all).toEqual(expectedOf(dictionary.sorted, 'xabcd', { editsMax: 2, prefix: true }));
});

describe('a dictionary agrees with the sorted list', () => {
  const words = fc.array(fc.oneof(shortWords, fc.string({ minLength: 1, maxLength: 12 })), { maxLength: 50 });

  test('terms by ordinal, and finding them', () => {
    fc.assert(
      fc.property(words, shortWords, (words, other) => {
        const { sorted, reader } = open(words);
        expect(reader.termCount).toBe(sorted.length);
        expect([...reader.terms()]).toEqual(sorted);
        for (const [ordinal, term] of sorted.entries()) expect(reader.find(term)).toBe(ordinal);
        expect(reader.find(other)).toBe(sorted.indexOf(other));
        expect(reader.find('')).toBe(-1);
      }),
    );
  });

  test('the range of a prefix', () => {
    fc.assert(
      fc.property(words, fc.oneof(shortWords, fc.string({ maxLength: 2 })), (words, prefix) => {
        const { sorted, reader } = open(words);
        const { lo, hi } = reader.prefixRange(prefix);
        expect(sorted.slice(lo, hi)).toEqual(sorted.filter((term) => term.startsWith(prefix)));
      }),
    );
  });

  test('words out of order, repeated, empty or too long are refused', () => {
    for (const words of [['b', 'a'], ['a', 'a'], [''], ['a'.repeat(65)]]) {
      expect(() => buildTerms(words)).toThrow('terms');
    }
  });
});
