/**
 * What one transaction did to one document, told afterwards: from the versions that are there now, and from what was noted of rewritten
 * history since. Later transactions do not show in it.
 */
import type { DocumentKey, DocumentReader, StoredVersion } from '../store/document-store.ts';
import { bytesKey } from '../writes/bytes-key.ts';
import { type HistoryRewrite, isSameVersion, rewritesFrom } from './history-rewrites.ts';

export type PastChange =
  /** A version of the past is new, is another, or follows another one than before. `previous`: the one before it. */
  | { readonly kind: 'put'; readonly version: StoredVersion; readonly previous: StoredVersion | undefined }
  | { readonly kind: 'removed'; readonly version: StoredVersion };

export interface DocumentChange {
  readonly key: DocumentKey;
  /** µs: of the transaction. */
  readonly time: number;
  /** The current version before the transaction, and after it; a deletion counts as one. */
  readonly before: StoredVersion | undefined;
  readonly after: StoredVersion | undefined;
  /** What was written at the transaction's own time, and the version that it follows. */
  readonly written: StoredVersion | undefined;
  readonly previous: StoredVersion | undefined;
  /** In the order of Fauna's events: what is gone, what follows another version now, what is new. */
  readonly past: readonly PastChange[];
}

/** All changes of transactions later than `after`, which may also be read again. */
export class ChangeLog {
  readonly #reader: DocumentReader;
  /** By document, the last transaction first. */
  readonly #rewrites = new Map<string, HistoryRewrite[]>();

  constructor(reader: DocumentReader, after: number) {
    this.#reader = reader;
    for (const rewrite of rewritesFrom(reader, after + 1)) {
      const name = documentName(rewrite.key);
      const known = this.#rewrites.get(name);
      if (known === undefined) this.#rewrites.set(name, [rewrite]);
      else known.unshift(rewrite);
    }
  }

  changeOf(key: DocumentKey, time: number): DocumentChange {
    const later = this.#rewrites.get(documentName(key))?.filter((rewrite) => rewrite.time >= time) ?? [];
    if (later.length > 0) return this.#rewrittenChange(key, time, later);
    const written = first(this.#reader.versions(key, { from: time, to: time + 1 }));
    const previous = first(this.#reader.versions(key, { to: time, reverse: true }));
    return { key, time, before: previous, after: written ?? previous, written, previous, past: [] };
  }

  #rewrittenChange(key: DocumentKey, time: number, rewrites: readonly HistoryRewrite[]): DocumentChange {
    let versions: readonly StoredVersion[] = [...this.#reader.versions(key)];
    let own: HistoryRewrite | undefined;
    for (const rewrite of rewrites) {
      if (rewrite.time === time) own = rewrite;
      else versions = undone(versions, rewrite);
    }
    const after = versions.filter(({ ts }) => ts <= time);
    const before = (own === undefined ? after : undone(after, own)).filter(({ ts }) => ts < time);
    const last = after.at(-1);
    const written = last?.ts === time ? last : undefined;
    return {
      key,
      time,
      before: before.at(-1),
      after: last,
      written,
      previous: written === undefined ? undefined : after.at(-2),
      past: own === undefined ? [] : pastChanges(after, own),
    };
  }
}

export function documentName({ scope, collection, id }: DocumentKey): string {
  return `${scope}/${collection}/${id}`;
}

/** As the history was before a transaction that rewrote it. */
function undone(versions: readonly StoredVersion[], { time, places }: HistoryRewrite): StoredVersion[] {
  const changed = new Set(places.map(({ ts }) => ts));
  const kept = versions.filter(({ ts }) => ts < time && !changed.has(ts));
  return [...kept, ...places.flatMap(({ before }) => before ?? [])].sort((a, b) => a.ts - b.ts);
}

function pastChanges(
  after: readonly StoredVersion[],
  { time, places }: HistoryRewrite,
): readonly PastChange[] {
  const removed: PastChange[] = [];
  const inserted: PastChange[] = [];
  const revised = new Map<number, PastChange>();
  const put = (at: number): PastChange | undefined => {
    const version = after[at];
    return version === undefined ? undefined : { kind: 'put', version, previous: after[at - 1] };
  };
  const differences = places.flatMap(({ ts, before }) => {
    const at = after.findIndex((version) => version.ts >= ts);
    const here = after[at]?.ts === ts ? after[at] : undefined;
    // What was put back as it was is not told.
    return isSameVersion(before, here) ? [] : [{ ts, before, at, here }];
  });
  const changed = new Set(differences.map(({ ts }) => ts));
  for (const { ts, before, at, here } of differences) {
    if (here === undefined) {
      if (before !== undefined) removed.push({ kind: 'removed', version: before });
    } else {
      const change = put(at);
      if (change === undefined) continue;
      if (before !== undefined && bytesKey(before.body) === bytesKey(here.body)) {
        revised.set(ts, change);
        continue;
      }
      inserted.push(change);
    }
    // What comes next follows another version than before.
    const next = here === undefined ? at : at + 1;
    const follower = after[next];
    if (at === -1 || follower === undefined || follower.ts >= time || changed.has(follower.ts)) continue;
    const change = put(next);
    if (change !== undefined) revised.set(follower.ts, change);
  }
  const inOrder = [...revised].sort(([a], [b]) => a - b).map(([, change]) => change);
  return [...removed, ...inOrder, ...inserted];
}

function first<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}
