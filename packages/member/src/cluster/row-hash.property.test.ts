import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowHash } from './row-hash.ts';

interface Row {
  readonly table: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

const bytes = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  fc
    .tuple(fc.integer({ min: 20_000, max: 70_000 }), fc.nat(255))
    .map(([length, fill]) => new Uint8Array(length).fill(fill)),
);
const row: fc.Arbitrary<Row> = fc.record({ table: fc.constantFrom('a', 'b'), key: bytes, value: bytes });

function hashOf(rows: readonly Row[]): string {
  const hash = new RowHash();
  for (const each of rows) hash.add(each);
  return hash.finish();
}

test('the same rows give the same hash, others another one', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), fc.nat(), fc.nat(), (rows, at, place) => {
      const hash = hashOf(rows);
      expect(hashOf(rows.map((each) => ({ ...each })))).toBe(hash);
      const chosen = rows[at % rows.length]!;
      const other = Uint8Array.of(...chosen.value.subarray(0, 9), 1);
      if (chosen.value.byteLength > 0) other[place % other.length]! ^= 1;
      const changed = rows.with(at % rows.length, { ...chosen, value: other });
      expect(hashOf(changed)).not.toBe(hash);
      expect(hashOf([...rows, chosen])).not.toBe(hash);
      expect(hashOf(rows.toSpliced(at % rows.length, 1))).not.toBe(hash);
      // What belongs to the key is not taken for the value.
      const joined = { ...chosen, key: Buffer.concat([chosen.key, chosen.value]), value: new Uint8Array(0) };
      if (chosen.value.byteLength > 0) expect(hashOf(rows.with(at % rows.length, joined))).not.toBe(hash);
    }),
  );
});
