/** Carries out planned faults on a real cluster, and takes them back. */
import type { ClusterMember, RunningCluster } from '@skein/testkit';
import { until } from '../../documents/server/until.ts';
import { FAULT_KINDS, type FaultKind, type PlannedFault } from './plan.ts';

/** Takes a fault back; members may need a while after it. */
type Heal = () => Promise<void>;

const nothing: Heal = () => Promise.resolve();
const MINUTE_MS = 60_000;

/** What this machine can do to this cluster. */
export function possibleFaults({ lines, members }: RunningCluster): readonly FaultKind[] {
  return FAULT_KINDS.filter((kind) => {
    if (/^(line|isolated)/.test(kind)) return lines !== undefined;
    if (kind === 'disk-full') return members.every(({ disk }) => disk !== undefined);
    return true;
  });
}

const OF_ONE_PROCESS: ReadonlySet<FaultKind> = new Set([
  'builder-killed',
  'query-killed',
  'etcd-killed',
  'etcd-paused',
  'builder-paused',
] as const);

export class ChaosFaults {
  readonly #cluster: RunningCluster;
  readonly #random: () => number;
  readonly #heals: Heal[] = [];

  constructor(cluster: RunningCluster, random: () => number) {
    this.#cluster = cluster;
    this.#random = random;
  }

  async inject(fault: PlannedFault): Promise<void> {
    this.#heals.push(await this.#carryOut(fault));
  }

  /** Everything that was injected; what was ended serves again afterwards. */
  async heal(): Promise<void> {
    await this.#cluster.lines?.heal();
    await Promise.all(this.#heals.splice(0).map((heal) => heal()));
  }

  /** The planned member; where one of its processes is meant and its machine is down (it led when the leader was killed), the next one that runs. */
  #hit(kind: FaultKind, at: number): ClusterMember {
    const { members } = this.#cluster;
    const planned = members[at]!;
    if (!OF_ONE_PROCESS.has(kind)) return planned;
    const inTurn = members.map((_, turn) => members[(at + turn) % members.length]!);
    return inTurn.find((member) => member.processes().supervisor > 0) ?? planned;
  }

  async #carryOut({ kind, member: at, other }: PlannedFault): Promise<Heal> {
    const member = this.#hit(kind, at);
    const { lines } = this.#cluster;
    switch (kind) {
      case 'builder-killed':
        await until('a builder to kill', () => member.kill('builder'));
        return nothing;
      case 'query-killed':
        await until('a query process to kill', () => member.kill('query'));
        return nothing;
      case 'etcd-killed':
        await until('an etcd to kill', () => member.kill('etcd'));
        return nothing;
      case 'supervisor-killed':
        member.kill('supervisor');
        return async () => {
          await until('the processes of a killed supervisor end', () => member.allProcesses().length === 0);
          await member.stop();
          await member.start();
        };
      case 'machine-killed':
        member.killMachine();
        return () => member.start();
      case 'leader-killed': {
        const leader = await this.#leader();
        leader.killMachine();
        return () => leader.start();
      }
      case 'power-lost':
        await member.losePower(this.#random);
        return () => member.start();
      case 'restarted':
        await member.stop();
        return () => member.start();
      case 'processes-reloaded': {
        const { isReplaced } = member.reload();
        return () => until('processes that replace others', isReplaced);
      }
      case 'etcd-paused':
        await until('an etcd to stop', () => member.pause('etcd'));
        return resumed(member);
      case 'builder-paused':
        await until('a builder to stop', () => member.pause('builder'));
        return resumed(member);
      case 'machine-paused':
        member.pause('machine');
        return resumed(member);
      case 'leader-paused': {
        const leader = await this.#leader();
        leader.pause('machine');
        return resumed(leader);
      }
      case 'log-disk-full':
        member.control.order({ diskFull: 'journal' });
        return ordered(member, { diskFull: undefined });
      case 'disk-full':
        await member.disk?.fill();
        return () => {
          member.disk?.free();
          return Promise.resolve();
        };
      case 'disk-slow':
        member.control.order({ syncDelayMs: 20 + this.#random() * 150 });
        return ordered(member, { syncDelayMs: 0 });
      case 'clock-stepped':
        // Forward and back again, by up to five minutes, and it stays so.
        member.control.order({ clockOffsetMs: Math.round((this.#random() - 0.5) * 10 * MINUTE_MS) });
        return nothing;
      case 'line-cut':
        await lines?.cut(at, other);
        return nothing;
      case 'line-cut-one-way':
        await lines?.cutOneWay(at, other);
        return nothing;
      case 'isolated':
        await lines?.isolate(at, 'members');
        return nothing;
      case 'isolated-from-all':
        await lines?.isolate(at, 'members and clients');
        return nothing;
      case 'lines-lossy':
        await lines?.lose(at, other, 5 + Math.floor(this.#random() * 30));
        return nothing;
      case 'lines-slow':
        await lines?.slow(at);
        return nothing;
      case 'quorum-lost': {
        const lost = this.#cluster.members.filter((each) => each !== member).slice(0, 2);
        for (const each of lost) each.killMachine();
        return async () => void (await Promise.all(lost.map((each) => each.start())));
      }
      case 'disk-lost':
        member.killMachine();
        await member.untilGone();
        member.wipe();
        return () => member.start();
    }
  }

  /** There is always one soon. */
  async #leader(): Promise<ClusterMember> {
    let leader: ClusterMember | undefined;
    await until('a leader', async () => {
      leader = await this.#cluster.leader();
      return leader !== undefined;
    });
    return leader!;
  }
}

function resumed(member: ClusterMember): Heal {
  return () => {
    member.resume();
    return Promise.resolve();
  };
}

function ordered(member: ClusterMember, orders: Parameters<ClusterMember['control']['order']>[0]): Heal {
  return () => {
    member.control.order(orders);
    return Promise.resolve();
  };
}
