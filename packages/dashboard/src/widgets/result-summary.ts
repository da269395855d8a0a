/** How many hits, in what time. Read out by screen readers after typing has paused, not at every key. */
import connectStats from 'instantsearch.js/es/connectors/stats/connectStats';
import { element } from '../dom.ts';
import { count, milliseconds } from '../format.ts';

const quietMs = 800;

export function resultSummary(
  container: HTMLElement,
  options: {
    readonly units: readonly [one: string, several: string];
    readonly lastRoundTripMs: () => number;
  },
) {
  const number = element('strong');
  const unit = element('span');
  const timing = element('span', { class: 'timing' });
  const spoken = element('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  container.append(element('p', { class: 'summary' }, [number, ' ', unit, ' ', timing]), spoken);
  let speaking: ReturnType<typeof setTimeout> | undefined;
  return connectStats(({ nbHits, processingTimeMS, query }, isFirstRender) => {
    if (isFirstRender) return;
    const name = options.units[nbHits === 1 ? 0 : 1];
    number.textContent = count(nbHits);
    unit.textContent = name;
    const server = processingTimeMS < 1 ? 'under 1 ms' : milliseconds(processingTimeMS);
    timing.textContent = `${server} on the server · ${milliseconds(options.lastRoundTripMs())} in all`;
    clearTimeout(speaking);
    speaking = setTimeout(() => {
      spoken.textContent = `${count(nbHits)} ${name}${query === '' ? '' : ` for ${query}`}`;
    }, quietMs);
  })({});
}
