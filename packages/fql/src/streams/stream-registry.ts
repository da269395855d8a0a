/**
 * The open streams over one store, and what each is to be told. Changes are read once for all of them, in order, each once; streams are found
 * by the document, the collection or the index that changed, so that a stream costs nothing while nothing happens that concerns it.
 *
 * A stream that is opened on a snapshot gets every change after that snapshot: it was added before the snapshot's successor was looked at.
 */

import { refresh } from '../access/authenticate.ts';
import type { Authentication } from '../access/authentication.ts';
import type { EvaluationContext, Host } from '../evaluate/context.ts';
import type { Schema } from '../schema/schema.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import type { DocumentKey, DocumentReader, IndexId, ScopeId } from '../store/document-store.ts';
import { bytesKey } from '../writes/bytes-key.ts';
import { ChangeEvents, type SetTerms } from './change-events.ts';
import { ChangeLog, documentName } from './document-change.ts';
import { maySee, viewerContext } from './may-see.ts';
import { ReaderAt } from './reader-at.ts';
import { errorEvent, STREAM_FIELDS, type StreamEvent, type StreamField, startEvent } from './stream-event.ts';
import type { StreamSubject } from './subject.ts';

export interface StreamListener {
  /** An event, as text. */
  push(event: string): void;
  /** Nothing comes any more. Not called for a stream that was closed. */
  finish(): void;
}

export interface StreamOptions {
  readonly subject: StreamSubject;
  readonly authentication: Authentication;
  readonly fields: ReadonlySet<StreamField>;
  /** µs: of the snapshot that the stream was opened on; what comes later is told. */
  readonly time: number;
  readonly listener: StreamListener;
}

interface Stream extends Omit<StreamOptions, 'fields'> {
  readonly fields: readonly StreamField[];
  isOpen: boolean;
}

interface SetStreams {
  readonly terms: SetTerms;
  readonly streams: Set<Stream>;
}

const AUTHORIZATION_LOST = {
  code: 'permission denied',
  description: 'Authorization lost during stream evaluation.',
};
const BEHIND = {
  code: 'time out',
  description: 'The stream fell so far behind that it may have missed events; start it again.',
};
/** µs. Versions without history are kept for a quarter of an hour: what is looked at later may be told wrongly. */
const LAG_MAX = 10 * 60 * 1_000_000;
/** Changes that concern nobody, between two chances to give way. */
const UNSEEN_PER_PAUSE = 1_024;
/** Transactions that are read at a time: the rest is read from a newer snapshot. */
const TRANSACTIONS_PER_READ = 4_096;

export class StreamRegistry {
  readonly #host: Host;
  readonly #streams = new Set<Stream>();
  readonly #documents = new Map<string, Set<Stream>>();
  readonly #collections = new Map<string, Set<Stream>>();
  /** By scope, index and terms. */
  readonly #sets = new Map<ScopeId, Map<IndexId, Map<string, SetStreams>>>();
  #position = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** µs: every transaction up to here is told. */
  get position(): number {
    return this.#position;
  }

  /** Tells the start. Gives what closes the stream. */
  open(options: StreamOptions): () => void {
    const fields = STREAM_FIELDS.filter((field) => options.fields.has(field));
    const stream: Stream = { ...options, fields, isOpen: true };
    if (this.#streams.size === 0) this.#position = Math.max(this.#position, options.time);
    this.#streams.add(stream);
    this.#enter(stream);
    options.listener.push(startEvent(options.time));
    return () => this.#close(stream);
  }

  /** Changes may be forgotten that were not looked at: all streams are told so, and are over. */
  endAll(): void {
    for (const stream of [...this.#streams]) this.#end(stream, this.#position, BEHIND);
  }

  /**
   * Tells what happened up to the snapshot of `reader`; yields where others may have their turn, `reader` staying as it is. Gives whether there
   * may be more to read.
   */
  *deliver(reader: DocumentReader): Generator<void, boolean> {
    const until = reader.lastTime;
    if (until <= this.#position) return false;
    const log = new ChangeLog(reader, this.#position);
    const transactions = [];
    for (const changes of reader.changes(this.#position)) {
      transactions.push(changes);
      if (transactions.length >= TRANSACTIONS_PER_READ) break;
    }
    let unseen = 0;
    for (const { ts, documents } of transactions) {
      if (until - ts > LAG_MAX) {
        this.endAll();
        break;
      }
      const moment = new Moment(ts === until ? reader : new ReaderAt(reader, ts), this.#host);
      for (const key of documents) {
        if (this.#deliverChange(log, key, moment) || ++unseen >= UNSEEN_PER_PAUSE) {
          unseen = 0;
          yield;
        }
      }
      this.#advance(ts);
    }
    if (transactions.length >= TRANSACTIONS_PER_READ) return true;
    this.#advance(until);
    return false;
  }

  #advance(time: number): void {
    this.#position = Math.max(this.#position, time);
  }

  /** Whether it concerned anybody. */
  #deliverChange(log: ChangeLog, key: DocumentKey, moment: Moment): boolean {
    const documents = this.#documents.get(documentName(key));
    const members = this.#collections.get(collectionName(key));
    const sets = this.#sets.get(key.scope);
    const indexes =
      sets === undefined
        ? []
        : moment
            .schemaOf(key.scope)
            .indexesOn(key.collection)
            .filter(({ id }) => sets.has(id));
    if (documents === undefined && members === undefined && indexes.length === 0) return false;
    const events = new ChangeEvents(log.changeOf(key, moment.time), moment.schemaOf(key.scope));
    if (documents !== undefined) this.#tell(documents, key, events.ofDocument, moment);
    if (members !== undefined) this.#tell(members, key, events.ofCollection, moment);
    for (const index of indexes) {
      const followed = sets?.get(index.id);
      for (const name of events.changedSets(index)) {
        const set = followed?.get(name);
        if (set !== undefined) this.#tell(set.streams, key, events.ofSet(index, set.terms), moment);
      }
    }
    return true;
  }

  #tell(
    streams: ReadonlySet<Stream>,
    key: DocumentKey,
    events: readonly StreamEvent[],
    moment: Moment,
  ): void {
    if (events.length === 0) return;
    for (const stream of [...streams]) {
      if (!stream.isOpen || moment.time <= stream.time) continue;
      const { authentication, subject, fields, listener } = stream;
      if (!moment.isStill(authentication)) {
        this.#end(stream, moment.time, AUTHORIZATION_LOST);
        continue;
      }
      const context = moment.contextOf(authentication);
      const viewer = moment.schemaOf(authentication.scope);
      for (const event of events) {
        if (maySee(context, subject, key, event.type)) listener.push(event.text(viewer, fields));
      }
    }
  }

  #end(stream: Stream, time: number, error: { readonly code: string; readonly description: string }): void {
    this.#close(stream);
    stream.listener.push(errorEvent(time, error));
    stream.listener.finish();
  }

  #close(stream: Stream): void {
    if (!stream.isOpen) return;
    stream.isOpen = false;
    this.#streams.delete(stream);
    const { subject } = stream;
    if (subject.kind === 'document') leave(this.#documents, documentName(subject.key), stream);
    else if (subject.kind === 'documents') leave(this.#collections, collectionName(subject), stream);
    else this.#leaveSet(subject, stream);
  }

  #enter(stream: Stream): void {
    const { subject } = stream;
    if (subject.kind === 'document') join(this.#documents, documentName(subject.key), stream);
    else if (subject.kind === 'documents') join(this.#collections, collectionName(subject), stream);
    else {
      const key = bytesKey(subject.termsBytes);
      const indexes = inside(this.#sets, subject.scope, () => new Map<IndexId, Map<string, SetStreams>>());
      const sets = inside(indexes, subject.index, () => new Map<string, SetStreams>());
      const set = inside(sets, key, () => ({
        terms: { terms: subject.terms, key },
        streams: new Set<Stream>(),
      }));
      set.streams.add(stream);
    }
  }

  #leaveSet(subject: Extract<StreamSubject, { readonly kind: 'match' }>, stream: Stream): void {
    const key = bytesKey(subject.termsBytes);
    const indexes = this.#sets.get(subject.scope);
    const sets = indexes?.get(subject.index);
    const set = sets?.get(key);
    set?.streams.delete(stream);
    if (set?.streams.size === 0) sets?.delete(key);
    if (sets?.size === 0) indexes?.delete(subject.index);
    if (indexes?.size === 0) this.#sets.delete(subject.scope);
  }
}

/** What the streams share that look at the changes of one transaction. */
class Moment {
  readonly #reader: DocumentReader;
  readonly #host: Host;
  readonly #schemas = new Map<ScopeId, Schema>();
  readonly #still = new Map<Authentication, boolean>();

  /** `reader`: as of the transaction. */
  constructor(reader: DocumentReader, host: Host) {
    this.#reader = reader;
    this.#host = host;
  }

  get time(): number {
    return this.#reader.lastTime;
  }

  schemaOf(scope: ScopeId): Schema {
    return inside(this.#schemas, scope, () => schemaFor(this.#reader, scope));
  }

  isStill(authentication: Authentication): boolean {
    return inside(this.#still, authentication, () => refresh(this.#reader, authentication) !== undefined);
  }

  contextOf(authentication: Authentication): EvaluationContext {
    return viewerContext(this.#reader, authentication, this.#host);
  }
}

function collectionName({ scope, collection }: Pick<DocumentKey, 'scope' | 'collection'>): string {
  return `${scope}/${collection}`;
}

function join(groups: Map<string, Set<Stream>>, name: string, stream: Stream): void {
  inside(groups, name, () => new Set<Stream>()).add(stream);
}

function leave(groups: Map<string, Set<Stream>>, name: string, stream: Stream): void {
  const group = groups.get(name);
  group?.delete(stream);
  if (group?.size === 0) groups.delete(name);
}

/** The value of a key, made when it is not there. */
function inside<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
