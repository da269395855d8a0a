/**
 * What each function answers, as data: the tests run it, and the documentation is made from it. Expressions and results are JSON text, because
 * JavaScript's own JSON would make one of `1` and `1.0`. What no two databases answer alike stands in results as `<ts>`, `<id>` and so on
 * (`redacted` in `run-cases.ts`).
 */
import type { FqlErrorCode } from '../../evaluate/fql-error.ts';
import type { Position } from '../../parse/expression.ts';

export interface CaseError {
  readonly position: Position;
  readonly code: FqlErrorCode;
  readonly description: string;
  readonly failures?: readonly {
    readonly field: Position;
    readonly code: string;
    readonly description: string;
  }[];
  readonly cause?: readonly CaseError[];
}

export interface FunctionCase {
  readonly expression: string;
  /** What the resource is; undefined where there are errors. */
  readonly result?: string | undefined;
  readonly errors?: readonly CaseError[] | undefined;
  /** What is evaluated before, each in a transaction of its own. */
  readonly given?: readonly string[] | undefined;
  /** An expression that makes a token or a key: the case is evaluated with its secret. */
  readonly login?: string | undefined;
  /** As Fauna did it, without the extension for times. */
  readonly strictTemporal?: true | undefined;
}

export interface FunctionCases {
  /** As the driver calls it. */
  readonly function: string;
  readonly cases: readonly FunctionCase[];
  /** What is evaluated before all of them, unless a case has its own; they run one after another in that database. */
  readonly given?: readonly string[] | undefined;
  /** How it differs from Fauna's; undefined: in nothing that is known. */
  readonly differs?: string | undefined;
}

export function gives(expression: string, result: string, given?: readonly string[]): FunctionCase {
  return { expression, result, given };
}

export function fails(
  expression: string,
  position: Position,
  description: string,
  code: FqlErrorCode = 'invalid argument',
): FunctionCase {
  return { expression, errors: [{ position, code, description }] };
}

/** The usual errors of one argument: `wrong` is no value of the type that it takes. */
export function refuses(
  expression: string,
  position: Position,
  expected: string,
  provided: string,
): FunctionCase {
  return fails(expression, position, `${expected} expected, ${provided} provided.`);
}
