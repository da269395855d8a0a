/**
 * Which two words a query word may be: the cut whose rarer part is most frequent over all segments of the View
 * (`docs/relevance.md`, section 3).
 */
import { bitsetBytes } from '../kernel/segment-memory.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { PlannedQuery } from './planned-query.ts';

export interface Split {
  readonly word: number;
  readonly first: string;
  readonly second: string;
}

const NUMBER = /^\p{N}$/u;

export function chooseSplits(segments: readonly SegmentReader[], query: PlannedQuery): readonly Split[] {
  const splits: Split[] = [];
  for (const [word, { term, splittable }] of query.words.entries()) {
    if (!splittable) continue;
    const best = bestCut(segments, term);
    if (best > 0) splits.push({ word, first: term.slice(0, best), second: term.slice(best) });
  }
  return splits;
}

/** Units before the cut; 0: no cut gives two words of the dictionary. */
function bestCut(segments: readonly SegmentReader[], term: string): number {
  let best = 0;
  let bestCount = 0;
  for (const cut of cutsOf(term)) {
    const firstCount = liveDocCount(segments, term.slice(0, cut));
    if (firstCount <= bestCount) continue;
    const count = Math.min(firstCount, liveDocCount(segments, term.slice(cut)));
    if (count > bestCount) {
      best = cut;
      bestCount = count;
    }
  }
  return best;
}

function* cutsOf(term: string): Generator<number> {
  const characters = Array.from(term);
  let units = 0;
  for (let at = 1; at < characters.length; at++) {
    units += characters[at - 1]!.length;
    const firstFits = at >= 2 || NUMBER.test(characters[0]!);
    const secondFits = characters.length - at >= 2 || NUMBER.test(characters[at]!);
    if (firstFits && secondFits) yield units;
  }
}

/** Records of the View that hold the term. */
function liveDocCount(segments: readonly SegmentReader[], term: string): number {
  let count = 0;
  for (const segment of segments) {
    const ordinal = segment.terms.find(term);
    if (ordinal < 0) continue;
    if (!segment.hasDeletions) {
      count += segment.postings.docCountOf(ordinal);
      continue;
    }
    const { memory, docCount } = segment;
    const mark = memory.mark();
    const docs = memory.allocateBitset(docCount);
    segment.postings.orRange(ordinal, ordinal + 1, docs);
    count += memory.kernel.bitsetAndCount(docs, segment.liveAt, bitsetBytes(docCount));
    memory.release(mark);
  }
  return count;
}
