/** The settings of a cluster: their lines of the table in `configuration.ts`, and what has to hold between them. */
import { existsSync } from 'node:fs';
import type { MemberAddress } from '@skein/member';
import type { Setting } from '../configuration.ts';
import { ConfigurationError } from '../configuration-error.ts';
import { isLoopback, MEMBER_NAME, parseMemberList } from './member-list.ts';

export interface ClusterSettings {
  /** One of several members; else this machine is alone, and the other settings here have no effect. */
  readonly cluster: boolean;
  /** This member's name; one of `members`. */
  readonly member: string | undefined;
  readonly members: readonly MemberAddress[];
  /** Absolute; a folder with `ca.pem`, `member.pem` and `member-key.pem`. */
  readonly certificates: string | undefined;
  readonly clusterInsecure: boolean;
  /** Undefined: the server starts an etcd of its own. */
  readonly etcdEndpoints: readonly string[] | undefined;
  readonly etcdBinary: string;
  readonly etcdQuotaMib: number;
  readonly etcdHeartbeatMs: number;
  readonly etcdElectionMs: number;
  readonly lagMsMax: number;
  readonly journalKeepMib: number;
  readonly publicUrl: string | undefined;
}

export const CLUSTER_SETTINGS: readonly Setting[] = [
  {
    key: 'cluster',
    env: 'SKEIN_CLUSTER',
    flag: 'cluster',
    kind: 'switch',
    defaultText: '0',
    help: 'be a member of a cluster; wants SKEIN_MEMBER, SKEIN_MEMBERS, SKEIN_CERTIFICATES and the SKEIN_SECRET of all members',
  },
  {
    key: 'member',
    env: 'SKEIN_MEMBER',
    flag: 'member',
    kind: 'text',
    defaultText: 'none',
    help: "this member's name, one of SKEIN_MEMBERS",
  },
  {
    key: 'members',
    env: 'SKEIN_MEMBERS',
    flag: 'members',
    kind: 'text',
    defaultText: 'none',
    help: 'all members: a=10.0.0.1,b=10.0.0.2,c=10.0.0.3:7801; of the port (7701) and the two after it, etcd takes the latter',
  },
  {
    key: 'certificates',
    env: 'SKEIN_CERTIFICATES',
    flag: 'certificates',
    kind: 'path',
    defaultText: 'none',
    help: 'folder with ca.pem, member.pem and member-key.pem; `skein cluster certificates` makes them',
  },
  {
    key: 'clusterInsecure',
    env: 'SKEIN_CLUSTER_INSECURE',
    flag: 'cluster-insecure',
    kind: 'switch',
    defaultText: '0',
    help: 'let members talk without certificates; only for trying a cluster out on one machine',
  },
  {
    key: 'etcdEndpoints',
    env: 'SKEIN_ETCD_ENDPOINTS',
    flag: 'etcd-endpoints',
    kind: 'text',
    defaultText: 'none: an etcd of its own is started',
    help: "an etcd that is there already: URLs with commas between them, this machine's first",
  },
  {
    key: 'etcdBinary',
    env: 'SKEIN_ETCD_BINARY',
    flag: 'etcd-binary',
    kind: 'text',
    defaultText: 'etcd',
    help: 'the program of etcd, 3.4 or newer, by name or path',
  },
  {
    key: 'etcdQuotaMib',
    env: 'SKEIN_ETCD_QUOTA_MIB',
    flag: 'etcd-quota-mib',
    kind: 'number',
    min: 128,
    max: 8_192,
    defaultText: '2048',
    help: "largest size of etcd's data, MiB; order records are small and soon deleted",
  },
  {
    key: 'etcdHeartbeatMs',
    env: 'SKEIN_ETCD_HEARTBEAT_MS',
    flag: 'etcd-heartbeat-ms',
    kind: 'number',
    min: 10,
    max: 5_000,
    defaultText: '50',
    help: 'how often the leader of etcd shows that it lives, milliseconds; about the time of a message and its answer',
  },
  {
    key: 'etcdElectionMs',
    env: 'SKEIN_ETCD_ELECTION_MS',
    flag: 'etcd-election-ms',
    kind: 'number',
    min: 50,
    max: 50_000,
    defaultText: '500',
    help: 'silence after which another leader is elected, milliseconds; at least 5, better 10 heartbeats',
  },
  {
    key: 'lagMsMax',
    env: 'SKEIN_LAG_MS_MAX',
    flag: 'lag-ms-max',
    kind: 'number',
    min: 100,
    max: 3_600_000,
    defaultText: '10000',
    help: 'how far this member may be behind another one before /health answers 503, milliseconds',
  },
  {
    key: 'journalKeepMib',
    env: 'SKEIN_JOURNAL_KEEP_MIB',
    flag: 'journal-keep-mib',
    kind: 'number',
    min: 64,
    max: 1_048_576,
    defaultText: '4096',
    help: 'journal kept for members that are away, MiB; who is away for longer takes a checkpoint',
  },
  {
    key: 'publicUrl',
    env: 'SKEIN_PUBLIC_URL',
    flag: 'public-url',
    kind: 'text',
    defaultText: 'none',
    help: 'where clients reach this member; shown by `skein cluster status`',
  },
];

/** What `configuration.ts` has read of the sources. */
export interface GivenClusterSettings {
  readonly text: (key: keyof ClusterSettings) => string | undefined;
  readonly path: (key: keyof ClusterSettings) => string | undefined;
  readonly number: (key: keyof ClusterSettings, otherwise: number) => number;
  readonly onOrOff: (key: keyof ClusterSettings, otherwise: boolean) => boolean;
  /** `--members`, `SKEIN_MEMBERS`, …: where the value came from. */
  readonly sourceOf: (key: keyof ClusterSettings) => string;
  readonly secret: { readonly given: boolean; readonly file: string };
}

/** Throws `ConfigurationError`. */
export function resolveClusterSettings(given: GivenClusterSettings, warnings: string[]): ClusterSettings {
  const { text, number } = given;
  const settings: ClusterSettings = {
    cluster: given.onOrOff('cluster', false),
    member: text('member'),
    members: membersOf(given),
    certificates: given.path('certificates'),
    clusterInsecure: given.onOrOff('clusterInsecure', false),
    etcdEndpoints: endpointsOf(given),
    etcdBinary: text('etcdBinary') ?? 'etcd',
    etcdQuotaMib: number('etcdQuotaMib', 2_048),
    etcdHeartbeatMs: number('etcdHeartbeatMs', 50),
    etcdElectionMs: number('etcdElectionMs', 500),
    lagMsMax: number('lagMsMax', 10_000),
    journalKeepMib: number('journalKeepMib', 4_096),
    publicUrl: publicUrlOf(given),
  };
  if (settings.member !== undefined && !MEMBER_NAME.test(settings.member)) {
    throw new ConfigurationError(
      `${given.sourceOf('member')}: expected at most 32 small letters, digits and "-", got "${settings.member}"`,
    );
  }
  // etcd itself refuses less.
  if (settings.etcdElectionMs < 5 * settings.etcdHeartbeatMs) {
    const { etcdElectionMs, etcdHeartbeatMs } = settings;
    throw new ConfigurationError(
      `${given.sourceOf('etcdElectionMs')}: expected at least five heartbeats of ${etcdHeartbeatMs} ms, got ${etcdElectionMs}`,
    );
  }
  if (settings.cluster) checkTogether(settings, given, warnings);
  else if (settings.members.length > 0) {
    warnings.push(`${given.sourceOf('members')} has no effect without SKEIN_CLUSTER`);
  }
  return settings;
}

/** Rules between settings that only a member of a cluster has to keep. */
function checkTogether(settings: ClusterSettings, given: GivenClusterSettings, warnings: string[]): void {
  const { member, members, certificates, clusterInsecure } = settings;
  const names = members.map(({ name }) => name).join(', ');
  if (members.length === 0) {
    throw new ConfigurationError(
      'a cluster wants SKEIN_MEMBERS: all members, as a=10.0.0.1,b=10.0.0.2,c=10.0.0.3',
    );
  }
  if (member === undefined) {
    throw new ConfigurationError(`a cluster wants SKEIN_MEMBER: which of ${names} this machine is`);
  }
  if (!members.some(({ name }) => name === member)) {
    throw new ConfigurationError(`${given.sourceOf('member')}: expected one of ${names}, got "${member}"`);
  }
  if (!given.secret.given && !existsSync(given.secret.file)) {
    throw new ConfigurationError(
      `a cluster wants the same SKEIN_SECRET, or secret file, on every member; ${given.secret.file} does not exist`,
    );
  }
  if (certificates === undefined) checkInsecure(settings);
  else if (clusterInsecure) {
    throw new ConfigurationError(
      `${given.sourceOf('clusterInsecure')}: expected without ${given.sourceOf('certificates')}`,
    );
  }
  if (members.length % 2 === 0) {
    warnings.push(
      `${members.length} members bear no more losses than ${members.length - 1} do; an odd number is better`,
    );
  }
}

function checkInsecure({ clusterInsecure, members, etcdEndpoints }: ClusterSettings): void {
  const hosts = [
    ...members.map(({ host }) => host),
    ...(etcdEndpoints ?? []).map((each) => new URL(each).hostname.replaceAll(/[[\]]/g, '')),
  ];
  const reachable = hosts.find((host) => !isLoopback(host));
  if (reachable !== undefined) {
    throw new ConfigurationError(
      `members that talk over a network (${reachable}) want SKEIN_CERTIFICATES; make them by: skein cluster certificates`,
    );
  }
  if (!clusterInsecure) {
    throw new ConfigurationError(
      'a cluster wants SKEIN_CERTIFICATES; to try one out on this machine alone, SKEIN_CLUSTER_INSECURE=1 does without',
    );
  }
}

function membersOf({ text, sourceOf }: GivenClusterSettings): readonly MemberAddress[] {
  const given = text('members');
  if (given === undefined) return [];
  const list = parseMemberList(given);
  if (list.kind === 'wrong')
    throw new ConfigurationError(`${sourceOf('members')}: expected ${list.expected}`);
  return list.members;
}

function endpointsOf({ text, sourceOf }: GivenClusterSettings): readonly string[] | undefined {
  const given = text('etcdEndpoints');
  if (given === undefined) return undefined;
  const parts = given.split(',').map((each) => each.trim());
  return parts.map((part) => {
    const url = urlOf(part);
    if (url === undefined || url.port === '' || (url.pathname !== '/' && url.pathname !== '')) {
      throw new ConfigurationError(
        `${sourceOf('etcdEndpoints')}: expected URLs as https://10.0.0.1:2379, got "${part}"`,
      );
    }
    return `${url.protocol}//${url.host}`;
  });
}

function publicUrlOf({ text, sourceOf }: GivenClusterSettings): string | undefined {
  const given = text('publicUrl');
  if (given === undefined || urlOf(given) !== undefined) return given;
  throw new ConfigurationError(
    `${sourceOf('publicUrl')}: expected an URL as https://a.search.example, got "${given}"`,
  );
}

function urlOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const usable = url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.username === '';
  return usable ? url : undefined;
}
