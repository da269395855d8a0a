/**
 * The plain engine: the rules of `docs/relevance.md` applied to a list of records, one by one, without any index. It is slow
 * and simple on purpose; the engine proper is compared with it on random records and queries.
 */
import type { JsonObject } from '@skein/base';
import { compareSortValues, type SortValue } from '../columns/sort-value.ts';
import { parseQueryText, type QueryWord, resolveOptional } from '../query/query-text.ts';
import type {
  FacetResult,
  FacetSearchQuery,
  FacetValueCount,
  GeoPoint,
  SearchQuery,
} from '../query/search-query.ts';
import type { IndexSchema, SortAttribute } from '../schema.ts';
import { Tokeniser } from '../text/tokenise.ts';
import { type Cover, chooseCover, type TextCriteria, textCriteria } from './plain-cover.ts';
import { compareTexts, countValues, facetResult } from './plain-facets.ts';
import { distinctValueOf, filterScore, matchesFilter, sortValueOf } from './plain-filter.ts';
import { geoPoints, matchesGeo, nearestPoint, plainAutomaticRadius } from './plain-geo.ts';
import { type PlainAttribute, recordText } from './plain-text.ts';
import {
  chooseSplit,
  type PlainWord,
  sequencePositions,
  typosAllowed,
  wordOccurrences,
} from './plain-words.ts';

export interface PlainCriteria extends TextCriteria {
  /** The score: larger is better. */
  readonly filters: number;
  /** Undefined without a centre, or without a point. */
  readonly geo: { readonly bucket: number; readonly metres: number; readonly point: GeoPoint } | undefined;
}

export interface PlainHit {
  readonly objectID: string;
  readonly record: JsonObject;
  readonly criteria: PlainCriteria;
  readonly distinctSequence: number | undefined;
  /** How the words were matched; for tests that count what they reached. */
  readonly cover: Cover;
}

export interface PlainResult {
  readonly hits: readonly PlainHit[];
  readonly hitCount: number;
  /** objectIDs of all matching records in index order: custom ranking, then objectID descending. */
  readonly matching: readonly string[];
  readonly facets: readonly FacetResult[];
  readonly queryAfterRemoval: string | undefined;
  readonly automaticRadius: number | undefined;
  /** Words that took part, after removal. */
  readonly words: readonly PlainWord[];
}

interface PlainRecord {
  readonly objectID: string;
  readonly record: JsonObject;
  readonly attributes: readonly PlainAttribute[];
  /** By path, as they are asked for. */
  readonly sortValues: Map<string, SortValue>;
}

interface Candidate {
  readonly stored: PlainRecord;
  readonly cover: Cover;
  readonly criteria: PlainCriteria;
}

const REMOVED_WORDS_MAX = 5;
const MANY_OPTIONAL_WORDS = 4;

export class PlainEngine {
  readonly #schema: IndexSchema;
  readonly #tokeniser: Tokeniser;
  readonly #records = new Map<string, PlainRecord>();
  /** Records per term; undefined after a change. */
  #recordCounts: Map<string, number> | undefined;
  /** All records in index order; undefined after a change. */
  #ordered: readonly PlainRecord[] | undefined;

  constructor(schema: IndexSchema) {
    this.#schema = schema;
    this.#tokeniser = new Tokeniser(schema.text);
  }

  get recordCount(): number {
    return this.#records.size;
  }

  put(objectID: string, record: JsonObject): void {
    this.#recordCounts = undefined;
    this.#ordered = undefined;
    this.#records.set(objectID, {
      objectID,
      record,
      attributes: recordText(record, this.#schema, this.#tokeniser),
      sortValues: new Map(),
    });
  }

  delete(objectID: string): boolean {
    this.#recordCounts = undefined;
    this.#ordered = undefined;
    return this.#records.delete(objectID);
  }

  get(objectID: string): JsonObject | undefined {
    return this.#records.get(objectID)?.record;
  }

  search(query: SearchQuery): PlainResult {
    const parsed = parseQueryText(query.text, {
      tokeniser: this.#tokeniser,
      queryType: query.queryType,
      advancedSyntax: query.advancedSyntax,
    });
    const optional = resolveOptional(parsed.words, query.optionalWords, this.#tokeniser);
    const excluded = parsed.excluded.map((words) => words.map((word) => word.term));
    const typed = this.#plainWords(parsed.words, optional, query);

    const first = this.#candidates(typed, excluded, query);
    if (first.candidates.length > 0) return this.#result(first, typed, undefined, query);
    for (const kept of removalSteps(typed, query)) {
      const step = this.#candidates(kept, excluded, query);
      if (step.candidates.length === 0) continue;
      const optionalNow = query.removeWordsIfNoResults === 'allOptional';
      const removed = parsed.words.filter((_, at) => optionalNow || !kept.some((word) => word.place === at));
      return this.#result(step, kept, markRemoved(parsed.text, removed), query);
    }
    return this.#result(first, typed, undefined, query);
  }

  searchFacetValues(query: FacetSearchQuery): FacetValueCount[] {
    const { words } = parseQueryText(query.text, {
      tokeniser: this.#tokeniser,
      queryType: 'prefixLast',
      advancedSyntax: { exactPhrase: false, excludeWords: false },
    });
    const search: SearchQuery = {
      ...query.search,
      restrictSearchableAttributes: [],
      disablePrefixOnAttributes: [],
      disableTypoToleranceOnAttributes: [],
    };
    const wanted = this.#plainWords(
      words,
      words.map(() => false),
      search,
    ).map((word) => ({ ...word, split: undefined }));
    const matching = new Set(this.search(query.search).matching);
    const counted = this.#inIndexOrder().filter((stored) => matching.has(stored.objectID));
    const values = countValues(
      query.path,
      counted.map((stored) => stored.record),
      this.#inIndexOrder().map((stored) => stored.record),
    );
    const fits = ({ value }: FacetValueCount): boolean => {
      const attribute = recordText({ value }, { ...this.#schema, searchable: [] }, this.#tokeniser);
      return wanted.every((word) => wordOccurrences(word, attribute, search).length > 0);
    };
    return values.filter(fits).slice(0, query.valueCountMax);
  }

  #plainWords(words: readonly QueryWord[], optional: readonly boolean[], query: SearchQuery): PlacedWord[] {
    const untolerant = new Set(
      query.disableTypoToleranceOnWords.map((text) => this.#tokeniser.normalise(text)),
    );
    return words.map((word, place) => {
      const whole = query.typoTolerance === 'false' || untolerant.has(word.term);
      const inPhrase = word.phrase !== undefined;
      return {
        place,
        term: word.term,
        prefix: word.prefix,
        phrase: word.phrase,
        optional: optional[place]!,
        typosAllowed: inPhrase || untolerant.has(word.term) ? 0 : typosAllowed(word.term, query),
        whole,
        distances: { whole: new Map(), prefix: new Map() },
        split: whole || inPhrase ? undefined : chooseSplit(word.term, (term) => this.#recordCountOf(term)),
      };
    });
  }

  /** Live records with `term` in a searchable attribute. */
  #recordCountOf(term: string): number {
    if (this.#recordCounts === undefined) {
      this.#recordCounts = new Map();
      for (const { attributes } of this.#records.values()) {
        const held = new Set(attributes.flatMap((attribute) => attribute.tokens.map((token) => token.term)));
        for (const each of held) this.#recordCounts.set(each, (this.#recordCounts.get(each) ?? 0) + 1);
      }
    }
    return this.#recordCounts.get(term) ?? 0;
  }

  /** The matching records of one set of words, with their criteria. */
  #candidates(
    words: readonly PlainWord[],
    excluded: readonly (readonly string[])[],
    query: SearchQuery,
  ): { candidates: Candidate[]; automaticRadius: number | undefined } {
    const { geo } = query;
    const radius = geo !== undefined && typeof geo.radius === 'number' ? geo.radius : undefined;
    const allOptional = words.length > 0 && words.every((word) => word.optional);
    let candidates: Candidate[] = [];
    for (const stored of this.#records.values()) {
      const { record, objectID, attributes } = stored;
      if (query.filter !== undefined && !matchesFilter(record, objectID, query.filter, this.#schema))
        continue;
      if (geo !== undefined && !matchesGeo(geoPoints(record), geo, radius)) continue;
      if (
        excluded.some((phrase) =>
          attributes.some(({ tokens }) => sequencePositions(phrase, tokens).length > 0),
        )
      )
        continue;
      const cover = chooseCover(words, attributes, query);
      if (cover === undefined || (allOptional && cover.matched === 0)) continue;
      candidates.push({ stored, cover, criteria: this.#criteria(stored, cover, words, query) });
    }

    if (allOptional && words.length >= MANY_OPTIONAL_WORDS) {
      const thousands = Math.floor(candidates.length / 1000);
      const step = words.length >= 10 ? Math.floor(words.length / 5) : 1;
      const required = Math.min(words.length, 1 + thousands * step);
      candidates = candidates.filter((candidate) => candidate.cover.matched >= required);
    }

    if (query.typoTolerance === 'min' || query.typoTolerance === 'strict') {
      const counts = [...new Set(candidates.map((candidate) => candidate.criteria.typo))].sort(
        (a, b) => a - b,
      );
      const kept = counts.slice(0, query.typoTolerance === 'min' ? 1 : 2);
      candidates = candidates.filter((candidate) => kept.includes(candidate.criteria.typo));
    }

    let automaticRadius: number | undefined;
    const onlyRadius = geo !== undefined && geo.boxes.length === 0 && geo.polygons.length === 0;
    if (onlyRadius && geo.around !== undefined && geo.radius === 'automatic') {
      const distances = candidates.flatMap(({ criteria }) =>
        criteria.geo === undefined ? [] : [criteria.geo.metres],
      );
      const grown = plainAutomaticRadius(distances, geo.minimumRadius);
      candidates = candidates.filter(
        ({ criteria }) => criteria.geo !== undefined && criteria.geo.metres <= grown,
      );
      automaticRadius = grown;
    }
    return { candidates, automaticRadius };
  }

  #criteria(
    stored: PlainRecord,
    cover: Cover,
    words: readonly PlainWord[],
    query: SearchQuery,
  ): PlainCriteria {
    const centre = query.geo?.around;
    const nearest = centre === undefined ? undefined : nearestPoint(geoPoints(stored.record), centre);
    return {
      ...textCriteria(cover, words, stored.attributes, query),
      filters: filterScore(stored.record, stored.objectID, query, this.#schema),
      geo: nearest && { ...nearest, bucket: bucketOf(nearest.metres, query.geo?.precision ?? []) },
    };
  }

  #result(
    found: { readonly candidates: readonly Candidate[]; readonly automaticRadius: number | undefined },
    words: readonly PlainWord[],
    queryAfterRemoval: string | undefined,
    query: SearchQuery,
  ): PlainResult {
    const ranked = [...found.candidates].sort((a, b) => this.#compare(a, b, query));
    const { kept, groupCount } = this.#distinct(ranked, query);
    const matched = new Set(found.candidates.map((candidate) => candidate.stored));
    const matching = this.#inIndexOrder().filter((stored) => matched.has(stored));
    const afterDistinct = kept.map((hit) => hit.record);
    const facets = query.facets.flatMap((path) => {
      const declared = this.#schema.facets.find((facet) => facet.path === path);
      if (declared === undefined || declared.filterOnly) return [];
      const counted =
        query.facetingAfterDistinct || declared.afterDistinct
          ? afterDistinct
          : matching.map((stored) => stored.record);
      const all = this.#inIndexOrder().map((stored) => stored.record);
      return [
        facetResult(path, counted, all, {
          maxValues: query.maxValuesPerFacet,
          sortBy: query.sortFacetValuesBy,
        }),
      ];
    });
    return {
      hits: kept.slice(query.offset, query.offset + query.length),
      hitCount: groupCount,
      matching: matching.map((stored) => stored.objectID),
      facets,
      queryAfterRemoval,
      automaticRadius: found.automaticRadius,
      words,
    };
  }

  #distinct(ranked: readonly Candidate[], query: SearchQuery): { kept: PlainHit[]; groupCount: number } {
    const attribute = this.#schema.distinctAttribute;
    const grouped = query.distinct > 0 && attribute !== undefined;
    const groups = new Map<string, number>();
    const kept: PlainHit[] = [];
    for (const { stored, cover, criteria } of ranked) {
      let distinctSequence: number | undefined;
      if (grouped) {
        const value = distinctValueOf(stored.record, attribute);
        const group = value === undefined ? `alone ${stored.objectID}` : `value ${value}`;
        distinctSequence = groups.get(group) ?? 0;
        groups.set(group, distinctSequence + 1);
        if (distinctSequence >= query.distinct) continue;
      }
      kept.push({ objectID: stored.objectID, record: stored.record, criteria, distinctSequence, cover });
    }
    return { kept, groupCount: grouped ? groups.size : kept.length };
  }

  #compare(a: Candidate, b: Candidate, query: SearchQuery): number {
    const typoFirst = query.typoTolerance === 'min' || query.typoTolerance === 'strict';
    const ranking = typoFirst ? [{ kind: 'typo' } as const, ...query.ranking] : query.ranking;
    for (const criterion of ranking) {
      let order: number;
      switch (criterion.kind) {
        case 'typo':
        case 'words':
        case 'proximity':
        case 'attribute':
        case 'exact':
          order = a.criteria[criterion.kind] - b.criteria[criterion.kind];
          break;
        case 'filters':
          order = b.criteria.filters - a.criteria.filters;
          break;
        case 'geo':
          order = compareBuckets(a.criteria.geo?.bucket, b.criteria.geo?.bucket);
          break;
        case 'sort':
          order = this.#compareBy(criterion, a.stored, b.stored);
          break;
        case 'custom':
          order = this.#compareCustom(a.stored, b.stored);
          break;
      }
      if (order !== 0) return order;
    }
    return this.#compareIndexOrder(a.stored, b.stored);
  }

  #compareIndexOrder(a: PlainRecord, b: PlainRecord): number {
    return this.#compareCustom(a, b) || compareTexts(b.objectID, a.objectID);
  }

  #compareCustom(a: PlainRecord, b: PlainRecord): number {
    for (const attribute of this.#schema.customRanking) {
      const order = this.#compareBy(attribute, a, b);
      if (order !== 0) return order;
    }
    return 0;
  }

  #compareBy({ path, direction }: SortAttribute, a: PlainRecord, b: PlainRecord): number {
    return compareSortValues(this.#sortValue(a, path), this.#sortValue(b, path), direction);
  }

  #sortValue({ record, sortValues }: PlainRecord, path: string): SortValue {
    if (!sortValues.has(path)) {
      sortValues.set(
        path,
        sortValueOf(record, path, (text) => this.#tokeniser.normalise(text)),
      );
    }
    return sortValues.get(path);
  }

  #inIndexOrder(): readonly PlainRecord[] {
    this.#ordered ??= [...this.#records.values()].sort((a, b) => this.#compareIndexOrder(a, b));
    return this.#ordered;
  }
}

interface PlacedWord extends PlainWord {
  /** Place in the query as typed. */
  readonly place: number;
}

/** The words that are left, step by step. */
function removalSteps(words: readonly PlacedWord[], query: SearchQuery): PlacedWord[][] {
  const steps: PlacedWord[][] = [];
  const removedMax = Math.min(REMOVED_WORDS_MAX, words.length - 1);
  switch (query.removeWordsIfNoResults) {
    case 'none':
      break;
    case 'lastWords':
      for (let count = 1; count <= removedMax; count++) steps.push(words.slice(0, -count));
      break;
    case 'firstWords':
      for (let count = 1; count <= removedMax; count++) steps.push(words.slice(count));
      break;
    case 'allOptional':
      steps.push(words.map((word) => ({ ...word, optional: true })));
      break;
  }
  return steps;
}

function markRemoved(text: string, removed: readonly QueryWord[]): string {
  let marked = '';
  let at = 0;
  for (const { start, end } of removed) {
    marked += `${text.slice(at, start)}<em>${text.slice(start, end)}</em>`;
    at = end;
  }
  return marked + text.slice(at);
}

/** Buckets counted one range after the other, metre by metre where a range begins or ends. */
function bucketOf(
  metres: number,
  precision: readonly { readonly from: number; readonly value: number }[],
): number {
  const range = precision.findLastIndex(({ from }) => from <= metres);
  if (range < 0) return metres;
  let before = 0;
  for (let at = 0; at < range; at++) {
    const { from, value } = precision[at]!;
    before += Math.floor((precision[at + 1]!.from - 1) / value) - Math.floor(from / value) + 1;
  }
  const { from, value } = precision[range]!;
  return before + Math.floor(metres / value) - Math.floor(from / value);
}

function compareBuckets(a: number | undefined, b: number | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  return a - b;
}
