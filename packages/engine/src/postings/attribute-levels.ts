/**
 * Levels of the attribute criterion that are worth telling apart while scoring: a record is in a level when a term stands in
 * a field of a rank, or at the start of one. The value of all records below a level is at least that level's.
 *
 *   words first in rank 0: 0 | in rank 0: 1 | first in rank 1: 1000 | in rank 1: 1001 | the rest
 *
 * A rank with unordered attributes has one level instead of two. Deeper ranks are the rest: few queries get there.
 */
import type { IndexSchema } from '../schema.ts';

export interface AttributeLevel {
  /** Name of the relation's sections. */
  readonly name: string;
  readonly rank: number;
  /** Whether only the first position of a field counts. */
  readonly first: boolean;
  /** What the attribute criterion of a record in this level, and none before, is not below. */
  readonly value: number;
}

const RANK_COUNT_MAX = 2;
const RANK_STEP = 1000;

/** Ascending by value; empty when every attribute is searchable, and so all are equal. */
export function attributeLevels(schema: IndexSchema): readonly AttributeLevel[] {
  const levels: AttributeLevel[] = [];
  const rankLast = schema.searchable.reduce((last, { rank }) => Math.max(last, rank), 0);
  for (let rank = 0; rank < RANK_COUNT_MAX; rank++) {
    const attributes = schema.searchable.filter((attribute) => attribute.rank === rank);
    if (attributes.length === 0) continue;
    const ordered = attributes.every((attribute) => attribute.ordered);
    const value = rank * RANK_STEP;
    if (ordered) levels.push({ name: `first${rank}`, rank, first: true, value });
    // Whoever is in no level stands in the last rank anyway.
    if (rank < rankLast)
      levels.push({ name: `in${rank}`, rank, first: false, value: ordered ? value + 1 : value });
  }
  return levels;
}

/** What the attribute criterion of a record that is in none of the levels is not below. */
export function valueBelowLevels(schema: IndexSchema): number {
  const last = attributeLevels(schema).at(-1);
  if (last === undefined) return 0;
  return last.first ? last.value + 1 : (last.rank + 1) * RANK_STEP;
}
