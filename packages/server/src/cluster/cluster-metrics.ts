/** The cluster in numbers, as this member's builder sees it. Members are told apart by the label `member`. */
import type { JsonObject } from '@skein/base';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type ClusterReport, clusterReport, type MemberReport } from './cluster-report.ts';

interface Value {
  readonly name: string;
  readonly help: string;
  /** Undefined: not known, and not told. */
  readonly of: (report: ClusterReport) => number | undefined;
}

interface MemberValue {
  readonly name: string;
  readonly help: string;
  readonly of: (member: MemberReport) => number | null;
}

const GAUGES: readonly Value[] = [
  value('members_registered', 'Members that have a vote', ({ members }) => count(members, 'registered')),
  value('members_live', 'Members that have told of themselves lately', ({ members }) =>
    count(members, 'live'),
  ),
  value('writable', 'Whether writes find a majority', ({ quorum }) => Number(quorum)),
  value('problems', 'Things that are not fine', ({ problems }) => problems.length),
  value('head_sequence', 'Last operation that is ordered', ({ head }) => head ?? undefined),
  value('journal_sequence', "Last operation in this member's journal", ({ journaled }) => journaled),
  value('published_sequence', 'Last operation whose effect this member shows', ({ sequence }) => sequence),
  value('waiting_operations', 'Operations that wait here for being ordered', logged('waitingOperationCount')),
  value('waiting_bytes', 'Their bytes', logged('waitingBytes')),
  value('order_records', 'Order records in etcd', logged('orderRecordCount')),
  value('etcd_silent_seconds', 'Time since etcd told something', inSeconds(logged('etcdSilentMs'))),
];

const COUNTERS: readonly Value[] = [
  value('entries_ordered_total', 'Entries of this member that were ordered', logged('orderedEntryCount')),
  value('operations_ordered_total', 'Their operations', logged('orderedOperationCount')),
  value('bytes_ordered_total', 'Their bytes', logged('orderedBytes')),
  value('order_transactions_total', 'Transactions of etcd sent for them', logged('orderTransactionCount')),
  value('entries_fetched_total', 'Entries that a peer was asked for', logged('fetchedEntryCount')),
  value('operations_fetched_total', "Operations from peers' journals", logged('fetchedOperationCount')),
];

const MEMBER_GAUGES: readonly MemberValue[] = [
  byMember('lag_operations', 'What a member lacks of the one furthest ahead', (each) => each.lagOperations),
  byMember('lag_seconds', 'Since when it lacks it', ({ lagMs }) => (lagMs === null ? null : lagMs / 1_000)),
  byMember('peer_connected', 'Whether the line to it is up', ({ connected }) =>
    connected === null ? null : Number(connected),
  ),
  byMember('disk_free_bytes', 'Room on its disk', (each) => each.diskFreeBytes),
  byMember('etcd_bytes', "Size of its etcd's data", ({ etcd }) => etcd?.dbBytes ?? null),
  byMember('etcd_leader', 'Whether its etcd leads', ({ etcd }) =>
    etcd === null ? null : Number(etcd.leader),
  ),
];

export function registerClusterMetrics(registry: Registry, describe: () => JsonObject): void {
  const report = oncePerTurn(() => clusterReport(describe()));
  const registers = [registry];
  for (const { name, help, of } of GAUGES) {
    new Gauge({
      name,
      help,
      registers,
      aggregator: 'sum',
      collect() {
        const known = of(report());
        if (known === undefined) this.remove();
        else this.set(known);
      },
    });
  }
  for (const { name, help, of } of COUNTERS) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(of(report()) ?? 0);
      },
    });
  }
  for (const { name, help, of } of MEMBER_GAUGES) {
    new Gauge({
      name,
      help,
      labelNames: ['member'],
      registers,
      aggregator: 'sum',
      collect() {
        // Who has left is not told any more.
        this.reset();
        for (const member of report().members) {
          const known = of(member);
          if (known !== null) this.set({ member: member.name }, known);
        }
      },
    });
  }
}

function value(name: string, help: string, of: Value['of']): Value {
  return { name: `skein_cluster_${name}`, help, of };
}

function byMember(name: string, help: string, of: MemberValue['of']): MemberValue {
  return { name: `skein_cluster_${name}`, help, of };
}

/** A number of the log's statistics. */
function logged(name: string): Value['of'] {
  return ({ log }) => {
    const found = log[name];
    return typeof found === 'number' ? found : undefined;
  };
}

function inSeconds(of: Value['of']): Value['of'] {
  return (report) => {
    const ms = of(report);
    return ms === undefined ? undefined : ms / 1_000;
  };
}

function count(members: readonly MemberReport[], what: 'registered' | 'live'): number {
  return members.filter((member) => member[what]).length;
}

/** All metrics are collected in one go, from one state. */
function oncePerTurn<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    if (made === undefined) {
      made = { value: make() };
      setImmediate(() => {
        made = undefined;
      });
    }
    return made.value;
  };
}
