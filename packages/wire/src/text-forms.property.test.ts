/** The small codecs: base64, query strings, patterns, address ranges; each against a plain oracle. */
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Decode, base64Encode } from './base64.ts';
import { inSourceRange, isSourceRange } from './ip-ranges.ts';
import { matchesPattern } from './patterns.ts';
import { formatQueryString, parseQueryString } from './query-string.ts';

const text = fc.string({ unit: 'grapheme' });

test('base64 agrees with Node’s', () => {
  fc.assert(
    fc.property(text, (plain) => {
      const encoded = Buffer.from(plain, 'utf8').toString('base64');
      expect(base64Encode(plain)).toBe(encoded);
      expect(base64Decode(encoded)).toBe(plain);
      expect(base64Decode(Buffer.from(plain, 'utf8').toString('base64url'))).toBe(plain);
    }),
  );
});

test('query strings agree with URLSearchParams', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (entries) => {
      const oracle = new URLSearchParams(entries);
      expect(formatQueryString(entries)).toBe(oracle.toString());
      expect(parseQueryString(oracle.toString())).toEqual(new Map(oracle));
    }),
  );
});

test('any text is a query string', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (noise) => void parseQueryString(noise)));
});

test('patterns agree with a regular expression', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 });
  fc.assert(
    fc.property(part, fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 }), (pattern, name) => {
      const oracle = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
      expect(matchesPattern(name, pattern)).toBe(oracle.test(name));
    }),
    { numRuns: Number(process.env['RUNS'] ?? 500) },
  );
});

test('address ranges agree with Node’s block list', () => {
  const v4 = fc.oneof(fc.ipV4(), fc.constantFrom('10.0.0.1', '10.255.0.1', '192.168.1.77'));
  fc.assert(
    fc.property(v4, v4, fc.integer({ min: 0, max: 32 }), (ip, network, bits) => {
      const oracle = new BlockList();
      oracle.addSubnet(network, bits, 'ipv4');
      expect(inSourceRange(ip, `${network}/${bits}`)).toBe(oracle.check(ip, 'ipv4'));
      expect(inSourceRange(`::ffff:${ip}`, `${network}/${bits}`)).toBe(oracle.check(ip, 'ipv4'));
    }),
  );
  const v6 = fc.oneof(fc.ipV6(), fc.constantFrom('2001:db8::1', '2001:db8:1::', '::1', '::'));
  fc.assert(
    fc.property(v6, v6, fc.integer({ min: 0, max: 128 }), (ip, network, bits) => {
      fc.pre(!ip.includes('.') && !network.includes('.'));
      const oracle = new BlockList();
      oracle.addSubnet(network, bits, 'ipv6');
      expect(inSourceRange(ip, `${network}/${bits}`)).toBe(oracle.check(ip, 'ipv6'));
    }),
  );
});

test('what is an address is what Node says', () => {
  const near = fc.string({
    unit: fc.constantFrom('0', '1', 'f', '255', '256', '.', ':', '::', '/', '1.2.3.4'),
    maxLength: 10,
  });
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), near), (candidate) => {
      fc.pre(!candidate.includes('/'));
      expect(isSourceRange(candidate)).toBe(isIPv4(candidate) || isIPv6(candidate));
    }),
    { numRuns: Number(process.env['RUNS'] ?? 500) },
  );
  for (const bad of ['1.2.3.4/33', '::/129', '1.2.3.4/', '1.2.3.4/x', '/8', '::ffff:1.2.3.4/95'])
    expect(isSourceRange(bad)).toBe(false);
  expect(inSourceRange('1.2.3.9', '::ffff:1.2.3.0/120')).toBe(true);
});
