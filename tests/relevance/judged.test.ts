/**
 * How well the engine ranks the judged queries of two public collections, as nDCG@10. These are long questions about
 * abstracts, far from what people type into a search box: all words optional, whole words, most words matched first.
 * The floors are what was measured (cranfield 0.2287, cisi 0.1691), a little lowered; a change that lowers a number shows
 * here. Data: the folder `SKEIN_TEST_DATA`, or `shared/data` beside the checkout.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@skein/base';
import {
  DEFAULT_SCHEMA,
  defaultSearchQuery,
  type IndexSchema,
  IndexWriter,
  type SearchQuery,
  View,
} from '@skein/engine';
import { MemoryDirectory } from '@skein/engine/testing';
import { describe, expect, test } from 'vitest';

const DATA = process.env['SKEIN_TEST_DATA'] ?? join(import.meta.dirname, '../../../shared/data');
const RANK_LAST = 10;

const SCHEMA: IndexSchema = {
  ...DEFAULT_SCHEMA,
  searchable: [
    { path: 'title', rank: 0, ordered: false },
    { path: 'text', rank: 1, ordered: false },
  ],
};

const COLLECTIONS = [
  { name: 'cranfield', floor: 0.225 },
  { name: 'cisi', floor: 0.165 },
];

for (const { name, floor } of COLLECTIONS) {
  const folder = join(DATA, 'relevance', name);
  describe.skipIf(!existsSync(folder))(`${name} (skipped when ${folder} is absent)`, () => {
    test(`nDCG@10 is at least ${floor}`, () => {
      const view = indexed(
        readLines(join(folder, 'corpus.jsonl')).map((line) => JSON.parse(line) as JsonObject),
      );
      const grades = readGrades(join(folder, 'qrels.tsv'));
      const gains: number[] = [];
      for (const line of readLines(join(folder, 'queries.tsv'))) {
        const [id = '', text = ''] = line.split('\t');
        const judged = grades.get(id);
        if (judged === undefined) continue;
        const found = view
          .search(question(text))
          .hits.map((hit) => objectIDOf(JSON.parse(hit.recordJson) as JsonObject));
        gains.push(discountedGain(found.map((objectID) => judged.get(objectID) ?? 0)) / bestGain(judged));
      }
      const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
      expect(gains.length).toBeGreaterThan(50);
      expect(mean, `nDCG@${RANK_LAST} of ${gains.length} queries`).toBeGreaterThanOrEqual(floor);
    });
  });
}

function question(text: string): SearchQuery {
  return {
    ...defaultSearchQuery(text),
    queryType: 'prefixNone',
    optionalWords: 'all',
    ranking: [
      { kind: 'words' },
      { kind: 'typo' },
      { kind: 'proximity' },
      { kind: 'attribute' },
      { kind: 'exact' },
    ],
    length: RANK_LAST,
  };
}

function indexed(records: readonly JsonObject[]): View {
  const directory = new MemoryDirectory();
  const writer = IndexWriter.open(directory, { schema: SCHEMA });
  for (const record of records) writer.put(objectIDOf(record), record, JSON.stringify(record));
  return View.open(directory, writer.publish({}));
}

function objectIDOf(record: JsonObject): string {
  const objectID = record['objectID'];
  if (typeof objectID !== 'string') throw new Error('a record of the collection has no objectID');
  return objectID;
}

function readGrades(file: string): Map<string, Map<string, number>> {
  const grades = new Map<string, Map<string, number>>();
  for (const line of readLines(file)) {
    const [query = '', objectID = '', grade = '0'] = line.split('\t');
    if (Number(grade) <= 0) continue;
    const known = grades.get(query);
    if (known === undefined) grades.set(query, new Map([[objectID, Number(grade)]]));
    else known.set(objectID, Number(grade));
  }
  return grades;
}

function bestGain(judged: ReadonlyMap<string, number>): number {
  return discountedGain([...judged.values()].sort((a, b) => b - a).slice(0, RANK_LAST));
}

function discountedGain(grades: readonly number[]): number {
  return grades.reduce((sum, grade, rank) => sum + grade / Math.log2(rank + 2), 0);
}

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}
