/** When probes fire, where an operator may want it otherwise: `SKEIN_PROBE_THRESHOLDS` is `name=number, name=number, …`. */

export interface ProbeThresholds {
  /** Ends of processes within ten minutes. */
  readonly crashes: number;
  /** Ends of the same process within two minutes. */
  readonly crashLoop: number;
  readonly indexingWarningMs: number;
  readonly indexingCriticalMs: number;
  readonly quorumMs: number;
  readonly membersWarningMs: number;
  readonly membersCriticalMs: number;
  /** The disk has less room than either. */
  readonly diskWarningPercent: number;
  readonly diskWarningMib: number;
  readonly diskCriticalPercent: number;
  readonly diskCriticalMib: number;
  /** Of the quota. */
  readonly etcdWarningPercent: number;
  readonly etcdCriticalPercent: number;
  readonly clockWarningMs: number;
  readonly clockCriticalMs: number;
  readonly certificatesWarningDays: number;
  readonly certificatesCriticalDays: number;
}

export const DEFAULT_THRESHOLDS: ProbeThresholds = {
  crashes: 3,
  crashLoop: 5,
  indexingWarningMs: 5_000,
  indexingCriticalMs: 30_000,
  quorumMs: 2_000,
  membersWarningMs: 10_000,
  membersCriticalMs: 600_000,
  diskWarningPercent: 15,
  diskWarningMib: 2_048,
  diskCriticalPercent: 5,
  diskCriticalMib: 500,
  etcdWarningPercent: 50,
  etcdCriticalPercent: 80,
  clockWarningMs: 500,
  clockCriticalMs: 5_000,
  certificatesWarningDays: 30,
  certificatesCriticalDays: 7,
};

export type ParsedThresholds =
  | { readonly kind: 'thresholds'; readonly thresholds: ProbeThresholds }
  | { readonly kind: 'wrong'; readonly expected: string };

/** What is not named keeps its default. */
export function parseThresholds(text: string): ParsedThresholds {
  const thresholds: Record<keyof ProbeThresholds, number> = { ...DEFAULT_THRESHOLDS };
  for (const part of text.split(/[\s,]+/).filter((each) => each !== '')) {
    const [, name = '', digits = ''] = /^([A-Za-z]+)=(\d{1,12})$/.exec(part) ?? [];
    if (!isThreshold(name)) {
      const names = Object.keys(DEFAULT_THRESHOLDS).join(', ');
      return { kind: 'wrong', expected: `name=number with one of ${names}, got "${part}"` };
    }
    thresholds[name] = Number(digits);
  }
  return { kind: 'thresholds', thresholds };
}

function isThreshold(name: string): name is keyof ProbeThresholds {
  return Object.hasOwn(DEFAULT_THRESHOLDS, name);
}
