/**
 * `{insert_events: collection, events: [{id, data, ttl}, …]}`: many documents at once, each at most once.
 *
 * An `id` of digits is the document's; any other text is the client's own name for the event. When there is, or ever was, one of that id, the
 * event is a duplicate and nothing happens. Without an `id` an event is always new.
 */
import { documentNumber } from '../schema/stored-names.ts';
import type { CollectionId, DocumentKey } from '../store/document-store.ts';
import type { Ref } from '../values/ref.ts';
import { isCollectionRef } from '../values/type-name.ts';
import { isObject, type ObjectValue, type Value } from '../values/value.ts';
import { createDocument } from '../writes/create-document.ts';
import { EVENT_ID_LENGTH_MAX, eventWithId, keepEventId } from '../writes/event-ids.ts';
import { lastVersion } from '../writes/write-document.ts';
import { checkAccess, checkRefs, type WriteRequest } from '../writes/write-request.ts';
import { array, stringOrRef } from './casts.ts';
import { type Call, defineForm, type Form } from './form.ts';

/** About a third of a second of work. */
export const EVENTS_PER_REQUEST_MAX = 10_000;
/** Evaluating them one by one would take several. */
const STEPS_PER_EVENT = 5;

const insertEvents = defineForm({
  name: 'InsertEvents',
  effect: 'write',
  parameters: { insert_events: stringOrRef, events: array },
  evaluate: ({ insert_events: where, events }, call) => {
    const collection = collectionOf(where, call);
    if (events.length > EVENTS_PER_REQUEST_MAX) {
      return call.fail('events', 'invalid argument', `At most ${EVENTS_PER_REQUEST_MAX} events expected.`);
    }
    return events.map((event, at) => insertEvent(event, collection, { call, at }));
  },
});

export const insertEventsForms: readonly Form[] = [insertEvents];

interface Place {
  readonly call: Call;
  readonly at: number;
}

function insertEvent(event: Value, collection: CollectionId, { call, at }: Place): ObjectValue {
  const { context } = call;
  const position = [...call.position, 'events', at];
  context.charge(STEPS_PER_EVENT);
  if (!isObject(event)) return call.fail(['events', at], 'invalid argument', 'Object expected.');
  const id = eventId(event.get('id') ?? null, { call, at });
  const params = new Map(event);
  params.delete('id');
  checkRefs(context, params, position);
  const request: WriteRequest = { context, position, check: 'access' };
  const known = id === undefined ? undefined : knownDocument(id, collection, call);
  if (known !== undefined) {
    // Who may not create does not learn what is there.
    checkAccess(request, { action: 'create', document: known, params, withId: typeof id === 'bigint' });
    return answer(id, known.id, 'duplicate');
  }
  const { scope } = context;
  const wanted = { scope, collection, id: typeof id === 'bigint' ? id : undefined };
  const created = createDocument(request, wanted, params);
  const document = documentNumber(created.ref.id) ?? 0n;
  if (typeof id === 'string') keepEventId(context.writer(position), scope, collection, { id, document });
  return answer(id, document, 'created');
}

function answer(
  id: bigint | string | undefined,
  document: bigint,
  status: 'created' | 'duplicate',
): ObjectValue {
  const fields: [string, Value][] = typeof id === 'string' ? [['id', id]] : [];
  return new Map<string, Value>([...fields, ['document', String(document)], ['status', status]]);
}

function eventId(value: Value, { call, at }: Place): bigint | string | undefined {
  if (value === null) return undefined;
  const isText = typeof value === 'string' && value !== '' && value.length <= EVENT_ID_LENGTH_MAX;
  if (isText || (typeof value === 'bigint' && value >= 0n))
    return documentNumber(String(value)) ?? String(value);
  return call.fail(
    ['events', at, 'id'],
    'invalid argument',
    `A number, or text of 1 to ${EVENT_ID_LENGTH_MAX} characters expected.`,
  );
}

/** Also one that was deleted since. */
function knownDocument(
  id: bigint | string,
  collection: CollectionId,
  { context }: Call,
): DocumentKey | undefined {
  const { store, scope } = context;
  if (typeof id === 'bigint') {
    const key = { scope, collection, id };
    return lastVersion(store, key) === undefined ? undefined : key;
  }
  const document = eventWithId(store, scope, collection, id);
  return document === undefined ? undefined : { scope, collection, id: document };
}

function collectionOf(where: string | Ref, call: Call): CollectionId {
  const isOwn =
    typeof where === 'string' ||
    (isCollectionRef(where) && where.database === undefined && where.collection?.database === undefined);
  const name = typeof where === 'string' ? where : where.id;
  const collection = isOwn ? call.context.schema.collection(name) : undefined;
  if (collection === undefined || collection.native !== undefined) {
    return call.fail('insert_events', 'invalid ref', `Ref refers to undefined collection '${name}'`);
  }
  return collection.id;
}
