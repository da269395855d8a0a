/** What a hit looks like. Text from records only enters through templates that escape it. */
import type { TemplateParams } from 'instantsearch.js/es/types';
import type { PageHit } from './catalogue.ts';
import { count, distance, distanceKm, hue, money, type Place, short } from './format.ts';

type Html = NonNullable<TemplateParams['html']>;
type Components = NonNullable<TemplateParams['components']>;

export interface CardContext {
  readonly html: Html;
  readonly components: Components;
  /** Where distances are measured from. */
  readonly origin: Place | undefined;
  /** 1-based place of the hit on the page, as on the map. */
  readonly number: number;
}

export type Card = (hit: PageHit, context: CardContext) => ReturnType<Html>;

export const movieCard: Card = (hit, { html, components }) => {
  const genre = text(hit['genre']);
  const rating = hit['imdbRating'];
  const gross = hit['grossWorldwide'];
  const facts = [
    text(hit['mpaaRating']),
    minutes(hit['runningTimeMinutes']),
    text(hit['distributor']),
  ].filter((fact) => fact !== '');
  return html`<article class="card" style="--hue:${hue(genre)}">
    <div class="poster" aria-hidden="true"><span>${initials(text(hit['title']))}</span></div>
    <div class="body">
      <h3>
        ${components.Highlight({ hit, attribute: 'title' })}
        ${hit['year'] === undefined ? '' : html` <span class="year">${text(hit['year'])}</span>`}
      </h3>
      <p class="by">
        ${hit['director'] === undefined ? 'Director unknown' : components.Highlight({ hit, attribute: 'director' })}
      </p>
      <p class="facts">${facts.join(' · ')}</p>
      <p class="chips">
        ${genre === '' ? '' : html`<span class="chip">${components.Highlight({ hit, attribute: 'genre' })}</span>`}
        ${typeof gross === 'number' && gross > 0 ? html`<span class="chip plain">${money(gross)} gross</span>` : ''}
      </p>
    </div>
    ${
      typeof rating === 'number'
        ? html`<div class="score" title="IMDb rating, ${count(Number(hit['imdbVotes'] ?? 0))} votes">
          <strong>${rating.toFixed(1)}</strong><span class="unseen"> of 10 on IMDb</span>
        </div>`
        : ''
    }
  </article>`;
};

export const cityCard: Card = (hit, { html, components, origin, number }) => {
  const place = hit['_geoloc'] as Place | undefined;
  const away = origin !== undefined && place !== undefined ? distance(distanceKm(origin, place)) : undefined;
  const population = Number(hit['population'] ?? 0);
  return html`<article class="card city" style="--hue:${hue(text(hit['country']))}" data-number="${number}">
    <div class="pin" aria-hidden="true"><span>${number}</span></div>
    <div class="body">
      <h3>${components.Highlight({ hit, attribute: 'name' })}</h3>
      <p class="by">${components.Highlight({ hit, attribute: 'country' })}</p>
      <p class="facts">${text(hit['kind'])}${away === undefined ? '' : ` · ${away} away`}</p>
    </div>
    <div class="score">
      <strong>${population > 0 ? short(population) : '–'}</strong>
      <span class="unit">${population > 0 ? 'people' : 'unknown'}</span>
    </div>
  </article>`;
};

export const plainCard: Card = (hit, { html, components }) => {
  const names = Object.keys(hit).filter((name) => !name.startsWith('_') && name !== 'objectID');
  const highlighted = hit._highlightResult ?? {};
  const [title, ...rest] = [
    ...names.filter((name) => name in highlighted),
    ...names.filter((name) => !(name in highlighted)),
  ];
  const value = (name: string): ReturnType<Html> | string =>
    isLeaf(highlighted[name]) ? components.Highlight({ hit, attribute: name }) : text(hit[name]);
  return html`<article class="card">
    <div class="body">
      <h3>${title === undefined ? hit.objectID : value(title)}</h3>
      <dl class="plain">
        ${rest.slice(0, 6).map((name) => html`<div><dt>${name}</dt><dd>${value(name)}</dd></div>`)}
      </dl>
      <p class="facts">${hit.objectID}</p>
    </div>
  </article>`;
};

function isLeaf(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'value' in value;
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function minutes(value: unknown): string {
  return typeof value === 'number' && value > 0 ? `${value} min` : '';
}

/** Up to two letters for the tile that stands where a poster would. */
function initials(title: string): string {
  const words = title
    .split(/\s+/)
    .filter((word) => /^[\p{L}\p{N}]/u.test(word) && !/^(the|a|an|of|and)$/i.test(word));
  const letters = (words.length > 0 ? words : [title])
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 32));
  return letters.join('').toUpperCase();
}
