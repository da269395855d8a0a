/** A request, evaluated: reads on a snapshot, writes at their place in the log, all or nothing. */
import { recordCreated } from '../aggregations/record-events.ts';
import { Context } from '../evaluate/evaluation-context.ts';
import { evaluate } from '../evaluate/evaluator.ts';
import { type FqlError, FqlFault, WriteNeeded } from '../evaluate/fql-error.ts';
import { MeteredStore } from '../evaluate/metered-store.ts';
import { Session } from '../evaluate/session.ts';
import type { Effect } from '../forms/form.ts';
import { renderValue } from '../json/render.ts';
import { effectOfExpression } from '../parse/effects.ts';
import type { Expression } from '../parse/expression.ts';
import { parseRequest } from '../parse/parse.ts';
import type { DocumentReader, DocumentWriter } from '../store/document-store.ts';
import { DocumentValue } from '../values/value.ts';
import { SeededRandom } from './chacha20.ts';
import { renderErrors, statusOf } from './render-errors.ts';
import type { TransactionCosts, TransactionRequest, TransactionResult } from './transaction.ts';

/** So many evaluated forms are one compute operation of the metrics. */
const FORMS_PER_COMPUTE_OP = 50;

/** The answer, or that the request writes and has to run at its place in the log. */
export function runRead(
  reader: DocumentReader,
  request: TransactionRequest,
): TransactionResult | 'write-needed' {
  const session = sessionOf(new MeteredStore(reader), request, { mayWrite: false });
  try {
    return succeeded(session, answer(session, request), false);
  } catch (error) {
    if (error instanceof WriteNeeded) return 'write-needed';
    return failed(session, error);
  }
}

/** Evaluates in one `transact` of `request.time`. A failure leaves the store as it was. */
export function runWrite(writer: DocumentWriter, request: TransactionRequest): TransactionResult {
  const store = new MeteredStore(writer, writer);
  const session = sessionOf(store, request, { mayWrite: true });
  try {
    const given = writer.transact(request.time, () => {
      const given = answer(session, request);
      recordCreated(store, (scope) => session.schemaOf(scope), store, request.time);
      return given;
    });
    return succeeded(session, given, store.writeCount > 0);
  } catch (error) {
    return failed(session, error);
  }
}

/**
 * What a request may do, told without running it. What user functions do is not known: a call counts as a read, which turns out to write
 * when it is run.
 */
export function effectOf(body: Uint8Array): Effect {
  let expression: Expression;
  try {
    expression = parseRequest(body);
  } catch (error) {
    if (error instanceof FqlFault) return 'pure';
    throw error;
  }
  return effectOfExpression(expression, { calls: 'read' });
}

interface Answer {
  readonly status: number;
  readonly resource: string;
}

function answer(session: Session, request: TransactionRequest): Answer {
  const value = evaluate(parseRequest(request.body), new Context(session, request.authentication));
  session.checkSize(value);
  const isCreated = value instanceof DocumentValue && session.created.has(value);
  return { status: isCreated ? 201 : 200, resource: renderValue(value) };
}

function sessionOf(
  store: MeteredStore,
  request: TransactionRequest,
  { mayWrite }: { readonly mayWrite: boolean },
): Session {
  const { host, options, time } = request;
  const random = new SeededRandom(() => request.seed);
  return new Session({ store, mayWrite, host, options, random, now: time });
}

function succeeded(session: Session, { status, resource }: Answer, wrote: boolean): TransactionResult {
  return { status, body: `{"resource":${resource}}`, wrote, costs: costsOf(session) };
}

/** The errors of a fault as an answer; throws what is none. */
export function failed(session: Session, error: unknown): TransactionResult {
  if (!(error instanceof FqlFault)) throw error;
  const errors: readonly FqlError[] = error.errors;
  return {
    status: statusOf(errors),
    body: renderErrors(errors),
    wrote: false,
    costs: { ...costsOf(session), writeOps: 0, bytesWritten: 0 },
  };
}

export function costsOf({ store, formCount }: Session): TransactionCosts {
  return {
    computeOps: Math.max(1, Math.ceil(formCount / FORMS_PER_COMPUTE_OP)),
    readOps: store.readCount,
    writeOps: store.writeCount,
    bytesRead: store.bytesRead,
    bytesWritten: store.bytesWritten,
  };
}
