/** Errors of an answer, each with the part of what was typed that it is about. */
import { styleText } from 'node:util';
import type { FqlError } from './fql-client.ts';
import type { Style } from './layout.ts';
import type { PreparedQuery } from './sandbox.ts';
import type { TextRange } from './source-text.ts';

/** Lines without a line break at the end. */
export function showErrors(
  { status, errors }: { readonly status: number; readonly errors: readonly FqlError[] },
  query: PreparedQuery | undefined,
  hasColors: boolean,
): string {
  const paint = (text: string, style: Style): string =>
    hasColors ? styleText(style, text, { validateStream: false }) : text;
  if (errors.length === 0) return paint(`HTTP status ${status}`, 'red');
  const lines: string[] = [];
  const tell = (error: FqlError, depth: number): void => {
    const indent = '  '.repeat(depth);
    const place = depth === 0 ? query?.locate(error.position) : undefined;
    lines.push(`${indent}${paint(error.code, 'red')}: ${error.description}`);
    for (const { field, description } of error.failures) lines.push(`${indent}  ${field}: ${description}`);
    if (place !== undefined)
      lines.push(...excerpt(place.text, place.range).map((line) => paint(line, 'yellow')));
    else if (error.position.length > 0) lines.push(`${indent}  at ${positionText(error)}`);
    for (const cause of error.cause) tell(cause, depth + 1);
  };
  for (const error of errors) tell(error, 0);
  return lines.join('\n');
}

/** The line where a range begins, and marks under it. */
export function excerpt(text: string, { start, end }: TextRange): readonly [string, string] {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineBreak = text.indexOf('\n', start);
  const lineEnd = lineBreak < 0 ? text.length : lineBreak;
  // Of a long line, what is around the range.
  const from = Math.max(lineStart, start - AROUND);
  const to = Math.min(lineEnd, Math.max(end, start + 1) + AROUND, from + WIDTH_MAX);
  const line = text.slice(from, to).replaceAll(/[\p{Cc}]/gu, ' ');
  const marks = Math.max(1, Math.min(end, to) - start);
  return [`  ${line}`, `  ${' '.repeat(start - from)}${'^'.repeat(marks)}`];
}

const AROUND = 40;
const WIDTH_MAX = 160;

function positionText({ position }: FqlError): string {
  return position
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
