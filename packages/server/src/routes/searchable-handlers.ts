/** Endpoints for searchable collections: which collections of documents fill which indexes. */
import type { JsonObject } from '@skein/base';
import type { SearchableStatus } from '@skein/member';
import { ApiError, parseDropRecords, parseSearchable } from '@skein/wire';
import { type ApiResponse, json } from '../http/api-request.ts';
import { transact } from './document-handlers.ts';
import type { ApiContext, Call, CallHandler } from './endpoint-handler.ts';

export const saveSearchableCollection: CallHandler = async (call, context) => {
  const { member } = context;
  const { id } = call.application;
  const index = call.indexName;
  const { collection, attributes, settings, refill, replace } = parseSearchable(call.body());
  checkKey(call);
  const known = (await member.searchables(id)).some((each) => each.index === index);
  if (!known && !replace) {
    const existing = (await member.listIndexes(id)).find(({ name }) => name === index);
    if (existing !== undefined && existing.recordCount > 0) throw new ApiError('index-not-empty', { index });
  }
  const declaration = {
    create_searchable: index,
    source: collection,
    refill,
    ...(attributes === undefined ? {} : { attributes: { object: attributes } }),
  };
  await transact(call, context, Buffer.from(JSON.stringify(declaration)));
  // Afterwards: a declaration that is refused changes no settings.
  if (settings !== undefined) {
    const { sequence } = await member.propose(id, { kind: 'setSettings', index, settings }, 'durable');
    call.sequence = sequence;
  }
  return json(shown(await find(call, context)));
};

export const dropSearchableCollection: CallHandler = async (call, context) => {
  const records = parseDropRecords(call.request.query.get('records'));
  checkKey(call);
  const { index } = await find(call, context);
  await transact(call, context, Buffer.from(JSON.stringify({ drop_searchable: index, records })));
  return json({ indexName: index, records, deletedAt: new Date(call.nowMs).toISOString() });
};

export async function getSearchableCollection(call: Call, context: ApiContext): Promise<ApiResponse> {
  return json(shown(await find(call, context)));
}

/** Lists know only indexes that the key may touch. */
export async function listSearchableCollections(call: Call, context: ApiContext): Promise<ApiResponse> {
  const all = await context.member.searchables(call.application.id);
  return json({ items: all.filter(({ index }) => call.mayTouch(index)).map(shown) });
}

/** Whoever may search the index reads what is declared: a key that is bound to some indexes, or to what searches find, may not. */
function checkKey(call: Call): void {
  if (!call.keyIsOwn || call.key.indexes.length > 0) throw new ApiError('method-not-allowed');
}

async function find(call: Call, context: ApiContext): Promise<SearchableStatus> {
  const index = call.indexName;
  const found = (await context.member.searchables(call.application.id)).find((each) => each.index === index);
  if (found === undefined) throw new ApiError('searchable-not-found', { index });
  return found;
}

function shown(status: SearchableStatus): JsonObject {
  const { index, source, attributes, state, filledCount, leftOutCount, leftOut, declaredTs } = status;
  return {
    indexName: index,
    collection: source ?? null,
    attributes: attributes === undefined ? null : Object.fromEntries(attributes),
    state,
    filledCount,
    leftOutCount,
    leftOut: leftOut.map(({ id, bytes }) => ({ objectID: id, bytes })),
    createdAt: new Date(declaredTs / 1000).toISOString(),
  };
}
