/**
 * Regular expressions of clients: Java's syntax and choice of matches, in bounded time. JavaScript's own engine would hang on `(a+)+$`, and a
 * library for linear time would refuse looking around and back references, which Fauna allowed.
 */
import { searchBacktracking } from './backtracking-matcher.ts';
import { searchLinear } from './linear-matcher.ts';
import { parsePattern } from './parse-pattern.ts';
import { compilePattern, type Program } from './program.ts';
import { Replacement } from './replacement.ts';
import { BACKTRACKING_STEPS_MAX, StepCounter } from './step-counter.ts';

export interface RegexMatch {
  /** UTF-16 units. */
  readonly start: number;
  /** Behind the last unit. */
  readonly end: number;
  /** The text of a group (0: of the match); undefined: it took no part. */
  group(index: number): string | undefined;
}

export class Regex {
  readonly #program: Program;
  readonly #groupNames: ReadonlyMap<string, number>;

  /** Throws `RegexSyntaxError`. */
  constructor(pattern: string) {
    const parsed = parsePattern(pattern);
    this.#program = compilePattern(parsed);
    this.#groupNames = parsed.groupNames;
  }

  /** What compiling cost, and what each character of a text may cost. */
  get size(): number {
    return this.#program.instructions.length;
  }

  /** Throws `RegexStepsError`, and whatever `report` throws: it is told the steps taken, and ends what costs too much. */
  isIn(text: string, report: (steps: number) => void): boolean {
    const steps = this.#counter(report);
    const isFound = this.#search(text, 0, 0, steps) !== undefined;
    steps.finish();
    return isFound;
  }

  /** Matches one after the other; behind an empty one the search goes on one character later. */
  *matches(text: string, report: (steps: number) => void): Generator<RegexMatch, void> {
    const steps = this.#counter(report);
    try {
      let from = 0;
      let matchStart = 0;
      while (from <= text.length) {
        const slots = this.#search(text, from, matchStart, steps);
        if (slots === undefined) return;
        const [start = 0, end = 0] = slots;
        yield { start, end, group: (index) => groupText(text, slots, index) };
        matchStart = end;
        from = end > start ? end : end + ((text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1);
      }
    } finally {
      steps.finish();
    }
  }

  /** `replacement` as Java reads it: `$1` and `${name}` are groups, a backslash escapes. Throws `ReplacementError` when something matches. */
  replace(
    text: string,
    replacement: string,
    options: { readonly onlyFirst: boolean; readonly lengthMax: number },
    report: (steps: number) => void,
  ): string | undefined {
    const parts: string[] = [];
    let length = text.length;
    let parsed: Replacement | undefined;
    let copied = 0;
    for (const match of this.matches(text, report)) {
      parsed ??= new Replacement(replacement, this.#program.groupCount, this.#groupNames);
      const filled = parsed.fill(match);
      length += filled.length - (match.end - match.start);
      if (length > options.lengthMax) return undefined;
      parts.push(text.slice(copied, match.start), filled);
      copied = match.end;
      if (options.onlyFirst) break;
    }
    parts.push(text.slice(copied));
    return parts.join('');
  }

  /** Side by side, threads need no bound of their own: what a search can cost is known before. */
  #counter(report: (steps: number) => void): StepCounter {
    return new StepCounter(
      report,
      this.#program.isRegular ? Number.POSITIVE_INFINITY : BACKTRACKING_STEPS_MAX,
    );
  }

  #search(text: string, from: number, matchStart: number, steps: StepCounter): readonly number[] | undefined {
    return this.#program.isRegular
      ? searchLinear(this.#program, text, from, matchStart, steps)
      : searchBacktracking(this.#program, text, from, matchStart, steps);
  }
}

function groupText(text: string, slots: readonly number[], index: number): string | undefined {
  const start = slots[2 * index] ?? -1;
  const end = slots[2 * index + 1] ?? -1;
  return start < 0 || end < 0 ? undefined : text.slice(start, end);
}
