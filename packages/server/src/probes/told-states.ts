/**
 * What one receiver has been told, and what it is to be told next.
 *
 * It is told differences between what it knows and what is, never a history: so a receiver that was away for hours is told in one message
 * how things are, what came and went meanwhile is not told at all, and nothing has to wait in a queue. Changes are gathered for a
 * moment, as one failure shows in several probes.
 *
 *   in the first minute     only what is critical, and that it is over: much settles by itself after a start
 *   every four hours        what is critical still is told again
 */
import {
  isProbeLevel,
  isProbeName,
  type ProbeLevel,
  type ProbeName,
  type ProbeStates,
  rankOf,
} from './probe.ts';

export interface ProbeChange {
  readonly name: ProbeName;
  /** As the receiver knows it. The same as `level`: it is reminded. */
  readonly before: ProbeLevel;
  readonly level: ProbeLevel;
  /** Steady time. Milliseconds. */
  readonly sinceMs: number;
  readonly message: string;
}

export const GATHER_MS = 2_000;
export const QUIET_START_MS = 60_000;
export const REMIND_MS = 4 * 60 * 60_000;
/** What an earlier process told, and this one could not look up for so long, is taken to be over. */
export const FORGET_MS = 10 * 60_000;

interface Told {
  readonly level: ProbeLevel;
  /** By this process. */
  readonly isOwn: boolean;
  readonly atMs: number;
}

export class ToldStates {
  readonly #startMs: number;
  readonly #told = new Map<ProbeName, Told>();
  /** Since when there has been something to tell. */
  #dueSinceMs: number | undefined;

  /** `known`: what the receiver was told by an earlier process. */
  constructor(startMs: number, known: ReadonlyMap<ProbeName, ProbeLevel> = new Map()) {
    this.#startMs = startMs;
    for (const [name, level] of known) this.#told.set(name, { level, isOwn: false, atMs: startMs });
  }

  /**
   * What is to be told now, the worst first; empty: nothing. It stays due until `told`. Rises of probes in `leftToOthers` are told by another
   * member; that they are well again is told by whoever told the rise.
   */
  due(
    nowMs: number,
    states: ProbeStates,
    leftToOthers: ReadonlySet<ProbeName> = new Set(),
  ): readonly ProbeChange[] {
    const isQuiet = nowMs - this.#startMs < QUIET_START_MS;
    const changes: ProbeChange[] = [];
    for (const name of new Set([...states.keys(), ...this.#told.keys()])) {
      const change = this.#changeOf(name, nowMs, states);
      if (change === undefined) continue;
      if (isQuiet && change.level !== 'critical' && this.#told.get(name)?.isOwn !== true) continue;
      if (leftToOthers.has(name) && rankOf(change.level) >= rankOf(change.before)) continue;
      changes.push(change);
    }
    if (changes.length === 0) {
      this.#dueSinceMs = undefined;
      return [];
    }
    this.#dueSinceMs ??= nowMs;
    if (nowMs - this.#dueSinceMs < GATHER_MS) return [];
    return changes.sort((a, b) => rankOf(b.level) - rankOf(a.level));
  }

  /** The receiver has taken these. */
  told(changes: readonly Pick<ProbeChange, 'name' | 'level'>[], nowMs: number): void {
    for (const { name, level } of changes) {
      if (level === 'fine') this.#told.delete(name);
      else this.#told.set(name, { level, isOwn: true, atMs: nowMs });
    }
    this.#dueSinceMs = undefined;
  }

  /** What the receiver believes not to be fine, for the next process. */
  get known(): ReadonlyMap<ProbeName, ProbeLevel> {
    return new Map(Array.from(this.#told, ([name, { level }]) => [name, level]));
  }

  #changeOf(name: ProbeName, nowMs: number, states: ProbeStates): ProbeChange | undefined {
    const told = this.#told.get(name);
    const before = told?.level ?? 'fine';
    const state = states.get(name);
    if (state === undefined && nowMs - this.#startMs < FORGET_MS) return undefined;
    const { level, sinceMs, message } = state ?? { level: 'fine', sinceMs: nowMs, message: '' };
    const reminds = level === 'critical' && told !== undefined && nowMs - told.atMs >= REMIND_MS;
    return level === before && !reminds ? undefined : { name, before, level, sinceMs, message };
  }
}

/** What another process kept of `known`. What is not understood is left out. */
export function readKnown(value: unknown): ReadonlyMap<ProbeName, ProbeLevel> {
  const known = new Map<ProbeName, ProbeLevel>();
  if (typeof value !== 'object' || value === null) return known;
  for (const [name, level] of Object.entries(value))
    if (isProbeName(name) && isProbeLevel(level) && level !== 'fine') known.set(name, level);
  return known;
}
