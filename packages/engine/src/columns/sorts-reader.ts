/** Sort values of an open segment. The bytes are described in `sorts-builder.ts`. */
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { SectionLookup } from '../segment/section.ts';
import { booleanCount, descendingRank, type RankCounts } from './custom-order.ts';
import type { SortValue } from './sort-value.ts';
import { HAS_FALSE, NO_RANK, SORTS_ENTRY_WORDS } from './sorts-builder.ts';
import { headerWords, TextTable } from './text-table.ts';

export class SortsReader {
  readonly #columns = new Map<string, SortColumn>();

  constructor(memory: SegmentMemory, sectionAt: SectionLookup, docCount: number) {
    const section = sectionAt('sorts');
    const count = section === undefined ? 0 : headerWords(memory, section.at, 0, 1)[0]!;
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const column = new SortColumn(memory, section!.at, ordinal, docCount);
      this.#columns.set(column.path, column);
    }
  }

  /** Undefined: the schema does not sort by this attribute. */
  column(path: string): SortColumn | undefined {
    return this.#columns.get(path);
  }
}

export class SortColumn {
  readonly path: string;
  /** docId → dense rank, ascending; `NO_RANK` without a value. */
  readonly ranks: Uint32Array;
  readonly #memory: SegmentMemory;
  readonly #counts: RankCounts;
  readonly #hasFalse: boolean;
  readonly #numbers: Float64Array;
  readonly #texts: TextTable;

  constructor(memory: SegmentMemory, sectionAt: number, ordinal: number, docCount: number) {
    const words = headerWords(memory, sectionAt, 1 + ordinal * SORTS_ENTRY_WORDS, SORTS_ENTRY_WORDS);
    const at = (word: number) => sectionAt + words[word]!;
    this.#memory = memory;
    this.path = new TextTable(memory, { offsetsAt: at(0), textAt: at(1), count: 1 }).text(0);
    this.#counts = { numberCount: words[2]!, textCount: words[3]!, booleanCount: booleanCount(words[4]!) };
    this.#hasFalse = (words[4]! & HAS_FALSE) !== 0;
    this.ranks = new Uint32Array(memory.buffer, at(5), docCount);
    this.#numbers = new Float64Array(memory.buffer, at(6), this.#counts.numberCount);
    this.#texts = new TextTable(memory, { offsetsAt: at(7), textAt: at(8), count: this.#counts.textCount });
  }

  value(docId: number): SortValue {
    const rank = this.ranks[docId]!;
    if (rank === NO_RANK) return undefined;
    const { numberCount, textCount } = this.#counts;
    if (rank < numberCount) return this.#numbers[rank]!;
    if (rank < numberCount + textCount) return this.#texts.text(rank - numberCount);
    return !(this.#hasFalse && rank === numberCount + textCount);
  }

  /** Dense rank of a doc in a direction; smaller comes first. */
  rank(docId: number, direction: 'asc' | 'desc'): number {
    const rank = this.ranks[docId]!;
    return direction === 'asc' ? rank : descendingRank(rank, this.#counts);
  }

  /** Address of a u32 array docId → rank in the direction. Descending ranks lie in scratch memory; ascending ones stay. */
  ranksAt(direction: 'asc' | 'desc'): number {
    if (direction === 'asc') return this.ranks.byteOffset;
    const into = this.#memory.allocate(this.ranks.byteLength);
    const { numberCount, textCount, booleanCount } = this.#counts;
    const textEnd = numberCount + textCount;
    this.#memory.kernel.ranksDescending(
      this.ranks.byteOffset,
      this.ranks.length,
      numberCount,
      textEnd,
      textEnd + booleanCount,
      into,
    );
    return into;
  }
}
