/** An expression, parsed: every node knows its place in the request, for errors. */
import type { Form } from '../forms/form.ts';
import type { Value } from '../values/value.ts';

/** Keys and indices from the request's root (inside a user function: from its lambda) to a node. */
export type Position = readonly (string | number)[];

export type Expression =
  | { readonly kind: 'literal'; readonly position: Position; readonly value: Value }
  | { readonly kind: 'array'; readonly position: Position; readonly items: readonly Expression[] }
  | {
      readonly kind: 'object';
      readonly position: Position;
      readonly fields: readonly (readonly [string, Expression])[];
    }
  | { readonly kind: 'variable'; readonly position: Position; readonly name: string }
  | {
      readonly kind: 'let';
      readonly position: Position;
      readonly bindings: readonly (readonly [string, Expression])[];
      readonly body: Expression;
      /** As sent: rendering gives an object either way. */
      readonly in: Position;
    }
  | {
      readonly kind: 'lambda';
      readonly position: Position;
      readonly pattern: string | readonly string[];
      readonly body: Expression;
      /** Names from outside that the body uses. */
      readonly free: readonly string[];
      readonly apiVersion: string;
    }
  | {
      readonly kind: 'form';
      readonly position: Position;
      readonly form: Form;
      /** By parameter, in the order of `form.parameters`; undefined where an optional one is absent. */
      readonly arguments: readonly (Expression | undefined)[];
    };
