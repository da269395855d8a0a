/** Errors as a response: its body, and the status that the weightiest of them asks for. */
import type { FqlError, FqlErrorCode } from '../evaluate/fql-error.ts';
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

export function renderErrors(errors: readonly FqlError[]): string {
  return `{"errors":${renderList(errors)}}`;
}

function renderList(errors: readonly FqlError[]): string {
  return `[${errors.map(renderError).join()}]`;
}

function renderError(error: FqlError): string {
  const { position, code, description, failures = [], cause = [] } = error;
  let text = `{"position":${renderPosition(position)},"code":${renderString(code)},"description":${renderString(description)}`;
  if (failures.length > 0) {
    const rendered = failures.map(
      (failure) =>
        `{"field":${renderPosition(failure.field)},"code":${renderString(failure.code)},"description":${renderString(failure.description)}}`,
    );
    text += `,"failures":[${rendered.join()}]`;
  }
  if (cause.length > 0) text += `,"cause":${renderList(cause)}`;
  return `${text}}`;
}

function renderPosition(position: Position): string {
  return `[${position.map((step) => (typeof step === 'number' ? String(step) : renderString(step))).join()}]`;
}
