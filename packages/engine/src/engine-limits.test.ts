/**
 * At the limits of the format and just past them:
 *   1. 255 attributes have a field of their own; past that nothing is lost, attributes share the last.
 *   2. A record may have tens of thousands of words: all are found, phrases too.
 *   3. A term keeps 64 units; longer words are found by what they begin with.
 *   4. 32 words of a query count, also when all are optional and each is the beginning of the next.
 *   5. The first 32 occurrences of a word are looked at; a record matches by any.
 *   6. Text nested deeper than the limit is not searchable, and harms nothing.
 *   7. objectIDs that are no text in Unicode's sense are one record, not two.
 */
import { describe, expect, test } from 'vitest';
import { NESTING_MAX } from './columns/attribute-values.ts';
import { defaultSearchQuery } from './query/default-query.ts';
import type { SearchQuery } from './query/search-query.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from './schema.ts';
import { PlainUnderTest } from './testing/engine-under-test.ts';
import { expectSameSearch } from './testing/expect-same.ts';
import { SegmentedIndex } from './testing/segmented-index.ts';

function idsOf(index: SegmentedIndex, text: string, settings: Partial<SearchQuery> = {}): readonly string[] {
  return index.search({ ...defaultSearchQuery(text), ...settings }).hits.map((hit) => hit.objectID);
}

function wordOf(number: number): string {
  return `w${String.fromCharCode(97 + (number % 26), 97 + (Math.floor(number / 26) % 26), 97 + Math.floor(number / 676))}`;
}

describe.each([254, 255, 256, 400])('1: a record of %i attributes', (count) => {
  const record = {
    objectID: 'many',
    ...Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, wordOf(at)])),
  };
  const declared: IndexSchema = {
    ...DEFAULT_SCHEMA,
    searchable: Array.from({ length: count }, (_, at) => ({ path: `a${at}`, rank: at, ordered: true })),
  };

  test.each([
    ['undeclared', DEFAULT_SCHEMA],
    ['declared', declared],
  ])('is found by the words of each, alone and after a merge (%s)', (_, schema) => {
    const index = new SegmentedIndex(schema);
    index.put('many', record);
    index.publish();
    index.put('other', { objectID: 'other', z: 'unrelated', a253: 'second' });
    index.publish();
    for (const merged of [false, true]) {
      if (merged) index.merge();
      for (const at of [0, 1, 252, 253, 254, 255, count - 1]) {
        if (at >= count) continue;
        const options = { typoTolerance: 'false', queryType: 'prefixNone' } as const;
        expect(idsOf(index, wordOf(at), options)).toEqual(['many']);
      }
      // Up to the limit attributes are told apart.
      expect(idsOf(index, wordOf(253), { restrictSearchableAttributes: ['a253'] })).toEqual(['many']);
      expect(idsOf(index, wordOf(253), { restrictSearchableAttributes: ['a0'] })).toEqual([]);
    }
  });
});

describe.each([65_536, 70_000])('2: a record of %i words', (count) => {
  const schema: IndexSchema = { ...DEFAULT_SCHEMA, searchable: [{ path: 'text', rank: 0, ordered: true }] };
  const words = Array.from({ length: count }, (_, at) => wordOf(at % 17_000));
  words[0] = 'first';
  words[65_534] = 'needle';
  words[65_535] = 'haystack';
  words[count - 1] = 'end';
  const plain = new PlainUnderTest(schema);
  const index = new SegmentedIndex(schema);
  for (const engine of [index, plain]) {
    engine.put('long', { objectID: 'long', text: words.join(' ') });
    engine.put('short', { objectID: 'short', text: 'haystack with a needle, first and last' });
  }

  test('is found by every word, and ranked as it should', () => {
    const queries = ['needle haystack', wordOf(16_999), `${wordOf(5)} ${wordOf(6)}`, 'haystack', 'first end'];
    for (const query of queries) expectSameSearch(plain, index, defaultSearchQuery(query));
    index.merge();
    for (const query of queries) expectSameSearch(plain, index, defaultSearchQuery(query));
  });

  test('has phrases wherever they stand', () => {
    const advancedSyntax = { exactPhrase: true, excludeWords: false };
    for (const at of [0, 1, 1000, 65_470, 65_471, 65_472, 65_473, 65_533, 65_534, 65_535, count - 3]) {
      const [first, second, third] = words.slice(at, at + 3);
      if (third === undefined) continue;
      expect(idsOf(index, `"${first} ${second} ${third}"`, { advancedSyntax })).toContain('long');
      if (third !== first)
        expect(idsOf(index, `"${third} ${second} ${first}"`, { advancedSyntax })).toEqual([]);
    }
  });
});

test('3: words of 63, 64, 65 and 200 letters, and of 64 units that cut a character in two', () => {
  const plain = new PlainUnderTest(DEFAULT_SCHEMA);
  const index = new SegmentedIndex(DEFAULT_SCHEMA);
  const letters = Array.from({ length: 200 }, (_, at) => String.fromCharCode(97 + ((at * 7) % 26))).join('');
  const texts = [63, 64, 65, 200].map((length) => letters.slice(0, length));
  texts.push(`${'𐐷'.repeat(40)}`, `a${'𐐷'.repeat(40)}`);
  for (const [at, text] of texts.entries()) {
    const record = { objectID: `r${at}`, text };
    plain.put(record.objectID, record);
    index.put(record.objectID, record);
  }
  const swapped = (word: string, at: number): string =>
    word.slice(0, at) + word[at + 1]! + word[at]! + word.slice(at + 2);
  for (const text of texts) {
    for (const query of [
      text,
      swapped(text, 61),
      swapped(text, 30),
      text.slice(0, 40),
      `${text}x`,
      `x${text}`,
    ]) {
      for (const queryType of ['prefixLast', 'prefixNone'] as const) {
        expectSameSearch(plain, index, { ...defaultSearchQuery(query), queryType });
      }
    }
    expect(idsOf(index, text).length).toBeGreaterThan(0);
  }
});

describe('4: long queries', () => {
  const schema = DEFAULT_SCHEMA;
  const texts = [
    Array.from({ length: 32 }, (_, at) => wordOf(at)).join(' '),
    Array.from({ length: 40 }, (_, at) => wordOf(at)).join(' '),
    Array.from({ length: 31 }, (_, at) => wordOf(at)).join(' '),
    'abcdefghijklmnopqrstuvwxyzabcdefghij',
    'abc abcd abcde abcdef abcdefg abcdefgh',
    'abcd abdc abcdfe abcdefg bacdefgh',
  ];
  const plain = new PlainUnderTest(schema);
  const index = new SegmentedIndex(schema);
  for (const [at, text] of texts.entries()) {
    plain.put(`r${at}`, { objectID: `r${at}`, text });
    index.put(`r${at}`, { objectID: `r${at}`, text });
  }

  test.each([31, 32, 33, 40])('of %i words', (count) => {
    const text = Array.from({ length: count }, (_, at) => wordOf(at)).join(' ');
    for (const optionalWords of [[], 'all'] as const) {
      expectSameSearch(plain, index, { ...defaultSearchQuery(text), optionalWords, length: 100 });
    }
    const found = idsOf(index, text, { typoTolerance: 'false' });
    expect(found.includes('r0')).toBe(true);
    expect(found.includes('r2')).toBe(count < 32);
  });

  test('of 32 words that are all optional, each the beginning of the next, with typos and prefixes', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyzabcdefghij';
    const words = Array.from({ length: 32 }, (_, at) => letters.slice(0, at + 2));
    for (const text of [
      words.join(' '),
      [...words].reverse().join(' '),
      Array(32).fill('abcdef').join(' '),
    ]) {
      for (const queryType of ['prefixAll', 'prefixLast'] as const) {
        const query = { ...defaultSearchQuery(text), queryType, optionalWords: 'all' as const, length: 100 };
        expectSameSearch(plain, index, query);
      }
    }
  });
});

test.each([30, 31, 32, 33])("5: a word near the query's other word after %i others of it", (others) => {
  const plain = new PlainUnderTest(DEFAULT_SCHEMA);
  const index = new SegmentedIndex(DEFAULT_SCHEMA);
  const text = `${'red filler '.repeat(others)} red lamp ${'green filler '.repeat(others)} green`;
  for (const engine of [plain, index]) engine.put('a', { objectID: 'a', text });
  for (const query of ['red lamp', 'lamp red', 'red', 'rde lamp', '"red lamp"', 'redlamp', 'lamp green']) {
    const advancedSyntax = { exactPhrase: true, excludeWords: false };
    expectSameSearch(plain, index, { ...defaultSearchQuery(query), advancedSyntax });
  }
  const [hit] = index.search(defaultSearchQuery('red lamp')).hits;
  expect(hit?.proximityDistance).toBe(others < 32 ? 1 : 3 + 2 * (others - 32));
});

test('6: text nested to the limit is found, deeper text is not, and no depth is too much', () => {
  const nested = (depth: number, word: string): string => `${'['.repeat(depth)}"${word}"${']'.repeat(depth)}`;
  const json =
    `{"objectID":"1","a":${nested(NESTING_MAX, 'reached')},"b":${nested(NESTING_MAX + 1, 'beyond')},` +
    `"c":${nested(20_000, 'far')},"_tags":${nested(20_000, 'tag')},"_geoloc":${nested(20_000, 'place')}}`;
  for (const searchable of [[], ['a', 'b', 'c'].map((path, rank) => ({ path, rank, ordered: true }))]) {
    const index = new SegmentedIndex({
      ...DEFAULT_SCHEMA,
      searchable,
      facets: [{ path: 'c', searchable: true, filterOnly: false, afterDistinct: false }],
      customRanking: [{ path: 'c', direction: 'desc' }],
      distinctAttribute: 'c',
    });
    index.writer.put('1', JSON.parse(json), json);
    index.publish();
    expect(idsOf(index, 'reached')).toEqual(['1']);
    expect(idsOf(index, 'beyond')).toEqual([]);
    expect(idsOf(index, 'far')).toEqual([]);
    expect(index.view.get('1')).toBe(json);
  }
});

test('7: two halves of characters are one objectID, in the buffer as in a segment', () => {
  for (const published of [false, true]) {
    const index = new SegmentedIndex(DEFAULT_SCHEMA);
    for (const [at, objectID] of ['a\ud83d', 'a\udc00', 'a\ufffd'].entries()) {
      index.put(objectID, { objectID, at });
      if (published) index.publish();
    }
    expect(index.view.recordCount).toBe(1);
    expect(index.writer.get('a\ud83d')).toContain('"at":2');
    expect(index.view.get('a\udc00')).toContain('"at":2');
    expect(index.writer.delete('a\ud800')).toBe(true);
    expect(index.view.recordCount).toBe(0);
  }
});
