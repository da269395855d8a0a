/**
 * Format strings as Java's `Formatter` reads them: `%[index$][flags][width][.precision]conversion`. `%t` takes a further letter, and Fauna knows
 * `%@` and `%^`, which write a value as JSON.
 */

export interface Specifier {
  readonly kind: 'specifier';
  /** Without the index: errors tell it so. */
  readonly source: string;
  /** 1-based; 0: the next value in turn. */
  readonly index: number;
  readonly flags: ReadonlySet<string>;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  /** `t` or `T`: the conversion is a date's or time's suffix (undefined: the value as it is). */
  readonly temporal: 't' | 'T' | undefined;
  readonly conversion: string | undefined;
}

export type FormatPart = { readonly kind: 'text'; readonly text: string } | Specifier;

/** Parts that Java would refuse. `source`: the specifier. */
export class IllegalFormatError extends Error {
  override readonly name = 'IllegalFormatError';
  readonly source: string;

  constructor(source: string) {
    super(`illegal format: ${source}`);
    this.source = source;
  }
}

const SPECIFIER = /%(\d+\$)?(([-#+ 0,(<]*)(\d+)?(\.\d+)?([tT])?([a-zA-Z%@^])?)/g;
const KNOWN = 'feEgGdxXosSbB@^';

/** Throws `IllegalFormatError` for a conversion that does not exist. */
export function parseFormat(format: string): readonly FormatPart[] {
  const parts: FormatPart[] = [];
  let copied = 0;
  for (const found of format.matchAll(SPECIFIER)) {
    if (found.index > copied) parts.push({ kind: 'text', text: format.slice(copied, found.index) });
    parts.push(partOf(found));
    copied = found.index + found[0].length;
  }
  if (copied < format.length) parts.push({ kind: 'text', text: format.slice(copied) });
  return parts;
}

function partOf(found: RegExpExecArray): FormatPart {
  const [whole, index, rest = '', flags = '', width, precision, temporal, conversion] = found;
  if (temporal === undefined) {
    if (conversion === '%') return { kind: 'text', text: '%' };
    if (conversion === 'n') return { kind: 'text', text: '\n' };
    if (conversion === undefined || !KNOWN.includes(conversion)) throw new IllegalFormatError(whole);
  }
  return {
    kind: 'specifier',
    source: `%${rest}`,
    index: index === undefined ? 0 : Number(index.slice(0, -1)),
    flags: flagSet(flags, `%${rest}`),
    width: width === undefined ? undefined : Number(width),
    precision: precision === undefined ? undefined : Number(precision.slice(1)),
    temporal: temporal === 't' || temporal === 'T' ? temporal : undefined,
    conversion,
  };
}

function flagSet(flags: string, source: string): ReadonlySet<string> {
  const set = new Set(flags);
  // `<` means the value before, and no value has one: each specifier is formatted alone.
  if (set.size < flags.length || set.has('<')) throw new IllegalFormatError(source);
  return set;
}

/** Refuses flags, in each of the combinations that Java refuses. */
export function checkFlags(
  specifier: Specifier,
  rules: { readonly allowed: string; readonly precision: 'allowed' | 'refused' },
): void {
  const { flags, width, precision, source } = specifier;
  const isRefused =
    [...flags].some((flag) => !rules.allowed.includes(flag)) ||
    (rules.precision === 'refused' && precision !== undefined) ||
    (width === undefined && (flags.has('-') || flags.has('0'))) ||
    (flags.has('-') && flags.has('0')) ||
    (flags.has('+') && flags.has(' '));
  if (isRefused) throw new IllegalFormatError(source);
}

/** Filled up with spaces to the width. */
export function justify(specifier: Specifier, text: string): string {
  const { width = 0, flags } = specifier;
  return flags.has('-') ? text.padEnd(width) : text.padStart(width);
}

/** `%S`, `%X` and the like write capitals. */
export function isUpperCase(specifier: Specifier): boolean {
  return specifier.temporal === undefined
    ? /^[A-Z]$/.test(specifier.conversion ?? '')
    : specifier.temporal === 'T';
}
