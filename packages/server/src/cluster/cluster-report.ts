/**
 * The cluster as an operator wants to see it, from what this member's builder knows: `GET /1/cluster`, `skein cluster status`, metrics.
 * Lags are against the live member that is furthest ahead.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

export interface ClusterReport {
  readonly mode: 'cluster';
  /** Who reports. */
  readonly member: string;
  readonly state: string;
  /** Whether writes find a majority. */
  readonly quorum: boolean;
  /** Last operation that is ordered, as far as known here; null: nothing is known. */
  readonly head: number | null;
  readonly journaled: number;
  /** This member shows everything up to here. */
  readonly sequence: number;
  readonly members: readonly MemberReport[];
  readonly log: JsonObject;
  /** What is not fine, in words; empty when all is well. */
  readonly problems: readonly string[];
}

export interface MemberReport {
  readonly name: string;
  readonly address: string;
  readonly publicUrl: string | null;
  /** Has a vote. */
  readonly registered: boolean;
  /** Has told of itself within the last seconds. */
  readonly live: boolean;
  /** Whether the line to it is up; null: it is this one. */
  readonly connected: boolean | null;
  /** The rest is null while it is not live. */
  readonly state: string | null;
  readonly version: string | null;
  readonly startedAtMs: number | null;
  readonly journaled: number | null;
  readonly sequence: number | null;
  readonly lagOperations: number | null;
  readonly lagMs: number | null;
  readonly diskFreeBytes: number | null;
  readonly diskBytes: number | null;
  readonly problems: readonly string[];
  /** Null: etcd is somewhere else, or has not been looked at yet. */
  readonly etcd: EtcdReport | null;
}

export interface EtcdReport {
  readonly endpoint: string;
  readonly version: string | null;
  readonly dbBytes: number | null;
  readonly dbBytesInUse: number | null;
  readonly leader: boolean;
  readonly errors: readonly string[];
}

/** Of what `BuilderCluster.describe` gives. Never throws: what is missing there is missing here. */
export function clusterReport(described: JsonObject): ClusterReport {
  const member = text(described['member']) ?? '';
  const [registered, live, peers] = [
    objectOf(described['registered']),
    objectOf(described['live']),
    objectOf(described['peers']),
  ];
  const etcds = etcdReports(objectOf(described['etcd']));
  const statuses = new Map(Object.keys(live).map((name) => [name, objectOf(live[name])]));
  const furthest = Math.max(0, ...[...statuses.values()].map((status) => number(status['published']) ?? 0));
  const names = [...new Set([...Object.keys(registered), ...Object.keys(live)])].sort();
  const members = names.map((name): MemberReport => {
    const status = statuses.get(name);
    const given = objectOf(registered[name]);
    const address = text(given['address']) ?? text(status?.['address']) ?? '';
    const sequence = number(status?.['published']);
    return {
      name,
      address,
      publicUrl: text(status?.['publicUrl']),
      registered: registered[name] !== undefined,
      live: status !== undefined,
      connected: name === member ? null : peers[name] === true,
      state: text(status?.['state']),
      version: text(status?.['version']),
      startedAtMs: number(status?.['startedAtMs']),
      journaled: number(status?.['journaled']),
      sequence,
      lagOperations: sequence === null ? null : furthest - sequence,
      lagMs: status === undefined ? null : lagMsOf(status),
      diskFreeBytes: number(status?.['diskFreeBytes']),
      diskBytes: number(status?.['diskBytes']),
      problems: texts(status?.['problems']),
      etcd: etcds.find(({ endpoint }) => isBeside(endpoint, address)) ?? null,
    };
  });
  const report = {
    mode: 'cluster' as const,
    member,
    state: text(described['state']) ?? 'connecting',
    quorum: described['quorum'] === true,
    head: number(described['head']),
    journaled: number(described['journaled']) ?? 0,
    sequence: number(described['published']) ?? 0,
    members,
    log: objectOf(described['log']),
  };
  return { ...report, problems: problemsOf(report, etcds) };
}

/** By the member's own clock on both sides. */
function lagMsOf(status: JsonObject): number {
  const [nowMs, sinceMs] = [number(status['nowMs']), number(status['behindSinceMs'])];
  return nowMs === null || sinceMs === null ? 0 : Math.max(0, nowMs - sinceMs);
}

function etcdReports(given: JsonObject): readonly EtcdReport[] {
  return Object.keys(given).map((endpoint) => {
    const status = objectOf(given[endpoint]);
    const error = text(status['error']);
    const memberId = text(status['memberId']);
    return {
      endpoint,
      version: text(status['version']),
      dbBytes: number(status['dbBytes']),
      dbBytesInUse: number(status['dbBytesInUse']),
      leader: memberId !== null && memberId === text(status['leaderId']),
      errors: error === null ? texts(status['errors']) : [error],
    };
  });
}

function problemsOf(
  { quorum, members }: Pick<ClusterReport, 'quorum' | 'members'>,
  etcds: readonly EtcdReport[],
): readonly string[] {
  const problems: string[] = [];
  if (!quorum) problems.push('no majority: writes wait');
  for (const { name, live, registered, connected, problems: own } of members) {
    if (!live) problems.push(`${name} is not live`);
    else if (!registered) problems.push(`${name} is not registered: it has no vote`);
    if (live && connected === false) problems.push(`the line to ${name} is down`);
    problems.push(...own.map((problem) => `${name}: ${problem}`));
  }
  for (const { endpoint, errors } of etcds) {
    problems.push(...errors.map((error) => `etcd at ${endpoint}: ${error}`));
  }
  const versions = new Set(members.flatMap(({ version }) => (version === null ? [] : [version])));
  if (versions.size > 1) problems.push(`members run different versions: ${[...versions].sort().join(', ')}`);
  return problems;
}

/** etcd answers clients at the port after the member's. */
function isBeside(endpoint: string, address: string): boolean {
  const [etcd, member] = [parsed(endpoint), parsed(`http://${address}`)];
  return etcd?.hostname === member?.hostname && Number(etcd?.port) === Number(member?.port) + 1;
}

function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function number(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function texts(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).filter((each) => typeof each === 'string');
}
