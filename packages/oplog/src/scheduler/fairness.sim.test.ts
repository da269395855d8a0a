/** One application floods while fifty write a little, on a virtual clock: what the fifty notice of it. `SEED=7 RUNS=1` replays one. */
import { expect, test } from 'vitest';
import { OperationLogError } from '../operation-log.ts';
import { ProposalScheduler } from './proposal-scheduler.ts';
import { SimLog } from './sim-log.ts';
import { SimTime } from './sim-time.ts';

const SEED = Number(process.env['SEED'] ?? 1);
const RUNS = Number(process.env['RUNS'] ?? 12);
const SMALL_COUNT = 50;
const SMALL_BYTES = 350;
/** The first tenth is for finding the window. */
const RUN_MS = 2_000;
const WARM_MS = 300;
/** Waiting for the one that floods, at any time. */
const FLOOD_BYTES = 8_000_000;
/** As `in-flight-window.ts` has it: the window is not made smaller. */
const WINDOW_BYTES_MIN = 64 * 1024;

interface Conditions {
  readonly seed: number;
  readonly latencyMs: number;
  readonly bytesPerMs: number;
  readonly floodOperationBytes: number;
}

interface Measured {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly smallCount: number;
  readonly floodBytesPerMs: number;
  readonly refusals: readonly string[];
}

function conditionsOf(seed: number): Conditions {
  const random = randomFrom(seed * 7_919);
  return {
    seed,
    latencyMs: 2 + random() * 18,
    bytesPerMs: 40_000 + random() * 160_000,
    floodOperationBytes: Math.round(10 ** (3.5 + random() * 2)),
  };
}

async function run(conditions: Conditions, writers: 'few' | 'all' | 'flood'): Promise<Measured> {
  const { seed, latencyMs, bytesPerMs, floodOperationBytes } = conditions;
  const time = new SimTime();
  const random = randomFrom(seed);
  const log = new SimLog({ time, random, latencyMs, bytesPerMs });
  const scheduler = new ProposalScheduler(log, { time });
  const waits: number[] = [];
  const refusals: string[] = [];
  let floodBytes = 0;
  const submit = async (application: string, payload: Uint8Array): Promise<void> => {
    try {
      await scheduler.submit({ application, operationId: '', proposedAtMs: 0, payload });
    } catch (error) {
      if (!(error instanceof OperationLogError)) throw error;
      refusals.push(`${application}: ${error.code}`);
    }
  };
  const writeNowAndThen = (application: string): void => {
    const atMs = time.nowMs();
    if (atMs >= RUN_MS) return;
    void submit(application, new Uint8Array(SMALL_BYTES)).then(() => {
      if (atMs >= WARM_MS) waits.push(time.nowMs() - atMs);
    });
    time.after(-Math.log(1 - random()) * 100, () => writeNowAndThen(application));
  };
  if (writers !== 'flood') {
    for (let at = 0; at < SMALL_COUNT; at++) time.after(random() * 100, () => writeNowAndThen(`small-${at}`));
  }
  const payload = new Uint8Array(floodOperationBytes);
  const writeAgain = (): void => {
    if (time.nowMs() >= RUN_MS) return;
    void submit('flood', payload).then(() => {
      floodBytes += payload.byteLength;
      writeAgain();
    });
  };
  if (writers !== 'few') {
    for (let bytes = 0; bytes < FLOOD_BYTES; bytes += floodOperationBytes + 128) writeAgain();
  }
  await time.run(RUN_MS);
  const floodBytesPerMs = floodBytes / RUN_MS;
  await time.run(60_000);
  waits.sort((a, b) => a - b);
  return {
    p50Ms: waits[Math.floor(waits.length / 2)]!,
    p99Ms: waits[Math.floor(waits.length * 0.99)]!,
    smallCount: waits.length,
    floodBytesPerMs,
    refusals,
  };
}

test.each(Array.from({ length: RUNS }, (_, at) => SEED + at))(
  'seed %i: the others wait about twice as long as in quiet at most (and for one operation of the flood), and the flood gets on',
  async (seed) => {
    const conditions = conditionsOf(seed);
    const quiet = await run(conditions, 'few');
    const flooded = await run(conditions, 'all');
    const alone = await run(conditions, 'flood');
    if (process.env['SHOW'] !== undefined) console.log(conditions, quiet, flooded, alone);
    expect(quiet.smallCount).toBeGreaterThan(700);
    // What cannot be divided.
    const lump = Math.max(WINDOW_BYTES_MIN, conditions.floodOperationBytes) / conditions.bytesPerMs;
    expect(flooded.p99Ms).toBeLessThanOrEqual(2.1 * quiet.p99Ms + lump);
    expect(flooded.floodBytesPerMs).toBeGreaterThan(0.2 * conditions.bytesPerMs);
    expect(alone.floodBytesPerMs).toBeGreaterThan(0.9 * flooded.floodBytesPerMs);
    expect(alone.floodBytesPerMs).toBeGreaterThan(0.35 * conditions.bytesPerMs);
    expect([quiet, flooded, alone].flatMap(({ refusals }) => refusals)).toEqual([]);
  },
);

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
