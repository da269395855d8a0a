/**
 * The hits of the page on a map drawn here: coast lines from the bundle, no tiles from anywhere. It shows the smallest
 * stretch of the world that holds all hits (and the origin of distances). For readers who do not see it, the list of hits says the same.
 */

import land from 'virtual:land';
import connectHits from 'instantsearch.js/es/connectors/hits/connectHits';
import { element, svg } from '../dom.ts';
import type { Place } from '../format.ts';

const widthPx = 720;
const heightPx = 360;
/** Smallest stretch shown, so that one village does not fill the map with nothing. */
const degreesMin = 1.5;
const marginShare = 0.14;
const labelsMax = 6;

export interface HitMap {
  readonly widget: ReturnType<ReturnType<typeof connectHits>>;
  setOrigin(origin: Place | undefined): void;
}

export function hitMap(container: HTMLElement): HitMap {
  const coast = svg('path', { d: land, class: 'land', 'vector-effect': 'non-scaling-stroke' });
  const world = svg('g', {}, [
    svg('path', { d: graticule(), class: 'graticule', 'vector-effect': 'non-scaling-stroke' }),
    coast,
  ]);
  const marks = svg('g');
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${widthPx} ${heightPx}`, role: 'img', 'aria-label': 'Map of the hits' },
    [world, marks],
  );
  container.append(element('figure', { class: 'map' }, [picture as unknown as Node]));
  let origin: Place | undefined;

  const widget = connectHits(({ items }) => {
    const places = items.flatMap((hit, at) => {
      const place = hit['_geoloc'] as Place | undefined;
      return place === undefined
        ? []
        : [{ ...place, number: at + 1, name: String(hit['name'] ?? hit.objectID), id: hit.objectID }];
    });
    container.hidden = places.length === 0;
    if (places.length === 0) return;
    const view = viewOf([...places, ...(origin === undefined ? [] : [origin])]);
    world.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.scaleX} ${view.scaleY})`);
    picture.setAttribute(
      'aria-label',
      `Map of ${places.length} places: ${places
        .slice(0, 5)
        .map(({ name }) => name)
        .join(', ')}${places.length > 5 ? ' …' : ''}`,
    );
    marks.replaceChildren(
      ...(origin === undefined ? [] : [originMark(view, origin)]),
      // The best hits last, so that they lie on top.
      ...places.toReversed().map((place) => placeMark(view, place)),
    );
  })({});
  return {
    widget,
    setOrigin: (place) => {
      origin = place;
    },
  };
}

/** Degrees to pixels: `px = degrees * scale + offset`. */
interface MapView {
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

function viewOf(places: readonly Place[]): MapView {
  const [lats, lngs] = [places.map(({ lat }) => lat), places.map(({ lng }) => lng)];
  const [west, east] = [Math.min(...lngs), Math.max(...lngs)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const middleLat = Math.max(-75, Math.min(75, (south + north) / 2));
  // A degree of longitude is shorter the farther from the equator; without this, shapes would be stretched.
  const shrink = Math.cos((middleLat * Math.PI) / 180);
  const inner = 1 - 2 * marginShare;
  const perLat = Math.min(
    (heightPx * inner) / Math.max(degreesMin, north - south),
    (widthPx * inner) / (Math.max(degreesMin, east - west) * shrink),
  );
  const scaleY = Math.max(perLat, heightPx / 180);
  const scaleX = Math.max(scaleY * shrink, widthPx / 360);
  return {
    scaleX,
    scaleY,
    x: widthPx / 2 - ((west + east) / 2) * scaleX,
    y: heightPx / 2 + ((south + north) / 2) * scaleY,
  };
}

function at(view: MapView, { lat, lng }: Place): { x: number; y: number } {
  return { x: lng * view.scaleX + view.x, y: -lat * view.scaleY + view.y };
}

function placeMark(view: MapView, place: Place & { number: number; name: string; id: string }): SVGElement {
  const { x, y } = at(view, place);
  const mark = svg(
    'g',
    {
      class: 'mark',
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      'data-number': String(place.number),
    },
    [
      svg('circle', { r: '10' }),
      svg('text', { class: 'number', y: '3.6', 'text-anchor': 'middle' }, [String(place.number)]),
      svg('title', {}, [place.name]),
    ],
  );
  if (place.number <= labelsMax) {
    const isRight = x > widthPx - 110;
    mark.append(
      svg(
        'text',
        { class: 'label', x: isRight ? '-15' : '15', y: '4', 'text-anchor': isRight ? 'end' : 'start' },
        [place.name],
      ),
    );
  }
  return mark;
}

function originMark(view: MapView, origin: Place): SVGElement {
  const { x, y } = at(view, origin);
  return svg('g', { class: 'origin', transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }, [
    svg('circle', { r: '16' }),
    svg('circle', { r: '4', class: 'dot' }),
  ]);
}

/** Lines every 10 degrees. */
function graticule(): string {
  let path = '';
  for (let lng = -180; lng <= 180; lng += 10) path += `M${lng} -90V90`;
  for (let lat = -90; lat <= 90; lat += 10) path += `M-180 ${lat}H180`;
  return path;
}
