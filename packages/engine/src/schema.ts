/**
 * What the engine must know of an index's settings when it builds segments. A change of any of these rebuilds the
 * index; every other setting acts at query time only (see `query/search-query.ts`).
 */
export interface IndexSchema {
  /** In order of importance; empty: every attribute is searchable, all equally (rank 0, unordered). */
  readonly searchable: readonly SearchableAttribute[];
  readonly facets: readonly FacetAttribute[];
  /** `undefined`: every numeric attribute can be filtered. */
  readonly numericFilterable: readonly NumericAttribute[] | undefined;
  readonly customRanking: readonly SortAttribute[];
  /** Attributes of `asc()/desc()` entries in `ranking`: need a sortable column. */
  readonly sortAttributes: readonly string[];
  readonly distinctAttribute: string | undefined;
  readonly text: TextOptions;
}

export interface SearchableAttribute {
  /** Dotted path as settings speak of it (`brand.name`). A path to an object takes in everything below it. */
  readonly path: string;
  /** 0-based place in the list; attributes of one comma list share it. */
  readonly rank: number;
  /** Whether an earlier word position ranks higher. */
  readonly ordered: boolean;
}

export interface FacetAttribute {
  readonly path: string;
  readonly searchable: boolean;
  readonly filterOnly: boolean;
  readonly afterDistinct: boolean;
}

export interface NumericAttribute {
  readonly path: string;
  readonly equalOnly: boolean;
}

export interface SortAttribute {
  readonly path: string;
  readonly direction: 'asc' | 'desc';
}

export interface TextOptions {
  /** Characters that become words of their own, such as `+#`. */
  readonly separatorsToIndex: string;
  /** Characters whose diacritics are kept, such as `øé`. */
  readonly keepDiacriticsOnCharacters: string;
  /** Character → replacement, applied before every other normalisation. */
  readonly customNormalization: ReadonlyMap<string, string>;
  /** Attribute paths whose `camelCase` words are split. */
  readonly camelCaseAttributes: readonly string[];
  /** Language codes; decide the segmentation of CJK and Thai text where it is ambiguous. */
  readonly indexLanguages: readonly string[];
}

export const DEFAULT_TEXT_OPTIONS: TextOptions = {
  separatorsToIndex: '',
  keepDiacriticsOnCharacters: '',
  customNormalization: new Map(),
  camelCaseAttributes: [],
  indexLanguages: [],
};

export const DEFAULT_SCHEMA: IndexSchema = {
  searchable: [],
  facets: [],
  numericFilterable: undefined,
  customRanking: [],
  sortAttributes: [],
  distinctAttribute: undefined,
  text: DEFAULT_TEXT_OPTIONS,
};
