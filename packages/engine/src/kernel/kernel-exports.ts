/**
 * What the kernel module exports, typed. Addresses, lengths and counts are bytes or numbers of the memory that the
 * instance was made on; results declared u32 in the sources come out signed, hence `>>> 0` at the wrappers where they
 * can pass 2^31. Each group is one file of `./assembly`.
 */
export interface KernelExports
  extends BitsetExports,
    ColumnsExports,
    PostingsExports,
    TermsExports,
    ScoreExports {}

/** `assembly/bitset.ts`; use it through `bitset.ts`. */
interface BitsetExports {
  bitsetZero(at: number, bytes: number): void;
  bitsetCopy(to: number, from: number, bytes: number): void;
  bitsetFill(at: number, docCount: number, bytes: number): void;
  bitsetAnd(into: number, other: number, bytes: number): void;
  bitsetIntersection(into: number, a: number, b: number, bytes: number): void;
  bitsetOrIntersection(into: number, a: number, b: number, bytes: number): void;
  bitsetOr(into: number, other: number, bytes: number): void;
  bitsetAndNot(into: number, other: number, bytes: number): void;
  bitsetNot(at: number, docCount: number, bytes: number): void;
  bitsetCount(at: number, bytes: number): number;
  bitsetAndCount(a: number, b: number, bytes: number): number;
  bitsetDocs(at: number, docFrom: number, docCount: number, into: number, countMax: number): number;
  bitsetAddDocs(into: number, docs: number, count: number): void;
  bitsetFilterDocs(bitset: number, docs: number, count: number, into: number): number;
  facetCount(bitset: number, docCount: number, offsets: number, values: number, counts: number): void;
}

/** `assembly/postings.ts`; use it through `PostingsReader`. */
interface PostingsExports {
  postingsOrRange(
    termLo: number,
    termHi: number,
    docCounts: number,
    places: number,
    lists: number,
    dense: number,
    denseFrom: number,
    into: number,
    bitsetBytes: number,
  ): void;
  postingsOrTerms(
    terms: number,
    count: number,
    docCounts: number,
    places: number,
    lists: number,
    dense: number,
    denseFrom: number,
    into: number,
    bitsetBytes: number,
  ): void;
  postingsCount(termLo: number, termHi: number, docCounts: number): number;
  postingsUnpack(at: number, count: number, into: number): void;
}

/** `assembly/terms.ts`; use it through `TermsReader`. */
interface TermsExports {
  termsMatch(
    labels: number,
    nodes: number,
    text: number,
    offsets: number,
    termCount: number,
    maskTable: number,
    word: number,
    length: number,
    edits: number,
    prefix: number,
    triples: number,
    countMax: number,
  ): number;
  termsFlatten(triples: number, count: number, into: number): number;
}

/** `assembly/score.ts`; use it through `query/scorer.ts`. Plans are laid out by `query/score-plan.ts`. */
interface ScoreExports {
  scoreRecord(plan: number, docId: number, into: number): number;
  scoreVerify(plan: number, bitset: number, bytes: number, typosMax: number, histogram: number): void;
  scoreBitset(plan: number, docs: number, masks: number, maskCount: number, bytes: number): void;
  scoreSort(plan: number): void;
  phraseFilter(plan: number, bitset: number, bytes: number, terms: number, count: number): void;
  tagTerms(tags: number, from: number, to: number, transitions: number): number;
  untagTerms(tags: number, from: number, to: number): void;
}

/** `assembly/columns.ts`; use it through the readers of `columns/`, `facets/` and `filters/`. */
interface ColumnsExports {
  facetCountSingle(bitset: number, docCount: number, values: number, width: number, counts: number): void;
  facetCountMany(
    bitset: number,
    docCount: number,
    offsets: number,
    values: number,
    width: number,
    counts: number,
  ): void;
  bitsetCountList(bitset: number, docs: number, count: number): number;
  columnRange(values: number, docCount: number, from: number, to: number, into: number): void;
  bitsetAddPlaces(into: number, docs: number, places: number, count: number): void;
  columnStats(values: number, bitset: number, docCount: number, into: number): number;
  pairStats(docs: number, values: number, count: number, bitset: number, into: number): number;
  ranksDescending(
    ranks: number,
    count: number,
    numberEnd: number,
    textEnd: number,
    end: number,
    into: number,
  ): void;
  addScores(bitset: number, docCount: number, score: number, scores: number): void;
  /** `best` is 1 for the greater of both, 0 for the sum. */
  combineScores(bitset: number, docCount: number, others: number, best: number, scores: number): void;
  bitsetKeepUpTo(bitset: number, docCount: number, numbers: number, limit: number): void;
  geoDistances(
    bitset: number,
    docCount: number,
    offsets: number,
    vectors: number,
    x: number,
    y: number,
    z: number,
    diameter: number,
    distances: number,
  ): void;
  geoScanWithin(
    docCount: number,
    offsets: number,
    vectors: number,
    x: number,
    y: number,
    z: number,
    limit: number,
    into: number,
  ): void;
  geoAddWithin(
    points: number,
    count: number,
    docOfPoint: number,
    vectors: number,
    x: number,
    y: number,
    z: number,
    limit: number,
    into: number,
  ): void;
}
