/**
 * What query processes ask the builder, and what it answers. Requests carry an `id` that the answer repeats.
 * Notices tell subscribers which indexes and applications have a new published state; they answer with the notice's number once their
 * next query will see it.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import { OPERATION_FORMAT } from '../operation-format.ts';

export type Request = { readonly id: number } & (
  | {
      readonly kind: 'propose';
      readonly application: string;
      readonly indexes: readonly string[];
      readonly operationId: string;
      readonly proposedAtMs: number;
      /** `durable`: answered when the log has it. `visible`: when every query process sees its effect. */
      readonly until: 'durable' | 'visible';
    }
  /** The payload is an operation on documents; answered when it is applied, with what it answered. */
  | {
      readonly kind: 'transact';
      readonly application: string;
      readonly operationId: string;
      readonly proposedAtMs: number;
    }
  /** Makes the application's document store, where there is none yet. */
  | { readonly kind: 'openDocuments'; readonly application: string }
  | { readonly kind: 'taskStatus'; readonly application: string; readonly sequence: number }
  | { readonly kind: 'listIndexes'; readonly application: string }
  | { readonly kind: 'statistics' }
  /** Answered when every process shows the effect of all operations up to `sequence`, or with `false` when the time is over. */
  | { readonly kind: 'whenPublished'; readonly sequence: number; readonly timeoutMs: number }
  | { readonly kind: 'cluster' }
  /** A copy of the data, in a folder of the data folder, which the asker moves away; then it says so. */
  | { readonly kind: 'openCheckpoint' }
  | { readonly kind: 'releaseCheckpoint'; readonly checkpoint: string }
  | { readonly kind: 'changeMembers'; readonly change: MembersChange }
  | { readonly kind: 'subscribe' }
);

/** An operator's wish. `address`: `host:port` that members talk to. */
export type MembersChange =
  | { readonly kind: 'add'; readonly member: string; readonly address: string }
  | { readonly kind: 'remove'; readonly member: string; readonly force: boolean };

/** How far a member is; told to query processes whenever it has changed, at most every few milliseconds. */
export interface Progress {
  /** Every process shows the effect of all operations up to here. */
  readonly published: number;
  /** `local`: one machine, no cluster. */
  readonly state: 'local' | 'connecting' | 'joining' | 'catching-up' | 'live' | 'stopping';
  /** Whether writes find a majority at the moment. */
  readonly quorum: boolean;
  /** Against the live member that is furthest ahead: how long it has been showing something that this one does not. Milliseconds. */
  readonly lagMs: number;
  /** The newest one of operations that all members know. */
  readonly format: number;
}

export const NO_PROGRESS: Progress = {
  published: 0,
  state: 'local',
  quorum: true,
  lagMs: 0,
  format: OPERATION_FORMAT,
};

export interface Change {
  readonly application: string;
  /** Undefined: the application's own state (its keys). */
  readonly index?: string | undefined;
}

/** An answer: fields of its header, and bytes that travel unread. */
export interface Answer {
  readonly fields: JsonObject;
  readonly payload?: Uint8Array | undefined;
}

export type BuilderErrorCode =
  | 'unknown-application'
  | 'answer-forgotten'
  | 'index-damaged'
  | 'index-following'
  | 'documents-damaged'
  | 'too-many-jobs'
  | 'operation-too-large'
  | 'disk-full'
  | 'log-failed'
  | 'unavailable'
  /** No majority of the cluster answers. */
  | 'no-quorum'
  | 'bad-request';

/** The builder did not do what was asked, or nobody knows. */
export class BuilderError extends Error {
  override readonly name = 'BuilderError';
  readonly code: BuilderErrorCode;
  /** `refused`: certainly nothing happened. `unknown`: it may have happened, or may still. */
  readonly outcome: 'refused' | 'unknown';

  constructor(
    code: BuilderErrorCode,
    outcome: 'refused' | 'unknown',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.outcome = outcome;
  }
}

/** An index as `listIndexes` tells of it. */
export interface IndexSummary {
  readonly name: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly recordCount: number;
  readonly fileBytes: number;
  readonly lastBuildTimeS: number;
  readonly pendingTaskCount: number;
  /** Why the index takes no writes (and, when its files are set aside, answers no search). */
  readonly damage?: string | undefined;
}

/** The request in a frame's header; undefined when it is none. */
export function readRequest(header: JsonObject): Request | undefined {
  const { id, kind, application } = header as { id?: Json; kind?: Json; application?: Json };
  if (typeof id !== 'number') return undefined;
  if (kind === 'statistics' || kind === 'subscribe' || kind === 'cluster' || kind === 'openCheckpoint')
    return { id, kind };
  if (kind === 'releaseCheckpoint') {
    const checkpoint = header['checkpoint'];
    return typeof checkpoint === 'string' ? { id, kind, checkpoint } : undefined;
  }
  if (kind === 'whenPublished') {
    const { sequence, timeoutMs } = header as { [name: string]: Json | undefined };
    if (typeof sequence !== 'number' || typeof timeoutMs !== 'number') return undefined;
    return { id, kind, sequence, timeoutMs };
  }
  if (kind === 'changeMembers') {
    const change = readMembersChange(header['change']);
    return change === undefined ? undefined : { id, kind, change };
  }
  if (typeof application !== 'string') return undefined;
  if (kind === 'listIndexes') return { id, kind, application };
  if (kind === 'taskStatus') {
    const sequence = header['sequence'];
    return typeof sequence === 'number' ? { id, kind, application, sequence } : undefined;
  }
  if (kind === 'openDocuments') return { id, kind, application };
  if (kind !== 'propose' && kind !== 'transact') return undefined;
  const { indexes, operationId, proposedAtMs, until } = header as { [name: string]: Json | undefined };
  if (typeof operationId !== 'string' || typeof proposedAtMs !== 'number') return undefined;
  if (kind === 'transact') return { id, kind, application, operationId, proposedAtMs };
  if (until !== 'durable' && until !== 'visible') return undefined;
  if (!Array.isArray(indexes) || !(indexes as readonly Json[]).every((index) => typeof index === 'string'))
    return undefined;
  return { id, kind, application, operationId, proposedAtMs, until, indexes: indexes as readonly string[] };
}

function readMembersChange(value: Json | undefined): MembersChange | undefined {
  if (!isJsonObject(value)) return undefined;
  const { kind, member, address, force } = value as { [name: string]: Json | undefined };
  if (typeof member !== 'string') return undefined;
  if (kind === 'add') return typeof address === 'string' ? { kind, member, address } : undefined;
  return kind === 'remove' ? { kind, member, force: force === true } : undefined;
}

export function readProgress(header: JsonObject): Progress {
  const { published, state, quorum, lagMs, format } = header as unknown as Progress;
  return { published, state, quorum, lagMs, format };
}

export function readChanges(value: Json | undefined): readonly Change[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).flatMap((change): Change[] => {
    if (!isJsonObject(change) || typeof change['application'] !== 'string') return [];
    const index = change['index'];
    return [{ application: change['application'], index: typeof index === 'string' ? index : undefined }];
  });
}
