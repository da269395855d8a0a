/**
 * A small index with something of everything: several segments, replaced and deleted records, facets, numbers, points, groups,
 * texts of several scripts; and a fixed set of questions that read every part of it.
 */
import type { JsonObject } from '@skein/base';
import type { Directory } from '../directory.ts';
import { IndexWriter } from '../index-writer.ts';
import { readManifest } from '../manifest/manifest.ts';
import { defaultSearchQuery } from '../query/default-query.ts';
import type { FacetSearchHit, SearchQuery, SearchResult } from '../query/search-query.ts';
import { DEFAULT_TEXT_OPTIONS, type IndexSchema } from '../schema.ts';
import { runMerge } from '../segment/merge.ts';
import { type BrowseResult, View } from '../view.ts';

export const SMALL_RICH_SCHEMA: IndexSchema = {
  searchable: [
    { path: 'title', rank: 0, ordered: true },
    { path: 'text', rank: 1, ordered: false },
    { path: 'brand', rank: 1, ordered: true },
  ],
  facets: [
    { path: 'brand.name', searchable: true, filterOnly: false, afterDistinct: false },
    { path: 'colors', searchable: false, filterOnly: false, afterDistinct: false },
    { path: 'price', searchable: false, filterOnly: false, afterDistinct: true },
  ],
  numericFilterable: undefined,
  customRanking: [{ path: 'popularity', direction: 'desc' }],
  sortAttributes: ['price', 'title'],
  distinctAttribute: 'group',
  text: {
    ...DEFAULT_TEXT_OPTIONS,
    customNormalization: new Map([['å', 'aa']]),
    camelCaseAttributes: ['brand'],
    separatorsToIndex: '+',
  },
};

const TITLES = [
  'Air Force One',
  'Notebook of a photographer',
  'Photograph on red paper',
  'C++ for the web-site reader',
  'Ångström lamp',
  '北京大学 guide',
  'iPhone 7 notes',
  'Café crème, naïve',
] as const;

/** Numbered 0 … 23; `edition` makes another version of the same record. */
export function smallRichRecord(number: number, edition = 0): JsonObject {
  const title = TITLES[(number + edition) % TITLES.length]!;
  return {
    objectID: `r${number}`,
    title: edition === 0 ? title : `${title} again`,
    text: number % 3 === 0 ? ['red lamp', `note ${number}`] : `the reader of note ${number}`,
    brand: { name: ['Acme', 'ACME', 'Lumen'][number % 3]!, line: 'deskLamp' },
    colors: number % 4 === 0 ? ['red', 'Blue'] : ['blue'],
    price: number % 5 === 0 ? [number, number + 0.5] : number * 2,
    popularity: (number * 7) % 11,
    ...(number % 6 === 0 ? {} : { group: `g${number % 4}` }),
    _geoloc: { lat: number - 10, lng: number * 14 - 170 },
    _tags: [number % 2 === 0 ? 'even' : 'odd'],
  };
}

/** Three segments (one of them merged from two), with records replaced and deleted in each of them. */
export function writeSmallRichIndex(directory: Directory): void {
  const writer = IndexWriter.open(directory, { schema: SMALL_RICH_SCHEMA });
  const put = (number: number, edition = 0): void => {
    const record = smallRichRecord(number, edition);
    writer.put(`r${number}`, record, JSON.stringify(record));
  };
  for (let number = 0; number < 6; number++) put(number);
  writer.flush();
  for (let number = 6; number < 10; number++) put(number);
  writer.flush();
  const plan = writer.planMerge({ thorough: true });
  if (plan !== undefined) writer.commitMerge(plan, runMerge(directory, plan));
  for (let number = 10; number < 17; number++) put(number);
  writer.flush();
  for (let number = 17; number < 24; number++) put(number);
  writer.publish({ applied: 24 });
  put(1, 1);
  put(12, 1);
  writer.delete('r3');
  writer.delete('r18');
  writer.publish({ applied: 28 });
}

const QUERIES: readonly Partial<SearchQuery>[] = [
  { text: '', length: 30, facets: ['brand.name', 'colors', 'price', '_tags'] },
  { text: 'n', facets: ['colors'] },
  { text: 'photogaph', typoTolerance: 'min' },
  { text: 'photograph red', optionalWords: 'all' },
  { text: '"note 7"', advancedSyntax: { exactPhrase: true, excludeWords: true } },
  { text: 'lamp -red', advancedSyntax: { exactPhrase: true, excludeWords: true } },
  { text: 'note book', distinct: 1, facets: ['price'] },
  { text: 'airforce', queryType: 'prefixNone' },
  { text: 'aangstrom 大学', removeWordsIfNoResults: 'lastWords' },
  {
    text: 'reader',
    ranking: [{ kind: 'sort', path: 'price', direction: 'desc' }, { kind: 'custom' }],
    filter: {
      kind: 'or',
      children: [
        { kind: 'facet', path: 'brand.name', value: 'acme', score: 2 },
        { kind: 'range', path: 'price', from: 3, to: 30, score: 0 },
        { kind: 'not', child: { kind: 'facet', path: 'objectID', value: 'r7', score: 0 } },
      ],
    },
  },
  {
    text: 'the',
    geo: {
      around: { lat: 1, lng: 2 },
      radius: 9_000_000,
      minimumRadius: undefined,
      precision: [{ from: 0, value: 1000 }],
      boxes: [],
      polygons: [],
    },
  },
  {
    text: '',
    geo: {
      around: undefined,
      radius: 'all',
      minimumRadius: undefined,
      precision: [{ from: 0, value: 10 }],
      boxes: [{ a: { lat: -8, lng: -160 }, b: { lat: 5, lng: 60 } }],
      polygons: [],
    },
  },
];

export interface SmallRichAnswers {
  readonly recordCount: number;
  readonly searches: readonly SearchResult[];
  readonly facetValues: readonly FacetSearchHit[];
  readonly pages: readonly BrowseResult[];
  readonly records: readonly (string | undefined)[];
}

/** Opens what is published in the folder and asks everything. Throws what opening and asking throw. */
export function askSmallRichIndex(directory: Directory): SmallRichAnswers {
  const manifest = readManifest(directory);
  if (manifest === undefined) throw new Error('nothing is published');
  const view = View.open(directory, manifest);
  const all = defaultSearchQuery();
  const pages: BrowseResult[] = [];
  for (let cursor: string | undefined, at = 0; at === 0 || cursor !== undefined; at++) {
    pages.push(view.browse(all, cursor, 9));
    cursor = pages[at]!.cursor;
  }
  return {
    recordCount: view.recordCount,
    searches: QUERIES.map((query) => view.search({ ...all, rankingInfo: true, ...query })),
    facetValues: view.searchFacetValues({
      path: 'brand.name',
      text: 'acm',
      search: all,
      valueCountMax: 10,
      preTag: '<em>',
      postTag: '</em>',
    }),
    pages,
    records: Array.from({ length: 25 }, (_, number) => view.get(`r${number}`)),
  };
}
