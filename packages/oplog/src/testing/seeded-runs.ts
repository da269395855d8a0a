/** Runs that chance decides and a seed repeats: `SEED=123` replays one, `ROUNDS=10000` asks for more of them. */
import { expect } from 'vitest';

/**
 * One run for each seed from 1 on; a failure names its seed. `reached` counts what the runs are about: over all of them, each has to
 * have happened.
 */
export async function runSeeds(
  roundsDefault: number,
  reached: Readonly<Record<string, number>>,
  oneRun: (seed: number) => Promise<void>,
): Promise<void> {
  const onlySeed = process.env['SEED'];
  const rounds = Number(process.env['ROUNDS'] ?? roundsDefault);
  const seeds =
    onlySeed === undefined ? Array.from({ length: rounds }, (_, at) => at + 1) : [Number(onlySeed)];
  for (const seed of seeds) {
    try {
      await oneRun(seed);
    } catch (error) {
      throw new Error(`replay with SEED=${seed}: ${String(error)}`, { cause: error });
    }
  }
  if (onlySeed !== undefined) return;
  for (const [branch, count] of Object.entries(reached))
    expect(count, `${branch} was never reached`).toBeGreaterThan(0);
}
