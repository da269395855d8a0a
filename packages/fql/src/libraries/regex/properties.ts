/** `\p{…}`: classes of characters by the names that Java knows. Of the blocks (`InGreek`) it has the common ones. */
import { setOfClass } from './char-sets.ts';
import type { CharSet, Flags } from './pattern.ts';

/** ASCII only, unless flag U asks for Unicode. */
const POSIX: Readonly<Record<string, readonly [ascii: string, unicode: string]>> = {
  Lower: ['[a-z]', '\\p{Lowercase}'],
  Upper: ['[A-Z]', '\\p{Uppercase}'],
  ASCII: ['[\\x00-\\x7f]', '[\\x00-\\x7f]'],
  Alpha: ['[a-zA-Z]', '\\p{Alphabetic}'],
  Digit: ['[0-9]', '\\p{Nd}'],
  Alnum: ['[0-9a-zA-Z]', '[\\p{Alphabetic}\\p{Nd}]'],
  Punct: ['[!-\\/:-@\\[-`\\{-~]', '\\p{P}'],
  Graph: ['[!-~]', '[^\\p{White_Space}\\p{Cc}\\p{Cs}\\p{Cn}]'],
  Print: ['[ -~]', '[^\\p{Zl}\\p{Zp}\\p{Cc}\\p{Cs}\\p{Cn}]'],
  Blank: ['[ \\t]', '[\\p{Zs}\\t]'],
  Cntrl: ['[\\x00-\\x1f\\x7f]', '\\p{Cc}'],
  XDigit: ['[0-9a-fA-F]', '[\\p{Nd}\\p{Hex_Digit}]'],
  Space: ['[ \\t\\n\\x0b\\f\\r]', '\\p{White_Space}'],
};

const JAVA_METHODS: Readonly<Record<string, string>> = {
  LowerCase: '\\p{Lowercase}',
  UpperCase: '\\p{Uppercase}',
  TitleCase: '\\p{Lt}',
  Alphabetic: '\\p{Alphabetic}',
  Ideographic: '\\p{Ideographic}',
  Digit: '\\p{Nd}',
  Defined: '\\P{Cn}',
  Letter: '\\p{L}',
  LetterOrDigit: '[\\p{L}\\p{Nd}]',
  SpaceChar: '\\p{Z}',
  Whitespace: '[\\t-\\r\\x1c-\\x20\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000]',
  ISOControl: '\\p{Cc}',
  Mirrored: '\\p{Bidi_Mirrored}',
  UnicodeIdentifierStart: '\\p{ID_Start}',
  UnicodeIdentifierPart: '\\p{ID_Continue}',
  JavaIdentifierStart: '[\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}]',
  JavaIdentifierPart:
    '[\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}\\p{Nd}\\p{Mc}\\p{Mn}\\p{Cf}\\x00-\\x08\\x0e-\\x1b\\x7f-\\x9f]',
};

/** After `Is`, in capitals and without underscores. */
const BINARY: Readonly<Record<string, string>> = {
  ALPHABETIC: '\\p{Alphabetic}',
  IDEOGRAPHIC: '\\p{Ideographic}',
  LETTER: '\\p{L}',
  LOWERCASE: '\\p{Lowercase}',
  UPPERCASE: '\\p{Uppercase}',
  TITLECASE: '\\p{Lt}',
  PUNCTUATION: '\\p{P}',
  CONTROL: '\\p{Cc}',
  WHITESPACE: '\\p{White_Space}',
  DIGIT: '\\p{Nd}',
  HEXDIGIT: '[\\p{Nd}\\p{Hex_Digit}]',
  JOINCONTROL: '\\p{Join_Control}',
  NONCHARACTERCODEPOINT: '\\p{Noncharacter_Code_Point}',
  ASSIGNED: '\\P{Cn}',
};

const CATEGORIES = /^(?:C[cfnos]?|L[CDlmotu1]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|all)$/;

/** With flag i, these three are one. */
const CASED = /^(?:Is|java)?(?:L[lut]|(?:Lower|Upper|Title)(?:Case)?)$/i;

/** Undefined: no such property. */
export function propertySet(name: string, flags: Flags): CharSet | undefined {
  const isAsciiOnly = (name === 'Lower' || name === 'Upper') && !flags.unicodeClasses;
  if (flags.ignoreCase && CASED.test(name)) return isAsciiOnly ? ASCII_LETTERS : CASED_LETTERS;
  return exactPropertySet(name, flags);
}

const ASCII_LETTERS = setOfClass('[a-zA-Z]');
const CASED_LETTERS = setOfClass('[\\p{Lowercase}\\p{Uppercase}\\p{Lt}]');

function exactPropertySet(name: string, flags: Flags): CharSet | undefined {
  const [key, value] = splitName(name);
  if (key !== undefined) {
    if (/^(?:sc|script)$/i.test(key)) return scriptSet(value);
    if (/^(?:blk|block)$/i.test(key)) return blockSet(value);
    return /^(?:gc|general_category)$/i.test(key) ? categorySet(value) : undefined;
  }
  const posix = POSIX[value];
  if (posix !== undefined) return setOfClass(flags.unicodeClasses ? posix[1] : posix[0]);
  if (value.startsWith('java')) return known(JAVA_METHODS[value.slice(4)]);
  if (value.startsWith('In')) return blockSet(value.slice(2));
  if (!value.startsWith('Is')) return categorySet(value);
  const bare = value.slice(2);
  return known(BINARY[bare.replaceAll('_', '').toUpperCase()]) ?? categorySet(bare) ?? scriptSet(bare);
}

function splitName(name: string): readonly [key: string | undefined, value: string] {
  const at = name.indexOf('=');
  return at < 0 ? [undefined, name] : [name.slice(0, at), name.slice(at + 1)];
}

function categorySet(name: string): CharSet | undefined {
  if (!CATEGORIES.test(name)) return undefined;
  if (name === 'all') return setOfClass('[^]');
  if (name === 'LD') return setOfClass('[\\p{L}\\p{Nd}]');
  if (name === 'L1') return setOfClass('[\\x00-\\xff]');
  return setOfClass(`\\p{${name}}`);
}

/** Blocks that are no script, in capitals and without what separates words. */
const BLOCKS: Readonly<Record<string, string>> = {
  BASICLATIN: '[\\x00-\\x7f]',
  LATIN1SUPPLEMENT: '[\\x80-\\xff]',
  LATINEXTENDEDA: '[\\u0100-\\u017f]',
  LATINEXTENDEDB: '[\\u0180-\\u024f]',
  COMBININGDIACRITICALMARKS: '[\\u0300-\\u036f]',
  GREEK: '[\\u0370-\\u03ff]',
  CYRILLIC: '[\\u0400-\\u04ff]',
  HEBREW: '[\\u0590-\\u05ff]',
  ARABIC: '[\\u0600-\\u06ff]',
  THAI: '[\\u0e00-\\u0e7f]',
  HIRAGANA: '[\\u3040-\\u309f]',
  KATAKANA: '[\\u30a0-\\u30ff]',
  CJKUNIFIEDIDEOGRAPHS: '[\\u4e00-\\u9fff]',
  HANGULSYLLABLES: '[\\uac00-\\ud7af]',
  GENERALPUNCTUATION: '[\\u2000-\\u206f]',
  EMOTICONS: '[\\u{1f600}-\\u{1f64f}]',
};

function blockSet(name: string): CharSet | undefined {
  return known(BLOCKS[name.replaceAll(/[ _-]/g, '').toUpperCase()]);
}

/** Names as JavaScript spells them: `LATIN`, `latin` and `Latn` are `Latin`. */
function scriptSet(name: string): CharSet | undefined {
  if (!/^[A-Za-z][A-Za-z_]*$/.test(name)) return undefined;
  const spelled = name
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('_');
  try {
    return setOfClass(`\\p{Script=${spelled}}`);
  } catch (error) {
    // The pattern is the client's: an unknown name is answered, everything else is a mistake of ours.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function known(source: string | undefined): CharSet | undefined {
  return source === undefined ? undefined : setOfClass(source);
}
