/** Everything that an evaluation may look at. It is pure: the same context and expression give the same value, on every member. */
import type { RandomSource } from '@skein/base';
import type { Authentication } from '../access/authentication.ts';
import type { Schema } from '../schema/schema.ts';
import type { DocumentReader, DocumentWriter, ScopeId } from '../store/document-store.ts';
import type { Lambda } from '../values/lambda.ts';
import type { Value } from '../values/value.ts';
import type { Extent } from './value-size.ts';

/** What only the shell around can do; synchronous. */
export interface Host {
  /** A password's hash with its salt inside; `salt` has 16 bytes. */
  hashPassword(password: string, salt: Uint8Array): string;
  verifyPassword(password: string, hash: string): boolean;
  /** Hexadecimal SHA-256 of the UTF-8 bytes: what is stored of a secret. */
  sha256(text: string): string;
}

export interface EvaluationOptions {
  /** `TimeAdd` and `TimeSubtract` refuse integers, as Fauna's did. Off by default: an integer then means µs since 1970. */
  readonly strictTemporal: boolean;
  /** Steps that one transaction may take; counted, not timed, so that every member stops at the same one. */
  readonly stepsMax: number;
}

/** One for all evaluations of a transaction; `forms/new-id.ts` counts on it. */
export interface IdCounter {
  next: number | undefined;
}

export interface EvaluationContext {
  readonly store: DocumentReader;
  /** Throws `WriteNeeded` in a read-only evaluation, and a fault (`invalid write time`) inside `At` the past. `position` for the fault. */
  readonly writer: (position: readonly (string | number)[]) => DocumentWriter;
  /** The database that is asked. */
  readonly scope: ScopeId;
  /** Of `scope`; `schemaOf` gives those of other databases. Always current, also after a write of this transaction. */
  readonly schema: Schema;
  readonly schemaOf: (scope: ScopeId) => Schema;
  readonly authentication: Authentication;
  readonly host: Host;
  /** Of the operation: deterministic. */
  readonly random: RandomSource;
  readonly ids: IdCounter;
  readonly options: EvaluationOptions;
  /** µs; the time of this transaction if it writes, of the snapshot's clock if it reads: what `Now()` says. */
  readonly now: number;
  /** µs; reads see this moment (`At`, `ts:`). Undefined: the present. */
  readonly at: number | undefined;
  /** The same context with reads at another moment. */
  readonly withTime: (at: number | undefined) => EvaluationContext;
  /**
   * The same context for someone else: functions run with their role, predicates of roles with what `access/predicate.ts` gives them.
   * `effect`: what is allowed from there on, also in functions that are called; more is a fault, never a write.
   */
  readonly withAuthentication: (
    authentication: Authentication,
    effect?: 'pure' | 'read',
  ) => EvaluationContext;
  /** A lambda's result; the argument is matched to its pattern. Its errors have positions inside the lambda. */
  readonly call: (lambda: Lambda, argument: Value, effect?: 'pure' | 'read' | 'write') => Value;
  /** Of a value that was put together or is walked through; throws a fault when it stands for too much. */
  readonly extentOf: (value: Value) => Extent;
  /** Call for work that grows with data: each entry read, each element walked. Throws a fault when the budget is used up. */
  readonly charge: (steps: number) => void;
}
