/**
 * What can be asked of an application: the payloads of its log. Applying one depends on nothing but the state before it: object ids
 * that the server makes, and the time, are fixed by the proposer.
 *
 * Bytes: JSON text of `{"v": format, "kind": …, …}`, the format first. Operations on documents have bytes of their own (`documents/documents-operation.ts`).
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { checkFormat } from './operation-format.ts';
import { OperationFormatError } from './operation-format-error.ts';

export type Operation = IndexOperation | ApplicationOperation;

export type IndexOperation =
  | { readonly kind: 'batch'; readonly index: string; readonly requests: readonly BatchRequest[] }
  /** One entry of the log for several indexes: all of it is kept, or nothing. */
  | { readonly kind: 'multiBatch'; readonly requests: readonly MultiBatchRequest[] }
  /** `settings` is the patch as it was sent, already validated. */
  | { readonly kind: 'setSettings'; readonly index: string; readonly settings: JsonObject }
  | { readonly kind: 'clearIndex' | 'deleteIndex'; readonly index: string }
  /** `params` as sent (filters and geo); evaluated under the settings at this place of the log. */
  | { readonly kind: 'deleteBy'; readonly index: string; readonly params: JsonObject }
  | {
      readonly kind: 'copyIndex' | 'moveIndex';
      readonly index: string;
      readonly destination: string;
      /** Undefined: everything. */
      readonly scope?: readonly CopyScope[] | undefined;
    };

export type CopyScope = 'settings' | 'synonyms' | 'rules';

export type BatchAction =
  | 'addObject'
  | 'updateObject'
  | 'partialUpdateObject'
  | 'partialUpdateObjectNoCreate'
  | 'deleteObject'
  | 'delete'
  | 'clear';

export interface BatchRequest {
  readonly action: BatchAction;
  /** Present for all actions on one object. */
  readonly objectID?: string | undefined;
  /** Present where an object is added or changed. */
  readonly body?: JsonObject | undefined;
}

export interface MultiBatchRequest extends BatchRequest {
  readonly index: string;
}

export type ApplicationOperation =
  | { readonly kind: 'createApplication' }
  /** `sealedKey`: the key's value, encrypted (`key-vault.ts`). `definition`: what the key may do, as sent. */
  | { readonly kind: 'saveKey'; readonly sealedKey: string; readonly definition: JsonObject }
  | { readonly kind: 'deleteKey' | 'restoreKey'; readonly sealedKey: string };

/** `format`: one that all members know. */
export function encodeOperation(operation: Operation, format: number): Uint8Array {
  return Buffer.from(JSON.stringify({ v: format, ...operation }));
}

/** Throws `OperationFormatError` and `NewerFormatError`, never anything else. */
export function decodeOperation(payload: Uint8Array): Operation {
  let value: Json;
  try {
    value = JSON.parse(
      Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'),
    ) as Json;
  } catch (error) {
    throw new OperationFormatError('an operation is JSON text', { cause: error });
  }
  return readOperation(checkFormat(value));
}

/** The indexes that an operation reads or changes, each once; empty for operations on the application. */
export function indexesOf(operation: Operation): readonly string[] {
  switch (operation.kind) {
    case 'batch':
    case 'setSettings':
    case 'clearIndex':
    case 'deleteIndex':
    case 'deleteBy':
      return [operation.index];
    case 'multiBatch':
      return [...new Set(operation.requests.map(({ index }) => index))];
    case 'copyIndex':
    case 'moveIndex':
      return operation.index === operation.destination
        ? [operation.index]
        : [operation.index, operation.destination];
    default:
      return [];
  }
}

function readOperation(value: JsonObject): Operation {
  const kind = value['kind'];
  switch (kind) {
    case 'batch':
      return { kind, index: text(value, 'index'), requests: list(value, 'requests').map(readRequest) };
    case 'multiBatch':
      return {
        kind,
        requests: list(value, 'requests').map((request) => ({
          ...readRequest(request),
          index: text(object(request, 'a request'), 'index'),
        })),
      };
    case 'setSettings':
      return { kind, index: text(value, 'index'), settings: object(value['settings'], 'settings') };
    case 'clearIndex':
    case 'deleteIndex':
      return { kind, index: text(value, 'index') };
    case 'deleteBy':
      return { kind, index: text(value, 'index'), params: object(value['params'], 'params') };
    case 'copyIndex':
    case 'moveIndex':
      return {
        kind,
        index: text(value, 'index'),
        destination: text(value, 'destination'),
        scope: value['scope'] === undefined ? undefined : list(value, 'scope').map(readScope),
      };
    case 'createApplication':
      return { kind };
    case 'saveKey':
      return {
        kind,
        sealedKey: text(value, 'sealedKey'),
        definition: object(value['definition'], 'definition'),
      };
    case 'deleteKey':
    case 'restoreKey':
      return { kind, sealedKey: text(value, 'sealedKey') };
    default:
      throw new OperationFormatError(`unknown kind of operation ${JSON.stringify(kind)}`);
  }
}

const ACTIONS: ReadonlySet<unknown> = new Set<BatchAction>([
  'addObject',
  'updateObject',
  'partialUpdateObject',
  'partialUpdateObjectNoCreate',
  'deleteObject',
  'delete',
  'clear',
]);

function readRequest(value: Json): BatchRequest {
  const request = object(value, 'a request');
  const { action, objectID, body } = request as { action?: Json; objectID?: Json; body?: Json };
  if (!ACTIONS.has(action)) throw new OperationFormatError(`unknown action ${JSON.stringify(action)}`);
  const needsObject = action !== 'delete' && action !== 'clear';
  if (needsObject && (typeof objectID !== 'string' || objectID === '')) {
    throw new OperationFormatError(`${JSON.stringify(action)} needs an objectID`);
  }
  if (needsObject && action !== 'deleteObject' && !isJsonObject(body)) {
    throw new OperationFormatError(`${JSON.stringify(action)} needs a body`);
  }
  // Checked just above; the record is not copied, as an import brings millions.
  return request as unknown as BatchRequest;
}

function readScope(value: Json): CopyScope {
  if (value === 'settings' || value === 'synonyms' || value === 'rules') return value;
  throw new OperationFormatError(`unknown scope ${JSON.stringify(value)}`);
}

function text(value: JsonObject, name: string): string {
  const found = value[name];
  if (typeof found !== 'string' || found === '')
    throw new OperationFormatError(`${name} is a text that is not empty`);
  return found;
}

function list(value: JsonObject, name: string): readonly Json[] {
  const found = value[name];
  if (!Array.isArray(found)) throw new OperationFormatError(`${name} is an array`);
  return found as readonly Json[];
}

function object(value: Json | undefined, name: string): JsonObject {
  if (!isJsonObject(value)) throw new OperationFormatError(`${name} is an object`);
  return value;
}
