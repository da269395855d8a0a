/** Errors as the client sees them. `RenderError` of the reference tells the texts. */
import type { Position } from '../parse/expression.ts';
import { DESCRIPTION_LENGTH_MAX } from './limits.ts';

export type FqlErrorCode =
  | 'invalid expression'
  | 'invalid argument'
  | 'invalid ref'
  | 'schema not found'
  | 'instance not found'
  | 'value not found'
  | 'instance already exists'
  | 'instance not unique'
  | 'validation failed'
  | 'permission denied'
  | 'unauthorized'
  | 'authentication failed'
  | 'missing identity'
  | 'invalid token'
  | 'transaction aborted'
  | 'call error'
  | 'stack overflow'
  | 'invalid write time'
  | 'invalid object in container'
  | 'move database error'
  | 'feature not available'
  | 'invalid url parameter'
  | 'contended transaction'
  | 'time out'
  | 'resources exceeded';

export interface ValidationFailure {
  readonly field: Position;
  readonly code: string;
  readonly description: string;
}

export interface FqlError {
  readonly position: Position;
  readonly code: FqlErrorCode;
  readonly description: string;
  readonly failures?: readonly ValidationFailure[] | undefined;
  readonly cause?: readonly FqlError[] | undefined;
}

/** An evaluation that failed, with everything that is wrong: arguments are evaluated side by side, and their errors add up. */
export class FqlFault extends Error {
  override readonly name = 'FqlFault';
  readonly errors: readonly FqlError[];

  constructor(errors: readonly FqlError[]) {
    const told = errors.some(isWordy) ? errors.map(shortened) : errors;
    super(told[0]?.description ?? 'evaluation failed');
    this.errors = told;
  }
}

/** For texts of the request's that a description tells: one may have megabytes, and copying those for each error takes long. */
export function excerpt(text: string): string {
  return text.length <= DESCRIPTION_LENGTH_MAX ? text : `${text.slice(0, DESCRIPTION_LENGTH_MAX)}…`;
}

function isWordy({ description }: FqlError): boolean {
  return description.length > DESCRIPTION_LENGTH_MAX;
}

function shortened(error: FqlError): FqlError {
  if (!isWordy(error)) return error;
  return { ...error, description: `${error.description.slice(0, DESCRIPTION_LENGTH_MAX - 1)}…` };
}

/** A read-only evaluation met a write: it has to run at its place in the log instead. */
export class WriteNeeded extends Error {
  override readonly name = 'WriteNeeded';
}
