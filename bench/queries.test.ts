import { expect, test } from 'vitest';
import { citiesDataset } from './datasets/cities.ts';
import { longDataset, smallDataset } from './datasets/generated.ts';
import { mixedDataset } from './datasets/mixed.ts';
import { loadSynonymSets, wordnetDataset } from './datasets/wordnet.ts';
import { querySets } from './queries.ts';
import { createRandom } from './random.ts';
import { summarise } from './statistics.ts';

test('a record depends on its place alone, whatever the size of its set', () => {
  const [few, many] = [smallDataset(10), smallDataset(1_000_000)];
  expect(few.record(7)).toEqual(many.record(7));
  expect(few.record(7)).not.toEqual(few.record(8));
});

test('every data set gives records with text, rank and an id of their own', () => {
  for (const dataset of [
    citiesDataset(500),
    wordnetDataset(500),
    mixedDataset(500),
    smallDataset(500),
    longDataset(50),
  ]) {
    const records = Array.from({ length: dataset.recordCount }, (_, at) => dataset.record(at));
    expect(new Set(records.map((record) => record['objectID'])).size).toBe(records.length);
    for (const record of records) {
      expect(dataset.textOf(record)).not.toBe('');
      const rank = dataset.rankOf(record);
      expect(Number.isInteger(rank) && rank >= 0 && rank < 2 ** 31).toBe(true);
    }
  }
});

test('long records have 100 words and more', () => {
  const dataset = longDataset(20);
  for (let at = 0; at < 20; at++) {
    expect(dataset.textOf(dataset.record(at)).split(' ').length).toBeGreaterThanOrEqual(100);
  }
});

test('WordNet is read whole, words and gloss apart', () => {
  const sets = loadSynonymSets();
  expect(sets.length).toBeGreaterThan(117_000);
  const lamp = sets.find(({ words }) => words === 'lamp');
  expect(lamp?.gloss).toContain('source of visible illumination');
});

test('one seed gives one list of queries, another seed another', () => {
  const dataset = citiesDataset(2000);
  const draw = (seed: number) => querySets(dataset, { queries: 50, seed });
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('keystrokes grow letter by letter; typos keep the first letter', () => {
  const sets = querySets(citiesDataset(2000), { queries: 200, seed: 3 });
  const keystrokes = sets.find(({ name }) => name === 'keystrokes')?.queries ?? [];
  expect(keystrokes).toHaveLength(200);
  for (const [at, query] of keystrokes.entries()) {
    if (query.length > 1) expect(keystrokes[at - 1]).toBe(query.slice(0, -1));
  }
  const typo = sets.find(({ name }) => name === 'typo')?.queries ?? [];
  expect(typo).toHaveLength(200);
  expect(typo.every((query) => query.trim() === query && query !== '')).toBe(true);
});

test('random numbers stay within their bound and fill it', () => {
  const random = createRandom(5);
  const drawn = Array.from({ length: 2000 }, () => random.below(10));
  expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
});

test('percentiles are values that occur, by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect(summarise(values)).toEqual({ mean: 50.5, p50: 50, p99: 99, max: 100 });
  expect(summarise([])).toEqual({ mean: Number.NaN, p50: Number.NaN, p99: Number.NaN, max: Number.NaN });
});
