/**
 * Events are there once each, in the order of their times, and who asks again and again for those after the last time misses none.
 */
import { nameOf, type Transaction, type Violation } from './history.ts';

/** An event as the index gives it. */
export interface SeenEvent {
  readonly time: number;
  readonly id: number;
}

/** A transaction that inserted events, by their ids. */
export type InsertTransaction = Transaction<number>;

export function checkEvents(
  inserts: readonly InsertTransaction[],
  /** All of them, read at the end. */
  all: readonly SeenEvent[],
  pollers: readonly (readonly SeenEvent[])[],
): readonly Violation[] {
  const violations: Violation[] = [];
  const tell = (kind: string, text: string): void => {
    violations.push({ kind, text });
  };
  const timeOf = new Map<number, number>();
  for (const [at, { id, time }] of all.entries()) {
    if (timeOf.has(id)) tell('duplicate', `event ${id} is there twice`);
    timeOf.set(id, time);
    if (at > 0 && time < all[at - 1]!.time) tell('order', `event ${id} of ${time} comes after a later one`);
  }
  const expected = new Set<number>();
  for (const insert of inserts) {
    const times = new Set<number>();
    for (const id of insert.steps) {
      const time = timeOf.get(id);
      expected.add(id);
      if (insert.outcome === 'ok' && time === undefined)
        tell('lost', `event ${id} of ${nameOf(insert)} is missing`);
      if (insert.outcome === 'failed' && time !== undefined)
        tell('failed-write', `event ${id} of ${nameOf(insert)} is there`);
      if (time !== undefined && insert.time !== undefined && time !== insert.time)
        tell('other-time', `event ${id} is of ${time}, ${nameOf(insert)} was told ${insert.time}`);
      times.add(time ?? 0);
    }
    if (times.size > 1)
      tell('half-transaction', `events of ${nameOf(insert)} have times ${[...times].join()}`);
  }
  for (const { id } of all) if (!expected.has(id)) tell('unwritten', `nobody inserted event ${id}`);
  for (const [number, seen] of pollers.entries()) violations.push(...checkPoller(number, seen, all));
  return violations;
}

function checkPoller(
  number: number,
  seen: readonly SeenEvent[],
  all: readonly SeenEvent[],
): readonly Violation[] {
  const known = new Set(seen.map(({ id }) => id));
  const missed = all.filter(({ id }) => !known.has(id));
  if (missed.length > 0) {
    const [first] = missed;
    const text = `poller ${number} missed ${missed.length} events, first ${first!.id} of ${first!.time}`;
    return [{ kind: 'missed', text }];
  }
  const at = all.findIndex(({ id }, place) => seen[place]?.id !== id);
  if (at === -1 && seen.length === all.length) return [];
  return [{ kind: 'order', text: `poller ${number} saw other events from place ${at} on than there are` }];
}
