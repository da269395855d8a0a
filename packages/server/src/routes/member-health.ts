/**
 * Whether this member is offered to clients: what `GET /health` says.
 *
 * It is not while it has no state to answer from (`joining`), and while it shows clients older things than another live member does
 * (`behind`), and while it is about to stop (`stopping`). A lost majority takes nothing from searches: then only writes wait.
 */
import type { Progress } from '@skein/member';

export interface MemberHealth {
  readonly status: 'available' | 'joining' | 'behind' | 'stopping';
  readonly writes: 'available' | 'waiting';
  readonly sequence: number;
  /** The rest only in a cluster. */
  readonly member?: string;
  readonly state?: Progress['state'];
  /** Milliseconds. */
  readonly lagMs?: number;
}

export interface HealthInput {
  readonly cluster: { readonly member: string; readonly lagMsMax: number } | undefined;
  readonly progress: Progress;
  readonly builderConnected: boolean;
  /** How long the builder has been away; 0 while it is there. Milliseconds. */
  readonly builderAwayMs: number;
  /** It is about to stop. */
  readonly isLeaving: boolean;
}

export function healthOf({ cluster, progress, ...how }: HealthInput): MemberHealth {
  const { builderConnected, builderAwayMs, isLeaving } = how;
  const { published, state, quorum } = progress;
  const writes = builderConnected && quorum ? 'available' : 'waiting';
  if (cluster === undefined)
    return { status: isLeaving ? 'stopping' : 'available', writes, sequence: published };
  // Without its builder a member stands still, and the others are taken to go on.
  const lagMs = progress.lagMs + builderAwayMs;
  // `local`: the builder has not told anything yet, so that nobody knows how old this machine's state is.
  const joins = state === 'joining' || state === 'local';
  const isBehind = lagMs > cluster.lagMsMax;
  const status = isLeaving ? 'stopping' : joins ? 'joining' : isBehind ? 'behind' : 'available';
  return { status, writes, sequence: published, member: cluster.member, state, lagMs };
}
