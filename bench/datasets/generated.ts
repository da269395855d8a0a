/**
 * Data sets of any size out of real words: titles and texts are walks over the word bigrams of WordNet's glosses, so that
 * common words and common pairs are as common as in English; makers are names of cities. One title in five carries a model code,
 * so that the vocabulary goes on growing with the records as real ones do.
 *
 * A record depends on its place alone.
 */
import type { JsonObject } from '@skein/base';
import { DEFAULT_SCHEMA, type IndexSchema } from '@skein/engine';
import { createRandom, type RandomSource } from '../random.ts';
import { loadCityNames } from './cities.ts';
import { type Dataset, numberOf, stringOf } from './dataset.ts';
import { loadSynonymSets } from './wordnet.ts';

const SEED = 20_260;
const SMALL_WORDS = { min: 2, max: 7 };
/** Long records also carry a text of so many words. */
const LONG_WORDS = { min: 100, max: 140 };

interface Bigrams {
  readonly words: readonly string[];
  /** Words that a gloss starts with, repeated as often as they do. */
  readonly starts: Uint32Array;
  /** The words that follow word `w`, repeated: `next[from[w] … from[w + 1]]`. */
  readonly from: Uint32Array;
  readonly next: Uint32Array;
}

let bigramsRead: Bigrams | undefined;

export function smallDataset(recordCount: number): Dataset {
  return generatedDataset('small', recordCount, false);
}

export function longDataset(recordCount: number): Dataset {
  return generatedDataset('long', recordCount, true);
}

function generatedDataset(name: string, recordCount: number, long: boolean): Dataset {
  bigramsRead ??= readBigrams();
  const bigrams = bigramsRead;
  const cities = loadCityNames();
  const topics = [...new Set(loadSynonymSets().map((set) => set.topic))];
  const record = (at: number): JsonObject => {
    const random = createRandom(SEED + at);
    const walked = walk(bigrams, random, SMALL_WORDS);
    const title = random.below(5) === 0 ? `${walked} ${modelCode(random)}` : walked;
    const common = {
      objectID: String(at),
      title,
      maker: cities[skewed(random, cities.length)] ?? '',
      topic: topics[skewed(random, topics.length)] ?? '',
      price: Math.round(10_000 ** random.next() * 100) / 100,
      // Few are popular, most are not.
      popularity: Math.floor(1 / (random.next() + 1e-7)),
    };
    return long ? { ...common, text: walk(bigrams, random, LONG_WORDS) } : common;
  };
  return {
    name,
    what: long
      ? 'titles, makers and texts of 100 to 140 words, generated from bigrams of WordNet'
      : 'titles and makers, about 6 words, generated from bigrams of WordNet and names of cities',
    recordCount,
    schema: generatedSchema(long),
    filter: {
      kind: 'and',
      children: [
        { kind: 'facet', path: 'topic', value: topics[0] ?? '', score: 0 },
        { kind: 'range', path: 'price', from: 1, to: 1000, score: 0 },
      ],
    },
    record,
    textOf: (each) =>
      `${stringOf(each, 'title')} ${stringOf(each, 'maker')} ${stringOf(each, 'text')}`.trim(),
    rankOf: (each) => numberOf(each, 'popularity'),
    queryTextOf: (each) => stringOf(each, 'title'),
  };
}

function generatedSchema(long: boolean): IndexSchema {
  return {
    ...DEFAULT_SCHEMA,
    searchable: [
      { path: 'title', rank: 0, ordered: true },
      { path: 'maker', rank: 1, ordered: true },
      ...(long ? [{ path: 'text', rank: 2, ordered: false }] : []),
    ],
    facets: ['maker', 'topic'].map((path) => ({
      path,
      searchable: false,
      filterOnly: false,
      afterDistinct: false,
    })),
    numericFilterable: [{ path: 'price', equalOnly: false }],
    customRanking: [{ path: 'popularity', direction: 'desc' }],
  };
}

/** Small numbers are far more frequent, as in most real facets. */
function skewed(random: RandomSource, bound: number): number {
  return Math.floor(bound ** random.next()) - 1;
}

function modelCode(random: RandomSource): string {
  const letters = 'abcdefghklmnprstvx';
  const letter = (): string => letters[random.below(letters.length)] ?? 'x';
  return `${letter()}${letter()}${random.below(10_000)}`;
}

function walk(bigrams: Bigrams, random: RandomSource, length: { min: number; max: number }): string {
  const { words, starts, from, next } = bigrams;
  const count = length.min + random.below(length.max - length.min + 1);
  const parts: string[] = [];
  let word = starts[random.below(starts.length)]!;
  while (parts.length < count) {
    parts.push(words[word]!);
    const [low, high] = [from[word]!, from[word + 1]!];
    word = high > low ? next[low + random.below(high - low)]! : starts[random.below(starts.length)]!;
  }
  return parts.join(' ');
}

function readBigrams(): Bigrams {
  const ordinals = new Map<string, number>();
  const glosses = loadSynonymSets().map(({ gloss }) =>
    (gloss.toLowerCase().match(/[a-z]+/g) ?? []).map((word) => {
      const known = ordinals.get(word) ?? ordinals.size;
      ordinals.set(word, known);
      return known;
    }),
  );
  const from = new Uint32Array(ordinals.size + 1);
  for (const gloss of glosses) for (const word of gloss.slice(0, -1)) from[word + 1]! += 1;
  for (let at = 0; at < ordinals.size; at++) from[at + 1]! += from[at]!;
  const next = new Uint32Array(from[ordinals.size]!);
  const filled = from.slice();
  for (const gloss of glosses) {
    for (let at = 0; at + 1 < gloss.length; at++) next[filled[gloss[at]!]!++] = gloss[at + 1]!;
  }
  const starts = Uint32Array.from(glosses.flatMap((gloss) => gloss.slice(0, 1)));
  return { words: [...ordinals.keys()], starts, from, next };
}
