/**
 * Writes packages/fql/src/order/collation-table.ts: how `Intl.Collator('en')` of this Node orders Latin, Greek, Cyrillic, digits, punctuation
 * and common symbols, as numbers. It is run once. Stored keys are made of these numbers, so a later table is another version of the format.
 *
 * The collator only compares. So weights are found by comparing: each character is equal to a string of simpler ones at the primary level, then
 * (with marks put in) at the secondary, then (with upper case and other variants put in) at the tertiary; a character that is equal to no such
 * string gets a weight of its own, between the two strings that it stands between. Characters that cannot be told so are left out and named.
 */
import { writeFileSync } from 'node:fs';

const RANGES: readonly (readonly [number, number])[] = [
  [0x0000, 0x052f], // Latin, IPA, modifiers, marks, Greek, Cyrillic
  [0x1c80, 0x1c8f], // Cyrillic
  [0x1d00, 0x1dff], // phonetic, marks
  [0x1e00, 0x1fff], // Latin, Greek with diacritics
  [0x2000, 0x206f], // punctuation, spaces
  [0x2070, 0x20f0], // superscripts, currency, marks
  [0x2100, 0x22ff], // letterlike, number forms, arrows, mathematics
  [0x2c60, 0x2c7f], // Latin
  [0x2de0, 0x2e5f], // Cyrillic marks, punctuation
  [0xa640, 0xa69f], // Cyrillic
  [0xa720, 0xa7ff], // Latin
  [0xab30, 0xab6f], // Latin
  [0xfb00, 0xfb06], // ligatures
  [0xfe20, 0xfe2f], // marks
  [0xff01, 0xff5e], // full width
  [0xfffc, 0xfffd],
];
/** Greater than every other character. */
const LAST = '\uffff';
/** Places between two neighbouring variants of a letter. */
const TERTIARY_STEPS = 8;
const TARGET = new URL('../packages/fql/src/order/collation-table.ts', import.meta.url);

const byPrimary = new Intl.Collator('en', { sensitivity: 'base' }).compare;
const bySecondary = new Intl.Collator('en', { sensitivity: 'accent' }).compare;
const byTertiary = new Intl.Collator('en', { sensitivity: 'variant' }).compare;

interface Element {
  /** Ordinal among the primaries; −1 for a mark. */
  primary: number;
  /** 0: none but the common one. */
  secondary: number;
  tertiary: number;
}
interface Item {
  readonly text: string;
  /** Primary, then marks, by representatives. */
  primaries: number[];
  /** For each primary: its marks, as ordinals (fractions: between two). */
  marks: number[][];
  own: number;
  tertiaries: number[];
}

const leftOut = new Map<string, string>();
const characters: string[] = [];
for (const [from, to] of RANGES) {
  for (let code = from; code <= to; code++) {
    const character = String.fromCodePoint(code);
    if (!/[\p{Cn}\p{Co}\p{Cs}]/u.test(character)) characters.push(character);
  }
}
const known = new Set(characters);
const decompositions = new Map<string, string>();
const units: string[] = [];
for (const character of characters) {
  const parts = character.normalize('NFD');
  if (parts === character) units.push(character);
  else if (Array.from(parts).every((part) => known.has(part))) decompositions.set(character, parts);
  else leftOut.set(character, 'its parts are not in the table');
}
// Two that count as one: й is a letter of its own, though и with a breve is the same string.
const contractions = new Set<string>();
for (const parts of decompositions.values()) {
  const [starter, mark] = Array.from(parts);
  if (
    starter !== undefined &&
    mark !== undefined &&
    byPrimary(starter + mark, starter) !== 0 &&
    byPrimary(mark, '') === 0
  )
    contractions.add(starter + mark);
}
for (const pair of ['l·', 'L·']) contractions.add(pair);
units.push(...contractions);

function binarySearch<T>(list: readonly T[], isAtMost: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = list[middle];
    if (item !== undefined && isAtMost(item)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
function groupsOf(list: readonly string[], compare: (a: string, b: string) => number): string[][] {
  const groups: string[][] = [];
  for (const text of list.toSorted(
    (a, b) => compare(a, b) || byTertiary(a, b) || a.length - b.length || (a < b ? -1 : 1),
  )) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && compare(last[0], text) === 0) last.push(text);
    else groups.push([text]);
  }
  return groups;
}

function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

// Primaries.
const ignored = units.filter((unit) => byTertiary(unit, '') === 0);
const marksAll = units.filter((unit) => byPrimary(unit, '') === 0 && byTertiary(unit, '') !== 0);
const letters = units.filter((unit) => byPrimary(unit, '') !== 0);
const primaryGroups = groupsOf(letters, byPrimary);
const primaries: string[] = [];
const compounds: string[][] = [];
for (const group of primaryGroups) {
  const first = group[0] ?? '';
  const before = primaries.at(-1);
  if (before !== undefined && byPrimary(before + LAST, first) > 0) compounds.push(group);
  else primaries.push(first);
}
function primariesOf(text: string): number[] | undefined {
  const found: number[] = [];
  let prefix = '';
  for (let length = 0; length < 6; length++) {
    const at = binarySearch(primaries, (primary) => byPrimary(prefix + primary, text) <= 0);
    const primary = primaries[at];
    if (primary === undefined) return undefined;
    found.push(at);
    prefix += primary;
    if (byPrimary(prefix, text) === 0) return found;
    if (byPrimary(prefix + LAST, text) < 0) return undefined;
  }
  return undefined;
}

// Marks.
const markGroups = groupsOf(
  marksAll.filter((mark) => bySecondary(mark, '') !== 0),
  bySecondary,
);
const marks: string[] = [];
const compoundMarks: string[] = [];
for (const group of markGroups) {
  const first = group[0] ?? '';
  const before = marks.at(-1);
  const last = markGroups.at(-1)?.[0] ?? '';
  if (before !== undefined && bySecondary(before + last, first) > 0) compoundMarks.push(...group);
  else marks.push(first);
}
for (const mark of compoundMarks) leftOut.set(mark, 'several marks');
for (const mark of marksAll) if (bySecondary(mark, '') === 0) leftOut.set(mark, 'no secondary');
const lastMark = marks.at(-1) ?? '';
const firstMark = marks[0] ?? '';

const items = new Map<string, Item>();
function spell(
  item: Pick<Item, 'primaries' | 'marks'>,
  more: { at: number; text: string } | undefined,
  variants?: readonly string[],
): string {
  return item.primaries
    .map((primary, at) => {
      const marksHere = (item.marks[at] ?? []).map((mark) => marks[Math.floor(mark)] ?? '').join('');
      return (variants?.[at] ?? primaries[primary] ?? '') + marksHere + (more?.at === at ? more.text : '');
    })
    .join('');
}

for (const text of letters) {
  const found = primariesOf(text);
  if (found === undefined) {
    leftOut.set(text, 'no primaries');
    continue;
  }
  const item: Item = {
    text,
    primaries: found,
    marks: found.map(() => []),
    own: 0,
    tertiaries: found.map(() => 0),
  };
  let isFound = false;
  for (let step = 0; step < 5 && !isFound; step++) {
    const order = bySecondary(spell(item, undefined), text);
    if (order === 0) isFound = true;
    if (order >= 0) break;
    const at = found.findIndex(
      (_, position) => bySecondary(spell(item, { at: position, text: firstMark }), text) <= 0,
    );
    if (at < 0) break;
    const mark = binarySearch(
      marks,
      (candidate) => bySecondary(spell(item, { at, text: candidate }), text) <= 0,
    );
    const list = item.marks[at];
    if (list === undefined) break;
    if (
      bySecondary(spell(item, { at, text: marks[mark] ?? '' }), text) === 0 ||
      bySecondary(spell(item, { at, text: (marks[mark] ?? '') + lastMark }), text) > 0
    ) {
      list.push(mark);
    } else {
      // A weight between two marks, or above all: its own.
      list.push(mark + 0.5);
      isFound = true;
    }
  }
  if (isFound) items.set(text, item);
  else leftOut.set(text, 'no secondaries');
}

// Variants of single letters: a, A, full-width a …
const variantsOf = primaries.map((_, primary) =>
  groupsOf(
    Array.from(items.values())
      .filter(
        (item) => item.primaries.length === 1 && item.primaries[0] === primary && item.marks[0]?.length === 0,
      )
      .map((item) => item.text),
    byTertiary,
  ),
);
for (const item of items.values()) {
  const hasOwn = item.marks.flat().some((mark) => mark % 1 !== 0);
  const chosen: string[] = item.primaries.map((primary) => variantsOf[primary]?.[0]?.[0] ?? '');
  if (hasOwn) {
    item.tertiaries[0] = -1;
    continue;
  }
  for (let at = 0; at < item.primaries.length; at++) {
    const variants = variantsOf[item.primaries[at] ?? 0] ?? [];
    const ordinal = binarySearch(variants, (group) => {
      const tried = chosen.with(at, group[0] ?? '');
      return byTertiary(spell(item, undefined, tried), item.text) <= 0;
    });
    item.tertiaries[at] = Math.max(ordinal, 0);
    chosen[at] = variants[Math.max(ordinal, 0)]?.[0] ?? '';
  }
  // Between two variants: the first element takes what is left.
  if (byTertiary(spell(item, undefined, chosen), item.text) !== 0)
    item.tertiaries[0] = (item.tertiaries[0] ?? 0) + 0.5;
}
// Items with a mark of their own: variants among themselves.
const ownGroups = groupBy(
  Array.from(items.values()).filter((item) => item.tertiaries[0] === -1),
  (item) => JSON.stringify([item.primaries, item.marks]),
);
for (const group of ownGroups.values()) {
  const secondaries = groupsOf(
    group.map((item) => item.text),
    bySecondary,
  );
  secondaries.forEach((texts, ordinal) => {
    groupsOf(texts, byTertiary).forEach((equals, variant) => {
      for (const text of equals) {
        const item = items.get(text);
        if (item === undefined) continue;
        item.marks = item.marks.map((list) =>
          list.map((mark) => (mark % 1 === 0 ? mark : Math.floor(mark) + 0.5 + ordinal / 64)),
        );
        item.tertiaries[0] = variant;
      }
    });
  });
}

// Items between the same two variants: by what the collator says of them.
const betweenGroups = groupBy(
  Array.from(items.values()).filter((item) => (item.tertiaries[0] ?? 0) % 1 !== 0),
  (item) => JSON.stringify([item.primaries, item.marks, item.tertiaries]),
);
for (const group of betweenGroups.values()) {
  const texts = groupsOf(
    group.map((item) => item.text),
    byTertiary,
  );
  if (texts.length >= TERTIARY_STEPS / 2) throw new Error('too many variants between two');
  texts.forEach((equals, ordinal) => {
    for (const text of equals) {
      const item = items.get(text);
      if (item !== undefined) item.tertiaries[0] = (item.tertiaries[0] ?? 0) + ordinal / TERTIARY_STEPS;
    }
  });
}

// Ranks become whole numbers.
const secondaryValues = Array.from(
  new Set([...marks.keys(), ...Array.from(items.values()).flatMap((item) => item.marks.flat())]),
).toSorted((a, b) => a - b);
const secondaryRank = new Map(secondaryValues.map((value, at) => [value, at + 1]));
const elements = new Map<string, Element[]>();
for (const item of items.values()) {
  const list: Element[] = [];
  item.primaries.forEach((primary, at) => {
    list.push({ primary, secondary: 0, tertiary: Math.round((item.tertiaries[at] ?? 0) * TERTIARY_STEPS) });
    for (const mark of item.marks[at] ?? [])
      list.push({ primary: -1, secondary: secondaryRank.get(mark) ?? 0, tertiary: 0 });
  });
  elements.set(item.text, list);
}
for (const group of markGroups) {
  const rank = secondaryRank.get(marks.indexOf(group[0] ?? ''));
  if (rank === undefined) continue;
  groupsOf(group, byTertiary).forEach((equals, variant) => {
    for (const text of equals) elements.set(text, [{ primary: -1, secondary: rank, tertiary: variant }]);
  });
}
for (const unit of ignored) elements.set(unit, []);
// What is left out takes along what is made of it.
for (const [character, parts] of decompositions) {
  if (Array.from(parts).some((part) => !elements.has(part))) {
    decompositions.delete(character);
    leftOut.set(character, 'a part is left out');
  }
}

// Combining classes, for marks that stand in another order than they are spelt: found by normalising.
const combiningRank = combiningClasses(Array.from(elements.keys()).filter((text) => /^\p{M}$/u.test(text)));
function combiningClasses(list: readonly string[]): Map<string, number> {
  // A sorts before B in a normal form if AB stays and BA turns; equal classes never turn.
  const turning = list.filter((mark) =>
    list.some(
      (other) =>
        (mark + other).normalize('NFD') !== mark + other || (other + mark).normalize('NFD') !== other + mark,
    ),
  );
  const sorted = turning.toSorted((a, b) =>
    (a + b).normalize('NFD') !== a + b ? 1 : (b + a).normalize('NFD') !== b + a ? -1 : 0,
  );
  const ranks = new Map<string, number>();
  let rank = 0;
  sorted.forEach((mark, at) => {
    const before = sorted[at - 1];
    if (before === undefined || (mark + before).normalize('NFD') !== mark + before) rank++;
    ranks.set(mark, rank);
  });
  return ranks;
}

// Primaries of ASCII get one byte; those between two of them share a first byte.
const isAscii = primaries.map((primary) => primary <= '\u007f');
const weights: number[] = [];
let lead = 2;
let second = 255;
primaries.forEach((_, at) => {
  if (isAscii[at] === true) {
    lead++;
    weights.push(lead);
    second = 255;
  } else {
    if (second >= 255) {
      lead++;
      second = 0;
    }
    weights.push((lead << 8) | ++second);
  }
});
if (lead >= 0xfc) throw new Error('too many first bytes');
if (secondaryValues.length > 0xff - 0x50) throw new Error(`too many secondaries: ${secondaryValues.length}`);
const tertiaryMax = Math.max(
  ...Array.from(elements.values()).flatMap((list) => list.map((element) => element.tertiary)),
);
if (tertiaryMax > 0xff - 0x50) throw new Error(`too many tertiaries: ${tertiaryMax}`);

const digits = (value: number): string => value.toString(36);
const entries: string[] = [];
for (const [text, list] of Array.from(elements).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  const key = Array.from(text, (part) => digits(part.codePointAt(0) ?? 0)).join('+');
  const value = list
    .map((element) =>
      [
        element.primary < 0 ? '' : digits(weights[element.primary] ?? 0),
        element.secondary === 0 ? '' : digits(element.secondary),
        element.tertiary === 0 ? '' : digits(element.tertiary),
      ]
        .join('.')
        .replace(/\.+$/, ''),
    )
    .join(',');
  const rank = combiningRank.get(text);
  entries.push(`${key}=${value}${rank === undefined ? '' : `!${digits(rank)}`}`);
}
const composed = Array.from(decompositions)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(
    ([character, parts]) =>
      `${digits(character.codePointAt(0) ?? 0)}=${Array.from(parts, (part) => digits(part.codePointAt(0) ?? 0)).join('.')}`,
  );

const lines = (words: readonly string[]): string => {
  const out: string[] = [];
  let line = '';
  for (const word of words) {
    if (line.length + word.length > 150) {
      out.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  out.push(line);
  return out.join('\n');
};
writeFileSync(
  TARGET,
  `/**
 * Collation weights, frozen: written once by tools/make-collation-table.ts from ICU ${process.versions['icu'] ?? ''} (Unicode ${process.versions['unicode'] ?? ''}), never by hand and never
 * again for this version of the format. How to read them: collation.ts.
 */
export const COLLATION_TABLE = {
  /** \`codePoint[+codePoint]=element,…[!combiningRank]\`, an element being \`primary.secondary.tertiary\`; numbers in base 36. */
  elements: \`
${lines(entries)}\`,
  /** \`codePoint=codePoint.codePoint…\`: canonical decompositions. */
  decompositions: \`
${lines(composed)}\`,
};
`,
);
console.log({
  characters: characters.length,
  units: units.length,
  primaries: primaries.length,
  compounds: compounds.flat().length,
  marks: marks.length,
  secondaries: secondaryValues.length,
  tertiaryMax,
  lead,
  contractions: contractions.size,
  leftOut: leftOut.size,
});
console.log(
  Array.from(
    leftOut,
    ([text, why]) =>
      `${Array.from(text, (part) => (part.codePointAt(0) ?? 0).toString(16)).join('+')} ${text}: ${why}`,
  ).join('\n'),
);
