/**
 * A select whose choice becomes search parameters and a part of the page's address: the order of hits, and the place that
 * distances are measured from. InstantSearch's own `sortBy` switches between copies of an index; here the server orders
 * the same index by the `ranking` parameter.
 */
import type { Widget } from 'instantsearch.js/es/types';
import { element } from '../dom.ts';

export interface Choice {
  readonly name: string;
  readonly label: string;
  /** Search parameters of this choice; `undefined` values take a parameter away. */
  readonly parameters: () => Readonly<Record<string, unknown>>;
}

export interface ParameterSelectOptions {
  readonly container: HTMLElement;
  readonly label: string;
  /** Name of the choice in the page's address. */
  readonly stateName: string;
  readonly choices: readonly Choice[];
  /** Runs before a choice takes effect; false leaves things as they were. */
  readonly prepare?: (choice: Choice) => Promise<boolean>;
  readonly onChange?: (choice: Choice) => void;
}

export function parameterSelect(options: ParameterSelectOptions): Widget {
  const { choices, stateName } = options;
  const [first] = choices;
  if (first === undefined) throw new Error(`${stateName}: there is nothing to choose`);
  const select = element(
    'select',
    {},
    choices.map(({ name, label }) => element('option', { value: name }, [label])),
  );
  options.container.append(
    element('label', { class: 'select' }, [element('span', {}, [options.label]), select]),
  );
  let current = first;
  const named = (name: unknown): Choice => choices.find((choice) => choice.name === name) ?? first;

  return {
    $$type: `skein.${stateName}`,
    init({ helper, state }) {
      select.value = current.name;
      select.addEventListener('change', () => {
        const wanted = named(select.value);
        void (options.prepare?.(wanted) ?? Promise.resolve(true)).then((isReady) => {
          if (!isReady) {
            select.value = current.name;
            return;
          }
          current = wanted;
          options.onChange?.(current);
          helper.setState(helper.state.setQueryParameters(current.parameters()).setPage(0)).search();
        });
      });
      return state;
    },
    render() {
      select.value = current.name;
    },
    getWidgetUiState(uiState) {
      return current === first ? uiState : { ...uiState, [stateName]: current.name };
    },
    getWidgetSearchParameters(searchParameters, { uiState }) {
      current = named((uiState as Record<string, unknown>)[stateName]);
      options.onChange?.(current);
      return searchParameters.setQueryParameters(current.parameters());
    },
    dispose({ state }) {
      return state;
    },
  };
}
