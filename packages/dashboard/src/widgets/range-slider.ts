/**
 * Two handles on one line that filter by a numeric attribute. Native range inputs, so that keyboard, touch and screen
 * readers work as everywhere; the searches follow each movement, and InstantSearch drops answers that come out of order.
 *
 * Not InstantSearch's range connector: that one asks for the attribute as a facet, to learn its bounds, and counting each
 * population of 135,000 cities at each key would cost more than the search. The bounds are known here.
 */
import type { SearchParameters } from 'algoliasearch-helper';
import type { Widget } from 'instantsearch.js/es/types';
import type { RangeView } from '../catalogue.ts';
import { element } from '../dom.ts';
import { count, short } from '../format.ts';

const logSteps = 400;

interface Bounds {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export function rangeSlider(container: HTMLElement, view: RangeView): Widget {
  const { attribute, min, max, step } = view;
  const isLog = view.scale === 'log';
  const digits = step < 1 ? 1 : 0;
  const toSlider = (value: number): number =>
    isLog ? Math.round((Math.log(Math.max(min, value) / min) / Math.log(max / min)) * logSteps) : value;
  const fromSlider = (position: number): number =>
    isLog ? min * (max / min) ** (position / logSteps) : position;
  const show = (value: number): string => {
    if (view.isShort === true) return short(value);
    // A year is no quantity: it has no thousands separator.
    return digits > 0 ? value.toFixed(digits) : max < 10_000 ? String(value) : count(value);
  };
  const slider = (end: string): HTMLInputElement =>
    element('input', {
      type: 'range',
      min: String(toSlider(min)),
      max: String(toSlider(max)),
      step: isLog ? '1' : String(step),
      'aria-label': `${view.label}, ${end}`,
    });
  const [low, high] = [slider('from'), slider('to')];
  const shown = element('span', { class: 'range-shown', 'aria-hidden': 'true' });
  const line = element('div', { class: 'range-line' }, [low, high]);
  container.append(
    element('div', { class: 'range', role: 'group', 'aria-label': view.label }, [
      element('div', { class: 'range-head' }, [
        element('span', { class: 'range-label' }, [view.label]),
        shown,
      ]),
      line,
    ]),
  );

  const paint = (): void => {
    const start = Number(low.min);
    const whole = Number(low.max) - start;
    line.style.setProperty('--from', `${((Number(low.value) - start) / whole) * 100}%`);
    line.style.setProperty('--to', `${((Number(high.value) - start) / whole) * 100}%`);
    const [from, to] = [show(fromSlider(Number(low.value))), show(fromSlider(Number(high.value)))];
    shown.textContent = `${from} – ${to}`;
    low.setAttribute('aria-valuetext', from);
    high.setAttribute('aria-valuetext', to);
  };
  const adopt = ({ from, to }: Bounds): void => {
    low.value = from === undefined ? low.min : String(toSlider(from));
    high.value = to === undefined ? high.max : String(toSlider(to));
    paint();
  };
  /** A handle at its end leaves its side open, so that records without the attribute are found too. */
  const chosen = (): Bounds => {
    const bound = (input: HTMLInputElement, end: string): number | undefined =>
      input.value === end ? undefined : Number(fromSlider(Number(input.value)).toFixed(digits));
    return { from: bound(low, low.min), to: bound(high, high.max) };
  };

  return {
    $$type: 'skein.rangeSlider',
    init({ helper, state }) {
      adopt(boundsOf(state, attribute));
      const moved = (input: HTMLInputElement): void => {
        // The handles push, and do not pass, each other.
        if (Number(low.value) > Number(high.value)) {
          if (input === low) high.value = low.value;
          else low.value = high.value;
        }
        paint();
        helper.setState(withBounds(helper.state, attribute, chosen()).setPage(0)).search();
      };
      low.addEventListener('input', () => moved(low));
      high.addEventListener('input', () => moved(high));
    },
    render({ state }) {
      const bounds = boundsOf(state, attribute);
      const isHeld = document.activeElement === low || document.activeElement === high;
      // A held handle leads and the state follows, except when the filter was taken away elsewhere.
      if (!isHeld || isOpen(bounds)) adopt(bounds);
    },
    getWidgetUiState(uiState, { searchParameters }) {
      const { from, to } = boundsOf(searchParameters, attribute);
      const { [attribute]: _, ...others } = uiState.range ?? {};
      const range =
        from === undefined && to === undefined
          ? others
          : { ...others, [attribute]: `${from ?? ''}:${to ?? ''}` };
      return { ...uiState, range };
    },
    getWidgetSearchParameters(searchParameters, { uiState }) {
      const [from, to] = (uiState.range?.[attribute] ?? ':').split(':').map(numberOrNone);
      return withBounds(searchParameters, attribute, { from, to });
    },
    dispose({ state }) {
      return state.removeNumericRefinement(attribute);
    },
  };
}

function boundsOf(state: SearchParameters, attribute: string): Bounds {
  const refinements = state.numericRefinements[attribute] ?? {};
  const first = (values: readonly (number | number[])[] | undefined): number | undefined =>
    [values?.[0]].flat()[0];
  return { from: first(refinements['>=']), to: first(refinements['<=']) };
}

function withBounds(state: SearchParameters, attribute: string, { from, to }: Bounds): SearchParameters {
  let next = state.removeNumericRefinement(attribute);
  if (from !== undefined) next = next.addNumericRefinement(attribute, '>=', from);
  if (to !== undefined) next = next.addNumericRefinement(attribute, '<=', to);
  return next;
}

function isOpen({ from, to }: Bounds): boolean {
  return from === undefined && to === undefined;
}

function numberOrNone(text: string): number | undefined {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
