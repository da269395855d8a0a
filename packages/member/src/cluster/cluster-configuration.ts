/** What a member knows of its cluster before it has asked anybody. */

export interface MemberAddress {
  /** `a`, `search-1`: small letters, digits, `-`; at most 32. */
  readonly name: string;
  readonly host: string;
  /** Members talk to each other here. etcd's client port is the next one, its peer port the one after. */
  readonly port: number;
}

/** PEM texts. */
export interface ClusterCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface ClusterConfiguration {
  /** This member's name; one of `members`. */
  readonly member: string;
  readonly members: readonly MemberAddress[];
  /** `https://10.0.0.1:7702`; where etcd answers clients. This machine's comes first. */
  readonly etcdEndpoints: readonly string[];
  /** Skein runs etcd, one beside each member; else it is somebody else's, whose members are not changed from here. */
  readonly runsEtcd: boolean;
  /** Between members, and to etcd. Undefined: not encrypted, which only loopback addresses may be. */
  readonly certificates: ClusterCertificates | undefined;
  /** A member whose applied operations are older than those of another by more is not offered to clients. Milliseconds. */
  readonly lagMsMax: number;
  /** Journal files of operations that some registered member lacks are kept up to this size; then it needs a checkpoint. */
  readonly journalKeepBytes: number;
  /** Between two comparisons with the other members; a minute by default. Milliseconds. */
  readonly samenessIntervalMs?: number | undefined;
  /** Shown by `skein cluster status`, and where clients reach this member. */
  readonly publicUrl: string | undefined;
}
