/**
 * Tags: what a query says of each term of a segment, one u16 per term. A tag numbers a combination of events (a term may be
 * an alternative of several words); 0 is none. Set for a query, cleared after it.
 */
import type { SegmentMemory } from '../kernel/segment-memory.ts';

const COMBINATION_COUNT_MAX = 65_535;

export class TagTable {
  readonly #memory: SegmentMemory;
  readonly #tagsAt: number;
  /** Events of each combination; [0] is the empty one. */
  readonly #combinations: (readonly number[])[] = [[]];
  readonly #numbers = new Map<string, number>([['', 0]]);
  readonly #tagged: number[] = [];

  constructor(memory: SegmentMemory, tagsAt: number) {
    this.#memory = memory;
    this.#tagsAt = tagsAt;
  }

  /** Adds an event to the terms [from, to). */
  tag(from: number, to: number, event: number): void {
    if (from >= to) return;
    this.#tagged.push(from, to);
    const memory = this.#memory;
    const mark = memory.mark();
    // A term met here carries a combination made before, so the table need not grow meanwhile.
    const known = this.#combinations.length;
    const transitions = memory.allocate(known * 2);
    memory.u8.fill(0, transitions, transitions + known * 2);
    let at = from;
    while ((at = memory.kernel.tagTerms(this.#tagsAt, at, to, transitions)) < to) {
      const before = memory.u16[(this.#tagsAt >>> 1) + at]!;
      memory.u16[(transitions >>> 1) + before] = this.#withEvent(before, event);
    }
    memory.release(mark);
  }

  /** Puts the combinations into scratch, as the scoring kernel reads them. */
  write(): { readonly combinations: number; readonly events: number } {
    const memory = this.#memory;
    const eventCount = this.#combinations.reduce((sum, events) => sum + events.length, 0);
    const combinations = memory.allocate(this.#combinations.length * 8);
    const events = memory.allocate(eventCount * 4);
    const { u32 } = memory;
    let written = 0;
    for (const [ordinal, combination] of this.#combinations.entries()) {
      u32[(combinations >>> 2) + ordinal * 2] = written;
      u32[(combinations >>> 2) + ordinal * 2 + 1] = combination.length;
      for (const event of combination) u32[(events >>> 2) + written++] = event;
    }
    return { combinations, events };
  }

  clear(): void {
    for (let at = 0; at < this.#tagged.length; at += 2) {
      this.#memory.kernel.untagTerms(this.#tagsAt, this.#tagged[at]!, this.#tagged[at + 1]!);
    }
    this.#tagged.length = 0;
  }

  #withEvent(combination: number, event: number): number {
    const before = this.#combinations[combination]!;
    const events = before.includes(event) ? before : [...before, event].sort((a, b) => a - b);
    const key = events.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      // Past the limit a term keeps what it has: only queries of dozens of overlapping words come near it.
      if (this.#combinations.length >= COMBINATION_COUNT_MAX) return combination === 0 ? 1 : combination;
      number = this.#combinations.push(events) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}
