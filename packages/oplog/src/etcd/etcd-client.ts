import { setMaxListeners } from 'node:events';
import { type EtcdEndpoint, refuseAborted } from './etcd-endpoint.ts';
import { EtcdEndpoints } from './etcd-endpoints.ts';
import {
  hexOf,
  keyValue,
  transactionAnswer,
  wireCompare,
  wireId,
  wireLease,
  wireWrite,
} from './etcd-messages.ts';
import { METHODS, type RpcMethod, type WireMember } from './etcd-methods.ts';
import {
  type EtcdCallOptions,
  EtcdError,
  type EtcdPort,
  type EtcdRange,
  type EtcdRangeOptions,
  type EtcdTransaction,
  type EtcdTransactionAnswer,
  type EtcdWatchBatch,
} from './etcd-port.ts';
import type { EtcdClientTls } from './etcd-security.ts';
import { watchFrom } from './etcd-watch.ts';
import { pause } from './pause.ts';
import { TryTimeout } from './try-timeout.ts';

export interface EtcdClientOptions {
  /** `http://host:port` or `https://host:port`; the nearest one first. */
  readonly endpoints: readonly string[];
  /** Where they are `https`. */
  readonly tls?: EtcdClientTls | undefined;
  /** Of a call with all its tries. 5 s by default. */
  readonly timeoutMs?: number | undefined;
  /** How long one endpoint is waited for at least before another one is tried. 300 ms by default. */
  readonly tryTimeoutMs?: number | undefined;
}

/** One member of etcd's own cluster. Ids are hexadecimal. */
export interface EtcdClusterMember {
  readonly id: string;
  /** Empty: it was added and has never been started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

export interface EtcdStatus {
  readonly memberId: string;
  readonly version: string;
  readonly dbBytes: number;
  /** What a defragmentation would leave. */
  readonly dbBytesInUse: number;
  /** Undefined: none is known. */
  readonly leaderId: string | undefined;
  readonly raftTerm: number;
  readonly raftIndex: number;
  readonly raftAppliedIndex: number;
  /** Alarms, and what else is wrong. */
  readonly errors: readonly string[];
}

/** Between rounds over all endpoints when none would do. */
const roundPauseMsMax = 200;
const tryMsMax = 2_000;
const defragmentMsMax = 60_000;

/**
 * The client of a real etcd, 3.4 to 3.6. Asks the first endpoint while it is fine, and others when it is not. What may be carried out
 * twice without harm is tried until the time is over; a transaction is tried again only where it certainly was not carried out.
 */
export class EtcdClient implements EtcdPort {
  readonly #endpoints: EtcdEndpoints;
  readonly #timeoutMs: number;
  readonly #transactionTry: TryTimeout;
  readonly #readTry: TryTimeout;
  readonly #closing = new AbortController();

  constructor({ endpoints, tls, timeoutMs = 5_000, tryTimeoutMs = 300 }: EtcdClientOptions) {
    this.#endpoints = new EtcdEndpoints(endpoints, tls);
    // One listener for each call in flight.
    setMaxListeners(0, this.#closing.signal);
    this.#timeoutMs = timeoutMs;
    this.#transactionTry = new TryTimeout({ msMin: tryTimeoutMs, msMax: tryMsMax });
    this.#readTry = new TryTimeout({ msMin: tryTimeoutMs, msMax: tryMsMax });
  }

  async transaction(transaction: EtcdTransaction, options?: EtcdCallOptions): Promise<EtcdTransactionAnswer> {
    const request = {
      compare: transaction.compare.map(wireCompare),
      success: transaction.then.map(wireWrite),
      failure: (transaction.otherwiseGet ?? []).map((key) => ({ request_range: { key } })),
    };
    return transactionAnswer(
      await this.#call(METHODS.transaction, request, options, {
        tries: this.#transactionTry,
        repeats: false,
      }),
    );
  }

  async range(key: string, range: EtcdRangeOptions, options?: EtcdCallOptions): Promise<EtcdRange> {
    const { end, limit, revision } = range;
    const response = await this.#call(METHODS.range, { key, range_end: end, limit, revision }, options);
    return {
      kvs: response.kvs.map(keyValue),
      more: response.more,
      revision: Number(response.header.revision),
    };
  }

  watch(
    key: string,
    watch: { readonly end: string; readonly fromRevision: number },
    signal: AbortSignal,
  ): AsyncIterable<EtcdWatchBatch> {
    return watchFrom(this.#endpoints, key, watch, AbortSignal.any([signal, this.#closing.signal]));
  }

  async compact(revision: number, options?: EtcdCallOptions): Promise<void> {
    await this.#call(METHODS.compact, { revision }, options, {
      // A try before may have done it.
      doneBefore: (error) => (error.code === 'compacted' ? { response: {} } : undefined),
    });
  }

  /** A try without an answer may leave a lease behind that nobody uses; it ends by itself. */
  async grantLease(ttlS: number, options?: EtcdCallOptions): Promise<string> {
    const { ID: id } = await this.#call(METHODS.grantLease, { TTL: ttlS }, options);
    return hexOf(id);
  }

  async keepLeaseAlive(lease: string, options?: EtcdCallOptions): Promise<boolean> {
    const request = { ID: wireLease(lease) };
    const { TTL: ttlS } = await this.#tried(
      'LeaseKeepAlive',
      (endpoint, timeoutMs, signal) => endpoint.exchange(METHODS.keepLeaseAlive, request, timeoutMs, signal),
      options,
      {},
    );
    return Number(ttlS) > 0;
  }

  async revokeLease(lease: string, options?: EtcdCallOptions): Promise<void> {
    try {
      await this.#call(METHODS.revokeLease, { ID: wireLease(lease) }, options);
    } catch (error) {
      if (!(error instanceof EtcdError && error.code === 'no-lease')) throw error;
    }
  }

  /** Of etcd's cluster. */
  async members(options?: EtcdCallOptions): Promise<readonly EtcdClusterMember[]> {
    const { members } = await this.#call(METHODS.members, { linearizable: true }, options);
    return members.map(clusterMember);
  }

  /** Not tried again once it may have been done: look at `members` then. */
  async addMember(peerUrls: readonly string[], options?: EtcdCallOptions): Promise<EtcdClusterMember> {
    const { member } = await this.#call(METHODS.addMember, { peerURLs: peerUrls }, options, {
      tries: 'whole',
      repeats: false,
    });
    return clusterMember(member);
  }

  /** Fine when it is not there (any more). */
  async removeMember(id: string, options?: EtcdCallOptions): Promise<void> {
    try {
      await this.#call(METHODS.removeMember, { ID: wireId(id) }, options, { tries: 'whole' });
    } catch (error) {
      if (!(error instanceof EtcdError && error.message.includes('member not found'))) throw error;
    }
  }

  /** Of that one endpoint. */
  async status(endpoint: string, options?: EtcdCallOptions): Promise<EtcdStatus> {
    const status = await this.#at(endpoint, METHODS.status, {}, options);
    return {
      memberId: hexOf(status.header.member_id),
      version: status.version,
      dbBytes: Number(status.dbSize),
      dbBytesInUse: Number(status.dbSizeInUse),
      leaderId: status.leader === '0' ? undefined : hexOf(status.leader),
      raftTerm: Number(status.raftTerm),
      raftIndex: Number(status.raftIndex),
      raftAppliedIndex: Number(status.raftAppliedIndex),
      errors: status.errors,
    };
  }

  /** The member answers nobody meanwhile: one after the other. */
  async defragment(endpoint: string, options?: EtcdCallOptions): Promise<void> {
    await this.#at(endpoint, METHODS.defragment, {}, { timeoutMs: defragmentMsMax, ...options });
  }

  /** Takes the alarms NOSPACE back, after room has been made. Without it the store stays closed for puts. The number of alarms. */
  async disarmNoSpace(options?: EtcdCallOptions): Promise<number> {
    const { alarms } = await this.#call(METHODS.alarm, { action: 'GET' }, options);
    const armed = alarms.filter(({ alarm }) => alarm === 'NOSPACE');
    for (const alarm of armed) await this.#call(METHODS.alarm, { action: 'DEACTIVATE', ...alarm }, options);
    return armed.length;
  }

  /** Only the leader can hand over, so `endpoint` is the leader's. */
  async moveLeader(endpoint: string, toId: string, options?: EtcdCallOptions): Promise<void> {
    await this.#at(endpoint, METHODS.moveLeader, { targetID: wireId(toId) }, options);
  }

  close(): void {
    this.#closing.abort();
    this.#endpoints.close();
  }

  #call<Request, Response>(
    method: RpcMethod<Request, Response>,
    request: Request,
    options: EtcdCallOptions | undefined,
    manner: CallManner<Response> = {},
  ): Promise<Response> {
    return this.#tried(
      method.path,
      (endpoint, timeoutMs, signal) => endpoint.unary(method, request, timeoutMs, signal),
      options,
      manner,
    );
  }

  /** One endpoint, one try. */
  async #at<Request, Response>(
    url: string,
    method: RpcMethod<Request, Response>,
    request: Request,
    options: EtcdCallOptions | undefined,
  ): Promise<Response> {
    const endpoint = this.#endpoints.byUrl(url);
    const signal = this.#signalOf(options);
    refuseAborted(signal, method.path);
    return endpoint.unaryAnyway(method, request, options?.timeoutMs ?? this.#timeoutMs, signal);
  }

  async #tried<Response>(
    what: string,
    call: (endpoint: EtcdEndpoint, timeoutMs: number, signal: AbortSignal) => Promise<Response>,
    options: EtcdCallOptions | undefined,
    { tries = this.#readTry, repeats = true, doneBefore }: CallManner<Response>,
  ): Promise<Response> {
    const signal = this.#signalOf(options);
    const untilMs = performance.now() + (options?.timeoutMs ?? this.#timeoutMs);
    let isMaybeDone = false;
    let last: EtcdError | undefined;
    for (let round = 0; ; round++) {
      for (const endpoint of this.#endpoints.candidates()) {
        refuseAborted(signal, what);
        const startedAtMs = performance.now();
        const leftMs = untilMs - startedAtMs;
        if (leftMs <= 0) break;
        try {
          const tryMs = tries === 'whole' ? leftMs : tries.ms * (repeats ? 2 ** round : 1);
          const response = await call(endpoint, Math.min(leftMs, tryMs), signal);
          if (tries !== 'whole') tries.answered(performance.now() - startedAtMs);
          return response;
        } catch (error) {
          if (!(error instanceof EtcdError)) throw error;
          const done = isMaybeDone ? doneBefore?.(error) : undefined;
          if (done !== undefined) return done.response;
          const passes = error.code === 'unavailable' || error.code === 'timeout';
          // Without an answer in time, the line or the whole of etcd may be bad: a probe finds out.
          if (passes) this.#endpoints.suspect(endpoint);
          if (error.code === 'timeout' && tries !== 'whole') tries.timedOut(performance.now());
          if (!passes && error.code !== 'refused') throw error;
          if (error.outcome === 'unknown') {
            if (!repeats) throw error;
            isMaybeDone = true;
          }
          last = error;
        }
      }
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) break;
      await pause(Math.min(leftMs, 25 * 2 ** round, roundPauseMsMax), signal);
    }
    const outcome = isMaybeDone ? 'unknown' : 'refused';
    const reason = last?.message ?? `etcd, ${what}: no time left`;
    throw new EtcdError(last?.code ?? 'timeout', outcome, reason, { cause: last });
  }

  #signalOf(options: EtcdCallOptions | undefined): AbortSignal {
    const closing = this.#closing.signal;
    return options?.signal === undefined ? closing : AbortSignal.any([options.signal, closing]);
  }
}

interface CallManner<Response> {
  /** `whole`: one try may take all the time. */
  readonly tries?: TryTimeout | 'whole';
  /** False: not again once it may have been carried out. */
  readonly repeats?: boolean;
  /** What a failure means after a try that may have been carried out. */
  readonly doneBefore?: (error: EtcdError) => { readonly response: Response } | undefined;
}

function clusterMember(member: WireMember): EtcdClusterMember {
  return {
    id: hexOf(member.ID),
    name: member.name,
    peerUrls: member.peerURLs,
    clientUrls: member.clientURLs,
  };
}
