/** Reading documents and pages of sets, now or at an earlier moment. */

import { isAllowed } from '../access/access.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import type { Position } from '../parse/expression.ts';
import { readDocument } from '../schema/document-fields.ts';
import { kindName } from '../schema/kind-name.ts';
import { elementValue } from '../sets/cursor-value.ts';
import { endOf } from '../sets/iterate.ts';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, type PageCursor, paginate } from '../sets/paginate.ts';
import { checkHistory } from '../sets/retention.ts';
import { isHistorical } from '../sets/shape.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import type { Time } from '../values/time.ts';
import { isArray, isObject, type Value } from '../values/value.ts';
import { any, boolean, identifier, integer, setOrArray, timestamp, unresolvedIdentifier } from './casts.ts';
import { type Call, defineForm, type Form, optional } from './form.ts';

const get = defineForm({
  name: 'Get',
  effect: 'read',
  parameters: { get: identifier, ts: optional(timestamp) },
  evaluate: ({ get: of, ts }, call) => {
    const context = contextAt(call.context, ts);
    if (of instanceof Ref) return documentAt(context, resolveOrFail(of, call), call);
    const element = endOf(of, context, [...call.position, 'get']);
    if (element === undefined) return call.fail(undefined, 'instance not found', 'Set not found.');
    return documentAt(context, element.document, call);
  },
});

const exists = defineForm({
  name: 'Exists',
  effect: 'read',
  parameters: { exists: unresolvedIdentifier, ts: optional(timestamp) },
  evaluate: ({ exists: of, ts }, call) => {
    const context = contextAt(call.context, ts);
    if (of instanceof Ref && of.collection !== undefined) {
      const key = context.schema.resolve(of);
      return key !== undefined && isThere(context, key, call.position);
    }
    if (of instanceof Ref && context.schema.resolve(of) === undefined) return false;
    const element = endOf(of, context, [...call.position, 'exists']);
    return element !== undefined && isThere(context, element.document, call.position);
  },
});

function documentAt(context: EvaluationContext, key: DocumentKey, call: Call): Value {
  if (!isAllowed(context, { action: 'read', document: key })) {
    return call.fail(undefined, 'permission denied', 'Insufficient privileges to perform the action.');
  }
  checkHistory(context, key.scope, [key.collection], call.position);
  const document = readDocument(context, key);
  if (document !== undefined) return document;
  return call.fail(undefined, 'instance not found', `${kindName(key.collection)} not found.`);
}

function isThere(context: EvaluationContext, key: DocumentKey, position: Position): boolean {
  checkHistory(context, key.scope, [key.collection], position);
  return isAllowed(context, { action: 'read', document: key }) && readDocument(context, key) !== undefined;
}

function resolveOrFail(ref: Ref, call: Call): DocumentKey {
  const key = call.context.schema.resolve(ref);
  return key ?? call.fail(undefined, 'instance not found', 'Document not found.');
}

function contextAt(context: EvaluationContext, ts: Time | undefined): EvaluationContext {
  return ts === undefined ? context : context.withTime(Number(BigInt.asIntN(64, floorMicros(ts))));
}

function floorMicros({ nanoseconds }: Time): bigint {
  const micros = nanoseconds / 1000n;
  return nanoseconds < 0n && nanoseconds % 1000n !== 0n ? micros - 1n : micros;
}

function end(name: string, key: 'first' | 'last'): Form {
  return defineForm({
    name,
    effect: 'read',
    parameters: { [key]: setOrArray },
    evaluate: (values, call) => {
      const of = values[key] ?? [];
      if (isArray(of)) {
        const item = key === 'first' ? of[0] : of.at(-1);
        return item ?? call.fail(key, 'invalid argument', 'Non-empty array expected.');
      }
      if (!(of instanceof SetRef)) return null;
      const item = endItem(of, key, call);
      return item ?? call.fail(key, 'invalid argument', 'Non-empty set expected.');
    },
  });
}

function endItem(of: SetRef, key: 'first' | 'last', call: Call): Value | undefined {
  const { context } = call;
  const position = [...call.position, key];
  if (!isHistorical(of)) {
    const element = endOf(of, context, position, key === 'first' ? 'forward' : 'backward');
    return element && elementValue(context, element);
  }
  const cursor = key === 'first' ? undefined : ({ value: null, direction: 'backward', position } as const);
  return paginate(context, { of, cursor, size: 1, sources: false, position }).data[0];
}

const pageOptions = {
  ts: optional(timestamp),
  size: optional(integer),
  events: optional(boolean),
  sources: optional(boolean),
} as const;

interface PageArguments {
  readonly paginate: Ref | SetRef;
  readonly ts: Time | undefined;
  readonly size: bigint | undefined;
  readonly events: boolean | undefined;
  readonly sources: boolean | undefined;
}

const paginateAfter = defineForm({
  name: 'Paginate',
  effect: 'read',
  parameters: { paginate: identifier, after: optional(any), ...pageOptions },
  evaluate: (given, call) => {
    const { after } = given;
    const position = [...call.position, 'after'];
    return page(
      given,
      after === undefined ? undefined : { value: after, direction: 'forward', position },
      call,
    );
  },
});

const paginateBefore = defineForm({
  name: 'Paginate',
  effect: 'read',
  parameters: { paginate: identifier, before: any, ...pageOptions },
  evaluate: (given, call) =>
    page(given, { value: given.before, direction: 'backward', position: [...call.position, 'before'] }, call),
});

const paginateCursor = defineForm({
  name: 'Paginate',
  effect: 'read',
  parameters: { paginate: identifier, cursor: any, ...pageOptions },
  evaluate: (given, call) => page(given, cursorObject(given.cursor, call), call),
});

/** `{after: …}`, `{before: …}`, or null: the first page. */
function cursorObject(cursor: Value, call: Call): PageCursor | undefined {
  if (cursor === null) return undefined;
  if (isObject(cursor) && cursor.size === 1) {
    const after = cursor.get('after');
    if (after !== undefined) {
      return { value: after, direction: 'forward', position: [...call.position, 'cursor', 'after'] };
    }
    const before = cursor.get('before');
    if (before !== undefined) {
      return { value: before, direction: 'backward', position: [...call.position, 'cursor', 'before'] };
    }
  }
  return call.fail(
    'cursor',
    'invalid argument',
    "Invalid cursor object. Expected an object with either 'before' or 'after' key in it.",
  );
}

function page(given: PageArguments, cursor: PageCursor | undefined, call: Call): Value {
  const set = given.paginate;
  const isOfEvents = given.events === true && !isHistorical(set);
  const size = given.size ?? BigInt(PAGE_SIZE_DEFAULT);
  return paginate(contextAt(call.context, given.ts), {
    of: isOfEvents ? new SetRef({ type: 'events', of: set }) : set,
    cursor,
    size: size > BigInt(PAGE_SIZE_MAX) ? PAGE_SIZE_MAX : size < 0n ? -1 : Number(size),
    sources: given.sources === true,
    position: [...call.position, 'paginate'],
  });
}

export const readForms: readonly Form[] = [
  get,
  exists,
  end('First', 'first'),
  end('Last', 'last'),
  paginateAfter,
  paginateBefore,
  paginateCursor,
];
