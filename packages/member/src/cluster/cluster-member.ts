/**
 * One member's part in its cluster: the cluster's log in front of its journal, the lines to the other members, and what it tells of
 * itself.
 *
 *   builder ─▶ EtcdLog ─▶ etcd (order)       PeerServer ◀── other members ask: entries, journal, checkpoints
 *                 └─────▶ PeerClients ──────▶ other members (payloads)
 */
import { statfsSync } from 'node:fs';
import type { Json, JsonObject } from '@skein/base';
import type { PeerPort } from '@skein/oplog';
import {
  EtcdClient,
  type EtcdClientTls,
  EtcdLog,
  type EtcdLogState,
  type MemberStatus,
} from '@skein/oplog/cluster';
import type { MembersChange, Progress } from '../ipc/messages.ts';
import { OPERATION_FORMAT } from '../operation-format.ts';
import { ProgressMarks } from '../progress-marks.ts';
import type { BuilderCluster, ClusteredBuilder, OpenCluster } from './builder-cluster.ts';
import { changeMembers } from './change-members.ts';
import { serveCheckpoints } from './checkpoint-source.ts';
import { ClockOffsets } from './clock-offsets.ts';
import type { ClusterCertificates, ClusterConfiguration, MemberAddress } from './cluster-configuration.ts';
import { settleOrigin } from './cluster-origin.ts';
import { CommonFormat } from './common-format.ts';
import { EtcdWatcher } from './etcd-watcher.ts';
import { noteCheckpointNeeded } from './join-cluster.ts';
import { addressText, parseAddress } from './member-address.ts';
import { openEntries } from './open-entries.ts';
import { PeerClient } from './peer-client.ts';
import type { PeerHandler, PeerHandlers } from './peer-handler.ts';
import { peerPort, servePeer } from './peer-messages.ts';
import { PeerServer } from './peer-server.ts';
import { Sameness } from './sameness.ts';
import { toldSeldom } from './told-seldom.ts';

type OpenParts = Parameters<OpenCluster>[0];

interface Peer {
  readonly address: string;
  readonly client: PeerClient;
  readonly port: PeerPort;
}

/** A member that is just being replaced may have it. */
const LACKING_MS_MAX = 3_000;
/** Answered once the builder has recovered. */
const LATER_KINDS = [
  'checkpoint-open',
  'checkpoint-read',
  'checkpoint-release',
  'digests',
  'index-fetch',
] as const;

export class ClusterMember implements BuilderCluster {
  readonly #configuration: ClusterConfiguration;
  readonly #version: string;
  readonly #parts: OpenParts;
  readonly #own: MemberAddress;
  readonly #startedAtMs = Date.now();
  readonly #etcd: EtcdClient;
  readonly #etcdWatcher: EtcdWatcher;
  readonly #peers = new Map<string, Peer>();
  /** Shown by the live member that is furthest ahead. */
  readonly #shownElsewhere = new ProgressMarks();
  #log: EtcdLog | undefined;
  #server: PeerServer | undefined;
  #handlers: PeerHandlers = {};
  #builder: ClusteredBuilder | undefined;
  #sameness: Sameness | undefined;
  #isStopping = false;
  #problems: readonly string[] = [];
  readonly #clockOffsets = new ClockOffsets();
  readonly #formats = new CommonFormat();
  /** Steady time since when nobody has what comes next. */
  #lacksSinceMs: number | undefined;

  /** Rejects where this machine cannot take part: no such address, unreadable entries. Without other members it only waits. */
  static async open(
    configuration: ClusterConfiguration,
    version: string,
    parts: OpenParts,
  ): Promise<ClusterMember> {
    const member = new ClusterMember(configuration, version, parts);
    const { certificates, member: name } = configuration;
    const { host, port } = member.#own;
    await settleOrigin({
      etcd: member.#etcd,
      dataFolder: parts.dataFolder,
      journal: parts.journal,
      member: name,
      members: configuration.members.map((each) => each.name),
      log: parts.log,
    });
    member.#log = await EtcdLog.open({
      member: name,
      address: addressText(member.#own),
      memberCount: configuration.members.length,
      etcd: member.#etcd,
      peer: (other) => member.#peer(other),
      journal: parts.journal,
      entries: await openEntries(parts.dataFolder, parts.log),
      describe: (log) => member.#status(log),
      journalKeepBytes: configuration.journalKeepBytes,
      clock: { nowMs: () => performance.now() },
      log: parts.log,
      onFatal: parts.onFatal,
    });
    const { membership } = member.operations;
    membership.onChange(() => {
      member.#clockOffsets.note(membership.live, Date.now());
      member.#formats.note(membership.live);
    });
    const later = Object.fromEntries(
      LATER_KINDS.map((kind): [string, PeerHandler] => [kind, (request) => member.#later(kind, request)]),
    );
    member.#server = await PeerServer.listen(
      {
        host,
        port,
        certificates,
        secret: parts.secret,
        member: name,
        onRefused: toldSeldom((reason) => parts.log('warn', `a line to this member was refused: ${reason}`)),
      },
      { ...servePeer(member.operations), ...later },
    );
    return member;
  }

  private constructor(configuration: ClusterConfiguration, version: string, parts: OpenParts) {
    this.#configuration = configuration;
    this.#version = version;
    this.#parts = parts;
    this.#own = configuration.members.find(({ name }) => name === configuration.member)!;
    for (const address of configuration.members) this.#connect(address.name, addressText(address));
    const { etcdEndpoints: endpoints, certificates } = configuration;
    this.#etcd = new EtcdClient({ endpoints, tls: etcdTls(certificates) });
    this.#etcdWatcher = new EtcdWatcher(this.#etcd, endpoints);
  }

  get operations(): EtcdLog {
    if (this.#log === undefined) throw new Error('the log of the cluster is not open yet');
    return this.#log;
  }

  get isChosen(): boolean {
    const [first] = [...this.operations.membership.live.keys()].sort();
    return first === this.#configuration.member;
  }

  get operationFormat(): number {
    const registered = new Set(this.operations.membership.registered.keys());
    return this.#formats.among(registered, this.#configuration.members.length);
  }

  progress(published: number): Progress {
    const nowMs = performance.now();
    let furthest = 0;
    for (const [name, status] of this.operations.membership.live)
      if (name !== this.#configuration.member) furthest = Math.max(furthest, status.published);
    this.#shownElsewhere.note(furthest, nowMs);
    this.#lookForCheckpoint(nowMs);
    const sinceMs = this.#shownElsewhere.firstBeyond(published);
    return {
      published,
      state: this.#isStopping ? 'stopping' : shownState(this.operations.state),
      quorum: this.operations.isWritable,
      lagMs: sinceMs === undefined ? 0 : Math.round((nowMs - sinceMs) / 100) * 100,
      format: this.operationFormat,
    };
  }

  describe(): JsonObject {
    const { operations } = this;
    const { membership } = operations;
    return {
      member: this.#configuration.member,
      state: this.#isStopping ? 'stopping' : shownState(operations.state),
      quorum: operations.isWritable,
      head: operations.head ?? null,
      journaled: operations.lastSequence,
      published: this.#builder?.publishedThrough ?? 0,
      operationFormat: this.operationFormat,
      membershipIsCurrent: membership.current,
      clockOffsets: Object.fromEntries(this.#clockOffsets.offsets(this.#configuration.member)),
      registered: Object.fromEntries(
        Array.from(membership.registered, ([name, given]) => [name, { ...given }]),
      ),
      live: Object.fromEntries(
        Array.from(membership.live, ([name, status]) => [name, status as unknown as Json]),
      ),
      peers: Object.fromEntries(Array.from(this.#peers, ([name, { client }]) => [name, client.connected])),
      log: operations.statistics as unknown as JsonObject,
      sameness: (this.#sameness?.statistics ?? null) as unknown as Json,
      etcd: Object.fromEntries(
        Array.from(this.#etcdWatcher.statuses, ([endpoint, status]) => [endpoint, status as unknown as Json]),
      ),
    };
  }

  changeMembers(change: MembersChange): Promise<void> {
    return changeMembers(change, {
      etcd: this.#etcd,
      membership: this.operations.membership,
      self: this.#configuration.member,
      runsEtcd: this.#configuration.runsEtcd,
      isSecured: this.#configuration.certificates !== undefined,
    });
  }

  async serve(builder: ClusteredBuilder): Promise<void> {
    this.#builder = builder;
    this.#sameness = new Sameness({
      parts: builder.sameness,
      peers: () => [...this.#peers.values()].map(({ client }) => client),
      intervalMs: this.#configuration.samenessIntervalMs,
    });
    this.#handlers = { ...serveCheckpoints(builder.checkpoints), ...this.#sameness.handlers() };
    this.#sameness.start();
  }

  tellProblems(names: readonly string[]): void {
    this.#problems = names;
  }

  beginStopping(): void {
    this.#isStopping = true;
  }

  async close(): Promise<void> {
    this.#etcdWatcher.stop();
    await this.#sameness?.close();
    await this.#server?.close();
    // The log may still need its peers while it closes.
    await this.operations.close();
    for (const { client } of this.#peers.values()) client.close();
    this.#etcd.close();
  }

  /** Only a fresh start can take another member's state. */
  #lookForCheckpoint(nowMs: number): void {
    if (this.operations.state !== 'needs-checkpoint') this.#lacksSinceMs = undefined;
    else this.#lacksSinceMs ??= nowMs;
    if (this.#lacksSinceMs === undefined || nowMs - this.#lacksSinceMs < LACKING_MS_MAX) return;
    this.#lacksSinceMs = Number.POSITIVE_INFINITY;
    noteCheckpointNeeded(this.#parts.dataFolder);
    this.#parts.onFatal(
      new Error('no member keeps the operations that come next here: a checkpoint is fetched'),
    );
  }

  #later(kind: string, request: Parameters<PeerHandler>[0]): ReturnType<PeerHandler> {
    const handler = this.#handlers[kind];
    return handler === undefined
      ? Promise.reject(new Error('this member is still recovering'))
      : handler(request);
  }

  #status({ state, journaled }: { readonly state: EtcdLogState; readonly journaled: number }): MemberStatus {
    const { bavail, blocks, bsize } = statfsSync(this.#parts.dataFolder);
    const { publicUrl } = this.#configuration;
    return {
      version: this.#version,
      format: OPERATION_FORMAT,
      startedAtMs: this.#startedAtMs,
      nowMs: Date.now(),
      journaled,
      published: this.#builder?.publishedThrough ?? 0,
      behindSinceMs: this.#builder?.behindSinceMs,
      state: this.#isStopping ? 'stopping' : statusState(state),
      diskFreeBytes: bavail * bsize,
      diskBytes: blocks * bsize,
      address: addressText(this.#own),
      publicUrl,
      problems: this.#problems,
    };
  }

  /** As registered; until that is known, or for one that is not registered yet, as configured. */
  #peer(name: string): PeerPort | undefined {
    const registered = this.#log?.membership.registered.get(name)?.address;
    if (registered !== undefined && registered !== this.#peers.get(name)?.address)
      this.#connect(name, registered);
    return this.#peers.get(name)?.port;
  }

  #connect(name: string, address: string): void {
    if (name === this.#configuration.member) return;
    this.#peers.get(name)?.client.close();
    const client = new PeerClient({
      self: this.#configuration.member,
      peer: { name, ...parseAddress(address) },
      certificates: this.#configuration.certificates,
      secret: this.#parts.secret,
      onProblem: (reason) => this.#parts.log('warn', `the line to member ${name}: ${reason}`),
    });
    this.#peers.set(name, { address, client, port: peerPort(client) });
  }
}

function etcdTls(certificates: ClusterCertificates | undefined): EtcdClientTls | undefined {
  if (certificates === undefined) return undefined;
  const { ca, cert, key } = certificates;
  return { ca, certificate: cert, key };
}

function shownState(state: EtcdLogState): Progress['state'] {
  switch (state) {
    case 'failed':
      return 'stopping';
    case 'needs-checkpoint':
      return 'joining';
    default:
      return state;
  }
}

function statusState(state: EtcdLogState): MemberStatus['state'] {
  const shown = shownState(state);
  return shown === 'connecting' || shown === 'local' ? 'catching-up' : shown;
}
