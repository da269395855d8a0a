/** `Format`: values into text, by Java's format strings. */

import { renderValue } from '../json/render.ts';
import { formatDouble, formatInteger } from '../libraries/format/format-numbers.ts';
import { formatTemporal } from '../libraries/format/format-temporal.ts';
import { formatText } from '../libraries/format/format-text.ts';
import {
  type FormatPart,
  IllegalFormatError,
  parseFormat,
  type Specifier,
} from '../libraries/format/specifier.ts';
import { FqlDate, Time } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import { any, string, typeName, wrongType } from './casts.ts';
import { type Call, defineForm, type Form, variadic } from './form.ts';
import { checkLength, STRING_LENGTH_MAX } from './string-limits.ts';
import { textOf } from './text-of.ts';
import { chargeWalk } from './value-costs.ts';

const format = defineForm({
  name: 'Format',
  effect: 'pure',
  parameters: { format: string, values: variadic(any) },
  evaluate: ({ format: source, values }, call) => {
    const parts = legal(call, () => parseFormat(source));
    const texts: string[] = [];
    let length = 0;
    let next = 0;
    for (const part of parts) {
      const at = part.kind === 'specifier' && part.index === 0 ? next++ : undefined;
      const text = legal(call, () => partText(part, at, values, call));
      length += text.length;
      checkLength(length, call);
      texts.push(text);
    }
    return texts.join('');
  },
});

/** `at`: ordinal of the value, when its turn decides. */
function partText(part: FormatPart, at: number | undefined, values: readonly Value[], call: Call): string {
  if (part.kind === 'text') return part.text;
  const ordinal = at ?? part.index - 1;
  const value = values[ordinal];
  if (value === undefined) {
    const bounds =
      at === undefined
        ? 'index must be >= 1 and <= arguments size'
        : 'format specifiers count must be <= arguments size';
    return call.fail('format', 'invalid argument', bounds);
  }
  checkWidth(part, call);
  return valueText(part, value, ['values', ordinal], call);
}

/** Checked before the spaces are made. */
function checkWidth(specifier: Specifier, call: Call): void {
  const width = Math.max(specifier.width ?? 0, specifier.precision ?? 0);
  if (width > STRING_LENGTH_MAX) checkLength(width, call);
}

function valueText(
  specifier: Specifier,
  value: Value,
  place: readonly (string | number)[],
  call: Call,
): string {
  if (specifier.temporal !== undefined) return temporalText(specifier, value, place, call);
  switch (specifier.conversion?.toLowerCase()) {
    case 'd':
    case 'x':
    case 'o':
      return typeof value === 'bigint'
        ? formatInteger(specifier, value)
        : wrongType(call, place, ['Integer'], value);
    case 'f':
    case 'e':
    case 'g':
      // Integers are refused, too: there is no conversion on the way.
      return typeof value === 'number'
        ? formatDouble(specifier, value)
        : wrongType(call, place, ['Number'], value);
    case 'b':
      return formatText(specifier, value === false || value === null ? 'false' : 'true');
    case 's': {
      const text = textOf(value);
      if (text !== undefined) return formatText(specifier, text);
      return call.fail(place, 'invalid argument', `Cannot cast ${typeName(value)} to String.`);
    }
    default:
      chargeWalk(value, call);
      return renderValue(value);
  }
}

function temporalText(
  specifier: Specifier,
  value: Value,
  place: readonly (string | number)[],
  call: Call,
): string {
  if (!(value instanceof Time || value instanceof FqlDate)) {
    return wrongType(call, place, ['Date', 'Time'], value);
  }
  if (specifier.conversion === undefined) return textOf(value) ?? '';
  const text = formatTemporal(specifier, value);
  if (text !== undefined) return text;
  return call.fail(place, 'invalid argument', `Invalid date/time suffix '${specifier.source}'.`);
}

function legal<T>(call: Call, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof IllegalFormatError)) throw error;
    return call.fail('format', 'invalid argument', `Invalid conversion format '${error.source}'.`);
  }
}

export const formatForms: readonly Form[] = [format];
