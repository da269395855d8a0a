/**
 * Sequences on the wire:
 *   1. A request that names none passes at once; one that names an old one, too.
 *   2. One that names a new one waits for it, as long as it says, and is then told to ask elsewhere.
 *   3. What is not a whole number in range is refused.
 *   4. A member without state refuses all but questions about the cluster.
 */

import { ApiError } from '@skein/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceGate, type SequenceSource } from './sequence-gate.ts';

class Source implements SequenceSource {
  shown = 10;
  answers = true;
  readonly asked: { readonly sequence: number; readonly timeoutMs: number }[] = [];
  readonly waiting: ((shown: boolean) => void)[] = [];

  whenShown(sequence: number, timeoutMs: number): Promise<boolean> {
    this.asked.push({ sequence, timeoutMs });
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

const request = (
  headers: Record<string, string>,
  query = '',
): { headers: typeof headers; query: URLSearchParams } => ({
  headers,
  query: new URLSearchParams(query),
});

test('1: what is shown already passes at once', () => {
  const source = new Source();
  const gate = new SequenceGate(source);
  expect(gate.pass(request({}), 'search')).toBeUndefined();
  expect(gate.pass(request({ 'x-skein-min-sequence': '10' }), 'search')).toBeUndefined();
  expect(source.asked).toEqual([]);
});

test('2: what is not shown yet is waited for, and then refused with the place that is shown', async () => {
  const source = new Source();
  const gate = new SequenceGate(source);
  const passing = gate.pass(request({ 'x-skein-min-sequence': '11' }), 'search');
  const impatient = gate.pass(request({}, 'skein-min-sequence=12&skein-wait-ms=7'), 'search');
  expect(source.asked).toEqual([
    { sequence: 11, timeoutMs: 5_000 },
    { sequence: 12, timeoutMs: 7 },
  ]);
  source.waiting[0]?.(true);
  await expect(passing).resolves.toBeUndefined();
  source.waiting[1]?.(false);
  await expect(impatient).rejects.toMatchObject({
    code: 'behind',
    status: 503,
    message: 'This member shows everything up to sequence 10, not yet up to 12; please retry',
  });
  const atOnce = gate.pass(request({ 'x-skein-min-sequence': '12', 'x-skein-wait-ms': '0' }), 'search');
  await expect(atOnce).rejects.toMatchObject({ code: 'behind' });
  expect(source.asked).toHaveLength(2);
});

test('2: when too many wait already, further ones are refused at once', async () => {
  const source = new Source();
  const gate = new SequenceGate(source);
  const ask = (): Promise<void> | undefined => gate.pass(request({ 'x-skein-min-sequence': '11' }), 'search');
  const waiting = Array.from({ length: 1_000 }, ask);
  await expect(ask()).rejects.toMatchObject({ code: 'behind' });
  for (const resolve of source.waiting) resolve(true);
  for (const each of waiting) await each;
  const again = ask();
  source.waiting.at(-1)?.(true);
  await expect(again).resolves.toBeUndefined();
});

test('the parameters are taken out of the query string, which searches would not know them in', () => {
  const asked = request({}, 'query=x&skein-min-sequence=3&skein-wait-ms=5');
  expect(new SequenceGate(new Source()).pass(asked, 'search')).toBeUndefined();
  expect(String(asked.query)).toBe('query=x');
});

test('3: anything else than a whole number in range is a mistake of the client', () => {
  const gate = new SequenceGate(new Source());
  for (const bad of ['', '-1', '1.5', 'x', '9007199254740993', '1 ', '0x10']) {
    expect(() => gate.pass(request({ 'x-skein-min-sequence': bad }), 'search'), bad).toThrow(ApiError);
  }
  expect(() => gate.pass(request({ 'x-skein-wait-ms': '30001' }), 'search')).toThrow('x-skein-wait-ms');
  fc.assert(
    fc.property(fc.string(), fc.string(), (header, query) => {
      try {
        gate.pass(request({ 'x-skein-min-sequence': header }, query), 'search')?.catch(() => undefined);
      } catch (error) {
        expect(error).toBeInstanceOf(ApiError);
      }
    }),
  );
});

test('4: a member without state refuses all but questions about the cluster', () => {
  const source = new Source();
  source.answers = false;
  const gate = new SequenceGate(source);
  expect(() => gate.pass(request({}), 'searchSingleIndex')).toThrow(ApiError);
  expect(gate.pass(request({}), 'getCluster')).toBeUndefined();
});
