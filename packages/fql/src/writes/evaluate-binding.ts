/**
 * The value of a binding for a document. Its lambda may look at nothing but the document, and has a budget of its own: whoever computes it, and
 * whenever, gets the same.
 */

import type { Authentication } from '../access/authentication.ts';
import { Context } from '../evaluate/evaluation-context.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import { MeteredStore } from '../evaluate/metered-store.ts';
import { Session } from '../evaluate/session.ts';
import type { DocumentReader, ScopeId } from '../store/document-store.ts';
import type { Lambda } from '../values/lambda.ts';
import type { DocumentValue, Value } from '../values/value.ts';
import { BINDING_STEPS_MAX } from './limits.ts';

/** Undefined: the lambda failed. `onWork` hears how many steps it took. */
export function evaluateBinding(
  lambda: Lambda,
  document: DocumentValue,
  onWork: (steps: number) => void,
): Value | undefined {
  const session = new Session({
    store: new MeteredStore(NOTHING_STORED),
    mayWrite: false,
    host: { hashPassword: refuse, verifyPassword: refuse, sha256: refuse },
    // Those of the server may change; an index outlives them.
    options: { strictTemporal: false, stepsMax: BINDING_STEPS_MAX },
    random: { bytes: refuse },
    now: 0,
  });
  try {
    return new Context(session, NOBODY, undefined, 'pure').call(lambda, document, 'pure');
  } catch (error) {
    if (error instanceof FqlFault) return undefined;
    throw error;
  } finally {
    onWork(Math.min(session.stepCount, BINDING_STEPS_MAX));
  }
}

const ROOT = 0 as ScopeId;

const NOBODY: Authentication = {
  scope: ROOT,
  principal: { kind: 'root' },
  roles: [],
  actsAs: undefined,
};

function refuse(): never {
  throw new FqlFault([
    { position: [], code: 'invalid expression', description: 'Field binding must be a pure unary function.' },
  ]);
}

/** Pure forms look names up to check refs: there are none. */
const NOTHING_STORED: DocumentReader = {
  lastTime: 0,
  version: () => undefined,
  versions: () => [],
  documents: () => [],
  entries: () => [],
  entrySpans: () => [],
  row: () => undefined,
  rows: () => [],
  changes: () => [],
};
