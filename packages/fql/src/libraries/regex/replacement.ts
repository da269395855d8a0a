/** What takes the place of a match: text, and the text of groups. */
import type { RegexMatch } from './regex.ts';

export class ReplacementError extends Error {
  override readonly name = 'ReplacementError';
}

export class Replacement {
  /** Numbers are groups. */
  readonly #parts: readonly (string | number)[];

  /** Throws `ReplacementError`. */
  constructor(source: string, groupCount: number, groupNames: ReadonlyMap<string, number>) {
    const parts: (string | number)[] = [];
    for (let at = 0; at < source.length; ) {
      const character = source.charAt(at);
      if (character === '\\') {
        if (at + 1 === source.length) throw new ReplacementError('nothing follows a backslash');
        parts.push(source.charAt(at + 1));
        at += 2;
      } else if (character === '$') {
        const [group, end] = groupAt(source, at + 1, groupCount, groupNames);
        parts.push(group);
        at = end;
      } else {
        parts.push(character);
        at++;
      }
    }
    this.#parts = parts;
  }

  fill(match: RegexMatch): string {
    let text = '';
    for (const part of this.#parts) text += typeof part === 'string' ? part : (match.group(part) ?? '');
    return text;
  }
}

function groupAt(
  source: string,
  at: number,
  groupCount: number,
  groupNames: ReadonlyMap<string, number>,
): readonly [group: number, end: number] {
  const named = /^\{([a-zA-Z][a-zA-Z0-9]*)\}/.exec(source.slice(at));
  if (named !== null) {
    const group = groupNames.get(named[1] ?? '');
    if (group === undefined) throw new ReplacementError(`no group is named ${named[1]}`);
    return [group, at + named[0].length];
  }
  let group = digitAt(source, at);
  if (group === undefined || group > groupCount) throw new ReplacementError('no such group');
  let end = at + 1;
  for (;;) {
    const digit = digitAt(source, end);
    if (digit === undefined || group * 10 + digit > groupCount) return [group, end];
    group = group * 10 + digit;
    end++;
  }
}

function digitAt(source: string, at: number): number | undefined {
  const character = source.charAt(at);
  return /^[0-9]$/.test(character) ? Number(character) : undefined;
}
