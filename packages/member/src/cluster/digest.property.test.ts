import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Digest,
  DigestFormatError,
  decodePage,
  encodePage,
  keyOf,
  meet,
  type Thing,
  thingOf,
} from './digest.ts';

const thing: fc.Arbitrary<Thing> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('application' as const, 'documents' as const),
    application: fc.string(),
  }),
  fc.record({ kind: fc.constant('index' as const), application: fc.string(), index: fc.string() }),
);
const stretch = fc
  .tuple(fc.nat(40), fc.nat(40))
  .map(([a, b]) => ({ from: Math.min(a, b), through: Math.max(a, b) }));

test('a key tells its thing', () => {
  fc.assert(
    fc.property(thing, (given) => {
      expect(thingOf(keyOf(given))).toEqual(given);
    }),
  );
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void thingOf(text)));
});

test('stretches meet when some sequence is in both', () => {
  fc.assert(
    fc.property(stretch, stretch, (a, b) => {
      const inBoth = Array.from({ length: 41 }, (_, at) => at).some(
        (at) => a.from <= at && at <= a.through && b.from <= at && at <= b.through,
      );
      const digest = { key: 'k', digest: 'd' };
      expect(meet({ ...digest, ...a }, { ...digest, ...b })).toBe(inBoth);
    }),
  );
});

test('pages hold every digest once', () => {
  const one = fc
    .tuple(thing, stretch, fc.string())
    .map(([of, between, digest]): Digest => ({ key: keyOf(of), ...between, digest }));
  fc.assert(
    fc.property(fc.array(one), fc.nat(), (list, through) => {
      const digests = new Map(list.map((each) => [each.key, each]));
      const { fields, payload } = encodePage({ through, digests }, undefined);
      const page = decodePage(fields, payload);
      expect(page.through).toBe(through);
      expect(new Map(page.digests.map((each) => [each.key, each]))).toEqual(digests);
    }),
  );
  const many = new Map(
    Array.from({ length: 12_345 }, (_, at): [string, Digest] => {
      const key = keyOf({ kind: 'index', application: 'A', index: `i${at}` });
      return [key, { key, from: at, through: at, digest: `d${at}` }];
    }),
  );
  const read = new Map<string, Digest>();
  let after: string | undefined;
  for (;;) {
    const { fields, payload } = encodePage({ through: 1, digests: many }, after);
    const page = decodePage(fields, payload);
    for (const each of page.digests) read.set(each.key, each);
    after = page.digests.at(-1)?.key;
    if (!page.more) break;
  }
  expect(read).toEqual(many);
});

test('digests of another version of the program are not read', () => {
  const { fields, payload } = encodePage({ through: 1, digests: new Map() }, undefined);
  expect(decodePage(fields, payload).digests).toEqual([]);
  expect(() => decodePage({ ...fields, format: 2 }, payload)).toThrow(DigestFormatError);
});

test('what is no page is refused, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.record({ format: fc.constantFrom(1, 2), through: fc.jsonValue(), more: fc.jsonValue() }),
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
        fc.constant(Buffer.from('[]')),
      ),
      (fields, payload) => {
        try {
          decodePage(fields as Parameters<typeof decodePage>[0], payload);
        } catch (error) {
          expect(error).toBeInstanceOf(DigestFormatError);
        }
      },
    ),
  );
});
