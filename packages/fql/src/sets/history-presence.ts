/** The history of an intersection or a difference: when documents came to be in it, and when they left. */
import { compareEvents, type HistoryEvent } from './history-event.ts';

/** `isPresent`: whether a document is in the whole that is in these of the sets. */
export function* presenceChanges(
  histories: readonly Iterable<HistoryEvent>[],
  isPresent: (inSets: readonly boolean[]) => boolean,
): Generator<HistoryEvent> {
  for (const events of byDocument(histories).values()) yield* changesOf(events, histories.length, isPresent);
}

interface Change {
  readonly event: HistoryEvent;
  /** Ordinal of the set. */
  readonly at: number;
}

function byDocument(histories: readonly Iterable<HistoryEvent>[]): ReadonlyMap<string, Change[]> {
  const changes = new Map<string, Change[]>();
  for (const [at, events] of histories.entries()) {
    for (const event of events) {
      const { scope, collection, id } = event.document;
      const key = `${scope}/${collection}/${id}`;
      const known = changes.get(key);
      if (known === undefined) changes.set(key, [{ event, at }]);
      else known.push({ event, at });
    }
  }
  return changes;
}

/** All that one transaction did counts as one step. */
function* changesOf(
  changes: Change[],
  setCount: number,
  isPresent: (inSets: readonly boolean[]) => boolean,
): Generator<HistoryEvent> {
  changes.sort((a, b) => compareEvents(a.event, b.event) || a.at - b.at);
  /** A document may have several entries in a set. */
  const entryCounts = new Array<number>(setCount).fill(0);
  let wasPresent = false;
  for (let start = 0; start < changes.length; ) {
    const { ts } = changes[start]!.event;
    let end = start;
    for (; end < changes.length && changes[end]!.event.ts === ts; end++) {
      const { event, at } = changes[end]!;
      if (event.action === 'add' || event.action === 'create') entryCounts[at]! += 1;
      else if (event.action !== 'update') entryCounts[at]! -= 1;
    }
    const present = isPresent(entryCounts.map((count) => count > 0));
    if (present !== wasPresent) {
      // The last of them made the difference.
      const { event } = changes[end - 1]!;
      yield { ...event, action: present ? 'add' : 'remove' };
      wasPresent = present;
    }
    start = end;
  }
}
