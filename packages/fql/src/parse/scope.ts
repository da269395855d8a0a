/** Which names are bound where, while an expression is parsed: so that lambdas know what they close over. */
import type { FqlError } from '../evaluate/fql-error.ts';
import type { Position } from './expression.ts';

/** What one request's parsing has found so far. Variables without a value are only told when everything else is right. */
export interface Findings {
  readonly errors: FqlError[];
  readonly unbound: FqlError[];
}

export class Scope {
  readonly #names: ReadonlySet<string>;
  readonly #outer: Scope | undefined;
  /** Where a lambda begins: names found beyond are free in it. */
  readonly #free: Set<string> | undefined;

  private constructor(names: ReadonlySet<string>, outer: Scope | undefined, free: Set<string> | undefined) {
    this.#names = names;
    this.#outer = outer;
    this.#free = free;
  }

  static readonly empty = new Scope(new Set(), undefined, undefined);

  /** Inside a `let`, after the binding. */
  with(name: string): Scope {
    return new Scope(new Set([name]), this, undefined);
  }

  /** Inside a lambda; `free` gets the names that its body takes from outside. */
  lambda(names: readonly string[], free: Set<string>): Scope {
    return new Scope(new Set(names), this, free);
  }

  /** False: the name has no value here. */
  use(name: string): boolean {
    const crossed: Set<string>[] = [];
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.#outer) {
      if (scope.#names.has(name)) {
        for (const free of crossed) free.add(name);
        return true;
      }
      if (scope.#free !== undefined) crossed.push(scope.#free);
    }
    return false;
  }

  find(name: string, position: Position, findings: Findings): void {
    if (this.use(name)) return;
    findings.unbound.push({
      position,
      code: 'invalid expression',
      description: `Variable '${name}' is not defined.`,
    });
  }
}
