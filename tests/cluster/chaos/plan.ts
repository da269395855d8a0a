/** What happens to a cluster in a run, drawn from a seed: kinds of faults as from a deck of cards, each once before any comes again. */

/** Each happens to one member, unless it says otherwise. What is ended comes back when it heals. */
export const FAULT_KINDS = [
  'builder-killed',
  'query-killed',
  /** Its processes see it and end by themselves. */
  'supervisor-killed',
  'etcd-killed',
  'machine-killed',
  /** The one whose etcd leads. */
  'leader-killed',
  /** All processes at once, and the disk has what was synced, and perhaps more. */
  'power-lost',
  /** As an operator does it. */
  'restarted',
  'processes-reloaded',
  'etcd-paused',
  'builder-paused',
  'machine-paused',
  'leader-paused',
  /** No room for journal and entries, as the builder sees it. */
  'log-disk-full',
  /** No room for anything. */
  'disk-full',
  'disk-slow',
  'clock-stepped',
  'line-cut',
  'line-cut-one-way',
  'isolated',
  'isolated-from-all',
  'lines-lossy',
  'lines-slow',
  /** Two of three machines. */
  'quorum-lost',
  /** A machine comes back with an empty disk. */
  'disk-lost',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** They disturb a member without taking it away: they may come with any other, at another member. */
const MILD: readonly FaultKind[] = ['query-killed', 'disk-slow', 'clock-stepped', 'lines-slow'];

export interface PlannedFault {
  readonly kind: FaultKind;
  /** Place of the member. */
  readonly member: number;
  /** Another one, where the fault is of a line. */
  readonly other: number;
}

export interface PlannedRound {
  /** Of quiet work before. */
  readonly quietMs: number;
  readonly faults: readonly PlannedFault[];
  /** Until it heals. */
  readonly holdMs: number;
  /** Whether the next round waits until all members are whole again, or only until writes are acknowledged. */
  readonly then: 'whole' | 'writing';
}

export interface PlanOptions {
  readonly kinds: readonly FaultKind[];
  readonly memberCount: number;
  readonly random: () => number;
  /** Of `quietMs` and `holdMs`: 1 for the long form. */
  readonly pace: number;
  /** How often two come together; 0.3 unless told. */
  readonly together?: number | undefined;
}

/** Without an end. */
export function* planOf({
  kinds,
  memberCount,
  random,
  pace,
  together = 0.3,
}: PlanOptions): Generator<PlannedRound, never> {
  let deck: FaultKind[] = [];
  /** Perhaps not whole yet. */
  let weak: number | undefined;
  for (;;) {
    if (deck.length === 0) {
      deck = kinds
        .map((kind) => ({ kind, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ kind }) => kind);
    }
    const kind = deck.pop()!;
    const member = weak ?? Math.floor(random() * memberCount);
    const faults = [{ kind, member, other: otherThan(member, memberCount, random) }];
    // Those first that have not come yet.
    const mild = MILD.filter((each) => each !== kind && kinds.includes(each));
    const left = mild.filter((each) => deck.includes(each));
    if (random() < together && mild.length > 0 && kind !== 'quorum-lost') {
      const choices = left.length > 0 ? left : mild;
      const second = choices[Math.floor(random() * choices.length)]!;
      deck = deck.filter((each) => each !== second);
      const place = otherThan(member, memberCount, random);
      faults.push({ kind: second, member: place, other: otherThan(place, memberCount, random) });
    }
    const next = deck.at(-1);
    const mayGoOn = next !== undefined && canGoOn(kind) && canGoOn(next);
    const then = random() < 0.3 && mayGoOn ? 'writing' : 'whole';
    weak = then === 'writing' ? member : undefined;
    yield {
      quietMs: pace * (200 + random() * 1_500),
      faults,
      holdMs: pace * (800 + random() * 5_000 * random()),
      then,
    };
  }
}

/** Whether a fault only ever takes its member: when the next one takes the same, the others are a majority all the time. */
function canGoOn(kind: FaultKind): boolean {
  return ![
    'quorum-lost',
    'disk-lost',
    'leader-killed',
    'leader-paused',
    'line-cut',
    'line-cut-one-way',
  ].includes(kind);
}

function otherThan(member: number, memberCount: number, random: () => number): number {
  return (member + 1 + Math.floor(random() * (memberCount - 1))) % memberCount;
}
