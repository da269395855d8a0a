/**
 * Whether a stream shows an event: asked for each event, with the documents as they were at its transaction. Who opened a stream that shows
 * nothing of what he may not read learns nothing from it.
 */
import { unreachable } from '@skein/base';
import { isAllowed } from '../access/access.ts';
import type { Authentication } from '../access/authentication.ts';
import type { EvaluationContext, Host } from '../evaluate/context.ts';
import { Context } from '../evaluate/evaluation-context.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import { MeteredStore } from '../evaluate/metered-store.ts';
import { Session } from '../evaluate/session.ts';
import { mayRead, type Readable, readableCollection, readableIndex } from '../sets/readable.ts';
import type { DocumentKey, DocumentReader, IndexId } from '../store/document-store.ts';
import { SEED_BYTES, SeededRandom } from '../transaction/chacha20.ts';
import type { StreamEvent } from './stream-event.ts';
import type { StreamSubject } from './subject.ts';

/** For the predicates of roles, for all events that one change of a document has in one stream. With more, the event is not shown. */
export const STREAM_STEPS_MAX = 100_000;

/** `reader`: as of the event's transaction. */
export function viewerContext(
  reader: DocumentReader,
  authentication: Authentication,
  host: Host,
): EvaluationContext {
  const session = new Session({
    store: new MeteredStore(reader),
    mayWrite: false,
    host,
    options: { strictTemporal: false, stepsMax: STREAM_STEPS_MAX },
    random: new SeededRandom(new Uint8Array(SEED_BYTES)),
    now: reader.lastTime,
  });
  return new Context(session, authentication, undefined, 'read');
}

export function maySee(
  context: EvaluationContext,
  subject: StreamSubject,
  document: DocumentKey,
  type: StreamEvent['type'],
): boolean {
  try {
    switch (subject.kind) {
      case 'document': {
        const action = type === 'history_rewrite' ? 'history_read' : 'read';
        return isAllowed(context, { action, document });
      }
      case 'documents':
        return isReadable(readableCollection(context, subject.scope, subject.collection), context, document);
      case 'match': {
        const { scope, key, terms } = subject;
        const index = context.schemaOf(scope).indexById(Number(key.id) as IndexId);
        if (index === undefined) return false;
        return isReadable(readableIndex(context, { scope, index, key }, terms), context, document);
      }
      default:
        return unreachable(subject);
    }
  } catch (error) {
    if (error instanceof FqlFault) return false;
    throw error;
  }
}

function isReadable(set: Readable, context: EvaluationContext, document: DocumentKey): boolean {
  return set === 'all' || (set === 'some' && mayRead(context, document));
}
