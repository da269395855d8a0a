/** Entry of the page: asks the server who it is, shows the indexes, and switches between them. */
import 'instantsearch.css/themes/reset-min.css';
import './style.css';
import { type IndexView, viewsOf } from './catalogue.ts';
import { byId, element } from './dom.ts';
import { loadPageConfig } from './page-config.ts';
import { type SearchPage, showSearchPage } from './search-page.ts';
import { timedClient } from './timed-client.ts';

const retryMs = 2_000;

async function start(): Promise<void> {
  const root = byId('app');
  setUpTheme();
  setUpShortcut();
  try {
    const config = await loadPageConfig();
    const views = viewsOf(config.indexes);
    const timed = timedClient(config);
    let page: SearchPage | undefined;
    let shown: IndexView | undefined;
    const show = (): void => {
      const wanted = new URLSearchParams(globalThis.location.search).get('index');
      const view = views.find(({ name }) => name === wanted) ?? views[0];
      if (view === undefined || view === shown) return;
      page?.dispose();
      shown = view;
      for (const tab of byId('tabs').querySelectorAll('a')) {
        if (tab.dataset['index'] === view.name) tab.setAttribute('aria-current', 'page');
        else tab.removeAttribute('aria-current');
      }
      page = showSearchPage(root, view, timed);
    };
    showTabs(views, show);
    globalThis.addEventListener('popstate', show);
    show();
  } catch (error) {
    const text =
      error instanceof TypeError
        ? 'The server does not answer. Trying again …'
        : String((error as Error).message);
    root.replaceChildren(element('p', { class: 'notice', role: 'alert' }, [text]));
    setTimeout(() => void start(), retryMs);
  }
}

/** Links, so that an index can be opened in another tab; a plain click stays on the page. */
function showTabs(views: readonly IndexView[], show: () => void): void {
  const tabs = views.map(({ name, label }) => {
    const tab = element('a', { href: `?index=${encodeURIComponent(name)}` }, [label]);
    tab.dataset['index'] = name;
    tab.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      globalThis.history.pushState(undefined, '', tab.href);
      show();
    });
    return tab;
  });
  byId('tabs').replaceChildren(...tabs);
}

/** Remembers a choice that differs from the system's. */
function setUpTheme(): void {
  const button = byId('theme');
  const system = globalThis.matchMedia('(prefers-color-scheme: dark)');
  const current = (): string =>
    document.documentElement.dataset['theme'] ?? (system.matches ? 'dark' : 'light');
  const paint = (): void => {
    button.textContent = current() === 'dark' ? '☀' : '☾';
  };
  button.onclick = () => {
    const next = current() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = next;
    try {
      localStorage.setItem('skein-theme', next);
    } catch {
      // Private windows may refuse; the choice then lasts as long as the page.
    }
    paint();
  };
  system.addEventListener('change', paint);
  paint();
}

/** `/` goes to the search box, as on many search pages. */
function setUpShortcut(): void {
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key !== '/' || isTyping || event.metaKey || event.ctrlKey) return;
    const box = document.querySelector<HTMLInputElement>('.ais-SearchBox-input');
    if (box === null) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

void start();
