/**
 * The name of an entry: what one member put together to be ordered at once. Keys of etcd, and what they hold:
 *
 *   skein/members/<member>                          registered: has a vote about payloads. JSON {address, joinedAtMs}
 *   skein/removed/<member>                          taken out by an operator: does not register itself again
 *   skein/proposers/<member>                        lives by the member's lease. Its create revision is the epoch, its value the last counter
 *   skein/status/<member>                           lives by the member's lease. JSON: `MemberStatus`
 *   skein/order/<member>/<epoch>/<counter>          one ordered entry. JSON: `OrderRecord`
 *   skein/cluster                                   how the cluster began (cluster-origin.ts of the member package)
 *   skein/trimmed                                   JSON {revision, sequence}: order records up to this revision are gone
 *
 * An entry is ordered by one transaction that finds `proposers/<member>` at this epoch and the counter before, moves the counter on, and
 * puts the order record. So it is ordered at most once, also after its record is trimmed; after all entries before it of this epoch; and
 * never once the lease is gone.
 */
export interface EntryId {
  readonly member: string;
  /** Create revision of the proposer's key. */
  readonly epoch: number;
  /** 1, 2, 3 … in each epoch. */
  readonly counter: number;
}

export interface OrderRecord {
  /** Operations in the entry, at least 1. */
  readonly count: number;
  /** Bytes of the payload. */
  readonly bytes: number;
  /** Of the payload's bytes: `hashOf` in entry.ts. */
  readonly hash: string;
  /** Members that had synced the payload when it was ordered. */
  readonly holders: readonly string[];
}

export const KEYS = {
  all: 'skein/',
  members: 'skein/members/',
  proposers: 'skein/proposers/',
  status: 'skein/status/',
  order: 'skein/order/',
  removed: 'skein/removed/',
  trimmed: 'skein/trimmed',
} as const;

export function entryText({ member, epoch, counter }: EntryId): string {
  return `${member}/${pad(epoch, 16)}/${pad(counter, 12)}`;
}

/** Undefined where the text names no entry. */
export function parseEntryText(text: string): EntryId | undefined {
  const match = /^([a-z0-9][a-z0-9-]{0,31})\/(\d{16})\/(\d{12})$/.exec(text);
  if (match === null) return undefined;
  const [epoch, counter] = [Number(match[2]), Number(match[3])];
  if (!Number.isSafeInteger(epoch) || epoch < 1 || counter < 1) return undefined;
  return { member: match[1]!, epoch, counter };
}

/** The end of the range of keys that begin so. */
export function afterPrefix(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
