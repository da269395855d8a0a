/**
 * The seed of property tests. In CI it is fixed, so that a red run tells of the change and not of the day; elsewhere each run tries
 * other cases. `SEED=n` replays a failure: fast-check prints the seed with the counterexample.
 */
import fc from 'fast-check';

const FIXED_SEED = 20_261;

const { SEED, CI } = process.env;
if (SEED !== undefined) fc.configureGlobal({ seed: Number(SEED) });
else if (CI === 'true') fc.configureGlobal({ seed: FIXED_SEED });
