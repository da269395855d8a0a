import {
  Client,
  type ClientDuplexStream,
  connectivityState,
  Metadata,
  type requestCallback,
  type ServiceError,
} from '@grpc/grpc-js';
import type { ClusterIdentity } from './cluster-identity.ts';
import { METHODS, type RpcMethod, type WireHeader } from './etcd-methods.ts';
import { EtcdError } from './etcd-port.ts';
import type { EndpointSecurity } from './etcd-security.ts';
import { etcdErrorOf, hasSoundMarks } from './etcd-status.ts';

/**
 * `suspect`: a call failed, a probe is under way. `leaderless`: answers, and is part of no majority. `down`: does not answer.
 */
export type EndpointState = 'up' | 'suspect' | 'leaderless' | 'down';

/** Small, so that a member that comes back is found within a third of a second. */
const reconnectMsMax = 300;

/** One member of etcd, as reached from here: the line, and what is thought of it. */
export class EtcdEndpoint {
  readonly url: string;
  readonly #security: EndpointSecurity;
  readonly #identity: ClusterIdentity;
  readonly #requireLeader = new Metadata();
  #client: Client;
  #state: EndpointState = 'up';
  #probing: Promise<void> | undefined;
  #soundMarks: boolean | undefined;
  /** Why the line could not be opened, as far as the last probe knows. */
  #problem = '';
  #closed = false;
  /** Told when the endpoint is given up, and streams on it are worth nothing any more. */
  readonly lost = new Set<() => void>();

  constructor(url: string, security: EndpointSecurity, identity: ClusterIdentity) {
    this.url = url;
    this.#identity = identity;
    this.#security = security;
    this.#requireLeader.set('hasleader', 'true');
    this.#client = this.#connect();
  }

  get state(): EndpointState {
    return this.#state;
  }

  get hasSoundMarks(): boolean {
    return this.#soundMarks ?? false;
  }

  suspect(): void {
    if (this.#state === 'up') this.#state = 'suspect';
  }

  /** Rejects with `EtcdError`; outcome `refused` where it was not even sent. The timer ends calls, so there is none without it. */
  async unary<Request, Response>(
    method: RpcMethod<Request, Response>,
    request: Request,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Response> {
    const startedAtMs = performance.now();
    const client = await this.#ready(timeoutMs);
    refuseAborted(signal, this.#what(method));
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAtMs));
    return this.#send(client, method, request, this.#requireLeader, leftMs, signal);
  }

  /** As `unary`, also where etcd has no leader, and whatever is thought of the line. */
  async unaryAnyway<Request, Response>(
    method: RpcMethod<Request, Response>,
    request: Request,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Response> {
    return this.#send(this.#client, method, request, new Metadata(), timeoutMs, signal);
  }

  /**
   * Undefined where the message is of the cluster that this client talks to. A member whose data were lost may have begun a cluster of its own:
   * what it says and does means nothing here.
   */
  refusalOf(message: unknown): EtcdError | undefined {
    const header = (message as { readonly header?: Partial<WireHeader> | null } | undefined)?.header;
    if (header?.cluster_id === undefined || this.#identity.admits(header.cluster_id)) return undefined;
    const text = `etcd at ${this.url} belongs to another cluster than the endpoint that was reached first`;
    return new EtcdError('refused', 'refused', text);
  }

  /** What a stream failed with. Errors that are not of a call are given back as they are. */
  errorOf(error: unknown, method: { readonly path: string }): unknown {
    const isOfCall = error instanceof Error && 'details' in error && 'code' in error && 'metadata' in error;
    return isOfCall ? etcdErrorOf(error as ServiceError, this.#what(method)) : error;
  }

  /** One message there, one back, on a stream of its own. As `unary`. */
  async exchange<Request, Response>(
    method: RpcMethod<Request, Response>,
    request: Request,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Response> {
    const startedAtMs = performance.now();
    const stream = await this.open(method, timeoutMs);
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAtMs));
    return new Promise((resolve, reject) => {
      const stop = limit(stream, leftMs, signal);
      stream.on('data', (response: Response) => {
        stop();
        resolve(response);
        stream.end();
      });
      stream.on('error', (error: ServiceError) => {
        reject(this.#errorOf(error, method, stop()));
      });
      stream.on('end', () => {
        stop();
        reject(
          new EtcdError('unavailable', 'unknown', `etcd, ${this.#what(method)}: ended without an answer`),
        );
      });
      stream.write(request);
    });
  }

  /** A stream that etcd ends by itself when it has no leader. */
  async open<Request, Response>(
    method: RpcMethod<Request, Response>,
    timeoutMs: number,
  ): Promise<ClientDuplexStream<Request, Response>> {
    const client = await this.#ready(timeoutMs);
    const { path, requestSerialize, responseDeserialize } = method;
    return this.#begin(() =>
      client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#requireLeader),
    );
  }

  /** Finds out the state. Never rejects; probes at the same time are one. */
  probe(timeoutMs: number): Promise<void> {
    this.#probing ??= this.#probe(timeoutMs).finally(() => {
      this.#probing = undefined;
    });
    return this.#probing;
  }

  close(): void {
    this.#closed = true;
    this.#loseStreams();
    this.#client.close();
  }

  /** Resolves with an open line, or rejects within `timeoutMs`: then nothing was sent. */
  async #ready(timeoutMs: number): Promise<Client> {
    const untilMs = Date.now() + timeoutMs;
    const client = this.#client;
    const channel = client.getChannel();
    for (;;) {
      const state = channel.getConnectivityState(true);
      if (state === connectivityState.READY) return client;
      if (state === connectivityState.TRANSIENT_FAILURE || state === connectivityState.SHUTDOWN) break;
      const change = await new Promise<Error | undefined>((resolve) => {
        channel.watchConnectivityState(state, untilMs, resolve);
      });
      if (change !== undefined) break;
    }
    const isCertificate = /certificate|SSL|TLS|alert/i.test(this.#problem);
    const problem = this.#problem === '' ? 'no connection' : this.#problem;
    throw new EtcdError(
      isCertificate ? 'refused' : 'unavailable',
      'refused',
      `etcd at ${this.url}: ${problem}`,
    );
  }

  async #probe(timeoutMs: number): Promise<void> {
    try {
      // Without `ready`: a call on a line that cannot be opened tells why.
      const { leader, version } = await this.unaryAnyway(METHODS.status, {}, timeoutMs);
      this.#soundMarks = hasSoundMarks(version);
      this.#problem = '';
      this.#state = leader === '0' ? 'leaderless' : 'up';
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      if (this.#closed) return;
      if (error.code !== 'timeout' || this.#problem === '') this.#problem = reasonIn(error.message);
      this.#state = 'down';
      this.#loseStreams();
      // A line whose packets were lost for a while takes long to come back by itself; a new one does not.
      if (error.code === 'timeout') {
        this.#client.close();
        this.#client = this.#connect();
      }
    }
  }

  /** A line that was closed this moment takes no calls. */
  #begin<Call>(begin: () => Call): Call {
    try {
      return begin();
    } catch (error) {
      throw new EtcdError('unavailable', 'refused', `etcd at ${this.url}: the line is closed`, {
        cause: error,
      });
    }
  }

  #send<Request, Response>(
    client: Client,
    method: RpcMethod<Request, Response>,
    request: Request,
    metadata: Metadata,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const done: requestCallback<Response> = (error, response) => {
        const reason = stop();
        if (error !== null) {
          reject(this.#errorOf(error, method, reason));
          return;
        }
        const stranger = this.refusalOf(response);
        if (stranger === undefined) resolve(response as Response);
        else reject(stranger);
      };
      const { path, requestSerialize, responseDeserialize } = method;
      const call = this.#begin(() =>
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, done),
      );
      const stop = limit(call, timeoutMs, signal);
    });
  }

  #errorOf(
    error: ServiceError,
    method: { readonly path: string },
    stopped: 'timeout' | 'cancelled' | undefined,
  ): EtcdError {
    if (stopped === undefined) return etcdErrorOf(error, this.#what(method));
    const reason = stopped === 'timeout' ? 'no answer in time' : 'cancelled';
    return new EtcdError(stopped, 'unknown', `etcd, ${this.#what(method)}: ${reason}`, { cause: error });
  }

  #what(method: { readonly path: string }): string {
    return `${method.path.slice(method.path.lastIndexOf('/') + 1)} at ${this.url}`;
  }

  #loseStreams(): void {
    for (const tell of [...this.lost]) tell();
  }

  #connect(): Client {
    return new Client(new URL(this.url).host, this.#security.credentials, {
      ...this.#security.options,
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': reconnectMsMax,
      'grpc.dns_min_time_between_resolutions_ms': 1000,
      'grpc.max_receive_message_length': -1,
      'grpc.max_send_message_length': -1,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.service_config_disable_resolution': 1,
      'grpc.enable_http_proxy': 0,
      'grpc.enable_retries': 0,
      'grpc.enable_channelz': 0,
    });
  }
}

/** Of what gRPC says of a line that cannot be opened, the part that helps. */
function reasonIn(message: string): string {
  const last = /Last error: (.*?)(?: \(\d{4}-[^)]*\))?\. Resolution note/s.exec(message)?.[1];
  return (last ?? message).replace(/\s+/g, ' ').trim();
}

export function refuseAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) throw new EtcdError('cancelled', 'refused', `etcd, ${what}: cancelled`);
}

/** Cancels the call at the end of the time or when the signal aborts; what is given back stops this and tells whether it did. */
function limit(
  call: { cancel(): void },
  timeoutMs: number,
  signal: AbortSignal | undefined,
): () => 'timeout' | 'cancelled' | undefined {
  let stopped: 'timeout' | 'cancelled' | undefined;
  let immediate: NodeJS.Immediate | undefined;
  const stop = (reason: 'timeout' | 'cancelled'): void => {
    stopped ??= reason;
    call.cancel();
  };
  const timer = setTimeout(() => {
    // Where this process stood still, the answer may be waiting in the socket: it is read first.
    immediate = setImmediate(() => stop('timeout'));
  }, timeoutMs);
  const abort = (): void => stop('cancelled');
  signal?.addEventListener('abort', abort, { once: true });
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
    signal?.removeEventListener('abort', abort);
    return stopped;
  };
}
