/** Words that begin with a title letter (`ǆ` → `ǅ`, `ß` → `Ss`) and go on in small ones. Words end where Unicode's rules see a boundary. */

let segmenter: Intl.Segmenter | undefined;

export function titleCase(text: string): string {
  segmenter ??= new Intl.Segmenter('en-US', { granularity: 'word' });
  let titled = '';
  for (const { segment } of segmenter.segment(text)) titled += titleWord(segment);
  return titled;
}

/** What stands before the first letter, digit or symbol of a word stays as it is. */
const FIRST = /[\p{L}\p{N}\p{S}\p{Co}]/u;

function titleWord(word: string): string {
  const at = FIRST.exec(word)?.index;
  if (at === undefined) return word;
  const first = String.fromCodePoint(word.codePointAt(at) ?? 0);
  const rest = word.slice(at + first.length);
  // The letter before decides whether a sigma is a final one, so it is lowered together with the rest and taken off again.
  const lowered = (first + rest).toLowerCase().slice(first.toLowerCase().length);
  return word.slice(0, at) + titleLetter(first) + lowered;
}

/** Digraphs have title letters of their own: a capital followed by a small one. */
const DIGRAPHS: Readonly<Record<string, string>> = {
  Ǆ: 'ǅ',
  ǅ: 'ǅ',
  ǆ: 'ǅ',
  Ǉ: 'ǈ',
  ǈ: 'ǈ',
  ǉ: 'ǈ',
  Ǌ: 'ǋ',
  ǋ: 'ǋ',
  ǌ: 'ǋ',
  Ǳ: 'ǲ',
  ǲ: 'ǲ',
  ǳ: 'ǲ',
  ŉ: 'ʼN',
};

function titleLetter(letter: string): string {
  const digraph = DIGRAPHS[letter];
  if (digraph !== undefined) return digraph;
  // Georgian has capitals only for text that is all capitals.
  if (/[\u10d0-\u10fa\u10fd-\u10ff]/.test(letter)) return letter;
  if (/[\u1f80-\u1ffc]/.test(letter) && letter.normalize('NFD').includes('\u0345')) return titleGreek(letter);
  const [first = '', ...others] = Array.from(letter.toUpperCase());
  return first + others.join('').toLowerCase();
}

/** An iota below stays below a title letter; as a capital it would stand beside it. */
function titleGreek(letter: string): string {
  const parts = Array.from(letter.toUpperCase()).slice(0, -1).concat('\u0345');
  return parts.length === 2 ? parts.join('').normalize('NFC') : parts.join('');
}
