/** Expressions as the parser makes them: their positions are told when somebody asks. */
import { unreachable } from '@skein/base';
import type { Form } from '../forms/form.ts';
import type { Value } from '../values/value.ts';
import type { Expression, Position } from './expression.ts';
import type { Place } from './place.ts';

class Node {
  readonly place: Place;

  constructor(place: Place) {
    this.place = place;
  }

  get position(): Position {
    return this.place.position;
  }
}

export class LiteralNode extends Node {
  readonly kind = 'literal';
  readonly value: Value;

  constructor(place: Place, value: Value) {
    super(place);
    this.value = value;
  }
}

export class ArrayNode extends Node {
  readonly kind = 'array';
  readonly items: readonly Expression[];

  constructor(place: Place, items: readonly Expression[]) {
    super(place);
    this.items = items;
  }
}

export class ObjectNode extends Node {
  readonly kind = 'object';
  readonly fields: readonly (readonly [string, Expression])[];

  constructor(place: Place, fields: readonly (readonly [string, Expression])[]) {
    super(place);
    this.fields = fields;
  }
}

export class VariableNode extends Node {
  readonly kind = 'variable';
  readonly name: string;

  constructor(place: Place, name: string) {
    super(place);
    this.name = name;
  }
}

export class LetNode extends Node {
  readonly kind = 'let';
  readonly bindings: readonly (readonly [string, Expression])[];
  readonly body: Expression;

  constructor(place: Place, bindings: readonly (readonly [string, Expression])[], body: Expression) {
    super(place);
    this.bindings = bindings;
    this.body = body;
  }

  get in(): Position {
    return this.place.at('in').position;
  }
}

export class LambdaNode extends Node {
  readonly kind = 'lambda';
  readonly pattern: string | readonly string[];
  readonly body: Expression;
  readonly free: readonly string[];
  readonly apiVersion: string;

  constructor(
    place: Place,
    parts: {
      readonly pattern: string | readonly string[];
      readonly body: Expression;
      readonly free: readonly string[];
      readonly apiVersion: string;
    },
  ) {
    super(place);
    this.pattern = parts.pattern;
    this.body = parts.body;
    this.free = parts.free;
    this.apiVersion = parts.apiVersion;
  }
}

export class FormNode extends Node {
  readonly kind = 'form';
  readonly form: Form;
  readonly arguments: readonly (Expression | undefined)[];

  constructor(place: Place, form: Form, given: readonly (Expression | undefined)[]) {
    super(place);
    this.form = form;
    this.arguments = given;
  }
}

/** The expressions directly inside one. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'variable':
      return [];
    case 'array':
      return expression.items;
    case 'object':
      return expression.fields.map(([, field]) => field);
    case 'let':
      return [...expression.bindings.map(([, binding]) => binding), expression.body];
    case 'lambda':
      return [expression.body];
    case 'form':
      return expression.arguments.filter((argument) => argument !== undefined);
    default:
      return unreachable(expression);
  }
}
