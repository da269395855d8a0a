/** How each index is shown: its filters, its orders, what a hit looks like. Indexes not named here get the plain view. */
import type { Hit as AlgoliaHit } from 'instantsearch.js/es/types';
import { type Card, cityCard, movieCard, plainCard } from './cards.ts';

export type PageHit = AlgoliaHit<Record<string, unknown>>;

export interface FacetView {
  readonly attribute: string;
  readonly label: string;
  /** With a box to search in the values. */
  readonly isSearchable?: boolean;
}

export interface RangeView {
  readonly attribute: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** `log` for values that spread over powers of ten. */
  readonly scale: 'linear' | 'log';
  readonly step: number;
  readonly isShort?: boolean;
}

export interface OrderView {
  readonly name: string;
  readonly label: string;
  /** Put before the usual criteria; empty for relevance. */
  readonly criteria: readonly string[];
}

export interface IndexView {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  /** What hits are called: one, several. */
  readonly units: readonly [one: string, several: string];
  readonly facets: readonly FacetView[];
  readonly ranges: readonly RangeView[];
  readonly orders: readonly OrderView[];
  readonly isGeographic: boolean;
  readonly hitsPerPage: number;
  readonly card: Card;
}

const relevance: OrderView = { name: 'relevance', label: 'Relevance', criteria: [] };

const views: readonly IndexView[] = [
  {
    name: 'movies',
    label: 'Movies',
    placeholder: 'Search films, directors, studios …',
    units: ['film', 'films'],
    facets: [
      { attribute: 'genre', label: 'Genre' },
      { attribute: 'decade', label: 'Decade' },
      { attribute: 'director', label: 'Director', isSearchable: true },
      { attribute: 'mpaaRating', label: 'Rated' },
      { attribute: 'source', label: 'Source' },
      { attribute: 'distributor', label: 'Studio', isSearchable: true },
    ],
    ranges: [
      { attribute: 'year', label: 'Year', min: 1915, max: 2012, scale: 'linear', step: 1 },
      { attribute: 'imdbRating', label: 'IMDb rating', min: 1, max: 10, scale: 'linear', step: 0.1 },
    ],
    orders: [
      relevance,
      { name: 'rating', label: 'Best rated', criteria: ['desc(imdbRating)'] },
      { name: 'newest', label: 'Newest', criteria: ['desc(releasedAt)'] },
      { name: 'oldest', label: 'Oldest', criteria: ['asc(releasedAt)'] },
      { name: 'gross', label: 'Box office', criteria: ['desc(grossWorldwide)'] },
    ],
    isGeographic: false,
    hitsPerPage: 18,
    card: movieCard,
  },
  {
    name: 'cities',
    label: 'Cities',
    placeholder: 'Search cities and countries …',
    units: ['place', 'places'],
    facets: [
      { attribute: 'country', label: 'Country', isSearchable: true },
      { attribute: 'kind', label: 'Kind' },
    ],
    ranges: [
      {
        attribute: 'population',
        label: 'Population',
        min: 1,
        max: 25_000_000,
        scale: 'log',
        step: 1,
        isShort: true,
      },
    ],
    orders: [
      relevance,
      { name: 'largest', label: 'Largest', criteria: ['desc(population)'] },
      { name: 'smallest', label: 'Smallest', criteria: ['asc(population)'] },
      { name: 'name', label: 'Name', criteria: ['asc(name)'] },
    ],
    isGeographic: true,
    hitsPerPage: 18,
    card: cityCard,
  },
];

/** Views of the indexes that there are, the known ones first. */
export function viewsOf(names: readonly string[]): readonly IndexView[] {
  const known = views.filter((view) => names.includes(view.name));
  const others = names.filter((name) => !views.some((view) => view.name === name)).map(plainView);
  return names.length === 0 ? views : [...known, ...others];
}

function plainView(name: string): IndexView {
  return {
    name,
    label: name,
    placeholder: `Search ${name} …`,
    units: ['record', 'records'],
    facets: [],
    ranges: [],
    orders: [relevance],
    isGeographic: false,
    hitsPerPage: 20,
    card: plainCard,
  };
}

/** The usual criteria, which decide between hits that the chosen order leaves equal. */
const usualCriteria = ['typo', 'geo', 'words', 'filters', 'proximity', 'attribute', 'exact', 'custom'];

/** The `ranking` of an order; undefined leaves it to the settings of the index. */
export function rankingOf(order: OrderView | undefined): string[] | undefined {
  return order === undefined || order.criteria.length === 0
    ? undefined
    : [...order.criteria, ...usualCriteria];
}
