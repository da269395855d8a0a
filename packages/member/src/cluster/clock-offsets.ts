import type { MemberStatus } from '@skein/oplog/cluster';

/** Statuses come each second: what is shown is of the last half minute. */
const SAMPLE_COUNT_MAX = 30;

interface Seen {
  toldMs: number;
  /** By how much the time in each status was ahead of this machine's clock when it came. Milliseconds. */
  readonly samples: number[];
}

/**
 * How far the clocks of members are from this machine's. A status is some time on its way, which makes its clock look late: the one that took
 * the least time is the truest, and looks latest least.
 */
export class ClockOffsets {
  readonly #seen = new Map<string, Seen>();

  /** At once when a status has come. `nowMs`: this machine's wall clock. */
  note(live: ReadonlyMap<string, Pick<MemberStatus, 'nowMs'>>, nowMs: number): void {
    for (const name of this.#seen.keys()) if (!live.has(name)) this.#seen.delete(name);
    for (const [name, { nowMs: toldMs }] of live) {
      const seen = this.#seen.get(name);
      if (seen === undefined) {
        // The first one may have lain in etcd for a while.
        this.#seen.set(name, { toldMs, samples: [] });
        continue;
      }
      if (seen.toldMs === toldMs) continue;
      seen.toldMs = toldMs;
      seen.samples.push(toldMs - nowMs);
      if (seen.samples.length > SAMPLE_COUNT_MAX) seen.samples.shift();
    }
  }

  /** By name, without this member. Milliseconds; positive: its clock is ahead. */
  offsets(self: string): ReadonlyMap<string, number> {
    return new Map(
      Array.from(this.#seen, ([name, { samples }]): [string, number] => [name, Math.max(...samples)]).filter(
        ([name, offset]) => name !== self && Number.isFinite(offset),
      ),
    );
  }
}
