/** From the request of a stream to what it is about. The expression is evaluated once, and may only read. */
import { Context } from '../evaluate/evaluation-context.ts';
import { evaluate } from '../evaluate/evaluator.ts';
import { type FqlError, FqlFault } from '../evaluate/fql-error.ts';
import { MeteredStore } from '../evaluate/metered-store.ts';
import { Session } from '../evaluate/session.ts';
import type { Expression } from '../parse/expression.ts';
import { partsOf } from '../parse/nodes.ts';
import { parseRequest } from '../parse/parse.ts';
import type { DocumentReader } from '../store/document-store.ts';
import { SeededRandom } from '../transaction/chacha20.ts';
import { costsOf, failed } from '../transaction/run-transaction.ts';
import type { TransactionCosts, TransactionRequest, TransactionResult } from '../transaction/transaction.ts';
import { type StreamSubject, subjectOf } from './subject.ts';

const PLACE = 'stream requests';

export type OpenedStream =
  | { readonly kind: 'open'; readonly subject: StreamSubject; readonly costs: TransactionCosts }
  | { readonly kind: 'refused'; readonly result: TransactionResult };

/** `request.time`: what `Now()` says. Whether the subject may be read is asked at each event. */
export function openStream(reader: DocumentReader, request: TransactionRequest): OpenedStream {
  const { host, options, time, authentication } = request;
  const random = new SeededRandom(request.seed);
  const store = new MeteredStore(reader);
  const session = new Session({
    store,
    mayWrite: false,
    host,
    options,
    random,
    now: time,
    readOnlyPlace: PLACE,
  });
  try {
    const expression = parseRequest(request.body);
    const writes = writesOf(expression);
    if (writes.length > 0) throw new FqlFault(writes);
    const context = new Context(session, authentication, undefined, 'read');
    const subject = subjectOf(evaluate(expression, context), context);
    return { kind: 'open', subject, costs: costsOf(session) };
  } catch (error) {
    return { kind: 'refused', result: failed(session, error) };
  }
}

/** An error for each form that writes, also where it would not be reached. What functions do turns out when they are called. */
function writesOf(expression: Expression): readonly FqlError[] {
  const errors: FqlError[] = [];
  const rest: Expression[] = [expression];
  for (let next = rest.pop(); next !== undefined && errors.length < ERRORS_MAX; next = rest.pop()) {
    if (next.kind === 'form' && next.form.effect === 'write' && next.form.name !== 'Call') {
      const description = `Call performs a write, which is not allowed in ${PLACE}.`;
      errors.push({ position: next.position, code: 'invalid expression', description });
    } else {
      for (const part of partsOf(next).toReversed()) rest.push(part);
    }
  }
  return errors;
}

const ERRORS_MAX = 100;
