/** The context of what the server itself writes: nobody's, without chance and without passwords. */
import { assert } from '@skein/base';
import type { EvaluationContext } from '../evaluate/context.ts';
import { Context } from '../evaluate/evaluation-context.ts';
import { MeteredStore } from '../evaluate/metered-store.ts';
import { Session } from '../evaluate/session.ts';
import type { DocumentWriter, ScopeId } from '../store/document-store.ts';

export function maintenanceContext(writer: DocumentWriter, scope: ScopeId, now: number): EvaluationContext {
  const session = new Session({
    store: new MeteredStore(writer, writer),
    mayWrite: true,
    host: { hashPassword: refuse, verifyPassword: refuse, sha256: refuse },
    options: { strictTemporal: false, stepsMax: Number.MAX_SAFE_INTEGER },
    random: { bytes: refuse },
    now,
  });
  return new Context(session, { scope, principal: { kind: 'root' }, roles: ['admin'], actsAs: undefined });
}

function refuse(): never {
  assert(false, 'background work needs no chance and no hashes');
}
