/**
 * The order of strings, as bytes: like ICU's for English, but from a table of our own (collation-table.ts), since stored keys must never change
 * with the platform.
 *
 *   primaries… 01 | secondaries… 01 | tertiaries… 01 | text… 01
 *
 *   primaries     letters without accents and case: one byte for those of ASCII, two for others of the table,
 *                 FC and the code point (3 bytes) for characters that the table does not have
 *   secondaries   accents; tertiaries: upper case and other variants. Both: 50 and up for a weight, 04…43 for a
 *                 run of elements that have none (the longer the run, the smaller the byte); the last run is left out
 *   text          UTF-8, with 00, 01, 02 as 02 03, 02 04, 02 05. Nothing for ASCII without control characters, which the levels before tell apart
 *
 * Every weight is above 01, and a level is compared only where all before are equal, so the order of these bytes is the order of the levels. No
 * encoding is a proper prefix of another.
 *
 * Fauna put a string before what it is the beginning of. So it is here, but for marks that normalisation moves in front of others of the same letter.
 */
import { compareBytes, utf8Encode } from '@skein/base';
import { ByteBuffer } from '../codec/byte-buffer.ts';
import { COLLATION_TABLE } from './collation-table.ts';
import { appendEscaped } from './escaped-bytes.ts';

export const LEVEL_END = 0x01;
const WEIGHT_MIN = 0x50;
const RUN_MAX = 64;
const RUN_FULL = 0x04;
const UNKNOWN_LEAD = 0xfc;
const ASCII_COUNT = 128;

/** Appends the string's order. */
export function appendCollation(text: string, out: ByteBuffer): void {
  const start = out.length;
  out.reserve(text.length * 2 + 8);
  const bytes = out.bytes;
  const { asciiPrimary, asciiTertiary } = collation();
  let at = start;
  let hasVariants = false;
  for (let unit = 0; unit < text.length; unit++) {
    const code = text.charCodeAt(unit);
    const primary = code < ASCII_COUNT ? asciiPrimary[code]! : 0;
    if (primary === 0) {
      appendAny(text, out);
      return;
    }
    bytes[at++] = primary;
    if (asciiTertiary[code] !== 0) hasVariants = true;
  }
  bytes[at++] = LEVEL_END;
  bytes[at++] = LEVEL_END;
  if (hasVariants) at = appendAsciiTertiaries(text, asciiTertiary, bytes, at);
  bytes[at++] = LEVEL_END;
  bytes[at++] = LEVEL_END;
  out.length = at;
}

/** The same order without the bytes: negative, 0 only for equal strings, positive. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const { asciiPrimary, asciiTertiary } = collation();
  const shared = Math.min(a.length, b.length);
  let variant = 0;
  for (let at = 0; at < shared; at++) {
    const codeA = a.charCodeAt(at);
    const codeB = b.charCodeAt(at);
    const primaryA = codeA < ASCII_COUNT ? asciiPrimary[codeA]! : 0;
    const primaryB = codeB < ASCII_COUNT ? asciiPrimary[codeB]! : 0;
    if (primaryA === 0 || primaryB === 0) return compareAny(a, b);
    // Whatever follows, a letter of ASCII keeps its primary: marks and the point of l· change levels below.
    if (primaryA !== primaryB) return primaryA - primaryB;
    if (variant === 0) variant = asciiTertiary[codeA]! - asciiTertiary[codeB]!;
  }
  if (a.length === b.length) return variant;
  return isPlainAt(a, shared) && isPlainAt(b, shared) ? a.length - b.length : compareAny(a, b);
}

function isPlainAt(text: string, at: number): boolean {
  if (at >= text.length) return true;
  const code = text.charCodeAt(at);
  return code < ASCII_COUNT && collation().asciiPrimary[code] !== 0;
}

function compareAny(a: string, b: string): number {
  const keyA = new ByteBuffer(a.length * 4 + 16);
  const keyB = new ByteBuffer(b.length * 4 + 16);
  appendCollation(a, keyA);
  appendCollation(b, keyB);
  return compareBytes(keyA.bytes.subarray(0, keyA.length), keyB.bytes.subarray(0, keyB.length));
}

function appendAsciiTertiaries(text: string, weights: Uint8Array, bytes: Uint8Array, start: number): number {
  let at = start;
  let run = 0;
  for (let unit = 0; unit < text.length; unit++) {
    const weight = weights[text.charCodeAt(unit)]!;
    if (weight === 0) run++;
    else {
      for (; run >= RUN_MAX; run -= RUN_MAX) bytes[at++] = RUN_FULL;
      if (run > 0) bytes[at++] = RUN_FULL + RUN_MAX - run;
      run = 0;
      bytes[at++] = WEIGHT_MIN + weight - 1;
    }
  }
  return at;
}

function appendAny(text: string, out: ByteBuffer): void {
  const elements = elementsOf(text);
  for (let at = 0; at < elements.length; at += 3) appendPrimary(elements[at]!, out);
  out.push(LEVEL_END);
  appendLevel(elements, 1, out);
  appendLevel(elements, 2, out);
  appendEscaped(utf8Encode(text), out);
}

function appendPrimary(weight: number, out: ByteBuffer): void {
  if (weight === 0) return;
  if (weight < 0) {
    const codePoint = -weight;
    out.push(UNKNOWN_LEAD);
    out.push(codePoint >>> 16);
    out.push((codePoint >>> 8) & 0xff);
    out.push(codePoint & 0xff);
  } else {
    if (weight > 0xff) out.push(weight >>> 8);
    out.push(weight & 0xff);
  }
}

function appendLevel(elements: readonly number[], level: 1 | 2, out: ByteBuffer): void {
  let run = 0;
  for (let at = level; at < elements.length; at += 3) {
    const weight = elements[at]!;
    if (weight === 0) run++;
    else {
      for (; run >= RUN_MAX; run -= RUN_MAX) out.push(RUN_FULL);
      if (run > 0) out.push(RUN_FULL + RUN_MAX - run);
      run = 0;
      out.push(WEIGHT_MIN + weight - 1);
    }
  }
  out.push(LEVEL_END);
}

/** A unit that was taken along by the one before. */
const TAKEN = -1;

/** Primary, secondary and tertiary of each element; a negative primary is a code point that the table does not have. */
function elementsOf(text: string): number[] {
  const { elements, contractions, combiningRanks } = collation();
  const units = decompose(text);
  const found: number[] = [];
  for (let at = 0; at < units.length; at++) {
    const unit = units[at]!;
    if (unit === TAKEN) continue;
    const pairs = contractions.get(unit);
    const partner = pairs === undefined ? TAKEN : partnerAt(units, at, pairs, combiningRanks);
    const list = partner === TAKEN ? elements.get(unit) : pairs?.get(units[partner]!);
    if (partner !== TAKEN) units[partner] = TAKEN;
    if (list === undefined) found.push(-unit, 0, 0);
    else found.push(...list);
  }
  return found;
}

/** The unit behind `at` that counts as one with it: the next one, or a mark that only other marks stand before. */
function partnerAt(
  units: readonly number[],
  at: number,
  pairs: ReadonlyMap<number, readonly number[]>,
  ranks: ReadonlyMap<number, number>,
): number {
  let rankBefore = 0;
  for (let next = at + 1; next < units.length; next++) {
    const unit = units[next]!;
    const rank = ranks.get(unit) ?? 0;
    if (pairs.has(unit) && (next === at + 1 || rank > rankBefore)) return next;
    if (rank === 0) break;
    rankBefore = rank;
  }
  return TAKEN;
}

/** Canonical decomposition, marks in canonical order; by the table, so that it never changes either. */
function decompose(text: string): number[] {
  const { decompositions, combiningRanks } = collation();
  const units: number[] = [];
  let marksFrom = 0;
  let lastRank = 0;
  let isSorted = true;
  const rankOf = (unit: number): number => combiningRanks.get(unit) ?? 0;
  /** The marks that end here; there may be very many. */
  const endMarks = (): void => {
    if (isSorted) return;
    for (const mark of units.splice(marksFrom).sort((a, b) => rankOf(a) - rankOf(b))) units.push(mark);
    isSorted = true;
  };
  for (let at = 0; at < text.length; at++) {
    const codePoint = text.codePointAt(at)!;
    if (codePoint > 0xffff) at++;
    for (const part of decompositions.get(codePoint) ?? [codePoint]) {
      const rank = rankOf(part);
      if (rank === 0) {
        endMarks();
        marksFrom = units.length + 1;
      } else if (rank < lastRank) isSorted = false;
      lastRank = rank;
      units.push(part);
    }
  }
  endMarks();
  return units;
}

interface Collation {
  /** Of one-byte characters that the first and third level tell apart; 0 for the rest. */
  readonly asciiPrimary: Uint8Array;
  readonly asciiTertiary: Uint8Array;
  readonly elements: ReadonlyMap<number, readonly number[]>;
  readonly contractions: ReadonlyMap<number, ReadonlyMap<number, readonly number[]>>;
  readonly decompositions: ReadonlyMap<number, readonly number[]>;
  /** Marks change places only when their ranks differ; other characters have none. */
  readonly combiningRanks: ReadonlyMap<number, number>;
}

let loaded: Collation | undefined;

/** Read at first use: most processes of the project never compare an FQL value. */
function collation(): Collation {
  loaded ??= load();
  return loaded;
}

function load(): Collation {
  const asciiPrimary = new Uint8Array(ASCII_COUNT);
  const asciiTertiary = new Uint8Array(ASCII_COUNT);
  const elements = new Map<number, readonly number[]>();
  const contractions = new Map<number, Map<number, readonly number[]>>();
  const combiningRanks = new Map<number, number>();
  for (const entry of COLLATION_TABLE.elements.trim().split(/\s/)) {
    const [key = '', value = ''] = entry.split('=');
    const [weights = '', rank] = value.split('!');
    const [codePoint = 0, partner] = key.split('+').map(base36);
    const list = weights === '' ? [] : weights.split(',').flatMap(readElement);
    if (partner !== undefined) {
      const pairs = contractions.get(codePoint) ?? new Map<number, readonly number[]>();
      contractions.set(codePoint, pairs.set(partner, list));
      continue;
    }
    elements.set(codePoint, list);
    if (rank !== undefined) combiningRanks.set(codePoint, base36(rank));
    const [primary = 0, secondary, tertiary = 0] = list;
    if (codePoint < ASCII_COUNT && list.length === 3 && secondary === 0 && primary <= 0xff) {
      asciiPrimary[codePoint] = primary;
      asciiTertiary[codePoint] = tertiary;
    }
  }
  const decompositions = new Map(
    COLLATION_TABLE.decompositions
      .trim()
      .split(/\s/)
      .map((entry) => {
        const [codePoint = '', parts = ''] = entry.split('=');
        return [base36(codePoint), parts.split('.').map(base36)] as const;
      }),
  );
  return { asciiPrimary, asciiTertiary, elements, contractions, decompositions, combiningRanks };
}

function readElement(text: string): number[] {
  const [primary = '', secondary = '', tertiary = ''] = text.split('.');
  return [base36(primary), base36(secondary), base36(tertiary)];
}

function base36(digits: string): number {
  return digits === '' ? 0 : Number.parseInt(digits, 36);
}
