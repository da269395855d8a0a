import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAlertTargets } from './alert-target.ts';
import { DEFAULT_THRESHOLDS, parseThresholds } from './thresholds.ts';

const KEY = 'R0123456789abcdef0123456789ABCDE';
const targets = (text: string) => {
  const parsed = parseAlertTargets(text);
  return parsed.kind === 'wrong' ? parsed.expected : parsed.targets.map(({ kind, url }) => [kind, url]);
};

test('targets are told apart by how they begin, and may hold commas themselves', () => {
  expect(
    targets(`https://hooks.example/x?a=1,2, slack:https://hooks.slack.com/services/T/B/X,pagerduty:${KEY},`),
  ).toEqual([
    ['json', 'https://hooks.example/x?a=1,2'],
    ['slack', 'https://hooks.slack.com/services/T/B/X'],
    ['pagerduty', 'https://events.pagerduty.com/v2/enqueue'],
  ]);
  expect(targets(`pagerduty:${KEY}@https://events.eu.pagerduty.com`)).toEqual([
    ['pagerduty', 'https://events.eu.pagerduty.com/v2/enqueue'],
  ]);
  expect(targets('http://a/ http://a/')).toEqual([['json', 'http://a/']]);
});

test('what is wrong is said without repeating it', () => {
  expect(targets('https://a/,slack:secret')).toBe(
    'https://…, slack:https://… or pagerduty:KEY (target 2 of 2)',
  );
  expect(targets('pagerduty:secret')).toBe(
    'pagerduty:KEY with a key of 32 letters and digits (target 1 of 1)',
  );
  expect(targets(`pagerduty:${KEY}@secret`)).toBe(
    'pagerduty:KEY@https://… with an address that is a URL (target 1 of 1)',
  );
});

test('any text gives targets, or what was expected', () => {
  const part = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.constantFrom('slack:', 'pagerduty:', KEY, '@', ',', ' ', 'https://'),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const parsed = parseAlertTargets(parts.join(''));
      if (parsed.kind === 'targets')
        for (const { url } of parsed.targets) expect(() => new URL(url)).not.toThrow();
    }),
  );
});

test('thresholds that are not named keep their defaults; unknown ones are refused', () => {
  expect(parseThresholds('diskWarningMib=1000, crashes=9')).toEqual({
    kind: 'thresholds',
    thresholds: { ...DEFAULT_THRESHOLDS, diskWarningMib: 1_000, crashes: 9 },
  });
  for (const bad of ['disk=1', 'crashes', 'crashes=-1', 'crashes=1.5', 'toString=1'])
    expect(parseThresholds(bad)).toMatchObject({
      kind: 'wrong',
      expected: expect.stringContaining(`got "${bad}"`),
    });
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parsed = parseThresholds(text);
      if (parsed.kind === 'thresholds')
        for (const value of Object.values(parsed.thresholds)) expect(Number.isInteger(value)).toBe(true);
    }),
  );
});
