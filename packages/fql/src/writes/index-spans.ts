/**
 * A document's spans in an index, made to agree with a list of its versions that changed somewhere inside: a rewritten history, a second
 * write in one transaction, or an index that is being built.
 *
 *   time      ──── base ────┤ from: old versions … become next versions …
 *   before    span that reaches `from` is cut there, and goes on if the entry does
 *   from on   spans are what the next versions say; stored ones that say something else are dropped
 *
 * What is stored decides about the time before `from`, because versions of that time may have expired. Entries are found through versions:
 * those of `base`, `old` and `next` are all that can have a span from `from` on.
 */

import { afterPrefix } from '../order/order-key.ts';
import { documentOf } from '../schema/document-fields.ts';
import type { IndexSchema, Schema } from '../schema/schema.ts';
import type { StoredNames } from '../schema/stored-names.ts';
import { entryKey } from '../sets/index-entry.ts';
import type {
  DocumentKey,
  DocumentWriter,
  EntrySet,
  EntrySpan,
  StoredVersion,
} from '../store/document-store.ts';
import { bytesKey } from './bytes-key.ts';
import { entriesOf, type IndexEntries, type IndexEntry, NO_ENTRIES } from './index-entries.ts';

export interface HistoryChange {
  /** µs; everything before it stays. */
  readonly from: number;
  /** Current just before `from`. */
  readonly base: StoredVersion | undefined;
  /** Versions from `from` on, as they were and as they are to be; ascending. */
  readonly old: readonly StoredVersion[];
  readonly next: readonly StoredVersion[];
  /** The document surely has no spans in the index: nothing has to be looked up. */
  readonly isNew?: true;
}

export interface SpanTarget {
  readonly writer: DocumentWriter;
  readonly schema: Schema;
  readonly names: StoredNames;
  /** Hears what computing entries costs, in steps of evaluation; may throw. */
  readonly onWork: (steps: number) => void;
}

/** `onCurrent` hears of each span that becomes current. */
export function rewriteSpans(
  target: SpanTarget,
  index: IndexSchema,
  key: DocumentKey,
  change: HistoryChange,
  onCurrent: (entry: IndexEntry) => void = () => undefined,
): void {
  const entriesIn = (version: StoredVersion | undefined): IndexEntries =>
    versionEntries(target, index, key, version);
  const base = entriesIn(change.base);
  const affected = new Map<string, IndexEntry>(base);
  for (const version of change.old) addAll(affected, entriesIn(version));

  const states = change.next.map((version) => ({ ts: version.ts, entries: entriesIn(version) }));
  for (const { entries } of states) addAll(affected, entries);
  if (states[0]?.ts !== change.from) states.unshift({ ts: change.from, entries: base });

  for (const [name, entry] of affected) {
    const set = { scope: key.scope, index: index.id, terms: entry.terms };
    const stored = change.isNew === true ? [] : storedSpans(target.writer, set, entry, key, change.from);
    const wanted = runsOf(states, name, key);
    joinBefore(stored, wanted, change.from);
    for (const span of stored) {
      if (!wanted.some((other) => sameSpan(span, other))) target.writer.dropSpan(set, span);
    }
    for (const span of wanted) {
      if (stored.some((other) => sameSpan(span, other))) continue;
      target.writer.putSpan(set, span);
      if (span.to === undefined) onCurrent(entry);
    }
  }
}

/** The entries of a version of a document; none of a deletion. */
function versionEntries(
  target: SpanTarget,
  index: IndexSchema,
  key: DocumentKey,
  version: StoredVersion | undefined,
): IndexEntries {
  if (version === undefined || version.action === 'delete') return NO_ENTRIES;
  const document = documentOf(target.schema, key, version);
  return entriesOf(index, key, document, target.names, 'none', target.onWork);
}

function addAll(into: Map<string, IndexEntry>, entries: IndexEntries): void {
  for (const [name, entry] of entries) into.set(name, entry);
}

/** Spans of one entry that reach `from` or begin later, ascending. */
function storedSpans(
  writer: DocumentWriter,
  set: EntrySet,
  entry: IndexEntry,
  key: DocumentKey,
  from: number,
): EntrySpan[] {
  const bytes = entryKey({ order: entry.order, collection: key.collection, id: key.id });
  const spans = [...writer.entrySpans(set, { from: bytes, to: afterPrefix(bytes) })];
  return spans.filter(({ to }) => to === undefined || to >= from);
}

/** When the entry is there, according to the states. */
function runsOf(
  states: readonly { readonly ts: number; readonly entries: IndexEntries }[],
  name: string,
  { collection, id }: DocumentKey,
): EntrySpan[] {
  const runs: EntrySpan[] = [];
  for (const { ts, entries } of states) {
    const last = runs.at(-1);
    const entry = entries.get(name);
    const isOpen = last !== undefined && last.to === undefined;
    if (isOpen && entry !== undefined && bytesKey(last.body) === bytesKey(entry.body)) continue;
    if (isOpen) runs[runs.length - 1] = { ...last, to: ts };
    if (entry !== undefined) {
      runs.push({ order: entry.order, body: entry.body, collection, id, from: ts, to: undefined });
    }
  }
  return runs;
}

/** Cuts the span that begins before `from`, or lets it run on into the first wanted one. */
function joinBefore(stored: readonly EntrySpan[], wanted: EntrySpan[], from: number): void {
  const before = stored.find((span) => span.from < from);
  if (before === undefined) return;
  const first = wanted[0];
  if (first?.from === from && bytesKey(first.body) === bytesKey(before.body)) {
    wanted[0] = { ...first, from: before.from };
  } else wanted.unshift({ ...before, to: from });
}

function sameSpan(a: EntrySpan, b: EntrySpan): boolean {
  return a.from === b.from && a.to === b.to && bytesKey(a.body) === bytesKey(b.body);
}
