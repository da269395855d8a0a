/** A function value. `expression` is its body, parsed; `captured` what it closes over (rendered as a `let` around the body). */
import type { Expression } from '../parse/expression.ts';
import type { Value } from './value.ts';

export class Lambda {
  readonly kind = 'lambda';
  /** One name takes the whole argument; an array takes one each. `_` ignores. */
  readonly pattern: string | readonly string[];
  readonly body: Expression;
  readonly captured: ReadonlyMap<string, Value>;
  readonly apiVersion: string;

  constructor(parts: {
    readonly pattern: string | readonly string[];
    readonly body: Expression;
    readonly captured?: ReadonlyMap<string, Value>;
    readonly apiVersion?: string;
  }) {
    this.pattern = parts.pattern;
    this.body = parts.body;
    this.captured = parts.captured ?? new Map();
    this.apiVersion = parts.apiVersion ?? '4';
  }
}
