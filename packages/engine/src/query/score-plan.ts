/**
 * The plan that the scoring kernel reads (`kernel/assembly/score.ts`): addresses and numbers, u32 each. Offsets here and
 * there are one list; a change changes both.
 */
import type { SegmentMemory } from '../kernel/segment-memory.ts';

const SLOTS = {
  forwardOffsets: 0,
  forwardEntries: 1,
  tags: 2,
  combinations: 3,
  events: 4,
  fields: 5,
  wordCount: 6,
  criteria: 7,
  criteriaCount: 8,
  minProximity: 9,
  exactMode: 10,
  attributeOfProximity: 11,
  required: 12,
  matchedMin: 13,
  concatenations: 14,
  phrases: 15,
  phraseCount: 16,
  splitCount: 17,
  work: 18,
  heap: 19,
  heapSizeMax: 20,
  heapSize: 21,
  groups: 22,
  groupLimit: 23,
  bound: 24,
  textless: 25,
  scored: 26,
} as const;

export type PlanSlot = keyof typeof SLOTS;

const PLAN_BYTES = 128;

/** Bytes of the work area: lists of occurrences and, behind them, marks of 65,536 positions. */
export const WORK_BYTES = 2112 + 65 * 32 * 4 + 65_536 * 12;

/** Values of a criterion's kind; `array` ones have an address of u32 per docId. */
export const CRITERION_KIND = { typo: 0, words: 1, proximity: 2, attribute: 3, exact: 4, array: 5 } as const;

/** Flags of a field, above its rank. */
export const FIELD_FLAG = {
  ordered: 1 << 16,
  searched: 1 << 17,
  noTypo: 1 << 18,
  noPrefix: 1 << 19,
  noExact: 1 << 20,
} as const;

/** A rank takes 16 bits. */
export const FIELD_RANK_MAX = 0xffff;

const EVENT_FLAG = {
  exact: 1 << 12,
  prefix: 1 << 13,
  phrase: 1 << 14,
  splitFirst: 1 << 15,
  splitSecond: 1 << 16,
} as const;

/** What a term means for the query: word `word` (and `span - 1` after it) with so many typos. */
export function eventOf(
  word: number,
  typos: number,
  kind: keyof typeof EVENT_FLAG | 'plain',
  span = 1,
): number {
  return word | ((span & 31) << 5) | (typos << 10) | (kind === 'plain' ? 0 : EVENT_FLAG[kind]);
}

/** The first word that an event stands for. */
export function wordOfEvent(event: number): number {
  return event & 31;
}

export class ScorePlan {
  readonly at: number;
  readonly #memory: SegmentMemory;

  /** In scratch, all zero. */
  constructor(memory: SegmentMemory) {
    this.#memory = memory;
    this.at = memory.allocate(PLAN_BYTES);
    memory.u8.fill(0, this.at, this.at + PLAN_BYTES);
  }

  set(slot: PlanSlot, value: number): void {
    this.#memory.u32[(this.at >>> 2) + SLOTS[slot]] = value;
  }

  get(slot: PlanSlot): number {
    return this.#memory.u32[(this.at >>> 2) + SLOTS[slot]]!;
  }
}
