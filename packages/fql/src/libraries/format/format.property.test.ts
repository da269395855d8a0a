import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDouble, formatInteger } from './format-numbers.ts';
import { formatText } from './format-text.ts';
import { IllegalFormatError, parseFormat, type Specifier } from './specifier.ts';

function specifier(source: string): Specifier {
  const [part, ...others] = parseFormat(source);
  if (part?.kind !== 'specifier' || others.length > 0) throw new Error(source);
  return part;
}

function legal<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof IllegalFormatError) return undefined;
    throw error;
  }
}

test('any text is a format or illegal, and one without % stands for itself', () => {
  const nearly = fc.string({
    unit: fc.constantFrom('%', '1', '$', '-', '#', '0', '.', 'd', 's', 't', 'Y', 'n', '@', '<', 'ä'),
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), nearly), (text) => {
      const parts = legal(() => parseFormat(text));
      if (text.includes('%')) return;
      expect(parts).toEqual(text === '' ? [] : [{ kind: 'text', text }]);
    }),
  );
});

const flags = fc.subarray(['-', '#', '+', ' ', '0', ',', '(']).map((chosen) => chosen.join(''));
const width = fc.option(fc.integer({ min: 1, max: 40 }), { nil: '' });
const precision = fc.option(
  fc.integer({ min: 0, max: 20 }).map((digits) => `.${digits}`),
  { nil: '' },
);

test('whatever the flags, a number is as wide as it has to be, or illegal', () => {
  fc.assert(
    fc.property(
      flags,
      width,
      precision,
      fc.constantFrom('f', 'e', 'E', 'g', 'G'),
      fc.double(),
      (f, w, p, c, value) => {
        const text = legal(() => formatDouble(specifier(`%${f}${w}${p}${c}`), value));
        if (text !== undefined) expect(text.length).toBeGreaterThanOrEqual(Number(w));
      },
    ),
  );
  fc.assert(
    fc.property(
      flags,
      width,
      fc.constantFrom('d', 'x', 'X', 'o'),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      (f, w, c, value) => {
        const text = legal(() => formatInteger(specifier(`%${f}${w}${c}`), value));
        if (text === undefined) return;
        expect(text.length).toBeGreaterThanOrEqual(Number(w));
        if (c === 'd') expect(BigInt(text.replace(/[^\d]/g, ''))).toBe(value < 0n ? -value : value);
      },
    ),
  );
});

test('%f keeps the digits that it is asked for, rounded on the decimal ones', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1_000_000, max: 1_000_000 }),
      fc.integer({ min: 0, max: 6 }),
      (thousandths, digits) => {
        const value = thousandths / 1000;
        const text = formatDouble(specifier(`%.${digits}f`), value);
        // Exact, on the decimal number: halves away from zero.
        const scaled = BigInt(Math.abs(thousandths)) * 10n ** BigInt(digits);
        const rounded = (2n * scaled + 1000n) / 2000n;
        expect(BigInt(text.replace(/[-.]/g, ''))).toBe(rounded);
      },
    ),
  );
});

test('text is cut and filled up', () => {
  fc.assert(
    fc.property(fc.string(), width, precision, (text, w, p) => {
      const formatted = formatText(specifier(`%${w}${p}s`), text);
      const kept = p === '' ? text : text.slice(0, Number(p.slice(1)));
      expect(formatted).toBe(kept.padStart(Number(w)));
    }),
  );
});
