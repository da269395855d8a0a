/** All probes: what each one means, how long it has to be found before it counts, and what to do about it. */
import type { ProbeName } from './probe.ts';
import type { ProbeTiming } from './probe-judge.ts';

export interface ProbeDescription extends ProbeTiming {
  readonly meaning: string;
  /** What a person can do first. */
  readonly advice: string;
  /** `cluster`: what one member finds all find, and one of them tells. */
  readonly scope: 'member' | 'cluster';
}

const S = 1_000;

export const PROBE_TABLE: Readonly<Record<ProbeName, ProbeDescription>> = {
  crashes: {
    meaning: 'processes of this server end unasked',
    advice: 'Read the log of this machine around that time; look for missing memory (dmesg) or a full disk.',
    scope: 'member',
    holdMs: { warning: 0, critical: 0 },
    clearMs: 60 * S,
  },
  'indexing-slow': {
    meaning: 'accepted writes become visible late on this member',
    advice:
      'Look at the load of this machine, at large imports, and whether the builder lives (skein_builder_connected).',
    scope: 'member',
    holdMs: { warning: 1 * S, critical: 2 * S },
    clearMs: 30 * S,
  },
  'indexing-errors': {
    meaning: 'indexes or documents are set aside, or operations failed, on this member',
    advice:
      'The log of this machine names them. Fill a damaged index anew; restore damaged documents from a backup.',
    scope: 'member',
    holdMs: { warning: 0, critical: 0 },
    clearMs: 60 * S,
  },
  lag: {
    meaning: 'this member shows older things than another one',
    advice: 'Look at load, disk and network of this machine; while it is behind, clients are sent elsewhere.',
    scope: 'member',
    holdMs: { warning: 1 * S, critical: 0 },
    clearMs: 30 * S,
  },
  quorum: {
    meaning: 'writes through this member find no majority; searches go on',
    advice: 'Bring members that are away back, or mend the network between them: skein cluster status.',
    scope: 'member',
    holdMs: { warning: 0, critical: 0 },
    clearMs: 15 * S,
  },
  members: {
    meaning: 'a registered member is away',
    advice: 'Start it again; one that will not come back is replaced: skein cluster remove, then a new one.',
    scope: 'cluster',
    holdMs: { warning: 0, critical: 0 },
    clearMs: 15 * S,
  },
  disk: {
    meaning: "the disk of this member's data folder becomes full",
    advice: 'Make room or enlarge the disk: when it is full, writes are refused. Searches go on.',
    scope: 'member',
    holdMs: { warning: 10 * S, critical: 10 * S },
    clearMs: 60 * S,
  },
  'etcd-size': {
    meaning: 'etcd becomes full',
    advice:
      'Look whether a member is away for long (order records are kept for it), or something else writes into this etcd.',
    scope: 'cluster',
    holdMs: { warning: 10 * S, critical: 5 * S },
    clearMs: 60 * S,
  },
  'clock-skew': {
    meaning: "this member's clock differs from that of the others",
    advice: 'Let this machine take its time from a time server (timedatectl, chronyc tracking).',
    scope: 'member',
    holdMs: { warning: 30 * S, critical: 10 * S },
    clearMs: 60 * S,
  },
  certificates: {
    meaning: 'certificates of this member expire',
    advice:
      'Make new ones (skein cluster certificates --renew), put them on the machine, then: skein reload.',
    scope: 'member',
    holdMs: { warning: 0, critical: 0 },
    clearMs: 10 * S,
  },
  sameness: {
    meaning: 'this member has something else than the others',
    advice:
      'The log names what differs. An index is fetched again by itself; else wipe the odd member and let it join again.',
    scope: 'member',
    holdMs: { warning: 0, critical: 0 },
    clearMs: 60 * S,
  },
};
