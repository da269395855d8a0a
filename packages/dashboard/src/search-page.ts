/** One index on the page: its InstantSearch, its widgets, and the ends of both when another index is chosen. */
import instantsearch from 'instantsearch.js/es';
import { history } from 'instantsearch.js/es/lib/routers';
import type { IndexUiState, UiState, Widget } from 'instantsearch.js/es/types';
import {
  clearRefinements,
  configure,
  currentRefinements,
  hits,
  pagination,
  panel,
  refinementList,
  searchBox,
} from 'instantsearch.js/es/widgets';
import { type IndexView, type PageHit, rankingOf } from './catalogue.ts';
import { element } from './dom.ts';
import type { Place } from './format.ts';
import { locate, originChoices, originOf } from './places.ts';
import type { TimedClient } from './timed-client.ts';
import { hitMap } from './widgets/hit-map.ts';
import { parameterSelect } from './widgets/parameter-select.ts';
import { rangeSlider } from './widgets/range-slider.ts';
import { resultSummary } from './widgets/result-summary.ts';

export interface SearchPage {
  dispose(): void;
}

/** The part of the address that belongs to this page. */
type Route = Readonly<Record<string, unknown>>;

const retryMs = 2_000;
const facetValuesShown = 6;
const facetValuesMore = 40;

export function showSearchPage(root: HTMLElement, view: IndexView, timed: TimedClient): SearchPage {
  const frame = pageFrame(view);
  root.replaceChildren(frame.root);
  const search = instantsearch<UiState, Route>({
    indexName: view.name,
    searchClient: timed.client,
    insights: false,
    future: { preserveSharedStateOnUnmount: true },
    routing: {
      router: history<Route>({ cleanUrlOnDispose: false, windowTitle: (route) => title(view, route) }),
      stateMapping: {
        stateToRoute: (state) => {
          // What the page always asks for needs no place in its address.
          const { configure: _, ...rest } = state[view.name] ?? {};
          return { index: view.name, ...rest } as Route;
        },
        routeToState: ({ index, ...rest }) => ({
          [view.name]: (index === undefined || index === view.name ? rest : {}) as IndexUiState,
        }),
      },
    },
  });
  let origin: Place | undefined;
  const map = view.isGeographic ? hitMap(frame.map) : undefined;
  const widgets: Widget[] = [
    configure({ hitsPerPage: view.hitsPerPage }) as Widget,
    searchBox({
      container: frame.box,
      placeholder: view.placeholder,
      showReset: true,
      showSubmit: false,
      autofocus: true,
    }) as Widget,
    resultSummary(frame.summary, {
      units: view.units,
      lastRoundTripMs: () => timed.lastRoundTripMs(),
    }) as Widget,
    currentRefinements({ container: frame.chosen }) as Widget,
    clearRefinements({ container: frame.clear, templates: { resetLabel: () => 'Clear filters' } }) as Widget,
    pagination({ container: frame.pages, padding: 2, scrollTo: frame.top }) as Widget,
    ...view.facets.map((facet) => facetWidget(frame.filters, facet)),
    ...view.ranges.map((range) => rangeSlider(frame.ranges, range)),
    parameterSelect({
      container: frame.orders,
      label: 'Sort by',
      stateName: 'order',
      choices: view.orders.map((order) => ({ ...order, parameters: () => ({ ranking: rankingOf(order) }) })),
    }),
    hits<PageHit>({
      container: frame.hits,
      templates: {
        item: (hit, { html, components }) =>
          view.card(hit, { html, components, origin, number: ((hit.__position - 1) % view.hitsPerPage) + 1 }),
        empty: ({ query }, { html }) => html`<div class="nothing">
          <p class="nothing-title">Nothing found${query === '' ? '' : html` for “${query}”`}</p>
          <p>Spelling mistakes are forgiven, so try fewer words, or clear the filters.</p>
        </div>`,
      },
    }) as Widget,
  ];
  if (map !== undefined) {
    widgets.push(
      parameterSelect({
        container: frame.orders,
        label: 'Near',
        stateName: 'near',
        choices: originChoices(),
        prepare: async (choice) => {
          const isReady = await locate(choice);
          if (!isReady) frame.say('This browser does not say where you are.');
          return isReady;
        },
        onChange: (choice) => {
          origin = originOf(choice.name);
          map.setOrigin(origin);
        },
      }),
      map.widget as Widget,
    );
  }
  search.addWidgets(widgets);
  const stopReporting = reportTrouble(search, frame, view);
  search.start();
  connectMapAndList(frame);
  return {
    dispose: () => {
      stopReporting();
      search.dispose();
    },
  };
}

function facetWidget(
  container: HTMLElement,
  { attribute, label, isSearchable = false }: IndexView['facets'][number],
): Widget {
  const place = container.appendChild(element('div'));
  const inPanel = panel<typeof refinementList>({
    templates: { header: () => label },
    // While its own box is searched in, a list may be empty without going away.
    hidden: ({ results, items, isFromSearch }) =>
      results !== undefined && items.length === 0 && !isFromSearch,
  })(refinementList);
  return inPanel({
    container: place,
    attribute,
    limit: facetValuesShown,
    showMore: true,
    showMoreLimit: facetValuesMore,
    searchable: isSearchable,
    searchablePlaceholder: `Find ${label.toLowerCase()} …`,
    searchableIsAlwaysActive: false,
    templates: { searchableNoResults: () => 'None like this' },
  }) as Widget;
}

/** Says what is wrong while something is, and tries again: after a restart the page comes back by itself. */
function reportTrouble(
  search: ReturnType<typeof instantsearch<UiState, Route>>,
  frame: Frame,
  view: IndexView,
): () => void {
  // InstantSearch goes back to the last search that worked; what was asked for since has to be asked for again.
  let wanted: UiState | undefined;
  search.use(() => ({
    $$type: 'skein.wanted',
    onStateChange: ({ uiState }) => {
      if (search.status !== 'error') wanted = uiState;
    },
  }));
  let retry: ReturnType<typeof setTimeout> | undefined;
  const onRender = (): void => {
    document.documentElement.classList.toggle('is-waiting', search.status === 'stalled');
    if (search.status === 'error') return;
    if (search.status === 'idle' && retry === undefined) frame.say('');
  };
  search.on('render', onRender);
  search.on('error', ({ error }: { error: Error & { status?: number } }) => {
    frame.say(
      error.status === 404
        ? `The ${view.label.toLowerCase()} are not here yet: the demo is still loading.`
        : error.status === undefined || error.status >= 500
          ? 'The server does not answer. Trying again …'
          : `The server says: ${error.message}`,
    );
    clearTimeout(retry);
    retry = setTimeout(() => {
      retry = undefined;
      if (wanted === undefined) search.refresh();
      else search.setUiState(wanted);
    }, retryMs);
  });
  return () => {
    clearTimeout(retry);
    frame.say('');
  };
}

/** Pointing at a hit lights its mark on the map, and the other way round. */
function connectMapAndList(frame: Frame): void {
  const light = (event: Event): void => {
    const target = event.target instanceof Element ? event.target.closest('[data-number]') : null;
    const number = event.type === 'pointerleave' ? undefined : target?.getAttribute('data-number');
    for (const each of frame.main.querySelectorAll('[data-number]')) {
      each.classList.toggle(
        'is-lit',
        number !== undefined && number !== null && each.getAttribute('data-number') === number,
      );
    }
  };
  for (const place of [frame.map, frame.hits]) {
    place.addEventListener('pointerover', light);
    place.addEventListener('pointerleave', light);
  }
}

function title(view: IndexView, route: Route): string {
  const query = route['query'];
  return typeof query === 'string' && query !== ''
    ? `${query} · ${view.label} · Skein`
    : `${view.label} · Skein`;
}

interface Frame {
  readonly root: HTMLElement;
  readonly main: HTMLElement;
  readonly top: HTMLElement;
  readonly box: HTMLElement;
  readonly summary: HTMLElement;
  readonly orders: HTMLElement;
  readonly chosen: HTMLElement;
  readonly clear: HTMLElement;
  readonly filters: HTMLElement;
  readonly ranges: HTMLElement;
  readonly map: HTMLElement;
  readonly hits: HTMLElement;
  readonly pages: HTMLElement;
  /** A notice above the hits; the empty text takes it away. */
  say(text: string): void;
}

function pageFrame(view: IndexView): Frame {
  const part = (name: string): HTMLElement => element('div', { class: name });
  const [box, summary, orders, chosen, clear, filters, ranges, map, hitsPart, pages] = [
    'box',
    'summary-line',
    'orders',
    'chosen',
    'clear',
    'facets',
    'ranges',
    'map-part',
    'hits',
    'pages',
  ].map(part) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const notice = element('p', { class: 'notice', role: 'alert' });
  notice.hidden = true;
  // Open on wide screens by CSS; on a phone it folds away above the results.
  const aside = element('details', { class: 'filters' }, [
    element('summary', {}, ['Filters']),
    element('div', { class: 'filters-inner' }, [clear, ranges, filters]),
  ]);
  const wide = globalThis.matchMedia('(min-width: 860px)');
  aside.open = wide.matches;
  wide.addEventListener('change', () => {
    aside.open = wide.matches;
  });
  const hasFilters = view.facets.length + view.ranges.length > 0;
  const main = element('main', { id: 'results', tabindex: '-1' }, [
    element('h1', { class: 'unseen' }, [`Search ${view.label}`]),
    element('div', { class: 'bar' }, [summary, orders]),
    chosen,
    notice,
    map,
    hitsPart,
    pages,
  ]);
  const top = element('div', { class: 'search' }, [box]);
  const root = element('div', { class: hasFilters ? 'page' : 'page without-filters' }, [
    top,
    ...(hasFilters ? [element('aside', { 'aria-label': 'Filters' }, [aside])] : []),
    main,
  ]);
  map.hidden = true;
  return {
    root,
    main,
    top,
    box,
    summary,
    orders,
    chosen,
    clear,
    filters,
    ranges,
    map,
    hits: hitsPart,
    pages,
    say: (text) => {
      notice.hidden = text === '';
      if (notice.textContent !== text) notice.textContent = text;
    },
  };
}
