import type { Json, JsonObject } from '@skein/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AnswererHandshake,
  AskerHandshake,
  type HandshakeOptions,
  type HandshakeStep,
  handshakeKey,
} from './handshake.ts';

const key = handshakeKey('a secret of the whole cluster');
const binding = Uint8Array.of(1, 2, 3);

function asker(change: Partial<HandshakeOptions & { readonly to: string }> = {}): AskerHandshake {
  return new AskerHandshake({ member: 'a', to: 'b', key, binding, ...change });
}

function answerer(change: Partial<HandshakeOptions> = {}): AnswererHandshake {
  return new AnswererHandshake({ member: 'b', key, binding, ...change });
}

function headerOf(step: HandshakeStep): JsonObject {
  if (step.header === undefined) throw new Error(`nothing to send after ${step.kind}`);
  return step.header;
}

/** How it ends for both; undefined: not reached, as the other one refused. */
function run(
  one: AskerHandshake,
  other: AnswererHandshake,
): { readonly answerer: HandshakeStep; readonly asker: HandshakeStep | undefined } {
  const challenge = other.receive(one.hello());
  if (challenge.kind !== 'send') return { answerer: challenge, asker: undefined };
  const proof = one.receive(challenge.header);
  if (proof.kind !== 'send') return { answerer: challenge, asker: proof };
  const last = other.receive(proof.header);
  return { answerer: last, asker: last.header === undefined ? undefined : one.receive(last.header) };
}

describe('the handshake between members', () => {
  test('both learn who the other is when the secret is the same', () => {
    const { answerer: there, asker: here } = run(asker(), answerer());
    expect(there).toMatchObject({ kind: 'done', peer: 'a', version: 1 });
    expect(here).toEqual({ kind: 'done', peer: 'b', version: 1 });
  });

  test('another secret, another line or another name is refused without an answer', () => {
    const wrong = [
      run(asker({ key: handshakeKey('another secret of a cluster') }), answerer()),
      run(asker({ binding: Uint8Array.of(1, 2, 4) }), answerer()),
      run(asker({ to: 'c' }), answerer()),
      run(asker({ member: 'b' }), answerer()),
      run(asker({ member: 'a.skein' }), answerer()),
    ];
    for (const { answerer: there } of wrong) {
      expect(there).toMatchObject({ kind: 'refuse' });
      expect(there.header).toBeUndefined();
    }
  });

  test('an answerer that does not know the secret is refused', () => {
    const one = asker();
    const other = answerer();
    const step = one.receive(headerOf(other.receive(one.hello())));
    const welcome = headerOf(other.receive(headerOf(step)));
    expect(one.receive({ ...welcome, proof: headerOf(step)['proof'] })).toMatchObject({ kind: 'refuse' });
    const { proof: _, ...unproved } = welcome;
    expect(one.receive(unproved)).toMatchObject({ kind: 'refuse' });
  });

  test('what was said once proves nothing the next time', () => {
    const one = asker();
    const hello = one.hello();
    const first = answerer();
    const proof = headerOf(one.receive(headerOf(first.receive(hello))));
    expect(first.receive(proof).kind).toBe('done');
    const second = answerer();
    expect(second.receive(hello).kind).toBe('send');
    expect(second.receive(proof)).toMatchObject({ kind: 'refuse' });
  });

  test("a member's own proof sent back to it proves nothing", () => {
    const one = asker({ member: 'a', to: 'b' });
    const step = headerOf(one.receive(headerOf(answerer().receive(one.hello()))));
    expect(one.receive({ type: 'welcome', versions: [1, 1], proof: step['proof'] })).toMatchObject({
      kind: 'refuse',
    });
  });

  test('versions changed on the way are noticed, by whichever side they are changed for', () => {
    const one = asker({ versions: { min: 1, max: 2 } });
    const other = answerer({ versions: { min: 1, max: 2 } });
    const challenge = other.receive({ ...one.hello(), versions: [1, 1] });
    expect(other.receive(headerOf(one.receive(headerOf(challenge))))).toMatchObject({ kind: 'refuse' });

    const third = asker({ versions: { min: 1, max: 2 } });
    const fourth = answerer({ versions: { min: 1, max: 2 } });
    const welcome = headerOf(
      fourth.receive(headerOf(third.receive(headerOf(fourth.receive(third.hello()))))),
    );
    expect(third.receive({ ...welcome, versions: [1, 1] })).toMatchObject({ kind: 'refuse' });
  });

  test('the newest version that both know is spoken', () => {
    const range = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.nat(3))
      .map(([min, more]) => ({ min, max: min + more }));
    fc.assert(
      fc.property(range, range, (mine, theirs) => {
        const both = [1, 2, 3, 4, 5, 6, 7, 8, 9].filter((version) =>
          [mine, theirs].every(({ min, max }) => version >= min && version <= max),
        );
        const { answerer: there, asker: here } = run(
          asker({ versions: mine }),
          answerer({ versions: theirs }),
        );
        if (both.length === 0) {
          expect([there.kind, here?.kind]).toEqual(['refuse', 'refuse']);
          expect(here).toMatchObject({ reason: expect.stringContaining('upgrade one version at a time') });
        } else {
          expect(there).toMatchObject({ kind: 'done', version: both.at(-1) });
          expect(here).toMatchObject({ kind: 'done', version: both.at(-1) });
        }
      }),
    );
  });

  test('anything else is refused, by either side, at any step', () => {
    const anything = fc.dictionary(
      fc.constantFrom('type', 'member', 'to', 'versions', 'nonce', 'proof', 'more'),
      fc.oneof(fc.jsonValue(), fc.constantFrom('hello', 'challenge', 'proof', 'welcome', 'a', 'b', [1, 1])),
    ) as fc.Arbitrary<Record<string, Json>>;
    fc.assert(
      fc.property(anything, anything, fc.boolean(), (first, second, isBegun) => {
        const there = answerer();
        if (isBegun) there.receive(asker().hello());
        else expect(there.receive(first)).toMatchObject({ kind: 'refuse' });
        expect(there.receive(second)).toMatchObject({ kind: 'refuse' });
        const here = asker();
        if (isBegun) here.receive(headerOf(answerer().receive(asker().hello())));
        else expect(here.receive(first)).toMatchObject({ kind: 'refuse' });
        expect(here.receive(second)).toMatchObject({ kind: 'refuse' });
      }),
    );
  });
});
