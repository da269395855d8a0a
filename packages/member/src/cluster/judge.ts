/** Whose state is the odd one out, as digests tell. Pure. */
import { type Digest, type DigestTable, meet } from './digest.ts';

export interface Verdict {
  readonly key: string;
  /**
   * `odd`: more members agree with each other than with this one; `elsewhere`: more agree with this one than with each other.
   * `undecided`: they differ, and nobody can tell who is right.
   */
  readonly kind: 'same' | 'odd' | 'elsewhere' | 'undecided';
  /** Peers that have it as the largest group does that is not this member's; empty when all have the same. */
  readonly others: readonly string[];
}

/** What a member without the thing has of it. */
const ABSENT = '-';

/**
 * One verdict for each thing of which this member and some peer speak at the same place of the log. `unknown`: the digest of what was not looked at.
 */
export function judge(
  own: DigestTable,
  peers: ReadonlyMap<string, DigestTable>,
  unknown: string,
): readonly Verdict[] {
  const keys = new Set(own.digests.keys());
  for (const { digests } of peers.values()) for (const key of digests.keys()) keys.add(key);
  const verdicts: Verdict[] = [];
  for (const key of keys) {
    const mine = digestIn(own, key);
    if (mine.digest === unknown) continue;
    const groups = new Map<string, string[]>();
    let mineCount = 1;
    for (const [member, table] of peers) {
      const theirs = digestIn(table, key);
      if (theirs.digest === unknown || !meet(mine, theirs)) continue;
      if (theirs.digest === mine.digest) mineCount++;
      const group = groups.get(theirs.digest);
      if (group === undefined) groups.set(theirs.digest, [member]);
      else group.push(member);
    }
    if (groups.size === 0) continue;
    groups.delete(mine.digest);
    const others = [...groups.values()].sort((a, b) => b.length - a.length)[0];
    if (others === undefined) verdicts.push({ key, kind: 'same', others: [] });
    else if (others.length > mineCount) verdicts.push({ key, kind: 'odd', others });
    else verdicts.push({ key, kind: others.length < mineCount ? 'elsewhere' : 'undecided', others });
  }
  return verdicts;
}

function digestIn({ through, digests }: DigestTable, key: string): Digest {
  return digests.get(key) ?? { key, from: through, through, digest: ABSENT };
}
