/** Errors as a response: its body, and the status that the weightiest of them asks for. */
import type { FqlError, FqlErrorCode } from '../evaluate/fql-error.ts';
import { ERRORS_LENGTH_MAX } from '../evaluate/limits.ts';
import { renderString } from '../json/render.ts';
import type { Position } from '../parse/expression.ts';

/** Errors that are told although others come first in the body. The first of the highest rank decides. */
const RANK: Readonly<Partial<Record<FqlErrorCode, number>>> = {
  'invalid expression': 3,
  'schema not found': 3,
  'invalid argument': 2,
  'permission denied': 1,
};

const STATUS: Readonly<Partial<Record<FqlErrorCode, number>>> = {
  'schema not found': 404,
  'value not found': 404,
  'instance not found': 404,
  'permission denied': 403,
  unauthorized: 401,
  'contended transaction': 409,
  'time out': 503,
};

export function statusOf(errors: readonly FqlError[]): number {
  let decisive = errors[0];
  for (const error of errors) {
    if (decisive === undefined || (RANK[error.code] ?? 0) > (RANK[decisive.code] ?? 0)) decisive = error;
  }
  return (decisive === undefined ? undefined : STATUS[decisive.code]) ?? 400;
}

/** Errors that do not fit any more are left out; the first is always told. */
export function renderErrors(errors: readonly FqlError[]): string {
  return `{"errors":${new ErrorRenderer().list(errors)}}`;
}

/**
 * Each of a hundred errors may have a hundred causes with a hundred causes of their own, and each place may have a name of megabytes in it.
 */
class ErrorRenderer {
  #room = ERRORS_LENGTH_MAX;

  list(errors: readonly FqlError[]): string {
    let text = '';
    for (const error of errors) {
      if (this.#room <= 0) break;
      text += text === '' ? this.#error(error) : `,${this.#error(error)}`;
    }
    return `[${text}]`;
  }

  #error({ position, code, description, failures = [], cause = [] }: FqlError): string {
    let text = this.#take(
      `{"position":${renderPosition(position)},"code":${renderString(code)},"description":${renderString(description)}`,
    );
    if (failures.length > 0) {
      const rendered: string[] = [];
      for (const failure of failures) {
        if (this.#room <= 0) break;
        rendered.push(
          this.#take(
            `{"field":${renderPosition(failure.field)},"code":${renderString(failure.code)},"description":${renderString(failure.description)}}`,
          ),
        );
      }
      if (rendered.length > 0) text += `,"failures":[${rendered.join()}]`;
    }
    if (cause.length > 0 && this.#room > 0) text += `,"cause":${this.list(cause)}`;
    return `${text}}`;
  }

  #take(text: string): string {
    this.#room -= text.length;
    return text;
  }
}

function renderPosition(position: Position): string {
  return `[${position.map((step) => (typeof step === 'number' ? String(step) : renderString(step))).join()}]`;
}
