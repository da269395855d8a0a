/**
 * The contract of stores in its plainest form: flat lists, filtered and sorted for every answer, no keys made of bytes. Too slow for
 * anything but judging other stores (`document-store.contract.ts`), which may not share a mistake with it.
 */
import type {
  Changes,
  CollectionId,
  DocumentKey,
  DocumentRange,
  DocumentWriter,
  Entry,
  EntryRange,
  EntrySet,
  EntrySpan,
  IndexId,
  RowRange,
  ScopeId,
  StoredVersion,
} from '../store/document-store.ts';

interface Lists {
  lastTime: number;
  versions: { readonly key: DocumentKey; readonly version: StoredVersion }[];
  spans: { readonly set: EntrySet; readonly span: EntrySpan }[];
  rows: { readonly scope: ScopeId; readonly key: Uint8Array; readonly value: Uint8Array }[];
  changes: Changes[];
}

export class NaiveStore implements DocumentWriter {
  #lists: Lists;
  #running: number | undefined;

  constructor(lists: Lists = { lastTime: 0, versions: [], spans: [], rows: [], changes: [] }) {
    this.#lists = lists;
  }

  get lastTime(): number {
    return this.#lists.lastTime;
  }

  copy(): NaiveStore {
    const { lastTime, versions, spans, rows, changes } = this.#lists;
    return new NaiveStore({
      lastTime,
      versions: [...versions],
      spans: [...spans],
      rows: [...rows],
      changes: changes.map(({ ts, documents }) => ({ ts, documents: [...documents] })),
    });
  }

  transact<T>(time: number, write: () => T): T {
    const before = this.copy();
    this.#running = time;
    this.#lists.lastTime = time;
    this.#lists.changes.push({ ts: time, documents: [] });
    try {
      return write();
    } catch (error) {
      this.#lists = before.#lists;
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  version(key: DocumentKey, at = Number.POSITIVE_INFINITY): StoredVersion | undefined {
    const version = [...this.versions(key)].filter(({ ts }) => ts <= at).at(-1);
    return version?.action === 'delete' ? undefined : version;
  }

  versions(
    key: DocumentKey,
    range: { readonly from?: number; readonly to?: number; readonly reverse?: boolean } = {},
  ): StoredVersion[] {
    const found = this.#lists.versions
      .filter((row) => isSameKey(row.key, key))
      .map(({ version }) => version)
      .filter(({ ts }) => ts >= (range.from ?? 0) && ts < (range.to ?? Number.POSITIVE_INFINITY))
      .sort((a, b) => a.ts - b.ts);
    return range.reverse === true ? found.reverse() : found;
  }

  documents(
    scope: ScopeId,
    collection: CollectionId,
    range: DocumentRange = {},
  ): { readonly id: bigint; readonly version: StoredVersion }[] {
    const ids = this.#lists.versions
      .filter(({ key }) => key.scope === scope && key.collection === collection)
      .map(({ key }) => key.id)
      .filter((id) => id >= (range.from ?? 0n) && id < (range.to ?? 2n ** 64n));
    const found = [...new Set(ids)]
      .sort((a, b) => (a < b ? -1 : 1))
      .map((id) => ({ id, version: this.version({ scope, collection, id }, range.at) }))
      .flatMap(({ id, version }) => (version === undefined ? [] : [{ id, version }]));
    return range.reverse === true ? found.reverse() : found;
  }

  entries(set: EntrySet, range: EntryRange = {}): (Entry & { readonly ts: number })[] {
    return this.entrySpans(set, range)
      .filter(({ from, to }) =>
        range.at === undefined
          ? to === undefined
          : from <= range.at && range.at < (to ?? Number.POSITIVE_INFINITY),
      )
      .map(({ order, collection, id, body, from }) => ({ order, collection, id, body, ts: from }));
  }

  entrySpans(set: EntrySet, range: Omit<EntryRange, 'at'> = {}): EntrySpan[] {
    const found = this.#lists.spans
      .filter((row) => isSameSet(row.set, set))
      .map(({ span }) => ({ span, place: place(span) }))
      .filter(
        ({ place }) =>
          (range.from === undefined || text(range.from) <= place) &&
          (range.to === undefined || place < text(range.to)),
      )
      .sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : a.span.from - b.span.from))
      .map(({ span }) => span);
    return range.reverse === true ? found.reverse() : found;
  }

  row(scope: ScopeId, key: Uint8Array): Uint8Array | undefined {
    return this.#lists.rows.find((row) => row.scope === scope && text(row.key) === text(key))?.value;
  }

  rows(scope: ScopeId, range: RowRange = {}): { readonly key: Uint8Array; readonly value: Uint8Array }[] {
    const found = this.#lists.rows
      .filter((row) => row.scope === scope)
      .filter(({ key }) => range.from === undefined || text(range.from) <= text(key))
      .filter(({ key }) => range.to === undefined || text(key) < text(range.to))
      .sort((a, b) => (text(a.key) < text(b.key) ? -1 : 1))
      .map(({ key, value }) => ({ key, value }));
    return range.reverse === true ? found.reverse() : found;
  }

  changes(after: number): Changes[] {
    return this.#lists.changes.filter(({ ts, documents }) => ts > after && documents.length > 0);
  }

  putVersion(key: DocumentKey, version: StoredVersion): void {
    this.replaceVersions(key, [...this.versions(key).filter(({ ts }) => ts < version.ts), version]);
  }

  replaceVersions(key: DocumentKey, versions: readonly StoredVersion[]): void {
    const rest = this.#lists.versions.filter((row) => !isSameKey(row.key, key));
    this.#lists.versions = [...rest, ...versions.map((version) => ({ key, version }))];
    const change = this.#lists.changes.at(-1);
    if (change === undefined || change.documents.some((known) => isSameKey(known, key))) return;
    this.#lists.changes[this.#lists.changes.length - 1] = {
      ts: change.ts,
      documents: [...change.documents, key],
    };
  }

  addEntry(set: EntrySet, entry: Entry, ts: number): void {
    const isCurrent = this.entries(set).some((current) => place(current) === place(entry));
    if (!isCurrent) this.putSpan(set, { ...entry, from: ts, to: undefined });
  }

  removeEntry(set: EntrySet, entry: Pick<Entry, 'order' | 'collection' | 'id'>, ts: number): void {
    for (const span of this.entrySpans(set)) {
      if (span.to !== undefined || place(span) !== place(entry)) continue;
      this.dropSpan(set, span);
      if (span.from < ts) this.putSpan(set, { ...span, to: ts });
    }
  }

  putSpan(set: EntrySet, span: EntrySpan): void {
    const rest = this.#lists.spans.filter(
      (row) =>
        !isSameSet(row.set, set) ||
        place(row.span) !== place(span) ||
        (row.span.from !== span.from && (row.span.to !== undefined || span.to !== undefined)),
    );
    this.#lists.spans = [...rest, { set, span }];
  }

  dropSpan(set: EntrySet, span: Omit<EntrySpan, 'body'>): void {
    this.#lists.spans = this.#lists.spans.filter(
      (row) =>
        !isSameSet(row.set, set) ||
        place(row.span) !== place(span) ||
        row.span.from !== span.from ||
        row.span.to !== span.to,
    );
  }

  putRow(scope: ScopeId, key: Uint8Array, value: Uint8Array): void {
    this.deleteRow(scope, key);
    this.#lists.rows.push({ scope, key, value });
  }

  deleteRow(scope: ScopeId, key: Uint8Array): void {
    this.#lists.rows = this.#lists.rows.filter((row) => row.scope !== scope || text(row.key) !== text(key));
  }

  /** Maintenance is done whole, whatever the limit: what is left in between is not part of the contract. */
  expireVersions(scope: ScopeId, collection: CollectionId, before: number): number {
    this.#lists.versions = this.#lists.versions.filter(({ key, version }) => {
      if (key.scope !== scope || key.collection !== collection) return true;
      const next = this.versions(key).find(({ ts }) => ts > version.ts)?.ts;
      return (version.action === 'delete' ? version.ts : (next ?? Number.POSITIVE_INFINITY)) > before;
    });
    return 0;
  }

  expireSpans(scope: ScopeId, index: IndexId, before: number): number {
    this.#lists.spans = this.#lists.spans.filter(
      ({ set, span }) =>
        set.scope !== scope || set.index !== index || span.to === undefined || span.to > before,
    );
    return 0;
  }

  dropCollection(scope: ScopeId, collection: CollectionId): number {
    this.#lists.versions = this.#lists.versions.filter(
      ({ key }) => key.scope !== scope || key.collection !== collection,
    );
    return 0;
  }

  dropIndex(scope: ScopeId, index: IndexId): number {
    this.#lists.spans = this.#lists.spans.filter(({ set }) => set.scope !== scope || set.index !== index);
    return 0;
  }

  dropScope(scope: ScopeId): number {
    this.#lists.versions = this.#lists.versions.filter(({ key }) => key.scope !== scope);
    this.#lists.spans = this.#lists.spans.filter(({ set }) => set.scope !== scope);
    this.#lists.rows = this.#lists.rows.filter((row) => row.scope !== scope);
    return 0;
  }

  expireChanges(before: number): number {
    // The transaction that is running is not among them yet.
    this.#lists.changes = this.#lists.changes.filter(({ ts }) => ts > before || ts === this.#running);
    return 0;
  }
}

/** Bytes as characters: equal, and ordered, as the bytes are. */
export function text(bytes: Uint8Array): string {
  let characters = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    characters += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return characters;
}

/** The bytes that bounds of entries are compared with. */
function place(entry: Pick<Entry, 'order' | 'collection' | 'id'>): string {
  const tail = new DataView(new ArrayBuffer(12));
  tail.setUint32(0, entry.collection);
  tail.setBigUint64(4, entry.id);
  return text(entry.order) + text(new Uint8Array(tail.buffer));
}

function isSameKey(a: DocumentKey, b: DocumentKey): boolean {
  return a.scope === b.scope && a.collection === b.collection && a.id === b.id;
}

function isSameSet(a: EntrySet, b: EntrySet): boolean {
  return a.scope === b.scope && a.index === b.index && text(a.terms) === text(b.terms);
}
