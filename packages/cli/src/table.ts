/** Text tables for the terminal: columns as wide as their content, numbers to the right, long texts cut. */

export interface TableOptions {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Columns of the terminal; undefined when the output goes elsewhere, where nothing is cut. */
  readonly columnsMax?: number | undefined;
}

const gap = '  ';
const cellColumnsMin = 8;

export function table({ head, rows, columnsMax }: TableOptions): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => oneLine(String(cell))));
  const widths = head.map((_, at) => Math.max(...cells.map((row) => width(row[at] ?? ''))));
  if (columnsMax !== undefined) shrink(widths, columnsMax - gap.length * (head.length - 1));
  const isNumber = head.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'));
  return cells
    .map((row) =>
      row
        .map((cell, at) => {
          const text = cut(cell, widths[at]!);
          const padding = ' '.repeat(widths[at]! - width(text));
          return isNumber[at] === true ? padding + text : text + padding;
        })
        .join(gap)
        .trimEnd(),
    )
    .join('\n');
}

/** Takes from the widest columns first. */
function shrink(widths: number[], total: number): void {
  let excess = widths.reduce((sum, each) => sum + each, 0) - total;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= cellColumnsMin) return;
    widths[widest]!--;
    excess--;
  }
}

/** Control characters in a record must not move the cursor. */
function oneLine(text: string): string {
  return text.replace(/\p{Control}+/gu, ' ');
}

function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let result = '';
  for (const character of text) {
    if (width(result + character) > columns - 1) break;
    result += character;
  }
  return `${result}…`;
}

/** Terminal columns: East Asian characters and emoji take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mark}|\u200d|\ufe0f/u.test(character)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}
