/** Text that breaks into lines only where it has to, with colours that do not count for its width. */
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

export type Layout =
  | { readonly kind: 'text'; readonly text: string; readonly style?: Style }
  /** Parts side by side. */
  | { readonly kind: 'row'; readonly parts: readonly Layout[] }
  /** Items between brackets: on one line when they fit, else one to a line. `isSpaced`: with a space inside the brackets. */
  | {
      readonly kind: 'group';
      readonly open: string;
      readonly items: readonly Layout[];
      readonly close: string;
      readonly isSpaced?: boolean;
    };

export interface PrintOptions {
  /** Characters of a line. */
  readonly width: number;
  readonly hasColors: boolean;
}

export const text = (plain: string, style?: Style): Layout =>
  style === undefined ? { kind: 'text', text: plain } : { kind: 'text', text: plain, style };
export const row = (...parts: readonly Layout[]): Layout => ({ kind: 'row', parts });

const INDENT = 2;

export function printLayout(layout: Layout, { width, hasColors }: PrintOptions): string {
  let out = '';
  let column = 0;
  const put = (plain: string, style?: Style): void => {
    out += style === undefined || !hasColors ? plain : styleText(style, plain, { validateStream: false });
    column += plain.length;
  };
  /** `behind`: characters that follow on the same line. */
  const print = (part: Layout, indent: number, behind: number): void => {
    if (part.kind === 'text') put(part.text, part.style);
    else if (part.kind === 'row') {
      for (const [at, each] of part.parts.entries()) {
        const rest = part.parts.slice(at + 1);
        print(each, indent, behind + sumOf(rest.map((next) => widthOf(next, width))));
      }
    } else if (part.items.length === 0) put(part.open + part.close);
    else if (column + widthOf(part, width) + behind <= width) {
      const space = part.isSpaced === true ? ' ' : '';
      put(part.open + space);
      for (const [at, item] of part.items.entries()) {
        if (at > 0) put(', ');
        print(item, indent, 0);
      }
      put(space + part.close);
    } else {
      put(part.open);
      for (const [at, item] of part.items.entries()) {
        out += `\n${' '.repeat(indent + INDENT)}`;
        column = indent + INDENT;
        const isLast = at === part.items.length - 1;
        print(item, indent + INDENT, isLast ? 0 : 1);
        if (!isLast) put(',');
      }
      out += `\n${' '.repeat(indent)}`;
      column = indent;
      put(part.close);
    }
  };
  print(layout, 0, 0);
  return out;
}

/** On one line; exact only up to `enough`, so that large values are not measured over and over. */
function widthOf(layout: Layout, enough: number): number {
  if (layout.kind === 'text') return layout.text.length;
  const isRow = layout.kind === 'row';
  let width = isRow ? 0 : layout.open.length + layout.close.length + (layout.isSpaced === true ? 2 : 0);
  for (const [at, part] of (isRow ? layout.parts : layout.items).entries()) {
    width += widthOf(part, enough) + (isRow || at === 0 ? 0 : 2);
    if (width > enough) return width;
  }
  return width;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0);
}
