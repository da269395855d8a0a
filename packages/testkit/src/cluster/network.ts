/** The lines between members of a cluster under test, and what can be done to them. */

export interface ClusterNetwork {
  readonly kind: 'namespaces' | 'loopback';
  /** Addresses of the members, by their place. */
  readonly hosts: readonly string[];
  /** Where clients of the test come from. */
  readonly clientHost: string;
  /** What to put before a command so that it runs where this member is. */
  within(member: number): readonly string[];
  /** Undefined where the machine does not allow it. */
  readonly faults: NetworkFaults | undefined;
  close(): Promise<void>;
}

/** Members by their place. Faults add up until `heal`. What is lost is lost silently, as on a real line. */
export interface NetworkFaults {
  /** Both ways. */
  cut(a: number, b: number): Promise<void>;
  cutOneWay(from: number, to: number): Promise<void>;
  /** From all other members; from clients too if asked. */
  isolate(member: number, from: 'members' | 'members and clients'): Promise<void>;
  /** Both ways, each packet with this chance. */
  lose(a: number, b: number, percent: number): Promise<void>;
  /** What it sends arrives late: to everybody, one way. */
  slow(member: number): Promise<void>;
  heal(): Promise<void>;
}
