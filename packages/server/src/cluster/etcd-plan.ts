/**
 * How an etcd without data begins: as one of a new cluster, or as a member of one that is there.
 *
 * What must not happen: a member that has forgotten what it acknowledged goes on under its old name. It would vote as if it had never
 * seen what was committed with its help, and a leader could be elected that lacks it. So:
 *
 *  - `new` only when every other member says that it is blank itself, or that it has never seen this one run.
 *  - A member that has run before is removed and added again: then it is another one to etcd, and starts by taking everything.
 *
 * Others are asked at their peer port: `/members` of a running etcd (answered also while there is no quorum), or, while they are
 * blank and undecided themselves, `BlankAnnouncer`.
 */
export type PeerAnswer =
  /** It has no data, and waits as this one does. */
  | { readonly kind: 'blank'; readonly token: string; readonly peerUrls: readonly string[] }
  | { readonly kind: 'members'; readonly members: readonly ListedMember[] }
  | { readonly kind: 'silent'; readonly reason: string };

/** As a running etcd knows it. */
export interface ListedMember {
  /** Empty: added, and not started yet. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** Empty until it has run for the first time. */
  readonly clientUrls: readonly string[];
}

export interface PlanInput {
  readonly token: string;
  readonly ownPeerUrl: string;
  /** All members as configured here: name → peer URL. */
  readonly configured: ReadonlyMap<string, string>;
  /** What the others say, by name; without this member. */
  readonly answers: ReadonlyMap<string, PeerAnswer>;
  /** This member was about to be added again when it stopped. */
  readonly rejoining: boolean;
}

export type EtcdPlan =
  | { readonly kind: 'new' }
  /** Added, and never run: it starts with these members. */
  | { readonly kind: 'existing'; readonly members: ReadonlyMap<string, string> }
  /** It is listed from a life that it has forgotten: to be removed and added again. */
  | { readonly kind: 'rejoin' }
  | { readonly kind: 'wait'; readonly reason: string };

export function planBeginning(input: PlanInput): EtcdPlan {
  const { answers, ownPeerUrl, configured, token } = input;
  let unlistedBy: string | undefined;
  let addedBy: readonly ListedMember[] | undefined;
  let inDoubt: string | undefined;
  const silent: string[] = [];
  const expected = sorted(configured.values());
  for (const [name, answer] of answers) {
    if (answer.kind === 'silent') {
      silent.push(`${name} (${answer.reason})`);
      continue;
    }
    if (answer.kind === 'blank') {
      if (answer.token !== token) inDoubt = `${name} has another SKEIN_SECRET`;
      else if (sorted(answer.peerUrls) !== expected) inDoubt = `${name} has other SKEIN_MEMBERS`;
      continue;
    }
    const own = answer.members.find(({ peerUrls }) => peerUrls.includes(ownPeerUrl));
    if (own === undefined) unlistedBy = name;
    else if (own.clientUrls.length > 0) return { kind: 'rejoin' };
    else if (own.name === '') addedBy = answer.members;
    else if (sorted(answer.members.flatMap(({ peerUrls }) => peerUrls)) !== expected) {
      inDoubt = `${name} has other SKEIN_MEMBERS`;
    }
  }
  if (unlistedBy !== undefined) {
    if (input.rejoining) return { kind: 'rejoin' };
    return {
      kind: 'wait',
      reason: `${unlistedBy} does not know this member; run on a running one: skein cluster add`,
    };
  }
  if (inDoubt !== undefined) return { kind: 'wait', reason: inDoubt };
  if (addedBy !== undefined) return planOfAdded(input, addedBy);
  if (silent.length === 0) return { kind: 'new' };
  return {
    kind: 'wait',
    reason: `a new cluster begins when all its members are there; missing: ${silent.join(', ')}`,
  };
}

/** Should somebody who is silent have seen it run, it begins as another one, which needs their help no more. */
function planOfAdded(
  { answers, ownPeerUrl, configured }: PlanInput,
  listed: readonly ListedMember[],
): EtcdPlan {
  const answering = [...answers].flatMap(([name, { kind }]) =>
    kind === 'members' ? [configured.get(name)] : [],
  );
  const others = listed.flatMap(({ peerUrls }) => peerUrls).filter((url) => url !== ownPeerUrl);
  if (!others.every((url) => answering.includes(url))) return { kind: 'rejoin' };
  return { kind: 'existing', members: namedMembers(listed, configured) };
}

/** etcd compares only the URLs; names are for messages. */
export function namedMembers(
  listed: readonly Pick<ListedMember, 'name' | 'peerUrls'>[],
  configured: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (const { name, peerUrls } of listed) {
    const known = [...configured].find(([, url]) => peerUrls.includes(url))?.[0];
    for (const url of peerUrls) members.set(known ?? (name === '' ? `unnamed-${members.size}` : name), url);
  }
  return members;
}

function sorted(urls: Iterable<string>): string {
  return [...urls].sort().join(',');
}
