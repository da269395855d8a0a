/**
 * Two handles on one line, over InstantSearch's range connector. Native range inputs, so that keyboard, touch and screen
 * readers work as everywhere. Dragging searches at once; InstantSearch drops answers that come out of order.
 */
import connectRange from 'instantsearch.js/es/connectors/range/connectRange';
import type { RangeView } from '../catalogue.ts';
import { element } from '../dom.ts';
import { count, short } from '../format.ts';

const logSteps = 400;

export function rangeSlider(container: HTMLElement, view: RangeView) {
  const toSlider = (value: number): number =>
    view.scale === 'log'
      ? Math.round((Math.log(value / view.min) / Math.log(view.max / view.min)) * logSteps)
      : value;
  const fromSlider = (position: number): number =>
    view.scale === 'log' ? view.min * (view.max / view.min) ** (position / logSteps) : position;
  const show = (value: number): string => {
    if (view.isShort === true) return short(value);
    // A year is no quantity: it has no thousands separator.
    return view.step < 1 ? value.toFixed(1) : view.max < 10_000 ? String(value) : count(value);
  };
  const input = (label: string): HTMLInputElement =>
    element('input', {
      type: 'range',
      min: String(toSlider(view.min)),
      max: String(toSlider(view.max)),
      step: view.scale === 'log' ? '1' : String(view.step),
      'aria-label': `${view.label}, ${label}`,
    });
  const low = input('from');
  const high = input('to');
  const shown = element('output', { class: 'range-shown' });
  const line = element('div', { class: 'range-line' }, [low, high]);
  let refine: ((range: [number | undefined, number | undefined]) => void) | undefined;

  const paint = (): void => {
    const [from, to] = [Number(low.value), Number(high.value)];
    const whole = Number(low.max) - Number(low.min);
    line.style.setProperty('--from', `${((from - Number(low.min)) / whole) * 100}%`);
    line.style.setProperty('--to', `${((to - Number(low.min)) / whole) * 100}%`);
    const [fromText, toText] = [show(fromSlider(from)), show(fromSlider(to))];
    shown.textContent = `${fromText} – ${toText}`;
    low.setAttribute('aria-valuetext', fromText);
    high.setAttribute('aria-valuetext', toText);
  };
  const changed = (moved: HTMLInputElement): void => {
    // The handles push, and do not pass, each other.
    if (Number(low.value) > Number(high.value)) {
      if (moved === low) high.value = low.value;
      else low.value = high.value;
    }
    paint();
    const bound = (slider: HTMLInputElement, end: string): number | undefined =>
      slider.value === end
        ? undefined
        : Number(fromSlider(Number(slider.value)).toFixed(view.step < 1 ? 1 : 0));
    refine?.([bound(low, low.min), bound(high, high.max)]);
  };
  low.addEventListener('input', () => changed(low));
  high.addEventListener('input', () => changed(high));
  container.append(
    element('fieldset', { class: 'range' }, [element('legend', {}, [view.label]), shown, line]),
  );

  return connectRange((options) => {
    refine = options.refine;
    const [from, to] = options.start;
    const isBusy = document.activeElement === low || document.activeElement === high;
    if (!isBusy || (!isFinite(from) && !isFinite(to))) {
      low.value = isFinite(from) ? String(toSlider(from)) : low.min;
      high.value = isFinite(to) ? String(toSlider(to)) : high.max;
    }
    paint();
  })({ attribute: view.attribute, min: view.min, max: view.max, precision: view.step < 1 ? 1 : 0 });
}

function isFinite(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}
