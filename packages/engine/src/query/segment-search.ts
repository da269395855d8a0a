/**
 * One query on one segment: which records match, and the best of them.
 *
 *   words → ranges of terms with typos → bitsets of records → cover of all words → filters → score in passes
 *
 * Sets come from postings alone and are exact, except where occurrences count only in some attributes; then `verify` looks
 * at every candidate's text. A pass scores records that share a lower bound of their criteria, the best bound first, and
 * stops as soon as no record of it can reach the page.
 *
 * Everything is allocated in the segment's scratch; `release` gives it back and clears the tags.
 */
import {
  copyBitset,
  countDocs,
  fillBitset,
  intersectInto,
  intersectionOf,
  subtractFrom,
  uniteIntersection,
  uniteInto,
} from '../kernel/bitset.ts';
import { bitsetBytes, type SegmentMemory } from '../kernel/segment-memory.ts';
import type { SegmentReader } from '../segment/segment-reader.ts';
import type { FieldRules } from './field-rules.ts';
import type { PlannedQuery } from './planned-query.ts';
import { eventOf, ScorePlan, wordOfEvent } from './score-plan.ts';
import type { Split } from './splits.ts';
import { TagTable } from './tag-table.ts';

/** Typo totals that get a pass of their own; more typos share the last. */
const TIER_COUNT = 3;

/** Records by the typos with which they hold a word: [exactly 0, exactly 1, exactly 2]; 0 where there is none. */
type WordDocs = [number, number, number];

interface PendingTag {
  readonly from: number;
  readonly to: number;
  readonly event: number;
}

/** A bitset that records are in, or not in. */
export type DocMask = readonly [docs: number, side: 'in' | 'out'];

/** Records to score together, and what their criteria are not below. */
export interface ScorePass {
  /** All hold, among the matching records. */
  readonly masks: readonly DocMask[];
  readonly typos: number;
  readonly attribute: number;
  readonly exact: 0 | 1;
}

/** What the criteria of some records are not below. */
export type PassBound = Pick<ScorePass, 'typos' | 'attribute' | 'exact'>;

/** What of the ranking the passes may rely on. */
export interface PassBounds {
  /** Whose place decides the attribute criterion: the first word's (it goes by proximity), or any word's; `none`: do not care. */
  readonly attribute: 'firstWord' | 'anyWord' | 'none';
  /** What makes the exact criterion 0. */
  readonly exact: 'words' | 'wholeAttribute' | 'none';
  readonly exactFirst: boolean;
  /** Whether records with such a bound can still reach the page. Once false it stays false for every larger bound. */
  readonly canEnter: (bound: PassBound) => boolean;
}

/** Fewer records are scored faster than they are told apart, which takes bitsets of the whole segment. */
const PASS_RECORD_COUNT_MIN = 500;
const PASS_RECORD_SHARE_MIN = 1 / 2048;

/** Records of a tier that share a bound of one criterion. */
interface Cut<Value extends number = number> {
  readonly masks: readonly DocMask[];
  readonly value: Value;
}

const WHOLE: Cut<0> = { masks: [], value: 0 };

export class SegmentSearch {
  readonly reader: SegmentReader;
  readonly memory: SegmentMemory;
  readonly docCount: number;
  /** Bitset of the matching records: narrowed by the caller (`restrict`). */
  readonly docs: number;
  readonly #query: PlannedQuery;
  readonly #mark: number;
  readonly #tags: TagTable;
  readonly #pendingTags: PendingTag[] = [];
  readonly #words: WordDocs[] = [];
  /** By concatenation of the query: its records, 0 when its term is not in the dictionary. */
  readonly #joined: number[] = [];
  #splitCount = 0;
  /** By level of the attribute criterion; see `#levelAt`. */
  readonly #levels: { readonly docs: number; readonly before: number }[] = [];
  #plan: ScorePlan | undefined;
  #count: number | undefined;

  constructor(reader: SegmentReader, query: PlannedQuery, splits: readonly Split[], fields: FieldRules) {
    this.reader = reader;
    this.memory = reader.memory;
    this.docCount = reader.docCount;
    this.#query = query;
    this.#mark = this.memory.mark();
    this.#tags = new TagTable(this.memory, reader.tagsAt);
    for (const [place, word] of query.words.entries()) {
      this.#words.push(word.inPhrase ? [0, 0, 0] : this.#matchWord(place, fields));
    }
    for (const phrase of query.phrases) this.#matchPhrase(phrase);
    for (const split of splits) this.#matchSplit(split);
    for (const { term, first, span } of query.concatenations) {
      const ordinal = reader.terms.find(term);
      this.#joined.push(ordinal < 0 ? 0 : this.#docsOf(ordinal));
      if (ordinal >= 0) this.#tagLater(ordinal, ordinal + 1, eventOf(first, 1, 'plain', span));
    }
    // May be a word's own set: what narrows it later narrows the tiers alike.
    this.docs = query.words.length === 0 ? this.#allDocs() : this.#cover(Number.POSITIVE_INFINITY);
    for (const terms of query.excluded) {
      const excluded = this.#phraseDocs(terms);
      if (excluded !== 0) subtractFrom(this.memory, this.docs, excluded, this.docCount);
    }
    if (reader.hasDeletions) intersectInto(this.memory, this.docs, reader.liveAt, this.docCount);
  }

  /** Matching records. */
  get count(): number {
    this.#count ??= countDocs(this.memory, this.docs, this.docCount);
    return this.#count;
  }

  /** Keeps only the records of another bitset. */
  restrict(docs: number): void {
    intersectInto(this.memory, this.docs, docs, this.docCount);
    this.#count = undefined;
  }

  /** Keeps only records whose distance, in an array of `geoDistances`, is at most so many metres. */
  keepWithin(distances: number, metres: number): void {
    this.reader.columns.keepWithin(this.docs, distances, metres);
    this.#count = undefined;
  }

  /**
   * The plan for the scoring kernel, with the query's part filled in. Made once; tags are set from then on.
   */
  plan(fields: FieldRules): ScorePlan {
    if (this.#plan !== undefined) return this.#plan;
    for (const { from, to, event } of this.#pendingTags) this.#tags.tag(from, to, event);
    const { memory, reader } = this;
    const query = this.#query;
    const { combinations, events } = this.#tags.write();
    const fieldsAt = fields.write(memory, reader.fieldPaths);
    const phrases = memory.allocate(Math.max(1, query.phrases.length) * 8);
    for (const [at, { first, count }] of query.phrases.entries()) {
      memory.u32[(phrases >>> 2) + at * 2] = first;
      memory.u32[(phrases >>> 2) + at * 2 + 1] = count;
    }
    let required = 0;
    for (const [place, word] of query.words.entries()) if (!word.optional) required |= 1 << place;
    const plan = new ScorePlan(memory);
    plan.set('forwardOffsets', reader.forwardOffsetsAt);
    plan.set('forwardEntries', reader.forwardEntriesAt);
    plan.set('tags', reader.tagsAt);
    plan.set('combinations', combinations);
    plan.set('events', events);
    plan.set('fields', fieldsAt);
    plan.set('wordCount', query.words.length);
    plan.set('minProximity', 1);
    plan.set('required', required >>> 0);
    plan.set('concatenations', this.#joined.some((docs) => docs !== 0) ? 1 : 0);
    plan.set('phrases', phrases);
    plan.set('phraseCount', query.phrases.length);
    plan.set('splitCount', this.#splitCount);
    plan.set('work', reader.workAt);
    plan.set('textless', query.words.length === 0 ? 1 : 0);
    this.#plan = plan;
    return plan;
  }

  /**
   * Looks at every candidate's text: drops those that do not match by the rules of their attributes, that match fewer than
   * `matchedMin` words, or have more than `typosMax` typos. Returns how many of the others have 0, 1, 2 … typos.
   */
  verify(
    fields: FieldRules,
    options: { readonly matchedMin: number; readonly typosMax: number },
  ): Uint32Array {
    const plan = this.plan(fields);
    plan.set('matchedMin', options.matchedMin);
    const { memory } = this;
    const mark = memory.mark();
    const histogram = memory.allocate(256 * 4);
    memory.u8.fill(0, histogram, histogram + 256 * 4);
    memory.kernel.scoreVerify(plan.at, this.docs, bitsetBytes(this.docCount), options.typosMax, histogram);
    this.#count = undefined;
    const counts = memory.u32.slice(histogram >>> 2, (histogram >>> 2) + 256);
    memory.release(mark);
    return counts;
  }

  /**
   * The matching records in groups whose criteria have a common lower bound, most promising first; made one by one, because
   * mostly the first suffice. `bounds` says which criteria are worth telling apart.
   */
  *passes(bounds: PassBounds): Generator<ScorePass> {
    const query = this.#query;
    if (query.words.length === 0 || query.anyOptional) {
      yield { masks: [], typos: 0, attribute: 0, exact: 0 };
      return;
    }
    const anyTypos = this.#words.some((docs) => docs[1] !== 0 || docs[2] !== 0) || this.#joined.some(Boolean);
    // A run may rank twice, each time on scratch of its own.
    this.#levels.length = 0;
    const exactCuts = this.#exactCuts(bounds);
    const typoCuts: readonly Cut<0 | 1>[] = bounds.exact === 'none' ? [WHOLE] : [{ masks: [], value: 1 }];
    // Without typos anywhere every matching record is in the first tier.
    let tier = anyTypos ? this.#cover(0) : 0;
    yield* this.#split({ masks: tier === 0 ? [] : [[tier, 'in']], value: 0 }, exactCuts, bounds);
    if (!anyTypos) return;
    for (let typos = 1; typos <= TIER_COUNT; typos++) {
      if (!bounds.canEnter({ typos, attribute: 0, exact: typoCuts[0]!.value })) return;
      const before = tier;
      tier = typos < TIER_COUNT ? this.#cover(typos) : 0;
      const masks: DocMask[] = [[before, 'out']];
      if (tier !== 0) masks.push([tier, 'in']);
      yield* this.#split({ masks, value: typos }, typoCuts, bounds);
    }
  }

  /** One tier of typos, cut by attribute and exactness, in the order of the ranking. */
  *#split(tier: Cut, exactCuts: readonly Cut<0 | 1>[], bounds: PassBounds): Generator<ScorePass> {
    const passOf = (attribute: Cut, exact: Cut<0 | 1>): ScorePass => ({
      masks: [...tier.masks, ...attribute.masks, ...exact.masks],
      typos: tier.value,
      attribute: attribute.value,
      exact: exact.value,
    });
    if (bounds.exactFirst) {
      for (const exact of exactCuts) {
        for (const attribute of this.#attributeCuts(bounds, tier.value, exact.value))
          yield passOf(attribute, exact);
      }
    } else {
      for (const attribute of this.#attributeCuts(bounds, tier.value, exactCuts[0]!.value)) {
        for (const exact of exactCuts) yield passOf(attribute, exact);
      }
    }
  }

  /** Matching records by level of the attribute criterion, found one after the other as they are asked for. */
  *#attributeCuts(bounds: PassBounds, typos: number, exact: 0 | 1): Generator<Cut> {
    const { levels, valueBelowLevels } = this.reader;
    if (
      bounds.attribute === 'none' ||
      levels.length === 0 ||
      this.count <= Math.max(PASS_RECORD_COUNT_MIN, this.docCount * PASS_RECORD_SHARE_MIN)
    ) {
      yield WHOLE;
      return;
    }
    for (const [at, { value }] of levels.entries()) {
      if (!bounds.canEnter({ typos, attribute: value, exact })) return;
      const { docs, before } = this.#levelAt(at, bounds);
      yield {
        masks:
          before === 0
            ? [[docs, 'in']]
            : [
                [docs, 'in'],
                [before, 'out'],
              ],
        value,
      };
    }
    if (!bounds.canEnter({ typos, attribute: valueBelowLevels, exact })) return;
    yield { masks: [[this.#levelAt(levels.length, bounds).before, 'out']], value: valueBelowLevels };
  }

  /** Bitset of a level's records, and of all levels before it (0 for the first). Made once. */
  #levelAt(at: number, bounds: PassBounds): { readonly docs: number; readonly before: number } {
    const known = this.#levels[at];
    if (known !== undefined) return known;
    const { memory, docCount, reader } = this;
    const previous = at === 0 ? undefined : this.#levelAt(at - 1, bounds);
    const before = previous === undefined ? 0 : this.#unionOf([previous.docs, previous.before]);
    const docs = at < reader.levels.length ? memory.allocateBitset(docCount) : 0;
    if (docs !== 0) {
      for (const { from, to, event } of this.#pendingTags) {
        if (bounds.attribute === 'firstWord' && wordOfEvent(event) !== 0) continue;
        reader.levels[at]!.docs.addDocs(from, to, docs);
      }
    }
    const level = { docs, before };
    this.#levels[at] = level;
    return level;
  }

  /** Records of the first tier in which every word can be exact, and the others. */
  #exactCuts(bounds: PassBounds): readonly Cut<0 | 1>[] {
    const last = this.#query.words.at(-1)!;
    if (bounds.exact === 'none' || (bounds.exact === 'words' && !last.prefix)) return [WHOLE];
    const ordinal = this.reader.terms.find(last.term);
    if (ordinal < 0) return [{ masks: [], value: 1 }];
    let docs: number;
    if (bounds.exact === 'words') {
      docs = this.#docsOf(ordinal);
    } else {
      docs = this.memory.allocateBitset(this.docCount);
      this.reader.sole.addDocs(ordinal, ordinal + 1, docs);
    }
    return [
      { masks: [[docs, 'in']], value: 0 },
      { masks: [[docs, 'out']], value: 1 },
    ];
  }

  release(): void {
    this.#tags.clear();
    this.memory.release(this.#mark);
  }

  #matchWord(place: number, fields: FieldRules): WordDocs {
    const { reader, memory } = this;
    const { term, prefix, editsMax } = this.#query.words[place]!;
    const docs: WordDocs = [0, 0, 0];
    const ranges = this.#rangesOf(term, editsMax, prefix);
    const exact = reader.terms.find(term);
    for (let at = 0; at < ranges.length; at += 3) {
      const from = ranges[at]!;
      const to = ranges[at + 1]!;
      const typos = ranges[at + 2]! as 0 | 1 | 2;
      if (docs[typos] === 0) docs[typos] = memory.allocateBitset(this.docCount);
      reader.postings.orRange(from, to, docs[typos]);
      const kind = prefix ? 'prefix' : 'plain';
      if (typos > 0) {
        this.#tagLater(from, to, eventOf(place, typos, kind));
      } else {
        // The word itself comes first among the terms that begin with it.
        const rest = exact >= from && exact < to ? exact + 1 : from;
        if (rest > from) this.#tagLater(exact, exact + 1, eventOf(place, 0, 'exact'));
        this.#tagLater(rest, to, eventOf(place, 0, kind));
      }
    }
    if (prefix && fields.anyWithoutPrefix) {
      // Where prefixes do not count, a longer word may still be the word with typos.
      const whole = this.#rangesOf(term, editsMax, false);
      for (let at = 0; at < whole.length; at += 3) {
        const typos = whole[at + 2]!;
        if (typos > 0) this.#tagLater(whole[at]!, whole[at + 1]!, eventOf(place, typos, 'plain'));
      }
    }
    return docs;
  }

  /** Triples (from, to, typos), copied out of scratch. */
  #rangesOf(term: string, editsMax: 0 | 1 | 2, prefix: boolean): Uint32Array {
    const mark = this.memory.mark();
    const { at, count } = this.reader.terms.match(term, { editsMax, prefix });
    const ranges = this.memory.u32.slice(at >>> 2, (at >>> 2) + count * 3);
    this.memory.release(mark);
    return ranges;
  }

  #matchPhrase(phrase: PlannedQuery['phrases'][number]): void {
    const terms = this.#query.words.slice(phrase.first, phrase.first + phrase.count).map((word) => word.term);
    const docs = this.#phraseDocs(terms);
    for (const [at, term] of terms.entries()) {
      this.#words[phrase.first + at]![0] = docs;
      const ordinal = this.reader.terms.find(term);
      if (ordinal >= 0) this.#tagLater(ordinal, ordinal + 1, eventOf(phrase.first + at, 0, 'phrase'));
    }
  }

  #matchSplit({ word, first, second }: Split): void {
    const docs = this.#phraseDocs([first, second]);
    if (docs === 0) return;
    this.#splitCount++;
    const place = this.#words[word]!;
    if (place[1] === 0) place[1] = docs;
    else uniteInto(this.memory, place[1], docs, this.docCount);
    const { terms } = this.reader;
    const firstOrdinal = terms.find(first);
    const secondOrdinal = terms.find(second);
    this.#tagLater(firstOrdinal, firstOrdinal + 1, eventOf(word, 1, 'splitFirst'));
    this.#tagLater(secondOrdinal, secondOrdinal + 1, eventOf(word, 1, 'splitSecond'));
  }

  /** Records that hold the terms one behind the other in one attribute; 0: none. */
  #phraseDocs(terms: readonly string[]): number {
    const ordinals = terms.map((term) => this.reader.terms.find(term));
    if (ordinals.some((ordinal) => ordinal < 0)) return 0;
    const { memory, docCount, reader } = this;
    const docs = this.#docsOf(ordinals[0]!);
    if (ordinals.length === 1) return docs;
    for (const ordinal of ordinals.slice(1)) intersectInto(memory, docs, this.#docsOf(ordinal), docCount);
    const termsAt = memory.allocate(ordinals.length * 4);
    memory.u32.set(ordinals, termsAt >>> 2);
    const plan = new ScorePlan(memory);
    plan.set('forwardOffsets', reader.forwardOffsetsAt);
    plan.set('forwardEntries', reader.forwardEntriesAt);
    plan.set('work', reader.workAt);
    memory.kernel.phraseFilter(plan.at, docs, bitsetBytes(docCount), termsAt, ordinals.length);
    return countDocs(memory, docs, docCount) === 0 ? 0 : docs;
  }

  #docsOf(ordinal: number): number {
    const docs = this.memory.allocateBitset(this.docCount);
    this.reader.postings.orRange(ordinal, ordinal + 1, docs);
    return docs;
  }

  /**
   * Bitset of the records in which the words can be covered with at most `typosMax` typos in all (infinite: with any). It may be
   * the set of a word itself: not to be changed.
   *
   * `reached[i][t]`: the first i words are covered with at most t typos.
   */
  #cover(typosMax: number): number {
    const query = this.#query;
    if (query.allOptional) return this.#unionOf([...this.#words.flat(), ...this.#joined]);
    const bounded = Number.isFinite(typosMax);
    const tiers = bounded ? typosMax + 1 : 1;
    const reached: number[][] = [[]];
    for (const [place, word] of query.words.entries()) {
      const end = place + 1;
      const row: number[] = [];
      for (let tier = 0; tier < tiers; tier++) {
        // Pairs of sets whose intersections make up this one; 0: every record.
        const parts: (readonly [before: number, docs: number])[] = [];
        for (const [typos, docs] of this.#words[place]!.entries()) {
          if (docs === 0 || (bounded && typos > tier)) continue;
          parts.push([place === 0 ? 0 : reached[place]![bounded ? tier - typos : 0]!, docs]);
        }
        for (const [at, { first, span }] of query.concatenations.entries()) {
          const docs = this.#joined[at]!;
          if (first + span !== end || docs === 0 || (bounded && tier < 1)) continue;
          parts.push([first === 0 ? 0 : reached[first]![bounded ? tier - 1 : 0]!, docs]);
        }
        if (word.optional) parts.push([place === 0 ? 0 : reached[place]![tier]!, 0]);
        row.push(this.#sumOf(parts));
      }
      reached.push(row);
    }
    return reached.at(-1)!.at(-1)!;
  }

  /** Union of intersections; 0 stands for every record. */
  #sumOf(parts: readonly (readonly [number, number])[]): number {
    const { memory, docCount } = this;
    const [first, ...others] = parts;
    if (first === undefined) return memory.allocateBitset(docCount);
    const everything = parts.find(([before, docs]) => before === 0 && docs === 0);
    if (everything !== undefined) return this.#allDocs();
    const single = ([before, docs]: readonly [number, number]): number =>
      before === 0 ? docs : docs === 0 ? before : 0;
    if (others.length === 0 && single(first) !== 0) return single(first);
    const into = memory.allocate(bitsetBytes(docCount));
    if (single(first) !== 0) copyBitset(memory, into, single(first), docCount);
    else intersectionOf(memory, into, first[0], first[1], docCount);
    for (const part of others) {
      if (single(part) !== 0) uniteInto(memory, into, single(part), docCount);
      else uniteIntersection(memory, into, part[0], part[1], docCount);
    }
    return into;
  }

  #unionOf(sets: readonly number[]): number {
    return this.#sumOf(sets.filter((docs) => docs !== 0).map((docs) => [0, docs] as const));
  }

  #allDocs(): number {
    const all = this.memory.allocate(bitsetBytes(this.docCount));
    fillBitset(this.memory, all, this.docCount);
    return all;
  }

  #tagLater(from: number, to: number, event: number): void {
    if (from < to) this.#pendingTags.push({ from, to, event });
  }
}
