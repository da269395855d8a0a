/** The member of this process as handlers see it: its errors become the client's. */
import { setImmediate as immediate } from 'node:timers/promises';
import { type Authentication, verifyAggregation } from '@skein/fql';
import {
  BuilderError,
  IndexDamagedError,
  type IndexSummary,
  type Member,
  type Operation,
  searchableStatuses,
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
    transact: (application, body) =>
      rethrown(async () => {
        const answer = await member.documents.transact(application, {
          body,
          authentication: EVERY_RIGHT,
          strictTemporal: false,
          timeoutMs: documentsTimeoutMs,
        });
        const { status, body: text, time } = answer;
        const isWrite = 'sequence' in answer && typeof answer.sequence === 'number';
        return { status, body: text, time, sequence: isWrite ? Number(answer.sequence) : undefined };
      }),
    verifyAggregation: (application, name) =>
      rethrown(async () => {
        const snapshot = await member.documents.snapshot(application);
        try {
          const work = verifyAggregation(snapshot.reader, EVERY_RIGHT.scope, name);
          for (;;) {
            const step = work.next();
            if (step.done === true) return step.value;
            await immediate();
          }
        } finally {
          snapshot.release();
        }
      }),
    async isPublished(application, sequence) {
      const { status } = await rethrown(() => member.taskStatus(application, sequence));
      return status === 'published';
    },
    listIndexes: (application): Promise<readonly IndexSummary[]> =>
      rethrown(() => member.listIndexes(application)),
    searchables: (application) =>
      rethrown(() => searchableStatuses(member.documents, application, LEFT_OUT_SHOWN_MAX)),
    get builderConnected() {
      return member.builderPresent;
    },
    get progress() {
      return member.progress;
    },
    whenPublished: (sequence, timeoutMs) => member.whenPublished(sequence, timeoutMs),
    cluster: () => rethrown(() => member.cluster()),
    async changeMembers(change) {
      try {
        await member.changeMembers(change);
      } catch (error) {
        // The builder says why it does not, and what to do instead.
        if (!(error instanceof BuilderError)) throw error;
        const code = error.code === 'bad-request' ? 'cluster-refused' : 'cluster-unavailable';
        throw new ApiError(code, { message: error.message });
      }
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

const documentsTimeoutMs = 60_000;

/** The search port's keys are checked by its endpoints; inside the database there is one who may do everything. */
const EVERY_RIGHT: Authentication = {
  scope: 0 as Authentication['scope'],
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};

/** Of an index's documents that are too large for it. */
const LEFT_OUT_SHOWN_MAX = 100;

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
    case 'index-following':
      return new ApiError('index-following', { message: error.message });
    case 'documents-damaged':
      return new ApiError('documents-refused', { description: error.message });
    case 'too-many-jobs':
      return new ApiError('too-many-jobs');
    case 'operation-too-large':
      return new ApiError('body-too-large', { bytesMax: operationBytesMax });
    case 'disk-full':
      return new ApiError('disk-almost-full');
    case 'bad-request':
      return error;
    case 'log-failed':
    case 'no-quorum':
    case 'unavailable':
    // Carried out, but what it answered is lost: asking again tells.
    case 'answer-forgotten':
      return new ApiError('write-unavailable');
  }
}
