/** Adding a member to a cluster, or taking one out, as an operator asks for it on any living member. */

import { setTimeout as pause } from 'node:timers/promises';
import {
  type EtcdClient,
  EtcdError,
  type Membership,
  MembershipError,
  register,
  unregister,
} from '@skein/oplog/cluster';
import { BuilderError, type MembersChange } from '../ipc/messages.ts';
import { parseAddress } from './member-address.ts';

const OTHERS_MS_MAX = 10_000;
const OTHERS_LOOK_MS = 100;

export interface ChangeMembersParts {
  readonly etcd: EtcdClient;
  readonly membership: Membership;
  readonly self: string;
  readonly runsEtcd: boolean;
  readonly isSecured: boolean;
}

/**
 * Each step may be repeated: an operator whose command failed in the middle gives it again. Rejects with `BuilderError`, whose message is for
 * the operator.
 */
export async function changeMembers(change: MembersChange, parts: ChangeMembersParts): Promise<void> {
  try {
    await (change.kind === 'add' ? add(change, parts) : remove(change, parts));
  } catch (error) {
    if (error instanceof MembershipError)
      throw new BuilderError('bad-request', 'refused', error.message, { cause: error });
    if (!(error instanceof EtcdError)) throw error;
    throw new BuilderError(
      'no-quorum',
      error.outcome,
      `etcd did not carry it out (${error.message}); give the command again`,
      { cause: error },
    );
  }
}

type Add = Extract<MembersChange, { kind: 'add' }>;
type Remove = Extract<MembersChange, { kind: 'remove' }>;

async function add({ member, address }: Add, parts: ChangeMembersParts): Promise<void> {
  const { etcd, membership, runsEtcd, isSecured } = parts;
  const known = membership.registered.get(member);
  if (known !== undefined && known.address !== address) {
    throw new BuilderError(
      'bad-request',
      'refused',
      `member ${member} is registered at ${known.address}; take it out first`,
    );
  }
  const dead = [...membership.registered.keys()].filter((name) => !membership.live.has(name));
  if (known === undefined && dead.length > 0) {
    throw new BuilderError(
      'bad-request',
      'refused',
      `${dead.join(', ')} is not alive: take it out first (skein cluster remove ${dead[0]}), else ${member} would have to be up before anything is written again`,
    );
  }
  if (runsEtcd) {
    const url = peerUrlOf(address, isSecured);
    const listed = await etcd.members();
    if (!listed.some(({ peerUrls }) => peerUrls.includes(url))) await etcd.addMember([url]);
  }
  await register(etcd, member, { address, joinedAtMs: Date.now() }, 'operator');
}

async function remove({ member, force }: Remove, parts: ChangeMembersParts): Promise<void> {
  const { etcd, membership, self, runsEtcd, isSecured } = parts;
  const known = membership.registered.get(member);
  if (member === self && !force) {
    throw new BuilderError(
      'bad-request',
      'refused',
      `${member} is the member that was asked: ask another one to take it out`,
    );
  }
  if (!force) await untilOthersHaveAll(member, membership);
  await unregister(etcd, member, { whenMajorityIsLost: force ? 'go-on' : 'refuse' });
  if (!runsEtcd) return;
  const url = known === undefined ? undefined : peerUrlOf(known.address, isSecured);
  const listed = await etcd.members();
  const found = listed.find(
    ({ name, peerUrls }) => name === member || (url !== undefined && peerUrls.includes(url)),
  );
  if (found !== undefined) await etcd.removeMember(found.id);
}

/** Payloads that only the member and one other have synced would have one copy left. */
async function untilOthersHaveAll(member: string, membership: Membership): Promise<void> {
  const goal = membership.live.get(member)?.journaled;
  if (goal === undefined) return;
  const endMs = performance.now() + OTHERS_MS_MAX;
  const lagging = (): string[] =>
    Array.from(membership.live).flatMap(([name, { journaled }]) =>
      name !== member && journaled < goal ? [name] : [],
    );
  while (lagging().length > 0) {
    if (performance.now() > endMs) {
      throw new BuilderError(
        'bad-request',
        'refused',
        `${lagging().join(', ')} has not yet taken over everything that ${member} has; give the command again later`,
      );
    }
    await pause(OTHERS_LOOK_MS);
  }
}

/** etcd's port for its peers is the second after the member's own. */
function peerUrlOf(address: string, isSecured: boolean): string {
  const { host, port } = parseAddress(address);
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${isSecured ? 'https' : 'http'}://${shown}:${port + 2}`;
}
