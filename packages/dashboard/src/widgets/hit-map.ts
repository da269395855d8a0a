/**
 * The hits of the page on a map drawn here: coast lines from the bundle, no tiles from anywhere. It shows the smallest
 * stretch of the world that holds all hits (and the origin of distances). For readers who do not see it, the list of hits
 * says the same.
 */

import land from 'virtual:land';
import connectHits from 'instantsearch.js/es/connectors/hits/connectHits';
import { element, svg } from '../dom.ts';
import { distance, type Place } from '../format.ts';

/** Smallest stretch shown, so that one village does not fill the map with nothing. */
const degreesMin = 0.25;
/** The coast lines are rough; nearer than this they would mislead, and a grid with a scale says more. */
const degreesOfCoastMin = 4;
const marginPx = 34;
const labelsMax = 8;
const kmPerDegree = 111.2;
const ariaNamesMax = 5;

export interface HitMap {
  readonly widget: ReturnType<ReturnType<typeof connectHits>>;
  setOrigin(origin: Place | undefined): void;
}

interface MarkedPlace extends Place {
  /** 1-based, as on the hit's card. */
  readonly number: number;
  readonly name: string;
}

/** Degrees to pixels: `px = degrees * scale + offset`. */
interface MapView {
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

export function hitMap(container: HTMLElement): HitMap {
  const picture = svg('svg', { role: 'img' });
  container.append(element('figure', { class: 'map' }, [picture]));
  let origin: Place | undefined;
  let places: readonly MarkedPlace[] = [];

  const paint = (): void => {
    container.hidden = places.length === 0;
    if (places.length === 0) return;
    const width = Math.max(280, container.clientWidth);
    const height = Math.round(Math.min(340, Math.max(200, width * 0.4)));
    const view = viewOf([...places, ...(origin === undefined ? [] : [origin])], width, height);
    picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const names = places.slice(0, ariaNamesMax).map(({ name }) => name);
    picture.setAttribute(
      'aria-label',
      `Map of ${places.length} places: ${names.join(', ')}${places.length > ariaNamesMax ? ' …' : ''}`,
    );
    const taken: Box[] = places.map((place) => boxAround(at(view, place), 11, 11));
    picture.replaceChildren(
      ...background(view),
      ...(origin === undefined ? [] : [originMark(view, origin)]),
      // The best hits last, so that they lie on top.
      ...places.toReversed().map((place) => placeMark(view, place)),
      ...places.slice(0, labelsMax).flatMap((place) => labelOf(view, place, taken)),
      scaleBar(view),
    );
  };
  new ResizeObserver(paint).observe(container.parentElement ?? container);

  const widget = connectHits(({ items }) => {
    places = items.flatMap((hit, ordinal) => {
      const place = hit['_geoloc'] as Place | undefined;
      const name: unknown = hit['name'];
      return place === undefined
        ? []
        : [{ ...place, number: ordinal + 1, name: typeof name === 'string' ? name : hit.objectID }];
    });
    paint();
  })({});
  return {
    widget,
    setOrigin: (place) => {
      origin = place;
    },
  };
}

function viewOf(places: readonly Place[], width: number, height: number): MapView {
  const [lats, lngs] = [places.map(({ lat }) => lat), places.map(({ lng }) => lng)];
  const [west, east] = [Math.min(...lngs), Math.max(...lngs)];
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const middleLat = Math.max(-75, Math.min(75, (south + north) / 2));
  // A degree of longitude is shorter the farther from the equator; without this, shapes would be stretched.
  const shrink = Math.cos((middleLat * Math.PI) / 180);
  const fitting = Math.min(
    (height - 2 * marginPx) / Math.max(degreesMin, north - south),
    (width - 2 * marginPx) / (Math.max(degreesMin, east - west) * shrink),
  );
  // Never farther out than the whole width of the world.
  const scaleX = Math.max(fitting * shrink, width / 360);
  const scaleY = scaleX / shrink;
  const x = width / 2 - ((west + east) / 2) * scaleX;
  return {
    width,
    height,
    scaleX,
    scaleY,
    // The edges of the world stay outside the picture.
    x: Math.min(180 * scaleX, Math.max(width - 180 * scaleX, x)),
    y: height / 2 + ((south + north) / 2) * scaleY,
  };
}

function at(view: MapView, { lat, lng }: Place): { x: number; y: number } {
  return { x: lng * view.scaleX + view.x, y: -lat * view.scaleY + view.y };
}

function background(view: MapView): SVGElement[] {
  const degrees = view.width / view.scaleX;
  const stroke = { 'vector-effect': 'non-scaling-stroke' };
  const transform = `translate(${view.x} ${view.y}) scale(${view.scaleX} ${view.scaleY})`;
  const step = [0.1, 0.5, 1, 5, 10].find((each) => degrees / each < 24) ?? 10;
  const lines = svg('path', { d: graticule(view, step), class: 'graticule', ...stroke });
  const coast = degrees < degreesOfCoastMin ? [] : [svg('path', { d: land, class: 'land', ...stroke })];
  return [svg('g', { transform }, [...coast, lines])];
}

/** Lines every `step` degrees, only where the picture is. */
function graticule(view: MapView, step: number): string {
  const [west, east] = [-view.x / view.scaleX, (view.width - view.x) / view.scaleX];
  const [north, south] = [-view.y / view.scaleY, (view.height - view.y) / view.scaleY];
  let path = '';
  for (let lng = Math.ceil(west / step) * step; lng <= east; lng += step)
    path += `M${lng.toFixed(2)} ${north}V${south}`;
  for (let lat = Math.ceil(north / step) * step; lat <= south; lat += step)
    path += `M${west} ${lat.toFixed(2)}H${east}`;
  return path;
}

function placeMark(view: MapView, place: MarkedPlace): SVGElement {
  const { x, y } = at(view, place);
  return svg(
    'g',
    {
      class: 'mark',
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      'data-number': String(place.number),
    },
    [
      svg('circle', { r: '10' }),
      svg('text', { class: 'number', y: '3.7', 'text-anchor': 'middle' }, [String(place.number)]),
      svg('title', {}, [place.name]),
    ],
  );
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boxAround({ x, y }: { x: number; y: number }, halfWidth: number, halfHeight: number): Box {
  return { left: x - halfWidth, right: x + halfWidth, top: y - halfHeight, bottom: y + halfHeight };
}

/** The name beside its mark, right or left of it, where it covers nothing; none where there is no room. */
function labelOf(view: MapView, place: MarkedPlace, taken: Box[]): SVGElement[] {
  const { x, y } = at(view, place);
  // A guess at the width of the text, on the wide side.
  const half = place.name.length * 3.9 + 4;
  for (const side of [1, -1]) {
    const box = boxAround({ x: x + side * (half + 12), y }, half, 8);
    const isInside = box.left > 0 && box.right < view.width;
    const isFree = taken.every(
      (each) =>
        each.right < box.left || each.left > box.right || each.bottom < box.top || each.top > box.bottom,
    );
    if (!isInside || !isFree) continue;
    taken.push(box);
    const position = { x: (x + side * 15).toFixed(1), y: (y + 4.5).toFixed(1) };
    return [
      svg('text', { class: 'label', ...position, 'text-anchor': side > 0 ? 'start' : 'end' }, [place.name]),
    ];
  }
  return [];
}

function originMark(view: MapView, origin: Place): SVGElement {
  const { x, y } = at(view, origin);
  return svg('g', { class: 'origin', transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` }, [
    svg('circle', { r: '16' }),
    svg('circle', { r: '4', class: 'dot' }),
  ]);
}

/** A round distance of about a hundred pixels. North–south, where the scale is true everywhere. */
function scaleBar(view: MapView): SVGElement {
  const kmPerPx = kmPerDegree / view.scaleY;
  const rounds = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const km = rounds.findLast((each) => each / kmPerPx <= 110) ?? 1;
  const length = km / kmPerPx;
  const [left, bottom] = [14, view.height - 14];
  return svg('g', { class: 'scale' }, [
    svg('path', { d: `M${left} ${bottom - 5}v5h${length.toFixed(1)}v-5` }),
    svg('text', { x: String(left + 5), y: String(bottom - 5) }, [distance(km)]),
  ]);
}
