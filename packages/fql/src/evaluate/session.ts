/** What all evaluations of one transaction share: the store, the schema as it is now, chance, and what was spent so far. */
import type { RandomSource } from '@skein/base';
import type { Schema } from '../schema/schema.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import type { ScopeId } from '../store/document-store.ts';
import type { DocumentValue, Value } from '../values/value.ts';
import type { EvaluationOptions, Host, IdCounter } from './context.ts';
import { FqlFault } from './fql-error.ts';
import type { MeteredStore } from './metered-store.ts';
import { type Extent, Extents } from './value-size.ts';

export class Session {
  readonly store: MeteredStore;
  /** Undefined: this evaluation only reads. */
  readonly mayWrite: boolean;
  readonly host: Host;
  readonly options: EvaluationOptions;
  readonly random: RandomSource;
  /** µs. */
  readonly now: number;
  /** What errors call the place where nothing may be written. */
  readonly readOnlyPlace: string;
  /** Documents that forms of this transaction created: an answer that is one of them has the status 201. */
  readonly created = new Set<DocumentValue>();
  /** Expressions inside each other, at this moment. */
  nesting = 0;
  stepCount = 0;
  formCount = 0;
  /** Ids that the transaction has made, with where it began to count. */
  readonly ids: IdCounter = { next: undefined };
  readonly #schemas = new Map<ScopeId, Schema>();
  #schemasAt = 0;
  readonly #extents = new Extents((steps) => this.charge(steps));

  constructor(parts: {
    readonly store: MeteredStore;
    readonly mayWrite: boolean;
    readonly host: Host;
    readonly options: EvaluationOptions;
    readonly random: RandomSource;
    readonly now: number;
    readonly readOnlyPlace?: string | undefined;
  }) {
    this.store = parts.store;
    this.mayWrite = parts.mayWrite;
    this.host = parts.host;
    this.options = parts.options;
    this.random = parts.random;
    this.now = parts.now;
    this.store.onWork = (steps) => this.charge(steps);
    this.readOnlyPlace = parts.readOnlyPlace ?? 'a read-only expression';
  }

  schemaOf(scope: ScopeId): Schema {
    if (this.#schemasAt !== this.store.schemaChangeCount) {
      this.#schemas.clear();
      this.#schemasAt = this.store.schemaChangeCount;
    }
    const known = this.#schemas.get(scope);
    if (known !== undefined) return known;
    const schema = schemaFor(this.store, scope);
    this.#schemas.set(scope, schema);
    return schema;
  }

  /** For a value that was put together: throws a fault when it stands for too much. */
  checkSize<T extends Value>(value: T): T {
    this.extentOf(value);
    return value;
  }

  extentOf(value: Value): Extent {
    return this.#extents.of(value);
  }

  charge(steps: number): void {
    this.stepCount += steps;
    if (this.stepCount > this.options.stepsMax) {
      throw new FqlFault([
        {
          position: [],
          code: 'resources exceeded',
          description: `The transaction takes more than the ${this.options.stepsMax} steps that one may take.`,
        },
      ]);
    }
  }
}
