/** Text: parts, places and cases of it. Places count code points. */

import { FqlFault } from '../evaluate/fql-error.ts';
import { NORMALIZERS, type Normalizer, normalizeText } from '../libraries/casefold.ts';
import { codePointCount, unitAt } from '../libraries/code-points.ts';
import { TextFinder } from '../libraries/text-finder.ts';
import { titleCase } from '../libraries/title-case.ts';
import { stripLeading, stripTrailing } from '../libraries/whitespace.ts';
import type { Value } from '../values/value.ts';
import { integer, scalar, string } from './casts.ts';
import { type Call, type Cast, defineForm, type Form, optional, variadic } from './form.ts';
import { chargeText, checkLength, REPEAT_MAX } from './string-limits.ts';

/** Units that are looked through in one step, when the text may have been made to be hard to search. */
const SEARCHED_UNITS_PER_STEP = 64;

const concat = defineForm({
  name: 'Concat',
  effect: 'pure',
  parameters: { concat: variadic(string), separator: optional(string) },
  evaluate: ({ concat: parts, separator = '' }, call) => {
    const separators = separator.length * Math.max(0, parts.length - 1);
    checkLength(
      parts.reduce((sum, part) => sum + part.length, separators),
      call,
    );
    return parts.join(separator);
  },
});

const normalizer: Cast<Normalizer> = {
  expected: "String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD'",
  cast: (value) => NORMALIZERS.find((name) => name === value),
};

/** What is no text stays as it is; one value gives one, an array of others an array. */
const casefold = defineForm({
  name: 'Casefold',
  effect: 'pure',
  parameters: { casefold: variadic(scalar), normalizer: optional(normalizer) },
  evaluate: ({ casefold: terms, normalizer: chosen = 'NFKCCaseFold' }, call) => {
    const folded = terms.map((term) => {
      if (typeof term !== 'string') return term;
      call.context.charge(term.length);
      const normal = normalizeText(term, chosen);
      checkLength(normal.length, call);
      return normal;
    });
    const [first, ...others] = folded;
    return first !== undefined && others.length === 0 ? first : folded;
  },
});

function search(
  name: string,
  key: string,
  isFound: (text: string, searched: string, call: Call) => boolean,
): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: string, search: string },
    evaluate: (given, call) => {
      const { [key]: text = '', search: searched } = given;
      chargeText(text.length, call);
      return isFound(text, searched, call);
    },
  });
}

/** `stepsPerUnit`: for what takes longer than walking through the text. */
function ofText(name: string, key: string, compute: (text: string) => Value, stepsPerUnit = 0): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: string },
    evaluate: (given, call) => {
      const text = given[key] ?? '';
      chargeText(text.length, call);
      call.context.charge(text.length * stepsPerUnit);
      const result = compute(text);
      // `ß` becomes two letters as a capital.
      if (typeof result === 'string') checkLength(result.length, call);
      return result;
    },
  });
}

/** A start that is not inside the text counts as 0. */
const findStr = defineForm({
  name: 'FindStr',
  effect: 'pure',
  parameters: { findstr: string, find: string, start: optional(integer) },
  evaluate: ({ findstr: text, find, start }, call) => {
    chargeText(text.length, call);
    const at = finderOf(find, text, call).indexIn(text, startUnit(text, start));
    return BigInt(at <= 0 ? at : codePointCount(text.slice(0, at)));
  },
});

export function startUnit(text: string, start: bigint | undefined): number {
  return start === undefined || start <= 0n || start >= codePointCount(text)
    ? 0
    : unitAt(text, Number(start));
}

const repeat = defineForm({
  name: 'Repeat',
  effect: 'pure',
  parameters: { repeat: string, number: optional(integer) },
  evaluate: ({ repeat: text, number: count = 2n }, call) => repeated(text, count, call),
});

const space = defineForm({
  name: 'Space',
  effect: 'pure',
  parameters: { space: integer },
  evaluate: ({ space: count }, call) => repeated(' ', count, call),
});

function repeated(text: string, count: bigint, call: Call): string {
  const times = Number(count > REPEAT_MAX ? REPEAT_MAX : count < 0n ? 0n : count);
  checkLength(text.length * times, call);
  return text.repeat(times);
}

const replaceStr = defineForm({
  name: 'ReplaceStr',
  effect: 'pure',
  parameters: { replacestr: string, find: string, replace: string },
  evaluate: ({ replacestr: text, find, replace }, call) => {
    const grown = replace.length - find.length;
    if (find === '') {
      checkLength(text.length + replace.length * (text.length + 1), call);
      call.context.charge(text.length);
      return text.replaceAll('', () => replace);
    }
    const places = occurrences(text, find, call);
    call.context.charge(places.length);
    checkLength(text.length + grown * places.length, call);
    return replaced(text, places, find.length, replace);
  },
});

function occurrences(text: string, find: string, call: Call): readonly number[] {
  const finder = finderOf(find, text, call);
  const places: number[] = [];
  for (let at = finder.indexIn(text, 0); at >= 0; at = finder.indexIn(text, at + find.length))
    places.push(at);
  return places;
}

function replaced(text: string, places: readonly number[], length: number, replacement: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const at of places) {
    parts.push(text.slice(from, at), replacement);
    from = at + length;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

function finderOf(find: string, text: string, call: Call): TextFinder {
  call.context.charge(Math.ceil((text.length + find.length) / SEARCHED_UNITS_PER_STEP));
  return new TextFinder(find);
}

/** A negative start counts from the end. */
const subString = defineForm({
  name: 'SubString',
  effect: 'pure',
  parameters: { substring: string, start: optional(integer), length: optional(integer) },
  evaluate: ({ substring: text, start = 0n, length }, call) => {
    chargeText(text.length, call);
    const count = BigInt(codePointCount(text));
    const first = start < 0n ? count + start : start;
    if (first < 0n || first > count) {
      call.fail(undefined, 'invalid argument', 'start must be less than or equal to the string length');
    }
    if (length !== undefined && length < 0n) {
      call.fail(undefined, 'invalid argument', 'length must be positive');
    }
    const taken = length === undefined || first + length > count ? count - first : length;
    const from = unitAt(text, Number(first));
    return text.slice(from, unitAt(text, Number(taken), from));
  },
});

const NGRAM_MIN_DEFAULT = 1n;
const NGRAM_MAX_DEFAULT = 2n;
/** Sizes differ by one at most. */
const NGRAM_SIZES = 1n;

const nGram = defineForm({
  name: 'NGram',
  effect: 'pure',
  parameters: { ngram: variadic(scalar), min: optional(integer), max: optional(integer) },
  evaluate: ({ ngram: terms, min, max }, call) => {
    const descriptions = nGramMistakes(min, max);
    if (descriptions.length > 0) {
      throw new FqlFault(
        descriptions.map((description) => ({
          position: call.position,
          code: 'invalid argument',
          description,
        })),
      );
    }
    const sizes = [min ?? NGRAM_MIN_DEFAULT, max ?? NGRAM_MAX_DEFAULT] as const;
    return terms.flatMap((term): readonly Value[] =>
      typeof term === 'string' ? nGrams(term, sizes, call) : [term],
    );
  },
});

function nGramMistakes(min: bigint | undefined, max: bigint | undefined): readonly string[] {
  const mistakes: string[] = [];
  if (min !== undefined) {
    if (min <= 0n || min > (max ?? NGRAM_MAX_DEFAULT)) mistakes.push('min ngram size must be > 0 and <= max');
    if (max === undefined && NGRAM_MAX_DEFAULT - min > NGRAM_SIZES) {
      mistakes.push(`min ngram size must be >= max - ${NGRAM_SIZES}`);
    }
    if (max !== undefined && max <= 0n) mistakes.push('max ngram size must be > 0');
  } else if (max !== undefined && max <= NGRAM_MIN_DEFAULT) {
    mistakes.push('max ngram size must be > 0 and >= min');
  }
  if (max !== undefined && max - (min ?? NGRAM_MIN_DEFAULT) > NGRAM_SIZES) {
    mistakes.push(`max ngram size must be <= min + ${NGRAM_SIZES}`);
  }
  return mistakes;
}

/** Of each place, the shorter first. */
function nGrams(text: string, [min, max]: readonly [bigint, bigint], call: Call): readonly string[] {
  const characters = Array.from(text);
  call.context.charge(characters.length);
  const grams: string[] = [];
  for (let at = 0; at < characters.length; at++) {
    for (let size = min; size <= max; size++) {
      // Sizes beyond the text make nothing, however large they are.
      if (BigInt(at) + size > characters.length) break;
      const length = Number(size);
      chargeText(length, call);
      grams.push(characters.slice(at, at + length).join(''));
    }
  }
  return grams;
}

/** Quotes what has a meaning in a pattern. */
function regexEscape(text: string): string {
  return `\\Q${text.replaceAll('\\E', '\\E\\\\E\\Q')}\\E`;
}

export const stringForms: readonly Form[] = [
  concat,
  casefold,
  search('StartsWith', 'startswith', (text, searched) => text.startsWith(searched)),
  search('EndsWith', 'endswith', (text, searched) => text.endsWith(searched)),
  search(
    'ContainsStr',
    'containsstr',
    (text, searched, call) => finderOf(searched, text, call).indexIn(text, 0) >= 0,
  ),
  ofText('RegexEscape', 'regexescape', regexEscape),
  ofText('Length', 'length', (text) => BigInt(codePointCount(text))),
  ofText('LowerCase', 'lowercase', (text) => text.toLowerCase()),
  ofText('UpperCase', 'uppercase', (text) => text.toUpperCase()),
  ofText('TitleCase', 'titlecase', titleCase, 1),
  ofText('LTrim', 'ltrim', stripLeading),
  ofText('RTrim', 'rtrim', stripTrailing),
  ofText('Trim', 'trim', (text) => stripLeading(stripTrailing(text))),
  findStr,
  repeat,
  space,
  replaceStr,
  subString,
  nGram,
];
