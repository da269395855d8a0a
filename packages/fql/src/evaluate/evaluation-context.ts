/** The context that forms see. Contexts are small and made by the call; what is shared is in the session. */
import type { RandomSource } from '@skein/base';
import type { Authentication } from '../access/authentication.ts';
import type { Effect } from '../forms/form.ts';
import { allows } from '../parse/effects.ts';
import type { Position } from '../parse/expression.ts';
import type { Schema } from '../schema/schema.ts';
import type { DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';
import type { Lambda } from '../values/lambda.ts';
import type { Value } from '../values/value.ts';
import type { EvaluationContext, EvaluationOptions, Host, IdCounter } from './context.ts';
import { environmentOf, positionOf } from './environment.ts';
import { evaluateIn } from './evaluator.ts';
import { FqlFault, WriteNeeded } from './fql-error.ts';
import { CALL_DEPTH_MAX, LEVELS_PER_CALL } from './limits.ts';
import type { Session } from './session.ts';
import type { Extent } from './value-size.ts';

export class Context implements EvaluationContext {
  readonly session: Session;
  readonly authentication: Authentication;
  readonly at: number | undefined;
  /** The strongest effect that is allowed from here on. */
  readonly effect: Effect;
  /** Lambdas around this place. */
  readonly callDepth: number;

  constructor(
    session: Session,
    authentication: Authentication,
    at?: number,
    effect: Effect = 'write',
    callDepth = 0,
  ) {
    this.session = session;
    this.authentication = authentication;
    this.at = at;
    this.effect = effect;
    this.callDepth = callDepth;
  }

  get store(): DocumentReader {
    return this.session.store;
  }

  get scope(): ScopeId {
    return this.authentication.scope;
  }

  get schema(): Schema {
    return this.session.schemaOf(this.authentication.scope);
  }

  schemaOf(scope: ScopeId): Schema {
    return this.session.schemaOf(scope);
  }

  get host(): Host {
    return this.session.host;
  }

  get random(): RandomSource {
    return this.session.random;
  }

  get ids(): IdCounter {
    return this.session.ids;
  }

  get options(): EvaluationOptions {
    return this.session.options;
  }

  get now(): number {
    return this.session.now;
  }

  writer(position: Position): DocumentWriter {
    if (!allows(this.effect, 'write')) throw this.effectFault('write', position);
    if (this.at !== undefined) {
      throw new FqlFault([
        { position, code: 'invalid write time', description: 'Cannot write outside of snapshot time.' },
      ]);
    }
    if (!this.session.mayWrite) throw new WriteNeeded('this evaluation only reads');
    return this.session.store;
  }

  withTime(at: number | undefined): Context {
    if (at === this.at) return this;
    return new Context(this.session, this.authentication, at, this.effect, this.callDepth);
  }

  withAuthentication(authentication: Authentication, effect?: 'pure' | 'read'): Context {
    return new Context(this.session, authentication, this.at, this.#limited(effect), this.callDepth);
  }

  call(lambda: Lambda, argument: Value, effect?: Effect): Value {
    if (this.callDepth >= CALL_DEPTH_MAX) throw stackOverflow(positionOf(lambda));
    this.session.charge(1);
    const environment = environmentOf(lambda, argument);
    const inner = new Context(
      this.session,
      this.authentication,
      this.at,
      this.#limited(effect),
      this.callDepth + 1,
    );
    const depth = this.session.nesting;
    this.session.nesting += LEVELS_PER_CALL;
    try {
      return evaluateIn(lambda.body, inner, environment);
    } finally {
      this.session.nesting = depth;
    }
  }

  extentOf(value: Value): Extent {
    return this.session.extentOf(value);
  }

  charge(steps: number): void {
    this.session.charge(steps);
  }

  effectFault(effect: Effect, position: Position): FqlFault {
    const place = this.effect === 'pure' ? 'index bindings' : this.session.readOnlyPlace;
    const description = `Call performs a ${effect}, which is not allowed in ${place}.`;
    return new FqlFault([{ position, code: 'invalid expression', description }]);
  }

  #limited(effect: Effect | undefined): Effect {
    return effect === undefined || allows(effect, this.effect) ? this.effect : effect;
  }
}

export function stackOverflow(position: Position): FqlFault {
  return new FqlFault([
    {
      position,
      code: 'stack overflow',
      description: `Call stack reached the maximum limit of ${CALL_DEPTH_MAX}.`,
    },
  ]);
}
