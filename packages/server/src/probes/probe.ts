/** The words of probes: checks of one thing each, of which an operator wants to hear before users do. */

export const PROBE_NAMES = [
  'crashes',
  'indexing-slow',
  'indexing-errors',
  'lag',
  'quorum',
  'members',
  'disk',
  'etcd-size',
  'clock-skew',
  'certificates',
  'sameness',
] as const;
export type ProbeName = (typeof PROBE_NAMES)[number];

export type ProbeLevel = 'fine' | 'warning' | 'critical';

/** What one look found. */
export interface Finding {
  readonly level: ProbeLevel;
  /** A sentence for people. It may be read without a key, and so names no index and no path; empty when all is well. */
  readonly message: string;
}

/** By probe. One that is missing could not be looked up now: its state stays as it was. `'none'`: it does not apply here. */
export type Findings = ReadonlyMap<ProbeName, Finding | 'none'>;

export interface ProbeState {
  readonly level: ProbeLevel;
  /** Steady time at which it got this level. Milliseconds. */
  readonly sinceMs: number;
  readonly message: string;
}
export type ProbeStates = ReadonlyMap<ProbeName, ProbeState>;

/** A probe that is not fine, as `GET /health` tells of it. */
export interface ProbeReport {
  readonly name: ProbeName;
  readonly state: Exclude<ProbeLevel, 'fine'>;
  /** ISO 8601. */
  readonly since: string;
  readonly message: string;
}

export function isProbeName(name: string): name is ProbeName {
  return PROBE_NAMES.some((each) => each === name);
}

export function isProbeLevel(level: unknown): level is ProbeLevel {
  return level === 'fine' || level === 'warning' || level === 'critical';
}

/** 0, 1, 2: the higher, the worse. */
export function rankOf(level: ProbeLevel): 0 | 1 | 2 {
  return level === 'fine' ? 0 : level === 'warning' ? 1 : 2;
}
