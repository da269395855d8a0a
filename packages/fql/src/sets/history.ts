/**
 * The history of a set or of a document: what happened, in the order of time.
 *
 * The store sorts entries by values, so a page of a set's history reads all of it, and keeps no more than the page. Sets made of others look
 * at who was in which of them when.
 */
import { unreachable } from '@skein/base';
import type { EvaluationContext } from '../evaluate/context.ts';
import { faultAt } from '../forms/form.ts';
import type { Position } from '../parse/expression.ts';
import { decodeFields } from '../schema/document-fields.ts';
import { storedNames } from '../schema/stored-names.ts';
import type { DocumentKey, StoredVersion } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import type { Value } from '../values/value.ts';
import { difference } from './difference-of.ts';
import { NO_BYTES } from './documents-set.ts';
import { compareEvents, compareToPlace, type EventPlace, type HistoryEvent } from './history-event.ts';
import { joinHistory } from './history-join.ts';
import { presenceChanges } from './history-presence.ts';
import { entrySetOf, entryValues, indexEncoding } from './index-set.ts';
import { liveCollections } from './live-collections.ts';
import { mayRead, readableCollection, readableDocument, readableIndex } from './readable.ts';
import { collectionTarget, documentTarget, indexTarget, termList } from './targets.ts';

type Source = SetRef | Ref;
/** In no order. */
type Events = Iterable<HistoryEvent>;

export interface History {
  /** Up to `count` events from a place on (reading backward: before it), in the direction of reading. */
  page(range: {
    readonly from: EventPlace | undefined;
    readonly isForward: boolean;
    readonly count: number;
  }): readonly HistoryEvent[];
}

/** Throws `permission denied`, and a fault for sets that have no history. */
export function openHistory(of: Source, context: EvaluationContext, position: Position): History {
  const events = new HistoryReader(context, position).read(of);
  if (events === undefined) {
    throw faultAt(position, 'permission denied', 'Insufficient privileges to perform the action.');
  }
  return {
    page: ({ from, isForward, count }) => {
      const page = new EventPage(count, isForward);
      const names = storedNames(context.schema);
      for (const event of events) {
        const isInside = from === undefined || compareToPlace(event, from, names) >= 0 === isForward;
        if (isInside && (context.at === undefined || event.ts <= context.at)) page.add(event);
      }
      return page.finish();
    },
  };
}

class HistoryReader {
  readonly #context: EvaluationContext;
  readonly #position: Position;

  constructor(context: EvaluationContext, position: Position) {
    this.#context = context;
    this.#position = position;
  }

  /** Undefined: the set may not be read. `source`: what the events of the innermost sets are said to come from. */
  read(of: Source, source: Source = of): Events | undefined {
    if (of instanceof Ref) {
      return of.collection === undefined
        ? this.#collection(of, source)
        : this.#document(of, (key) => this.#versions(key, source));
    }
    const { shape } = of;
    switch (shape.type) {
      case 'events':
        return this.read(shape.of, of);
      case 'match':
        return this.#match(shape.index, termList(shape.terms), source);
      case 'documents':
        return this.#collection(shape.collection, source);
      case 'singleton':
        return this.#document(shape.ref, (key) => this.#presence(key, source));
      case 'distinct':
        return this.read(shape.set);
      case 'union': {
        const histories = this.#readAll(shape.sets);
        return histories.length === 0 ? undefined : chained(histories);
      }
      case 'intersection': {
        const histories = this.#readAll(shape.sets);
        const isPresent = (present: readonly boolean[]): boolean => present.every((inside) => inside);
        return histories.length === 0 ? undefined : presenceChanges(histories, isPresent);
      }
      case 'difference': {
        const [from, ...taken] = shape.sets;
        const first = from && this.read(from);
        if (first === undefined) return undefined;
        const histories = [first, ...this.#readAll(taken)];
        return presenceChanges(
          histories,
          ([inFirst, ...inOthers]) => inFirst === true && !inOthers.includes(true),
        );
      }
      case 'join': {
        const events = this.read(shape.source);
        return (
          events &&
          joinHistory(this.#context, this.#position, shape.with, events, (target) => this.read(target) ?? [])
        );
      }
      case 'reverse':
      case 'range':
      case 'filter':
        throw faultAt(
          this.#position.slice(0, -1),
          'invalid argument',
          'Set does not support events history.',
        );
      default:
        return unreachable(shape);
    }
  }

  /** Those that may be read. */
  #readAll(sets: readonly SetRef[]): readonly Events[] {
    return sets.map((set) => this.read(set)).filter((events) => events !== undefined);
  }

  #match(ref: Ref, terms: readonly Value[], source: Source): Events | undefined {
    const target = indexTarget(this.#context, ref, this.#position);
    const readable = readableIndex(this.#context, target, terms);
    if (readable === 'none') return undefined;
    const events = this.#spans(target, terms, source);
    return readable === 'all' ? events : this.#readable(events);
  }

  *#spans(
    { scope, index }: ReturnType<typeof indexTarget>,
    terms: readonly Value[],
    source: Source,
  ): Generator<HistoryEvent> {
    const context = this.#context;
    const { reversed } = indexEncoding(context, index);
    const isLive = liveCollections(context, scope);
    for (const { order, collection, id, body, from, to } of context.store.entrySpans(
      entrySetOf(context, scope, index, terms),
    )) {
      context.charge(1);
      if (!isLive(collection)) continue;
      const common = {
        document: { scope, collection, id },
        order,
        reversed,
        data: () => (order.length === 0 ? undefined : entryValues(context, body)),
        sources: [source],
      };
      yield { ts: from, action: 'add', ...common };
      if (to !== undefined) yield { ts: to, action: 'remove', ...common };
    }
  }

  #collection(ref: Ref, source: Source): Events | undefined {
    const { scope, collection } = collectionTarget(this.#context, ref, this.#position);
    const readable = readableCollection(this.#context, scope, collection);
    if (readable === 'none') return undefined;
    const events = this.#members({ scope, collection }, source);
    return readable === 'all' ? events : this.#readable(events);
  }

  /** Documents that are there, and those of which only the changes of the past tell. */
  *#members(of: Pick<DocumentKey, 'scope' | 'collection'>, source: Source): Generator<HistoryEvent> {
    const { store } = this.#context;
    const deleted = new Map<bigint, DocumentKey>();
    for (const { documents } of store.changes(0)) {
      this.#context.charge(1);
      for (const key of documents) {
        if (key.scope !== of.scope || key.collection !== of.collection) continue;
        if (store.version(key) === undefined) deleted.set(key.id, key);
      }
    }
    for (const { id } of store.documents(of.scope, of.collection))
      yield* this.#presence({ ...of, id }, source);
    for (const key of deleted.values()) yield* this.#presence(key, source);
  }

  #document(ref: Ref, events: (key: DocumentKey) => Events): Events | undefined {
    const key = documentTarget(this.#context, ref, this.#position);
    return readableDocument(this.#context, key) === 'none' ? undefined : events(key);
  }

  /** When a document began and ceased to be. */
  *#presence(document: DocumentKey, source: Source): Generator<HistoryEvent> {
    let exists = false;
    for (const version of this.#context.store.versions(document)) {
      this.#context.charge(1);
      const isThere = version.action !== 'delete';
      if (isThere === exists) continue;
      exists = isThere;
      const action = isThere ? 'add' : 'remove';
      yield {
        ts: version.ts,
        action,
        document,
        order: NO_BYTES,
        reversed: [],
        data: () => undefined,
        sources: [source],
      };
    }
  }

  *#versions(document: DocumentKey, source: Source): Generator<HistoryEvent> {
    let previous: StoredVersion | undefined;
    for (const version of this.#context.store.versions(document)) {
      this.#context.charge(1);
      const before = previous;
      previous = version;
      yield {
        ts: version.ts,
        action: version.action,
        document,
        order: NO_BYTES,
        reversed: [],
        data: () => this.#change(document, before, version),
        sources: [source],
      };
    }
  }

  #change(document: DocumentKey, before: StoredVersion | undefined, version: StoredVersion): Value {
    if (version.action === 'delete') return null;
    const names = this.#context.schemaOf(document.scope);
    const after = decodeFields(version.body, names).get('data') ?? null;
    if (before === undefined || before.action === 'delete') return after;
    return difference(decodeFields(before.body, names).get('data') ?? null, after);
  }

  *#readable(events: Events): Generator<HistoryEvent> {
    for (const event of events) if (mayRead(this.#context, event.document)) yield event;
  }
}

function* chained(histories: readonly Events[]): Generator<HistoryEvent> {
  for (const events of histories) yield* events;
}

/** The first events that were added, in order, each once: the sources of equal ones are put together. */
class EventPage {
  readonly #count: number;
  readonly #isForward: boolean;
  #events: HistoryEvent[] = [];

  constructor(count: number, isForward: boolean) {
    this.#count = count;
    this.#isForward = isForward;
  }

  add(event: HistoryEvent): void {
    this.#events.push(event);
    if (this.#events.length > 2 * this.#count + 1024) this.#trim();
  }

  finish(): readonly HistoryEvent[] {
    this.#trim();
    return this.#events;
  }

  #trim(): void {
    const sorted = this.#events.sort((a, b) => (this.#isForward ? compareEvents(a, b) : compareEvents(b, a)));
    const kept: HistoryEvent[] = [];
    for (const event of sorted) {
      const last = kept.at(-1);
      if (last !== undefined && compareEvents(last, event) === 0) {
        kept[kept.length - 1] = { ...last, sources: [...last.sources, ...event.sources] };
      } else if (kept.length < this.#count) kept.push(event);
      else break;
    }
    this.#events = kept;
  }
}
