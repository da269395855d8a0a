/**
 * Which segments are merged:
 *   1. An index that is written to for long has few segments: at most three of each size.
 *   2. A record is rewritten a bounded number of times: once per size, and while it is in the smallest.
 *   3. Nothing is planned that would not fit into one segment.
 *   4. Planning comes to an end, and names each segment once, in the index's order.
 *   5. What is mostly deleted is rewritten.
 *   6. With a bound on memory no plan takes more, and segments of which two would fit together do not pile up.
 *   7. A thorough merge can leave the largest segment alone until the others have a share of its records.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_SCHEMA } from '../schema.ts';
import { DOC_COUNT_MAX, MAPPED_BYTES_MAX, TERM_COUNT_MAX } from './limits.ts';
import { type MergeCandidate, mergeMemoryBytes, planMerge } from './merge.ts';

const FACTOR = 4;
/** Below this many records a segment is of the smallest size. */
const SMALLEST_END = 2048;

interface Simulation {
  readonly segments: MergeCandidate[];
  /** Records written by merges. */
  readonly mergedCount: number;
  /** Those of merges whose result left the smallest size. */
  readonly mergedLargeCount: number;
}

function candidate(name: string, docCount: number, deletedCount = 0): MergeCandidate {
  const bytes = docCount * 200;
  return {
    name,
    docCount,
    deletedCount,
    deleted: undefined,
    termCount: Math.ceil(Math.sqrt(docCount) * 10),
    mappedBytes: bytes / 2,
    fileBytes: bytes,
  };
}

/** Publishes segments of these sizes, merging after each as long as there is something to merge. */
function publishAll(sizes: Iterable<number>, onPublish?: (count: number) => void): Simulation {
  let segments: MergeCandidate[] = [];
  let names = 0;
  let mergedCount = 0;
  let mergedLargeCount = 0;
  for (const size of sizes) {
    segments.push(candidate(`s${names++}`, size));
    for (let rounds = 0; ; rounds++) {
      const plan = planMerge(segments, DEFAULT_SCHEMA, { thorough: false });
      if (plan === undefined) break;
      expect(rounds).toBeLessThan(100);
      const chosen = segments.filter(({ name }) => plan.segments.some((planned) => planned.name === name));
      expect(plan.segments.map(({ name }) => name)).toEqual(chosen.map(({ name }) => name));
      const docCount = chosen.reduce((sum, segment) => sum + segment.docCount, 0);
      mergedCount += docCount;
      if (docCount >= SMALLEST_END) mergedLargeCount += docCount;
      const at = segments.indexOf(chosen[0]!);
      segments = segments.filter((segment) => !chosen.includes(segment));
      segments.splice(at, 0, candidate(`s${names++}`, docCount));
    }
    onPublish?.(segments.length);
  }
  return { segments, mergedCount, mergedLargeCount };
}

function sizesOf(recordCount: number): number {
  return 1 + Math.max(0, Math.ceil(Math.log(recordCount / (SMALLEST_END / FACTOR)) / Math.log(FACTOR)));
}

test('1, 2: few segments, and each record is rewritten at most once per size', () => {
  const sizes = fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 5000 }),
      fc.integer({ min: 1, max: 200_000 }),
    ),
    { minLength: 1, maxLength: 300, size: 'max' },
  );
  fc.assert(
    fc.property(sizes, (published) => {
      let recordCount = 0;
      const levelsMax = sizesOf(published.reduce((sum, size) => sum + size, 0));
      const { mergedLargeCount } = publishAll(
        (function* () {
          for (const size of published) {
            recordCount += size;
            yield size;
          }
        })(),
        (count) => expect(count).toBeLessThanOrEqual((FACTOR - 1) * sizesOf(recordCount)),
      );
      expect(mergedLargeCount).toBeLessThanOrEqual(2 * recordCount * levelsMax);
    }),
    { numRuns: 60 },
  );
});

test('2: one record at a time, 20,000 times: a merge of small segments never writes more than the smallest size holds', () => {
  const count = 20_000;
  const { mergedCount, mergedLargeCount, segments } = publishAll(Array.from({ length: count }, () => 1));
  expect(segments.length).toBeLessThanOrEqual((FACTOR - 1) * sizesOf(count));
  expect(mergedLargeCount).toBeLessThanOrEqual(count * sizesOf(count));
  expect(mergedCount / count).toBeLessThan(SMALLEST_END / 4);
});

test('3: what does not fit into one segment is not merged', () => {
  const docs = Array.from({ length: 6 }, (_, at) => candidate(`d${at}`, DOC_COUNT_MAX / 3));
  const huge = docs.map((segment) => ({ ...segment, mappedBytes: 10, fileBytes: 20, termCount: 1 }));
  expect(planMerge(huge, DEFAULT_SCHEMA, { thorough: false })).toBeUndefined();
  expect(planMerge(huge, DEFAULT_SCHEMA, { thorough: true })?.segments).toHaveLength(3);
  const mapped = docs.map((segment) => ({
    ...segment,
    docCount: 1000,
    mappedBytes: MAPPED_BYTES_MAX / 2,
    fileBytes: MAPPED_BYTES_MAX,
  }));
  expect(planMerge(mapped, DEFAULT_SCHEMA, { thorough: true })?.segments).toHaveLength(2);
  const words = docs.map((segment) => ({ ...candidate(segment.name, 1000), termCount: TERM_COUNT_MAX / 2 }));
  expect(planMerge(words, DEFAULT_SCHEMA, { thorough: true })?.segments).toHaveLength(2);
});

test('4: a thorough plan leaves one segment, and then none is planned', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { maxLength: 20 }), (sizes) => {
      const segments = sizes.map((size, at) => candidate(`s${at}`, size));
      const plan = planMerge(segments, DEFAULT_SCHEMA, { thorough: true });
      if (sizes.length < 2) expect(plan).toBeUndefined();
      else expect(plan?.segments.map(({ name }) => name)).toEqual(segments.map(({ name }) => name));
    }),
  );
});

test('5: a segment that is mostly deleted is rewritten alone, a small one only when asked thoroughly', () => {
  const names = (segments: readonly MergeCandidate[], thorough = false): readonly string[] | undefined =>
    planMerge(segments, DEFAULT_SCHEMA, { thorough })?.segments.map(({ name }) => name);
  const fresh = candidate('fresh', 100_000);
  expect(names([fresh, candidate('worn', 10_000, 5001)])).toEqual(['worn']);
  expect(names([fresh, candidate('half', 10_000, 5000)])).toBeUndefined();
  expect(names([candidate('few', 900, 899)])).toBeUndefined();
  expect(names([candidate('few', 900, 899)], true)).toEqual(['few']);
  expect(names([], true)).toBeUndefined();
});

test('6. a bound on memory holds for every plan, and the segments that it leaves are few', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(
      sizes,
      fc.integer({ min: 20_000, max: 400_000 }),
      fc.boolean(),
      (counts, docsMax, thorough) => {
        const memoryBytesMax = mergeMemoryBytes([candidate('bound', docsMax)]);
        let segments: MergeCandidate[] = [];
        const total = counts.reduce((sum, count) => sum + count, 0);
        for (const [at, count] of counts.entries()) {
          segments.push(candidate(`s${at}`, count));
          for (let round = 0; ; round++) {
            const plan = planMerge(segments, DEFAULT_SCHEMA, { thorough, memoryBytesMax });
            if (plan === undefined) break;
            expect(round).toBeLessThan(100);
            expect(plan.memoryBytes).toBeLessThanOrEqual(memoryBytesMax);
            const chosen = segments.filter(({ name }) =>
              plan.segments.some((planned) => planned.name === name),
            );
            expect(plan.memoryBytes).toBe(mergeMemoryBytes(chosen));
            const docCount = chosen.reduce((sum, segment) => sum + segment.docCount, 0);
            segments = segments.filter((segment) => !chosen.includes(segment));
            segments.push(candidate(`m${at}.${round}`, docCount));
          }
        }
        // At most three of each smaller size, and large ones of which no two fit together (terms count more for small segments).
        expect(segments.length).toBeLessThanOrEqual(20 + (4 * total) / docsMax);
      },
    ),
    { numRuns: 60 },
  );
});

test('7. a thorough merge leaves the largest segment alone until the others hold the share of it', () => {
  const planned = (counts: readonly number[], restShareMin: number): readonly string[] | undefined =>
    planMerge(
      counts.map((count) => candidate(String(count), count)),
      DEFAULT_SCHEMA,
      { thorough: true, restShareMin },
    )?.segments.map(({ name }) => name);
  expect(planned([100_000, 4999], 0.05)).toBeUndefined();
  expect(planned([100_000, 5000], 0.05)).toEqual(['100000', '5000']);
  expect(planned([100_000, 2000, 1000], 0.05)).toEqual(['2000', '1000']);
  expect(planned([100_000, 1], 0)).toEqual(['100000', '1']);
});
