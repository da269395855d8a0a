/** What one request's parsing found wrong. Variables without a value are only told when everything else is right. */
import { excerpt, type FqlError, type FqlErrorCode, FqlFault } from '../evaluate/fql-error.ts';
import { ERROR_COUNT_MAX } from '../evaluate/limits.ts';
import type { Place } from './place.ts';

export class Findings {
  readonly #errors: FqlError[] = [];
  readonly #unbound: FqlError[] = [];
  #count = 0;

  /** All that was found, also what is not kept because there is so much. */
  get count(): number {
    return this.#count;
  }

  get unboundCount(): number {
    return this.#unbound.length;
  }

  add(place: Place, description: string, code: FqlErrorCode = 'invalid expression'): void {
    this.#count++;
    if (this.#errors.length >= ERROR_COUNT_MAX) return;
    this.#errors.push({ position: place.position, code, description });
  }

  /** The errors of a part that was parsed by itself; not what is unbound there. */
  addAll(part: Findings): void {
    this.#count += part.#count;
    this.#errors.push(...part.#errors.slice(0, ERROR_COUNT_MAX - this.#errors.length));
  }

  addUnbound(place: Place, name: string): void {
    if (this.#unbound.length >= ERROR_COUNT_MAX) return;
    const description = `Variable '${excerpt(name)}' is not defined.`;
    this.#unbound.push({ position: place.position, code: 'invalid expression', description });
  }

  throwIfAny(): void {
    const errors = this.#errors.length > 0 ? this.#errors : this.#unbound;
    if (errors.length > 0) throw new FqlFault(errors);
  }
}
