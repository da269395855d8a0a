/**
 * Keeps this machine's etcd small: it gives room back that deleted keys left, and opens the store again after it was full.
 *
 * A defragmentation keeps its member from answering, so: one member at a time (claimed in etcd, by a lease), only while all others are
 * fine, and never the leader, which hands over first. A full store takes no claim: then each member has its own minute.
 */
import type { EtcdClient, EtcdStatus } from '@skein/oplog/cluster';
import type { Logger } from 'pino';

export type CareClient = Pick<
  EtcdClient,
  | 'close'
  | 'compact'
  | 'defragment'
  | 'disarmNoSpace'
  | 'grantLease'
  | 'moveLeader'
  | 'range'
  | 'revokeLease'
  | 'status'
  | 'transaction'
>;

export interface EtcdCareOptions {
  readonly client: CareClient;
  readonly member: string;
  /** That of this machine first. */
  readonly endpoints: readonly string[];
  readonly quotaBytes: number;
  /** Wall clock. */
  readonly nowMs: () => number;
  readonly log: Logger;
}

export type CareOutcome =
  /** There is nothing to do. */
  | 'fine'
  /** It would help, but not now: another one is at it, or not fine. */
  | 'later'
  | 'handed over'
  | 'defragmented'
  | 'reopened';

const CLAIM = 'skein/claims/defragment';
/** Up to this size nothing is to be done: it is neither worth a pause nor, whatever the quota, full. */
export const STORE_BYTES_FINE = 64 * 1024 * 1024;
const claimTtlS = 120;
/** Revisions that are left, for who follows closely. */
const revisionsKept = 1_000;
/** Of the quota: below it a store that was full is opened again. */
const reopenedShareMax = 0.8;
const minuteMs = 60_000;

/** One look, and what it leads to. Rejects with `EtcdError`; then the next look tries again. */
export async function careForEtcd(options: EtcdCareOptions): Promise<CareOutcome> {
  const { client, endpoints, log } = options;
  const [ownEndpoint = '', ...otherEndpoints] = endpoints;
  const own = await client.status(ownEndpoint);
  const isFull = hasAlarm(own);
  const isWasteful = own.dbBytes > STORE_BYTES_FINE && own.dbBytes > 2 * own.dbBytesInUse;
  if (!isFull && !isWasteful) return 'fine';
  const others = await statusesOf(client, otherEndpoints);
  if (others === undefined || others.some((each) => !isFine(each, isFull))) return 'later';
  if (isFull) return reopen(options, [own, ...others]);
  if (own.leaderId === own.memberId) {
    const [heir] = others;
    if (heir !== undefined) {
      await client.moveLeader(ownEndpoint, heir.memberId);
      return 'handed over';
    }
  }
  const lease = await client.grantLease(claimTtlS);
  try {
    const { succeeded } = await client.transaction({
      compare: [{ key: CLAIM, target: 'create', is: 0 }],
      then: [{ kind: 'put', key: CLAIM, value: options.member, lease }],
    });
    if (!succeeded) return 'later';
    await client.defragment(ownEndpoint);
  } finally {
    await client.revokeLease(lease);
  }
  log.info({ bytesBefore: own.dbBytes, bytesInUse: own.dbBytesInUse }, 'etcd was defragmented');
  return 'defragmented';
}

/** The alarm is taken back once all of them have room: whoever makes room last does it. */
async function reopen(options: EtcdCareOptions, statuses: readonly EtcdStatus[]): Promise<CareOutcome> {
  const { client, endpoints, quotaBytes, nowMs, log } = options;
  const [ownEndpoint = ''] = endpoints;
  const turn = [...endpoints].sort().indexOf(ownEndpoint);
  if (Math.floor(nowMs() / minuteMs) % endpoints.length !== turn) return 'later';
  log.error({ bytes: statuses[0]?.dbBytes, quotaBytes }, 'etcd is full: making room');
  const { revision } = await client.range(CLAIM, {});
  if (revision > revisionsKept) {
    // What is needed of the past is in keys; who follows the past itself begins anew from them.
    await ignoring('compacted', () => client.compact(revision - revisionsKept));
  }
  await client.defragment(ownEndpoint);
  const after = await statusesOf(client, endpoints);
  const hasRoom = after?.every(({ dbBytes }) => dbBytes < quotaBytes * reopenedShareMax) === true;
  if (!hasRoom) return 'defragmented';
  await client.disarmNoSpace();
  log.info('etcd has room again');
  return 'reopened';
}

async function statusesOf(
  client: CareClient,
  endpoints: readonly string[],
): Promise<readonly EtcdStatus[] | undefined> {
  try {
    return await Promise.all(endpoints.map((endpoint) => client.status(endpoint)));
  } catch {
    // One of them does not answer: that is what the caller wants to know.
    return undefined;
  }
}

function isFine({ errors, leaderId }: EtcdStatus, whileFull: boolean): boolean {
  return leaderId !== undefined && errors.every((error) => whileFull && error.includes('NOSPACE'));
}

function hasAlarm({ errors }: EtcdStatus): boolean {
  return errors.some((error) => error.includes('NOSPACE'));
}

async function ignoring(code: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error;
  }
}
