/** Text searched with regular expressions. */
import { excerpt } from '../evaluate/fql-error.ts';
import { codePointCount } from '../libraries/code-points.ts';
import { RegexSyntaxError } from '../libraries/regex/pattern.ts';
import { Regex } from '../libraries/regex/regex.ts';
import { ReplacementError } from '../libraries/regex/replacement.ts';
import { RegexStepsError } from '../libraries/regex/step-counter.ts';
import type { Value } from '../values/value.ts';
import { boolean, integer, string } from './casts.ts';
import { type Call, type Cast, defineForm, type Form, optional } from './form.ts';
import { chargeText, checkLength, REPEAT_MAX, STRING_LENGTH_MAX } from './string-limits.ts';
import { startUnit } from './strings.ts';

/** A step of matching takes about half as long as one of evaluation. */
const MATCH_STEPS_PER_STEP = 2;

/** A pattern can be refused as late as when all its instructions are made, and a request may hold thousands of such. */
const REFUSAL_STEPS = 20_000;

/** Patterns that were compiled lately: a `Map` uses the same one for each item. */
const COMPILED_MAX = 64;
const compiled = new Map<string, Regex>();

const pattern: Cast<Regex> = {
  expected: 'String',
  cast: (value, call, key) => (typeof value === 'string' ? regexOf(value, call, key) : undefined),
};

function regexOf(source: string, call: Call, key: string): Regex {
  const known = compiled.get(source);
  if (known !== undefined) {
    // The cache is a member's own: what a transaction may do has to be the same on all of them.
    call.context.charge(source.length + known.size);
    return known;
  }
  const regex = bounded(call, key, source, () => new Regex(source));
  call.context.charge(source.length + regex.size);
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  compiled.set(source, regex);
  return regex;
}

/** Turns what a pattern can do wrong into the client's error. */
function bounded<T>(call: Call, key: string, source: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RegexSyntaxError) {
      call.context.charge(REFUSAL_STEPS);
      const description = `Search pattern /${excerpt(source)}/ is not a valid regular expression.`;
      return call.fail(key, 'invalid argument', description);
    }
    if (error instanceof RegexStepsError) {
      return call.fail(key, 'invalid argument', 'Search pattern takes too many steps.');
    }
    if (error instanceof ReplacementError) {
      return call.fail('replace', 'invalid argument', `Invalid replacement: ${error.message}.`);
    }
    throw error;
  }
}

function charging(call: Call): (steps: number) => void {
  return (steps) => call.context.charge(Math.ceil(steps / MATCH_STEPS_PER_STEP));
}

const containsStrRegex = defineForm({
  name: 'ContainsStrRegex',
  effect: 'pure',
  parameters: { containsstrregex: string, pattern },
  evaluate: ({ containsstrregex: text, pattern: regex }, call) =>
    bounded(call, 'pattern', '', () => regex.isIn(text, charging(call))),
});

/** Places are code points of the whole text; `end` is the last one of a match, or where an empty one stands. */
const findStrRegex = defineForm({
  name: 'FindStrRegex',
  effect: 'pure',
  parameters: {
    findstrregex: string,
    pattern,
    start: optional(integer),
    num_results: optional(integer),
  },
  evaluate: ({ findstrregex: whole, pattern: regex, start, num_results: wanted = REPEAT_MAX }, call) => {
    const unit = startUnit(whole, start);
    const text = whole.slice(unit);
    chargeText(whole.length, call);
    const results: Value[] = [];
    if (wanted <= 0n) return results;
    let codePoints = codePointCount(whole.slice(0, unit));
    let counted = 0;
    return bounded(call, 'pattern', '', () => {
      for (const match of regex.matches(text, charging(call))) {
        codePoints += codePointCount(text.slice(counted, match.start));
        counted = match.start;
        const data = text.slice(match.start, match.end);
        const last = codePoints + Math.max(0, codePointCount(data) - 1);
        results.push(
          new Map<string, Value>([
            ['start', BigInt(codePoints)],
            ['end', BigInt(last)],
            ['data', data],
          ]),
        );
        if (BigInt(results.length) >= wanted || BigInt(results.length) >= REPEAT_MAX) break;
      }
      return results;
    });
  },
});

const replaceStrRegex = defineForm({
  name: 'ReplaceStrRegex',
  effect: 'pure',
  parameters: { replacestrregex: string, pattern, replace: string, first: optional(boolean) },
  evaluate: ({ replacestrregex: text, pattern: regex, replace, first = false }, call) => {
    const options = { onlyFirst: first, lengthMax: STRING_LENGTH_MAX };
    const replaced = bounded(call, 'pattern', '', () =>
      regex.replace(text, replace, options, charging(call)),
    );
    checkLength(replaced?.length ?? Number.POSITIVE_INFINITY, call);
    return replaced ?? '';
  },
});

export const regexForms: readonly Form[] = [containsStrRegex, findStrRegex, replaceStrRegex];
