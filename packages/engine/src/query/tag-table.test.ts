import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SegmentMemory } from '../kernel/segment-memory.ts';
import { TagTable } from './tag-table.ts';

const TERM_COUNT = 40;

interface Tagged {
  readonly table: TagTable;
  /** Events of a term, as the scoring kernel would find them. */
  readonly eventsOf: (term: number) => readonly number[];
}

function tagged(termCount: number, ranges: Iterable<readonly [number, number, number]>): Tagged {
  const memory = SegmentMemory.create(0);
  const tagsAt = memory.allocatePersistent(termCount * 2 + 64);
  const table = new TagTable(memory, tagsAt);
  for (const [from, to, event] of ranges) table.tag(from, to, event);
  const { combinations, events } = table.write();
  const eventsOf = (term: number): readonly number[] => {
    const tag = memory.u16[(tagsAt >>> 1) + term]!;
    const first = memory.u32[(combinations >>> 2) + tag * 2]!;
    const count = memory.u32[(combinations >>> 2) + tag * 2 + 1]!;
    return [...memory.u32.subarray((events >>> 2) + first, (events >>> 2) + first + count)];
  };
  return { table, eventsOf };
}

test('a term has the events of all ranges that it lies in, each once and ascending; after clear it has none', () => {
  const range = fc.tuple(fc.nat(TERM_COUNT), fc.nat(TERM_COUNT), fc.nat(6));
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), (ranges) => {
      const { table, eventsOf } = tagged(TERM_COUNT, ranges);
      for (let term = 0; term < TERM_COUNT; term++) {
        const holding = ranges.filter(([from, to]) => from <= term && term < to).map(([, , event]) => event);
        expect(eventsOf(term)).toEqual([...new Set(holding)].sort((a, b) => a - b));
      }
      table.clear();
      for (let term = 0; term < TERM_COUNT; term++) expect(eventsOf(term)).toEqual([]);
    }),
  );
});

test('more combinations than there are tags end well: those that came before the limit stay right', () => {
  const bits = 17;
  const termCount = 2 ** bits;
  /** Event b for all terms with bit b. */
  function* ranges(): Generator<readonly [number, number, number]> {
    for (let bit = 0; bit < bits; bit++) {
      for (let from = 2 ** bit; from < termCount; from += 2 ** (bit + 1)) yield [from, from + 2 ** bit, bit];
    }
  }
  const { eventsOf } = tagged(termCount, ranges());
  for (const term of [0, 1, 2, 3, 1000, 32_767]) {
    expect(eventsOf(term)).toEqual(
      Array.from({ length: bits }, (_, bit) => bit).filter((bit) => (term >>> bit) & 1),
    );
  }
});
