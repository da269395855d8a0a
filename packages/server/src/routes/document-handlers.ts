/**
 * Documents and aggregations on the search port, for applications that have no FQL: each request is one transaction in the application's root
 * database, with all rights; what the API key may do is checked before (`own-endpoints.ts` of `wire`).
 */
import { isJsonObject, type Json } from '@skein/base';
import { type JsonNode, renderValue } from '@skein/fql';
import { ApiError } from '@skein/wire';
import { type ApiResponse, jsonText, param } from '../http/api-request.ts';
import { bodyFields, form, literal } from './document-expressions.ts';
import type { ApiContext, Call, CallHandler } from './endpoint-handler.ts';

export const listAggregations: CallHandler = own(async (call, context) => {
  const { resource } = await transact(call, context, form({ aggregations: 'null' }));
  return jsonText(`{"aggregations":${resource}}`);
});

export const getAggregation = act('aggregation');
export const deleteAggregation = act('drop_aggregation');
export const runAggregation = act('run_aggregation');
export const rebuildAggregation = act('rebuild_aggregation');

/** The name of the path is the aggregation's. */
export const saveAggregation: CallHandler = own(async (call, context) => {
  const definition = new Map(bodyFields(call.request.body)).set('name', param(call.request, 'name'));
  return answered(call, context, form({ create_aggregation: literal(definition) }));
});

export const latestAggregate: CallHandler = own(async (call, context) => {
  const fields = checkedFields(call, ['key']);
  const key = fields.get('key');
  if (key === undefined) throw new ApiError('attribute-missing', { name: 'key' });
  return answered(call, context, form({ aggregation_latest: name(call), key: literal(key) }));
});

export const browseSnapshots: CallHandler = own(async (call, context) => {
  const options = literal(checkedFields(call, ['size', 'after']));
  return answered(call, context, form({ aggregation_snapshots: name(call), options }));
});

/** Takes as long as reading the collection does. */
export const verifyAggregation: CallHandler = own(async (call, context) => {
  const found = await context.member.verifyAggregation(call.application.id, param(call.request, 'name'));
  if (found === undefined) {
    const description = `Aggregation '${param(call.request, 'name')}' not found.`;
    throw new ApiError('documents-missing', { description });
  }
  return jsonText(renderValue(found));
});

export const insertDocuments: CallHandler = own(async (call, context) => {
  const documents = checkedFields(call, ['documents']).get('documents');
  if (!Array.isArray(documents)) throw new ApiError('attribute-missing', { name: 'documents' });
  const events = literal(documents as readonly JsonNode[]);
  const { resource, time } = await transact(call, context, form({ insert_events: name(call), events }));
  return jsonText(`{"documents":${resource},"ts":${time}}`);
});

function act(key: string): CallHandler {
  return own((call, context) => answered(call, context, form({ [key]: name(call) })));
}

/** A key that is bound to some indexes, or to what searches find, has no business with documents. */
function own(handle: CallHandler): CallHandler {
  return (call, context) => {
    if (!call.keyIsOwn || call.key.indexes.length > 0) throw new ApiError('method-not-allowed');
    return handle(call, context);
  };
}

function name(call: Call): string {
  return JSON.stringify(param(call.request, 'name'));
}

async function answered(call: Call, context: ApiContext, expression: Uint8Array): Promise<ApiResponse> {
  return jsonText((await transact(call, context, expression)).resource);
}

/** `resource`: JSON text. Throws `ApiError`. */
export async function transact(
  call: Call,
  context: ApiContext,
  expression: Uint8Array,
): Promise<{ readonly resource: string; readonly time: number }> {
  const { status, body, time, sequence } = await context.member.transact(call.application.id, expression);
  if (sequence !== undefined) call.sequence = sequence;
  if (status < 300) return { resource: body.slice(RESOURCE.length, -1), time };
  throw refusal(JSON.parse(body) as Json);
}

const RESOURCE = '{"resource":';

function refusal(body: Json): ApiError {
  const errors = isJsonObject(body) ? body['errors'] : undefined;
  const first = Array.isArray(errors) ? (errors[0] as Json) : undefined;
  if (first === undefined || !isJsonObject(first)) return new ApiError('internal');
  const { code, description, failures } = first as { readonly [key: string]: Json | undefined };
  const reasons = (Array.isArray(failures) ? (failures as readonly Json[]) : []).map((failure) =>
    isJsonObject(failure) ? `${fieldOf(failure['field'])}: ${String(failure['description'] as string)}` : '',
  );
  const details = { description: [description as string, ...reasons].join('\n') };
  if (code === 'internal server error') return new ApiError('internal');
  if (code === 'instance not found' || code === 'invalid ref')
    return new ApiError('documents-missing', details);
  return new ApiError('documents-refused', details);
}

function fieldOf(field: Json | undefined): string {
  return Array.isArray(field) ? field.join('.') : '';
}

function checkedFields(call: Call, allowed: readonly string[]): ReadonlyMap<string, JsonNode> {
  const fields = bodyFields(call.request.body);
  for (const key of fields.keys()) {
    if (!allowed.includes(key)) throw new ApiError('parameter-unknown', { name: key });
  }
  return fields;
}
