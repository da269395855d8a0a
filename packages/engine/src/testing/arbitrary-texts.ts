/**
 * Texts and query texts for property tests. The words are few and near each other, so that typos, prefixes, splits,
 * concatenations and repeated words are common; query words are made from the same words by the slips people make.
 */
import fc from 'fast-check';

const REAL_WORDS = [
  ...[
    'phone',
    'phones',
    'iphone',
    'photo',
    'photograph',
    'photographer',
    'web',
    'site',
    'website',
    'websites',
  ],
  ...[
    'note',
    'book',
    'notebook',
    'bookshop',
    'search',
    'engine',
    'searches',
    'red',
    'read',
    'reader',
    'the',
    'a',
  ],
  ...[
    'pro',
    'max',
    'promax',
    'air',
    'force',
    'airforce',
    'one',
    'airforceone',
    '3d',
    '2024',
    '10',
    '7',
    '7up',
    'x',
  ],
  ...[
    'café',
    'Straße',
    'naïve',
    'wi-fi',
    'off-campus',
    'U.S.A.',
    "l'eau",
    'C++',
    'iPhone',
    '北京大学',
    'สวัสดี',
    '🎉',
    'ﬁsh',
  ],
];

/** So frequent that queries of several words find records, and that their neighbourhoods differ. */
const CORE_WORDS = [
  'note',
  'book',
  'notebook',
  'notes',
  'red',
  'air',
  'force',
  'airforce',
  'one',
  'nose',
  'photograph',
];

const CORE_WORD = fc.constantFrom(...CORE_WORDS);
const NEAR_WORD = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 });
const WORD = fc.oneof(
  { weight: 6, arbitrary: CORE_WORD },
  { weight: 2, arbitrary: fc.constantFrom(...REAL_WORDS) },
  { weight: 1, arbitrary: NEAR_WORD },
);
const SEPARATOR = fc.constantFrom(' ', ' ', ' ', ' ', ', ', '-', '. ', ' - ', '/');

export function arbitraryText(maxLength = 8): fc.Arbitrary<string> {
  return fc.array(fc.tuple(WORD, SEPARATOR), { maxLength }).map((words) =>
    words
      .map(([word, separator]) => word + separator)
      .join('')
      .trimEnd(),
  );
}

/** A word, as somebody types it. */
const QUERY_WORD: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: WORD },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        WORD,
        fc.constantFrom('prefix', 'drop', 'double', 'replace', 'swap', 'cut'),
        fc.nat({ max: 11 }),
        fc.constantFrom('a', 'b', 'e', 'o', 's'),
      )
      .map(([word, slip, place, letter]) => slipped(word, slip, place % word.length, letter)),
  },
  { weight: 1, arbitrary: fc.tuple(WORD, WORD).map(([first, second]) => first + second) },
  { weight: 1, arbitrary: fc.tuple(CORE_WORD, CORE_WORD).map(([first, second]) => first + second) },
);

const QUERY_PART: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: QUERY_WORD },
  {
    weight: 1,
    arbitrary: fc.array(WORD, { minLength: 1, maxLength: 3 }).map((words) => `"${words.join(' ')}"`),
  },
  { weight: 1, arbitrary: WORD.map((word) => `-${word}`) },
);

export const QUERY_TEXT: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      { weight: 5, arbitrary: QUERY_PART.map((part) => [part]) },
      { weight: 9, arbitrary: fc.array(QUERY_PART, { maxLength: 3, size: 'max' }) },
      { weight: 1, arbitrary: fc.array(QUERY_WORD, { minLength: 4, maxLength: 12 }) },
    ),
    fc.constantFrom('', '', '', '', ' ', ','),
  )
  .map(([parts, end]) => parts.join(' ') + end);

/** One long word, cut into pieces here and there, some with a slip: for texts and queries that differ in where words end. */
export const CUT_WORD: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('airforceone', 'notebook', 'abababab'),
    fc.uniqueArray(fc.integer({ min: 2, max: 9 }), { maxLength: 3 }),
    fc.option(fc.tuple(fc.nat({ max: 10 }), fc.constantFrom('a', 'o', 'x')), { freq: 3, nil: undefined }),
  )
  .map(([word, cuts, slip]) => {
    const typed = slip === undefined ? word : slipped(word, 'replace', slip[0] % word.length, slip[1]);
    return [...cuts, typed.length]
      .sort((a, b) => a - b)
      .map((cut, at, all) => typed.slice(at === 0 ? 0 : all[at - 1], cut))
      .filter((piece) => piece !== '')
      .join(' ');
  });

/** Words for settings that list words. */
export const LISTED_WORDS: fc.Arbitrary<string[]> = fc.array(WORD, { maxLength: 3 });

function slipped(word: string, slip: string, at: number, letter: string): string {
  const before = word.slice(0, at);
  switch (slip) {
    case 'prefix':
      return word.slice(0, at + 1);
    case 'drop':
      return before + word.slice(at + 1);
    case 'double':
      return before + letter + word.slice(at);
    case 'replace':
      return before + letter + word.slice(at + 1);
    case 'swap':
      return (
        before +
        word
          .slice(at, at + 2)
          .split('')
          .reverse()
          .join('') +
        word.slice(at + 2)
      );
    default:
      return `${before} ${word.slice(at)}`;
  }
}
