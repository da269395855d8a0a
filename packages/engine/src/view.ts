/**
 * View: a readable state of an index at one generation. It never changes; a later publish makes another View, which shares
 * the segments that are still there.
 *
 * Synchronous: one query runs at a time. Throws `CorruptionError` where bytes are damaged, `FileMissingError` when a file is gone
 * because a newer manifest was published meanwhile (open that one instead).
 */
import { utf8Encode } from '@skein/base';
import type { Directory } from './directory.ts';
import { addDoc, docIdsOf, intersectInto, readDocs } from './kernel/bitset.ts';
import { type Deletions, readDeletions } from './manifest/deletions.ts';
import { isSameSchema, type Manifest } from './manifest/manifest.ts';
import { type BrowsePlace, decodeCursor, encodeCursor, firstAfter, placeOf } from './query/browse-cursor.ts';
import { byCount, type CountedDocs, facetCounts, facetResult } from './query/facet-counts.ts';
import { FieldRules } from './query/field-rules.ts';
import { MatchRun } from './query/match-run.ts';
import { planQuery, withoutWords } from './query/planned-query.ts';
import {
  parseQueryText,
  type QueryText,
  removalSteps,
  renderParsedQuery,
  renderQueryAfterRemoval,
  resolveOptional,
} from './query/query-text.ts';
import { keepGroups, type RankedRecord, rankRecords } from './query/rank-run.ts';
import { rankingInfoMaker } from './query/ranking-info.ts';
import type {
  FacetResult,
  FacetSearchHit,
  FacetSearchQuery,
  SearchHit,
  SearchQuery,
  SearchResult,
} from './query/search-query.ts';
import { Highlighter, highlightText } from './results/highlight.ts';
import { WordMatcher } from './results/word-matcher.ts';
import type { FacetAttribute } from './schema.ts';
import { SegmentReader } from './segment/segment-reader.ts';
import { Tokeniser } from './text/tokenise.ts';

export interface BrowseResult {
  readonly records: readonly string[];
  /** Undefined: nothing is left. */
  readonly cursor: string | undefined;
  readonly hitCount: number;
}

/** docIds read from a bitset at a time. */
const BROWSE_CHUNK = 256;

export class View {
  readonly manifest: Manifest;
  readonly #segments: readonly SegmentReader[];
  readonly #deletions: Deletions;
  readonly #tokeniser: Tokeniser;

  static open(directory: Directory, manifest: Manifest, previous?: View): View {
    const steps = View.openSteps(directory, manifest, previous);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /** As `open`, giving way to the caller from time to time: opening verifies checksums, which takes a while for large segments. */
  static *openSteps(directory: Directory, manifest: Manifest, previous?: View): Generator<undefined, View> {
    const known = new Map<string, SegmentReader>();
    if (previous !== undefined && isSameSchema(previous.manifest.schema, manifest.schema)) {
      for (const segment of previous.#segments) known.set(segment.name, segment);
    }
    const deletions = readDeletions(directory, manifest);
    const segments: SegmentReader[] = [];
    for (const { name } of manifest.segments) {
      let segment = known.get(name);
      if (segment === undefined) {
        segment = yield* SegmentReader.openSteps(directory, name, manifest.schema);
        yield;
      }
      segments.push(segment);
    }
    return new View(manifest, segments, deletions);
  }

  private constructor(manifest: Manifest, segments: readonly SegmentReader[], deletions: Deletions) {
    this.manifest = manifest;
    this.#segments = segments;
    this.#deletions = deletions;
    this.#tokeniser = new Tokeniser(manifest.schema.text);
  }

  get recordCount(): number {
    return this.manifest.recordCount;
  }

  /** Bytes of files that are mapped or loaded. */
  get mappedBytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.mappedBytes, 0);
  }

  search(query: SearchQuery): SearchResult {
    const text = this.#parse(query);
    const match = this.#match(text, query);
    try {
      const groupLimit = this.#groupLimit(query);
      const ranked = rankRecords(match.run, query, { count: query.offset + query.length, groupLimit });
      return {
        hits: this.#hits(ranked, match.run, query),
        hitCount: groupLimit > 0 ? this.#groupCount(match.run) : match.run.count,
        facets: this.#facets(match.run, query, groupLimit),
        queryAfterRemoval: match.queryAfterRemoval,
        parsedQuery: renderParsedQuery(text),
        automaticRadius: match.run.automaticRadius,
      };
    } finally {
      match.run.release();
    }
  }

  /** Values of a facet that hold the words of a text, with how many matching records have them. */
  searchFacetValues(query: FacetSearchQuery): readonly FacetSearchHit[] {
    const { run } = this.#match(this.#parse(query.search), query.search);
    try {
      const text = this.#parse({
        ...query.search,
        text: query.text,
        queryType: 'prefixLast',
        advancedSyntax: { exactPhrase: false, excludeWords: false },
      });
      const planned = this.#plan(text, { ...query.search, optionalWords: [] });
      const matcher = new WordMatcher(
        planned.words.map(({ term, prefix, editsMax }) => ({ term, prefix, typosMax: editsMax })),
        { splits: [], concatenations: [] },
      );
      const found = facetCounts(query.path, countedDocs(run)).filter(({ value }) =>
        this.#holdsAllWords(value, matcher),
      );
      const { preTag, postTag } = query;
      const options = { tokeniser: this.#tokeniser, matcher, preTag, postTag };
      return found
        .sort(byCount)
        .slice(0, query.valueCountMax)
        .map((hit) => ({ ...hit, highlighted: highlightText(hit.value, options) }));
    } finally {
      run.release();
    }
  }

  /** JSON text of a record. */
  get(objectID: string): string | undefined {
    const encoded = utf8Encode(objectID);
    for (let at = this.#segments.length - 1; at >= 0; at--) {
      const segment = this.#segments[at]!;
      segment.showLive(this.#deletions.get(segment.name));
      const docId = segment.objectIDs.findEncoded(encoded, segment.isLive);
      if (docId >= 0) return segment.records.json(docId);
    }
    return undefined;
  }

  /** objectIDs of all matching records, in no particular order. */
  matching(query: SearchQuery): string[] {
    const { run } = this.#match(this.#parse(query), query);
    try {
      return run.searches.flatMap(({ memory, docs, docCount, reader }) =>
        Array.from(docIdsOf(memory, docs, docCount), (docId) => reader.objectIDs.objectID(docId)),
      );
    } finally {
      run.release();
    }
  }

  /**
   * Matching records in the index's own order (custom ranking, then objectID descending), after a cursor. Throws
   * `CursorError` when the cursor is none of this index.
   */
  browse(query: SearchQuery, cursor: string | undefined, count: number): BrowseResult {
    const { schema } = this.manifest;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, schema);
    const { run } = this.#match(this.#parse(query), query);
    try {
      const streams = run.searches.map((search) => {
        const from = after === undefined ? 0 : firstAfter(search.reader, after, schema);
        return new DocStream(search, from);
      });
      const records: string[] = [];
      let last: BrowsePlace | undefined;
      while (records.length < count) {
        const next = leastOf(streams);
        if (next === undefined) break;
        const { reader } = next.search;
        records.push(reader.records.json(next.docId));
        if (records.length === count) last = placeOf(reader, next.docId, schema);
        next.advance();
      }
      const isLeft = leastOf(streams) !== undefined;
      const place = last !== undefined && isLeft ? encodeCursor(last) : undefined;
      return { records, cursor: place, hitCount: run.count };
    } finally {
      run.release();
    }
  }

  #parse(query: SearchQuery): QueryText {
    const { queryType, advancedSyntax } = query;
    return parseQueryText(query.text, { tokeniser: this.#tokeniser, queryType, advancedSyntax });
  }

  #plan(text: QueryText, query: SearchQuery) {
    const optional = resolveOptional(text.words, query.optionalWords, this.#tokeniser);
    return planQuery(text, optional, query, (word) => this.#tokeniser.normalise(word));
  }

  /** Runs the query, and while nothing matches, what `removeWordsIfNoResults` makes of it. */
  #match(
    text: QueryText,
    query: SearchQuery,
  ): { readonly run: MatchRun; readonly queryAfterRemoval: string | undefined } {
    for (const segment of this.#segments) segment.showLive(this.#deletions.get(segment.name));
    const fields = new FieldRules(this.manifest.schema, query);
    const runOf = (words: QueryText, search: SearchQuery): MatchRun =>
      new MatchRun(this.#segments, this.#plan(words, search), fields, search);
    const run = runOf(text, query);
    const steps = run.count > 0 ? [] : removalSteps(text.words.length, query.removeWordsIfNoResults);
    if (steps.length === 0) return { run, queryAfterRemoval: undefined };
    // Scratch is a stack: a run is released before the next begins.
    run.release();
    for (const step of steps) {
      const shorter =
        step.kind === 'allOptional'
          ? runOf(text, { ...query, optionalWords: 'all' })
          : runOf(withoutWords(text, step.first, step.end), query);
      if (shorter.count > 0) {
        const isRemoved = (word: number): boolean =>
          step.kind === 'allOptional' || (word >= step.first && word < step.end);
        return { run: shorter, queryAfterRemoval: renderQueryAfterRemoval(text, isRemoved) };
      }
      shorter.release();
    }
    return { run: runOf(text, query), queryAfterRemoval: undefined };
  }

  #groupLimit(query: SearchQuery): number {
    return this.manifest.schema.distinctAttribute === undefined ? 0 : query.distinct;
  }

  #groupCount(run: MatchRun): number {
    const named = new Set<string>();
    let alone = 0;
    for (const { memory, docs, docCount, reader } of run.searches) {
      const seen = new Set<number>();
      for (const docId of docIdsOf(memory, docs, docCount)) {
        const group = reader.columns.distinctOrdinal(docId);
        if (seen.has(group)) continue;
        seen.add(group);
        const name = reader.columns.distinctValue(docId);
        if (name === undefined) alone++;
        else named.add(name);
      }
    }
    return named.size + alone;
  }

  #facets(run: MatchRun, query: SearchQuery, groupLimit: number): readonly FacetResult[] {
    if (query.facets.length === 0) return [];
    // Facets that are only filtered by, and attributes that are none, are not counted.
    const declared = query.facets.flatMap(
      (path) => this.manifest.schema.facets.find((facet) => facet.path === path && !facet.filterOnly) ?? [],
    );
    const counted = countedDocs(run);
    const isAfterDistinct = (facet: FacetAttribute): boolean =>
      groupLimit > 0 && (query.facetingAfterDistinct || facet.afterDistinct);
    const best = declared.some(isAfterDistinct) ? bestOfGroups(run, query, groupLimit) : counted;
    return declared.map((facet) => facetResult(facet.path, isAfterDistinct(facet) ? best : counted, query));
  }

  #hits(ranked: readonly RankedRecord[], run: MatchRun, query: SearchQuery): SearchHit[] {
    const highlighter = query.highlight === undefined ? undefined : this.#highlighter(run, query);
    const rankingInfo = query.rankingInfo ? rankingInfoMaker(run, query) : undefined;
    const sequences = this.#groupLimit(query) > 0 ? distinctSequences(ranked) : undefined;
    return ranked.slice(query.offset).map((record, at) => {
      const { reader } = record.search;
      const recordJson = reader.records.json(record.docId);
      const part = highlighter?.partOf(recordJson);
      return {
        recordJson,
        highlightJson: part && highlighter?.highlight(part),
        snippetJson: part && highlighter?.snippet(part),
        rankingInfo: rankingInfo?.(record),
        distinctSequence: sequences?.[query.offset + at],
      };
    });
  }

  #highlighter(run: MatchRun, query: SearchQuery): Highlighter {
    const { schema } = this.manifest;
    const { words, concatenations } = run.planned;
    const matcher = new WordMatcher(
      words.map(({ term, prefix, editsMax }) => ({ term, prefix, typosMax: editsMax })),
      {
        splits: run.splits.map(({ word, first, second }) => ({ word, parts: [first, second] as const })),
        concatenations: concatenations.map(({ term, first, span }) => ({
          term,
          words: Array.from({ length: span }, (_, at) => first + at),
        })),
      },
    );
    return new Highlighter({
      highlight: query.highlight!,
      tokeniser: this.#tokeniser,
      matcher,
      searchableAttributes: schema.searchable.map((attribute) => attribute.path),
      camelCaseAttributes: schema.text.camelCaseAttributes,
      disableTypoToleranceOnAttributes: query.disableTypoToleranceOnAttributes,
      disablePrefixOnAttributes: query.disablePrefixOnAttributes,
    });
  }

  #holdsAllWords(value: string, matcher: WordMatcher): boolean {
    const all = matcher.words.length >= 32 ? -1 : (1 << matcher.words.length) - 1;
    if (all === 0) return true;
    const tokens = this.#tokeniser.tokenise(value, { camelCase: false, compounds: true });
    let held = 0;
    for (let at = 0; at < tokens.count; at++) {
      held |= matcher.match(tokens.terms[at]!, { typos: true, prefixes: true })?.words ?? 0;
    }
    return held === all;
  }
}

/** The docs of a bitset in order, read in chunks. */
class DocStream {
  readonly search: MatchRun['searches'][number];
  readonly #chunk: number;
  #at = 0;
  #count = 0;
  #from: number;

  constructor(search: MatchRun['searches'][number], from: number) {
    this.search = search;
    this.#chunk = search.memory.allocate(BROWSE_CHUNK * 4);
    this.#from = from;
    this.#fill();
  }

  get isDone(): boolean {
    return this.#at >= this.#count;
  }

  get docId(): number {
    return this.search.memory.u32[(this.#chunk >>> 2) + this.#at]!;
  }

  advance(): void {
    this.#at++;
    if (this.#at >= this.#count && this.#count === BROWSE_CHUNK) this.#fill();
  }

  #fill(): void {
    const { memory, docs, docCount } = this.search;
    this.#count = readDocs(memory, docs, docCount, this.#from, this.#chunk, BROWSE_CHUNK);
    this.#at = 0;
    if (this.#count > 0) this.#from = memory.u32[(this.#chunk >>> 2) + this.#count - 1]! + 1;
  }
}

function leastOf(streams: readonly DocStream[]): DocStream | undefined {
  let least: DocStream | undefined;
  for (const stream of streams) {
    if (!stream.isDone && (least === undefined || comesBefore(stream, least))) least = stream;
  }
  return least;
}

function comesBefore(a: DocStream, b: DocStream): boolean {
  const readerA = a.search.reader;
  const readerB = b.search.reader;
  const custom = readerA.columns.compareCustom(a.docId, readerB.columns, b.docId);
  if (custom !== 0) return custom < 0;
  return readerA.objectIDs.objectID(a.docId) > readerB.objectIDs.objectID(b.docId);
}

function countedDocs(run: MatchRun): readonly CountedDocs[] {
  return run.searches.map((search) => ({ search, docs: search.docs, count: search.count }));
}

/** The records that distinct keeps, for facets that are counted after it. Ranks every matching record. */
function bestOfGroups(run: MatchRun, query: SearchQuery, groupLimit: number): readonly CountedDocs[] {
  const all = rankRecords(run, query, { count: run.count, groupLimit: 0 });
  const kept = new Map(run.searches.map((search) => [search, search.memory.allocateBitset(search.docCount)]));
  const counts = new Map<MatchRun['searches'][number], number>();
  for (const { search, docId } of keepGroups(all, { groupLimit })) {
    addDoc(search.memory, kept.get(search)!, docId);
    counts.set(search, (counts.get(search) ?? 0) + 1);
  }
  return run.searches.map((search) => {
    const docs = kept.get(search)!;
    intersectInto(search.memory, docs, search.docs, search.docCount);
    return { search, docs, count: counts.get(search) ?? 0 };
  });
}

/** For each record, how many of its group come before it. */
function distinctSequences(ranked: readonly RankedRecord[]): readonly number[] {
  const counts = new Map<string, number>();
  return ranked.map(({ search, docId }) => {
    const group = search.reader.columns.distinctValue(docId);
    if (group === undefined) return 0;
    const sequence = counts.get(group) ?? 0;
    counts.set(group, sequence + 1);
    return sequence;
  });
}
