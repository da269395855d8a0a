/** The events of one change of a document: for those who follow the document, its collection, or a set of an index. */
import { decodeArray } from '../codec/value-codec.ts';
import { decodeFields } from '../schema/document-fields.ts';
import { type IndexSchema, NATIVE_COLLECTION_IDS, type Schema } from '../schema/schema.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { CollectionId, DocumentKey, StoredVersion } from '../store/document-store.ts';
import { DocumentValue, type ObjectValue, type Value } from '../values/value.ts';
import { bytesKey } from '../writes/bytes-key.ts';
import { entriesOf, type IndexEntries, type IndexEntry, NO_ENTRIES } from '../writes/index-entries.ts';
import { differenceOf } from '../writes/merge-fields.ts';
import type { DocumentChange } from './document-change.ts';
import { type EventFields, StreamEvent } from './stream-event.ts';

/** Terms as a client gave them, and as `bytesKey` of their bytes. */
export interface SetTerms {
  readonly terms: readonly Value[];
  readonly key: string;
}

interface EntryMove {
  readonly action: 'add' | 'remove';
  /** The values. */
  readonly body: Uint8Array;
}

export class ChangeEvents {
  readonly change: DocumentChange;
  /** Of the document's database. */
  readonly #schema: Schema;
  #document: readonly StreamEvent[] | undefined;
  #membership: readonly StreamEvent[] | undefined;
  readonly #moves = new Map<IndexSchema, ReadonlyMap<string, readonly EntryMove[]>>();
  readonly #ofSets = new Map<IndexSchema, Map<string, readonly StreamEvent[]>>();

  constructor(change: DocumentChange, schema: Schema) {
    this.change = change;
    this.#schema = schema;
  }

  /** What happened to its past, then its new version. */
  get ofDocument(): readonly StreamEvent[] {
    this.#document ??= this.#documentEvents();
    return this.#document;
  }

  /** Whether it began or ceased to be. */
  get ofCollection(): readonly StreamEvent[] {
    this.#membership ??= this.#membershipEvents();
    return this.#membership;
  }

  /** Keys of the terms whose sets of an index changed. */
  changedSets(index: IndexSchema): Iterable<string> {
    return this.#movesIn(index).keys();
  }

  /** What was removed from the set of an index with these terms, then what was added. */
  ofSet(index: IndexSchema, { terms, key }: SetTerms): readonly StreamEvent[] {
    const moves = this.#movesIn(index).get(key);
    if (moves === undefined) return [];
    const known = this.#ofSets.get(index) ?? new Map<string, readonly StreamEvent[]>();
    this.#ofSets.set(index, known);
    let events = known.get(key);
    if (events === undefined) {
      events = moves.map((move) => this.#entryEvent(index, move, terms));
      known.set(key, events);
    }
    return events;
  }

  #documentEvents(): readonly StreamEvent[] {
    const { time, written, previous, past } = this.change;
    const events = past.map((change) =>
      change.kind === 'put'
        ? this.#versionEvent('history_rewrite', change.version, change.previous)
        : new StreamEvent('history_rewrite', time, {
            action: () => change.version.action,
            document: (viewer) => this.#value(viewer, change.version.ts, NO_FIELDS),
          }),
    );
    return written === undefined ? events : [...events, this.#versionEvent('version', written, previous)];
  }

  #versionEvent(
    type: 'version' | 'history_rewrite',
    version: StoredVersion,
    previous: StoredVersion | undefined,
  ): StreamEvent {
    const { ts, action } = version;
    const before = live(previous);
    const stated = (of: StoredVersion) => (viewer: Schema) =>
      this.#value(viewer, of.ts, this.#fieldsOf(of.body));
    const bare = (viewer: Schema): Value => this.#value(viewer, ts, NO_FIELDS);
    // A deletion shows what was deleted, with the time of its last version, as `Delete` does.
    const prev = before === undefined ? bare : stated(before);
    return new StreamEvent(type, this.change.time, {
      action: () => action,
      document: action === 'delete' ? prev : stated(version),
      diff:
        action === 'delete'
          ? bare
          : before === undefined
            ? stated(version)
            : (viewer) => this.#value(viewer, ts, this.#difference(before, version)),
      prev,
    });
  }

  #membershipEvents(): readonly StreamEvent[] {
    const { before, after } = this.change;
    const [was, is] = [live(before) !== undefined, live(after) !== undefined];
    return was === is
      ? []
      : [new StreamEvent('set', this.change.time, this.#setFields(is ? 'add' : 'remove'))];
  }

  #movesIn(index: IndexSchema): ReadonlyMap<string, readonly EntryMove[]> {
    const known = this.#moves.get(index);
    if (known !== undefined) return known;
    const old = this.#entriesIn(index, this.change.before);
    const next = this.#entriesIn(index, this.change.after);
    const moves = new Map<string, EntryMove[]>();
    const add = ({ terms, body }: IndexEntry, action: EntryMove['action']): void => {
      const key = bytesKey(terms);
      const ofTerms = moves.get(key);
      if (ofTerms === undefined) moves.set(key, [{ action, body }]);
      else ofTerms.push({ action, body });
    };
    for (const [name, entry] of old) if (!isSame(next.get(name), entry)) add(entry, 'remove');
    for (const [name, entry] of next) if (!isSame(old.get(name), entry)) add(entry, 'add');
    this.#moves.set(index, moves);
    return moves;
  }

  #entriesIn(index: IndexSchema, version: StoredVersion | undefined): IndexEntries {
    const present = live(version);
    if (present === undefined) return NO_ENTRIES;
    const { key } = this.change;
    const document = new DocumentValue(
      this.#schema.refOf(key),
      present.ts,
      decodeFields(present.body, storedNames(this.#schema)),
    );
    return entriesOf(index, key, document, storedNames(this.#schema), 'none');
  }

  #entryEvent(index: IndexSchema, { action, body }: EntryMove, terms: readonly Value[]): StreamEvent {
    const { scope } = this.change.key;
    const indexKey: DocumentKey = {
      scope,
      collection: NATIVE_COLLECTION_IDS.indexes as CollectionId,
      id: BigInt(index.id),
    };
    return new StreamEvent('set', this.change.time, {
      ...this.#setFields(action),
      index: (viewer) =>
        new Map<string, Value>([
          ['ref', viewer.refOf(indexKey)],
          ['terms', terms],
          ['values', decodeArray(body, this.#schema)],
        ]),
    });
  }

  #setFields(action: EntryMove['action']): EventFields {
    const { after, time } = this.change;
    return {
      action: () => action,
      document: (viewer) => this.#value(viewer, after?.ts ?? time, NO_FIELDS),
    };
  }

  #value(viewer: Schema, ts: number, fields: ObjectValue): DocumentValue {
    return new DocumentValue(viewer.refOf(this.change.key), ts, fields);
  }

  #difference(before: StoredVersion, after: StoredVersion): ObjectValue {
    return differenceOf(this.#fieldsOf(before.body), this.#fieldsOf(after.body)) ?? NO_FIELDS;
  }

  #fieldsOf(body: Uint8Array): ObjectValue {
    return decodeFields(body, this.#schema);
  }
}

const NO_FIELDS: ObjectValue = new Map();

/** Undefined for a deletion. */
function live(version: StoredVersion | undefined): StoredVersion | undefined {
  return version?.action === 'delete' ? undefined : version;
}

/** An entry with other values sorts elsewhere, unless they only look different (`1` and `1.0`). */
function isSame(a: IndexEntry | undefined, b: IndexEntry): boolean {
  return a !== undefined && bytesKey(a.body) === bytesKey(b.body);
}
