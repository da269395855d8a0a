/**
 * Where a node stands in a request, as a chain: a request of 8 MiB has a million nodes, and each may be a thousand levels deep. Only errors
 * make a `Position` of it.
 */
import type { Position } from './expression.ts';

export class Place {
  readonly #outer: Place | undefined;
  readonly #step: string | number;

  private constructor(outer: Place | undefined, step: string | number) {
    this.#outer = outer;
    this.#step = step;
  }

  static readonly root = new Place(undefined, '');

  at(step: string | number): Place {
    return new Place(this, step);
  }

  get position(): Position {
    return Place.#stepsTo(this);
  }

  static #stepsTo(place: Place): Position {
    const steps: (string | number)[] = [];
    let inner = place;
    for (let outer = inner.#outer; outer !== undefined; outer = inner.#outer) {
      steps.push(inner.#step);
      inner = outer;
    }
    return steps.reverse();
  }
}
