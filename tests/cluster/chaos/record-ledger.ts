/** What was asked of an index, with what outcome, and so what may be in it at the end. */
import type { Outcome, Violation } from '../../documents/checker/history.ts';

/** As browsed. */
export interface StoredRecord {
  readonly objectID: string;
  readonly [attribute: string]: unknown;
}

interface Key {
  /** Attempts whose outcome nobody knows may still happen, long after others. */
  readonly unknown: Set<string>;
  acknowledged: string;
}

interface Counter {
  acknowledged: number;
  unknown: number;
}

const ABSENT = 'absent';

/** One writer at a time for each key: it waits for the answer to one write before it sends the next. */
export class RecordLedger {
  readonly #keys = new Map<string, Key>();
  readonly #counters = new Map<string, Counter>();
  /** By its content: records that get their id from the server. */
  readonly #named = new Map<string, Outcome>();
  readonly counts = { ok: 0, unknown: 0, failed: 0 };

  /** The whole record under its id; undefined: deleted. */
  wrote(objectID: string, record: StoredRecord | undefined, outcome: Outcome): void {
    this.counts[outcome]++;
    const text = record === undefined ? ABSENT : contentOf(record);
    const key = this.#keys.get(objectID) ?? { unknown: new Set(), acknowledged: ABSENT };
    this.#keys.set(objectID, key);
    if (outcome === 'ok') key.acknowledged = text;
    if (outcome === 'unknown') key.unknown.add(text);
  }

  /** One more on a number. */
  counted(objectID: string, outcome: Outcome): void {
    this.counts[outcome]++;
    const counter = this.#counters.get(objectID) ?? { acknowledged: 0, unknown: 0 };
    this.#counters.set(objectID, counter);
    if (outcome === 'ok') counter.acknowledged++;
    if (outcome === 'unknown') counter.unknown++;
  }

  /** A record without an id. */
  added(content: string, outcome: Outcome): void {
    this.counts[outcome]++;
    this.#named.set(content, outcome);
  }

  /** What a member holds, against what may be there. */
  check(member: string, stored: readonly StoredRecord[]): readonly Violation[] {
    const violations: Violation[] = [];
    const tell = (kind: string, text: string): void =>
      void violations.push({ kind, text: `${member}: ${text}` });
    const byId = new Map<string, StoredRecord>();
    const byContent = new Map<string, number>();
    for (const record of stored) {
      if (byId.has(record.objectID)) tell('duplicate', `${record.objectID} is there twice`);
      byId.set(record.objectID, record);
      const { content } = record;
      if (typeof content === 'string') byContent.set(content, (byContent.get(content) ?? 0) + 1);
    }
    for (const [objectID, { acknowledged, unknown }] of this.#keys) {
      const record = byId.get(objectID);
      const is = record === undefined ? ABSENT : contentOf(record);
      if (is === acknowledged || unknown.has(is)) continue;
      const kind = is === ABSENT ? 'lost' : 'wrong-record';
      tell(
        kind,
        `${objectID} is ${is}, acknowledged was ${acknowledged}, unknown ${[...unknown].join() || 'nothing'}`,
      );
    }
    for (const [objectID, { acknowledged, unknown }] of this.#counters) {
      const value = Number(byId.get(objectID)?.['n'] ?? 0);
      if (value < acknowledged)
        tell('lost', `${objectID} counted ${value}, ${acknowledged} were acknowledged`);
      if (value > acknowledged + unknown)
        tell(
          'duplicate',
          `${objectID} counted ${value}, ${acknowledged} were acknowledged and ${unknown} unknown`,
        );
    }
    for (const [content, outcome] of this.#named) {
      const found = byContent.get(content) ?? 0;
      if (found > 1) tell('duplicate', `${content} is there ${found} times`);
      if (found === 0 && outcome === 'ok') tell('lost', `${content} is missing`);
      if (found > 0 && outcome === 'failed') tell('failed-write', `${content} is there`);
    }
    for (const content of byContent.keys())
      if (!this.#named.has(content)) tell('unwritten', `nobody wrote ${content}`);
    for (const objectID of byId.keys()) {
      const known = this.#keys.has(objectID) || this.#counters.has(objectID);
      if (!known && typeof byId.get(objectID)?.['content'] !== 'string')
        tell('unwritten', `nobody wrote ${objectID}`);
    }
    return violations;
  }
}

/** In one order of attributes, without what only shows how it was found. */
export function contentOf(record: StoredRecord): string {
  const attributes = Object.entries(record).filter(([name]) => !name.startsWith('_'));
  return JSON.stringify(Object.fromEntries(attributes.sort(([a], [b]) => (a < b ? -1 : 1))));
}
