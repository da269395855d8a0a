/** What probes are judged by: everything that the supervisor sees of its server within a second. */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

/** What the builder tells when the supervisor asks. Travels as JSON between processes of one version. */
export interface BuilderSight {
  /** How long the oldest operation that is not visible yet has been in the journal; 0: there is none. Milliseconds. */
  readonly behindMs: number;
  readonly setAsideIndexCount: number;
  readonly setAsideDocumentsCount: number;
  /** Operations that changed nothing because something is wrong, since the builder's start. */
  readonly failedOperationCount: number;
  /** Null: this machine is alone. */
  readonly cluster: ClusterSight | null;
}

export interface ClusterSight {
  readonly state: string;
  readonly quorum: boolean;
  /** Against the live member that is furthest ahead. Milliseconds. */
  readonly lagMs: number;
  /** See `BuilderCluster.describe`. */
  readonly described: JsonObject;
}

export interface CertificateSight {
  readonly of: 'the member' | 'the FQL port';
  /** Undefined: the files cannot be used. Milliseconds since 1970. */
  readonly validToMs: number | undefined;
  /** Of what the processes have read. */
  readonly usedValidToMs: number | undefined;
}

export interface Sight {
  /** Steady. Milliseconds. */
  readonly nowMs: number;
  readonly wallMs: number;
  /** Steady time of the server's start. */
  readonly startMs: number;
  /** Ends of processes that nobody asked for, within the last ten minutes. */
  readonly ends: readonly { readonly name: string; readonly atMs: number }[];
  /** The last that was told; undefined: nothing yet. */
  readonly builder: BuilderSight | undefined;
  /** Steady time at which it was told, or the builder began to be waited for. Undefined: it has never run. */
  readonly builderHeardMs: number | undefined;
  /** Else it is being started. */
  readonly builderRuns: boolean;
  /** Undefined: it could not be looked up. */
  readonly disk: { readonly freeBytes: number; readonly bytes: number } | undefined;
  readonly certificates: readonly CertificateSight[];
}

/** What etcds say of themselves, by the cluster's description. */
export interface EtcdSight {
  /** Undefined: it does not answer. */
  readonly dbBytes: number | undefined;
  readonly isFull: boolean;
}

export function etcdSights(described: JsonObject): readonly EtcdSight[] {
  return Object.values(objectOf(described['etcd'])).map((status) => {
    const { dbBytes, errors } = objectOf(status) as { readonly [name: string]: Json | undefined };
    return {
      dbBytes: typeof dbBytes === 'number' ? dbBytes : undefined,
      isFull: texts(errors).some((error) => error.includes('NOSPACE')),
    };
  });
}

/** Registered members that do not tell of themselves; undefined: nobody knows at the moment. */
export function awayMembers(described: JsonObject): readonly string[] | undefined {
  if (described['membershipIsCurrent'] !== true) return undefined;
  const live = objectOf(described['live']);
  return Object.keys(objectOf(described['registered'])).filter((name) => !Object.hasOwn(live, name));
}

/** Whether this member tells what all members find: the first of those that are there. */
export function isTeller(described: JsonObject): boolean {
  const [first] = Object.keys(objectOf(described['live'])).sort();
  return first === undefined || first === described['member'];
}

/**
 * How far this member's clock is from that of the others: the one in the middle of all clocks, this one included. Of two, nobody knows which
 * is wrong. Milliseconds, positive: the others are ahead.
 */
export function clockOffset(described: JsonObject): number {
  const others = Object.values(objectOf(described['clockOffsets'])).filter(
    (each) => typeof each === 'number',
  );
  const all = [0, ...others].sort((a, b) => a - b);
  const low = all[Math.floor((all.length - 1) / 2)]!;
  const high = all[Math.floor(all.length / 2)]!;
  return Math.abs(low) > Math.abs(high) ? low : high;
}

export function sameness(described: JsonObject): {
  readonly differingCount: number;
  readonly damageCount: number;
} {
  const { differing, damageCount } = objectOf(described['sameness']) as {
    readonly [name: string]: Json | undefined;
  };
  return {
    differingCount: texts(differing).length,
    damageCount: typeof damageCount === 'number' ? damageCount : 0,
  };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function texts(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).filter((each) => typeof each === 'string');
}
