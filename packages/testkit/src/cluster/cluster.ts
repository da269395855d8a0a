/** Real members on one machine, each with its own etcd: in networks of their own where the machine allows it, else on loopback addresses. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificates } from '@skein/server/certificates';
import type { FaultEnvironment } from '../faults/faults.ts';
import { makeClusterFolder, removeClusterLeftovers } from './cluster-folder.ts';
import { ClusterMember, HTTP_PORT } from './cluster-member.ts';
import { loopbackNetwork } from './loopback-network.ts';
import { namespaceNetwork } from './namespace-network.ts';
import type { ClusterNetwork, NetworkFaults } from './network.ts';

export interface StartClusterOptions {
  /** 3 unless told. */
  readonly members?: number | undefined;
  /** `auto`: namespaces where they are allowed. */
  readonly network?: 'namespaces' | 'loopback' | 'auto' | undefined;
  /** Members talk over TLS unless told otherwise, which only loopback addresses may. */
  readonly tls?: boolean | undefined;
  /** `SKEIN_…` settings of all members beside those that are always set. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** A file system of this size for each member's data, where the machine allows it. */
  readonly diskMib?: number | undefined;
  /** Planted bugs and small files, as `FaultControl` gives them. */
  readonly faults?: FaultEnvironment | undefined;
}

export class RunningCluster {
  readonly members: readonly ClusterMember[];
  readonly applicationId: string;
  readonly adminKey: string;
  readonly searchKey: string;
  readonly fqlSecret: string;
  readonly secret: string;
  readonly networkKind: ClusterNetwork['kind'];
  /** Undefined on loopback. */
  readonly lines: NetworkFaults | undefined;
  readonly #network: ClusterNetwork;
  readonly #folder: string;

  constructor(
    members: readonly ClusterMember[],
    env: Readonly<Record<string, string>>,
    network: ClusterNetwork,
    folder: string,
  ) {
    this.members = members;
    this.applicationId = env['SKEIN_APPLICATION_ID'] ?? '';
    this.adminKey = env['SKEIN_ADMIN_KEY'] ?? '';
    this.searchKey = env['SKEIN_SEARCH_KEY'] ?? '';
    this.fqlSecret = env['SKEIN_FQL_SECRET'] ?? '';
    this.secret = env['SKEIN_SECRET'] ?? '';
    this.networkKind = network.kind;
    this.lines = network.faults;
    this.#network = network;
    this.#folder = folder;
  }

  /** As the official clients want them. */
  get hosts(): { url: string; port: number; protocol: 'http'; accept: 'readWrite' }[] {
    return this.members.map(({ host }) => ({
      url: host,
      port: HTTP_PORT,
      protocol: 'http',
      accept: 'readWrite',
    }));
  }

  /** Whose etcd leads at the moment; undefined: none of those that answer. */
  async leader(): Promise<ClusterMember | undefined> {
    const answers = await Promise.all(
      this.members.map((member) => member.etcdMetric('etcd_server_is_leader')),
    );
    return this.members[answers.indexOf(1)];
  }

  async startAll(): Promise<void> {
    await Promise.all(
      this.members.filter(({ running }) => running === undefined).map((member) => member.start()),
    );
  }

  /** Kills whatever lives, and removes data, mounts and networks. */
  async remove(): Promise<void> {
    await Promise.all(this.members.map((member) => member.remove()));
    await this.#network.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Rejects, with what the members wrote, when they do not come up. */
export async function startCluster(options: StartClusterOptions = {}): Promise<RunningCluster> {
  const cluster = await makeCluster(options);
  try {
    await cluster.startAll();
    return cluster;
  } catch (error) {
    await cluster.remove();
    throw error;
  }
}

/** As `startCluster`, but nothing runs yet. */
export async function makeCluster(options: StartClusterOptions = {}): Promise<RunningCluster> {
  await removeClusterLeftovers();
  const names = Array.from({ length: options.members ?? 3 }, (_, at) => String.fromCharCode(97 + at));
  const network = await networkOf(names.length, options.network ?? 'auto');
  const folder = makeClusterFolder();
  try {
    const env: Record<string, string> = {
      SKEIN_CLUSTER: '1',
      SKEIN_MEMBERS: names.map((name, at) => `${name}=${network.hosts[at]}`).join(),
      SKEIN_SECRET: randomBytes(16).toString('hex'),
      SKEIN_APPLICATION_ID: 'TESTAPP',
      SKEIN_ADMIN_KEY: randomBytes(16).toString('hex'),
      SKEIN_SEARCH_KEY: randomBytes(16).toString('hex'),
      SKEIN_FQL_SECRET: randomBytes(16).toString('hex'),
      SKEIN_QUERY_PROCESSES: '1',
      SKEIN_BUILDER_MEMORY_MIB: '256',
      SKEIN_QUERY_MEMORY_MIB: '256',
      SKEIN_LOG_LEVEL: 'warn',
      // However full the disk is on which tests run.
      SKEIN_PROBE_THRESHOLDS: 'diskWarningPercent=0,diskWarningMib=0,diskCriticalPercent=0,diskCriticalMib=0',
      ...(options.tls === false ? { SKEIN_CLUSTER_INSECURE: '1' } : {}),
      ...options.env,
    };
    if (options.tls !== false) {
      makeCertificates({
        members: names.map((name, at) => ({ name, hosts: [network.hosts[at]!] })),
        folder: join(folder, 'certificates'),
        days: 365,
        onExisting: 'refuse',
        nowMs: Date.now(),
      });
    }
    const members = names.map(
      (name, at) =>
        new ClusterMember({
          name,
          at,
          host: network.hosts[at]!,
          folder: join(folder, name),
          within: network.within(at),
          env: {
            ...env,
            SKEIN_MEMBER: name,
            ...(options.tls === false ? {} : { SKEIN_CERTIFICATES: join(folder, 'certificates', name) }),
          },
          faults: { journalFileBytesMax: 2_000_000, ...options.faults },
        }),
    );
    const cluster = new RunningCluster(members, env, network, folder);
    if (options.diskMib !== undefined) for (const member of members) await member.limitDisk(options.diskMib);
    return cluster;
  } catch (error) {
    await network.close();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function networkOf(
  memberCount: number,
  wanted: 'namespaces' | 'loopback' | 'auto',
): Promise<ClusterNetwork> {
  if (wanted === 'loopback') return loopbackNetwork(memberCount);
  try {
    return await namespaceNetwork(memberCount);
  } catch (error) {
    if (wanted === 'namespaces') throw error;
    return loopbackNetwork(memberCount);
  }
}
