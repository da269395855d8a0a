/** The member of this process as handlers see it: its errors become the client's. */
import {
  BuilderError,
  IndexDamagedError,
  type IndexSummary,
  type Member,
  type Operation,
} from '@skein/member';
import { ApiError } from '@skein/wire';
import type { Logger } from 'pino';
import type { MemberPort, ReadableIndex } from './member-port.ts';

export function liveMember(
  member: Member,
  options: { readonly nowMs: () => number; readonly log: Logger },
): MemberPort {
  const { nowMs, log } = options;
  /** Damage is told once per index and process: every search of it meets it. */
  const toldDamage = new Set<string>();
  return {
    application: (id) => member.application(id),
    index(application, name): ReadableIndex | undefined {
      try {
        const found = member.openIndex(application, name);
        return found === undefined ? undefined : { settings: found.meta.settings, view: found.view };
      } catch (error) {
        if (!(error instanceof IndexDamagedError)) throw error;
        if (!toldDamage.has(error.message)) log.error({ err: error }, 'an index is damaged');
        toldDamage.add(error.message);
        throw new ApiError('index-damaged', { index: name });
      }
    },
    whenAtHand: (application, name) => member.whenIndexAtHand(application, name),
    async propose(application, operation, until) {
      try {
        return await member.propose(operation, { application, until, proposedAtMs: nowMs() });
      } catch (error) {
        throw clientError(error, operation);
      }
    },
    async isPublished(application, sequence) {
      const { status } = await rethrown(() => member.taskStatus(application, sequence));
      return status === 'published';
    },
    listIndexes: (application): Promise<readonly IndexSummary[]> =>
      rethrown(() => member.listIndexes(application)),
    get builderConnected() {
      return member.builderPresent;
    },
  };
}

async function rethrown<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw clientError(error, undefined);
  }
}

/** Largest operation that the log takes. */
const operationBytesMax = 64 * 1024 * 1024;

function clientError(error: unknown, operation: Operation | undefined): unknown {
  if (!(error instanceof BuilderError)) return error;
  switch (error.code) {
    case 'unknown-application':
      return new ApiError('credentials-invalid');
    case 'index-damaged':
      return new ApiError('index-damaged', {
        index: operation !== undefined && 'index' in operation ? operation.index : '',
      });
    case 'too-many-jobs':
      return new ApiError('too-many-jobs');
    case 'operation-too-large':
      return new ApiError('body-too-large', { bytesMax: operationBytesMax });
    case 'disk-full':
      return new ApiError('disk-almost-full');
    case 'bad-request':
      return error;
    case 'log-failed':
    case 'unavailable':
      return new ApiError('write-unavailable');
  }
}
