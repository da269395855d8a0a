/**
 * Which names are bound at the place that is being parsed, so that lambdas know what they take from outside. Bindings nest, and so do lambdas:
 *
 *   #levels   name → how many lambdas are around each of its bindings, the innermost binding last
 *   #free     for each lambda around this place, the names that it takes from outside
 */
export class Scope {
  readonly #levels = new Map<string, number[]>();
  readonly #free: Set<string>[] = [];

  bind(name: string): void {
    const levels = this.#levels.get(name);
    if (levels === undefined) this.#levels.set(name, [this.#free.length]);
    else levels.push(this.#free.length);
  }

  /** Ends the innermost binding of each. */
  unbind(names: readonly string[]): void {
    for (const name of names) this.#levels.get(name)?.pop();
  }

  enterLambda(names: readonly string[]): void {
    this.#free.push(new Set());
    for (const name of names) this.bind(name);
  }

  /** The names that the lambda takes from outside. */
  leaveLambda(names: readonly string[]): readonly string[] {
    this.unbind(names);
    return [...(this.#free.pop() ?? [])];
  }

  /** False: the name has no value here. */
  use(name: string): boolean {
    const level = this.#levels.get(name)?.at(-1);
    if (level === undefined) return false;
    for (let at = this.#free.length - 1; at >= level; at--) {
      const free = this.#free[at];
      // A lambda that has it already told those around it.
      if (free === undefined || free.has(name)) break;
      free.add(name);
    }
    return true;
  }
}
