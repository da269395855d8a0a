/**
 * A network namespace for each member, joined by a bridge that the test's process has an address on, too:
 *
 *   test ── bridge 10.x.y.1 ──┬── 10.x.y.11  member 0
 *                             ├── 10.x.y.12  member 1
 *                             └── 10.x.y.13  member 2
 *
 * Lines are disturbed where packets come in, by rules of nft, so that the sender learns nothing. Names tell the process that made
 * them: what a run that was killed has left is removed by the next one.
 */
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { ClusterNetwork, NetworkFaults } from './network.ts';
import { runCommand } from './run-command.ts';

const namespacePattern = /^skein-(\d+)-(\d+)-(\d+)$/;
/** Names of devices are at most 15 characters long. */
const bridgePattern = /^sk([0-9a-z]+)-(\d+)$/;
/** About what a bad line between two data centres does. */
const LATE_BY = ['delay', '80ms', '20ms'];
/** Where the kernel has no `netem`: a line so narrow that packets queue up. */
const NARROW = ['rate', '3mbit', 'burst', '4kb', 'latency', '300ms'];

let made = 0;

/** Rejects where this is not allowed. */
export async function namespaceNetwork(memberCount: number): Promise<ClusterNetwork> {
  await removeLeftovers();
  const number = made++;
  const bridge = `sk${process.pid.toString(36)}-${number}`;
  const prefix = freePrefix(number);
  const members = Array.from({ length: memberCount }, (_, at) => ({
    namespace: `skein-${process.pid}-${number}-${at}`,
    device: `${bridge}-${at}`,
    host: `${prefix}.${11 + at}`,
  }));
  const close = async (): Promise<void> => {
    for (const { namespace } of members) await removeNamespace(namespace);
    // A namespace goes with the last of its processes; its end of the line is seen to go now.
    for (const { device } of members) await runCommand(['ip', 'link', 'del', device]).catch(() => undefined);
    await runCommand(['ip', 'link', 'del', bridge]).catch(() => undefined);
  };
  try {
    const lines = [
      `link add ${bridge} type bridge`,
      `addr add ${prefix}.1/24 dev ${bridge}`,
      `link set ${bridge} up`,
      ...members.flatMap(({ namespace, device }) => [
        `netns add ${namespace}`,
        `link add ${device} type veth peer name eth0 netns ${namespace}`,
        `link set ${device} master ${bridge} up`,
      ]),
    ];
    await runCommand(['ip', '-batch', '-'], lines.join('\n'));
    for (const { namespace, host } of members) {
      const inside = ['link set lo up', `addr add ${host}/24 dev eth0`, 'link set eth0 up'];
      await runCommand(['ip', '-n', namespace, '-batch', '-'], inside.join('\n'));
    }
    const faults = new NamespaceFaults(members, `${prefix}.1`);
    // Whether rules can be made is better known now.
    await faults.heal();
    return {
      kind: 'namespaces',
      hosts: members.map(({ host }) => host),
      clientHost: `${prefix}.1`,
      within: (at) => inNamespace(members[at]!.namespace),
      faults,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface NamespaceMember {
  readonly namespace: string;
  readonly host: string;
}

class NamespaceFaults implements NetworkFaults {
  readonly #members: readonly NamespaceMember[];
  readonly #clientHost: string;
  /** Of what comes in, by member. */
  readonly #rules = new Map<NamespaceMember, string[]>();
  readonly #slow = new Set<NamespaceMember>();

  constructor(members: readonly NamespaceMember[], clientHost: string) {
    this.#members = members;
    this.#clientHost = clientHost;
  }

  async cut(a: number, b: number): Promise<void> {
    await Promise.all([this.cutOneWay(a, b), this.cutOneWay(b, a)]);
  }

  cutOneWay(from: number, to: number): Promise<void> {
    return this.#add(to, `ip saddr ${this.#members[from]!.host} drop`);
  }

  async isolate(member: number, from: 'members' | 'members and clients'): Promise<void> {
    for (const other of this.#members.keys()) if (other !== member) await this.cut(member, other);
    if (from === 'members and clients') await this.#add(member, `ip saddr ${this.#clientHost} drop`);
  }

  async lose(a: number, b: number, percent: number): Promise<void> {
    const chance = percent >= 100 ? '' : `numgen random mod 100 < ${percent} `;
    const rule = (from: number): string => `ip saddr ${this.#members[from]!.host} ${chance}drop`;
    await Promise.all([this.#add(a, rule(b)), this.#add(b, rule(a))]);
  }

  async slow(member: number): Promise<void> {
    const { namespace } = this.#members[member]!;
    this.#slow.add(this.#members[member]!);
    const replace = ['tc', '-n', namespace, 'qdisc', 'replace', 'dev', 'eth0', 'root'];
    await runCommand([...replace, 'netem', ...LATE_BY]).catch(() =>
      runCommand([...replace, 'tbf', ...NARROW]),
    );
  }

  async heal(): Promise<void> {
    this.#rules.clear();
    await Promise.all(
      this.#members.map(async (member) => {
        await this.#apply(member);
        if (!this.#slow.delete(member)) return;
        await runCommand(['tc', '-n', member.namespace, 'qdisc', 'del', 'dev', 'eth0', 'root']);
      }),
    );
  }

  #add(at: number, rule: string): Promise<void> {
    const member = this.#members[at]!;
    this.#rules.set(member, [...(this.#rules.get(member) ?? []), rule]);
    return this.#apply(member);
  }

  /** All rules of a member, in one step. */
  async #apply(member: NamespaceMember): Promise<void> {
    const rules = (this.#rules.get(member) ?? []).join('\n');
    const table = `table inet faults
delete table inet faults
table inet faults { chain in { type filter hook input priority 0; policy accept;
${rules}
}
}
`;
    await runCommand([...inNamespace(member.namespace), 'nft', '-f', '-'], table);
  }
}

function inNamespace(namespace: string): readonly string[] {
  return ['nsenter', `--net=/run/netns/${namespace}`];
}

/** The first three numbers of addresses that no interface of this machine has. */
function freePrefix(number: number): string {
  const used = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  );
  for (let attempt = 0; ; attempt++) {
    const place = (process.pid * 16 + number + attempt * 4_099) % 65_536;
    const prefix = `10.${place >> 8}.${place & 255}`;
    if (!used.some((address) => address.startsWith(`${prefix}.`))) return prefix;
  }
}

/** Of runs whose process is gone. */
async function removeLeftovers(): Promise<void> {
  const isGone = (pid: number): boolean => pid !== process.pid && !existsSync(`/proc/${pid}`);
  const listed = await runCommand(['ip', 'netns', 'list']);
  for (const line of listed.split('\n')) {
    const [namespace = ''] = line.split(' ');
    const match = namespacePattern.exec(namespace);
    if (match !== null && isGone(Number(match[1]))) await removeNamespace(namespace);
  }
  const devices = JSON.parse((await runCommand(['ip', '-j', 'link', 'show', 'type', 'bridge'])) || '[]') as {
    ifname?: string;
  }[];
  for (const { ifname = '' } of devices) {
    const match = bridgePattern.exec(ifname);
    if (match !== null && isGone(Number.parseInt(match[1]!, 36))) {
      // Another run may be doing the same.
      await runCommand(['ip', 'link', 'del', ifname]).catch(() => undefined);
    }
  }
}

/** With all that runs in it; its end of the line to the bridge goes, too. */
async function removeNamespace(namespace: string): Promise<void> {
  try {
    const pids = await runCommand(['ip', 'netns', 'pids', namespace]);
    for (const pid of pids.split('\n').map(Number)) if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone, or what ran in it is.
  }
  await runCommand(['ip', 'netns', 'del', namespace]).catch(() => undefined);
}
