/** How this machine's etcd is called: flags, environment, and the addresses that follow from a member's. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { MemberAddress } from '@skein/member';
import type { Configuration } from '../configuration.ts';
import { hostAndPort, isLoopback } from './member-list.ts';

/** How a blank etcd begins; one that has data ignores both. */
export interface EtcdBeginning {
  readonly state: 'new' | 'existing';
  /** Name → peer URL. */
  readonly members: ReadonlyMap<string, string>;
}

export interface EtcdCall {
  readonly configuration: Pick<
    Configuration,
    'certificates' | 'data' | 'etcdElectionMs' | 'etcdHeartbeatMs' | 'etcdQuotaMib'
  >;
  readonly member: MemberAddress;
  /** Tells clusters apart that were given each other's addresses by mistake. */
  readonly token: string;
  readonly beginning: EtcdBeginning | undefined;
  /** `3.4.23` */
  readonly version: string;
}

/** Log entries between snapshots; etcd 3.4's own default holds ten times as many in memory. */
const SNAPSHOT_COUNT = 10_000;
/** What nobody compacted meanwhile: a bound for an idle cluster, whose members still renew their status. */
const COMPACTION_RETENTION = '1h';

export function etcdArguments(call: EtcdCall): readonly string[] {
  const { configuration, member, token, beginning } = call;
  const secured = configuration.certificates !== undefined;
  const client = clientUrlOf(member, secured);
  const peer = peerUrlOf(member, secured);
  const flags: Record<string, string | number | boolean> = {
    name: member.name,
    'data-dir': etcdFolder(configuration.data),
    'listen-client-urls': listenUrl(client),
    'advertise-client-urls': client,
    'listen-peer-urls': listenUrl(peer),
    'initial-advertise-peer-urls': peer,
    'initial-cluster-token': token,
    'heartbeat-interval': configuration.etcdHeartbeatMs,
    'election-timeout': configuration.etcdElectionMs,
    'quota-backend-bytes': configuration.etcdQuotaMib * 1024 * 1024,
    'auto-compaction-mode': 'periodic',
    'auto-compaction-retention': COMPACTION_RETENTION,
    ...olderDefaults(call.version),
  };
  if (beginning !== undefined) {
    flags['initial-cluster-state'] = beginning.state;
    flags['initial-cluster'] = [...beginning.members].map(([name, url]) => `${name}=${url}`).join(',');
  }
  if (configuration.certificates !== undefined) {
    const folder = configuration.certificates;
    for (const side of ['', 'peer-']) {
      flags[`${side}cert-file`] = join(folder, 'member.pem');
      flags[`${side}key-file`] = join(folder, 'member-key.pem');
      flags[`${side}trusted-ca-file`] = join(folder, 'ca.pem');
      flags[`${side}client-cert-auth`] = true;
    }
  }
  return Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
}

/** What newer versions do by themselves, and may take as a flag no more. */
function olderDefaults(version: string): Record<string, string | number | boolean> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isBefore = (otherMinor: number): boolean => major === 3 && minor < otherMinor;
  return {
    // A member that was cut off does not depose the leader when it is back.
    ...(isBefore(5) ? { 'pre-vote': true, logger: 'zap', 'log-outputs': 'stderr' } : {}),
    ...(isBefore(6) ? { 'snapshot-count': SNAPSHOT_COUNT } : {}),
  };
}

/** Variables that etcd would read as flags stay out, but for the one that lets old versions run on ARM. */
export function etcdEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(
    ([name]) => !name.startsWith('SKEIN_') && (!name.startsWith('ETCD_') || name === 'ETCD_UNSUPPORTED_ARCH'),
  );
  const onArm = process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {};
  return { ...onArm, ...Object.fromEntries(passed) };
}

export function etcdFolder(dataFolder: string): string {
  return join(dataFolder, 'etcd');
}

/** Where etcd answers clients. */
export function clientUrlOf({ host, port }: MemberAddress, secured: boolean): string {
  return `${secured ? 'https' : 'http'}://${hostAndPort(host, port + 1)}`;
}

/** Where etcd's members reach each other. */
export function peerUrlOf({ host, port }: MemberAddress, secured: boolean): string {
  return `${secured ? 'https' : 'http'}://${hostAndPort(host, port + 2)}`;
}

/** Only who has the cluster's secret makes the same. */
export function clusterToken(secret: string): string {
  return `skein-${createHash('sha256').update(`skein etcd cluster\n${secret}`).digest('hex').slice(0, 16)}`;
}

/** etcd binds addresses, not names. */
export function listenHost(host: string): string {
  if (/^[\d.]+$/.test(host) || host.includes(':')) return host;
  return isLoopback(host) ? '127.0.0.1' : '0.0.0.0';
}

function listenUrl(text: string): string {
  const url = new URL(text);
  const host = listenHost(url.hostname.replaceAll(/[[\]]/g, ''));
  return `${url.protocol}//${hostAndPort(host, Number(url.port))}`;
}
