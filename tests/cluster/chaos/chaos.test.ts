/**
 * The short form of `npm run chaos`: every kind of fault once, on three real members, with official clients at work.
 *
 * `SEED` chooses faults and moments (the machine's own timing is not repeatable). In CI it is always the same, so that a red run tells of the
 * change.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runChaos } from './chaos-run.ts';
import { tableOf } from './report-table.ts';

const seed = Number(process.env['SEED'] ?? (process.env['CI'] === 'true' ? 1 : Date.now() % 100_000));
/** Of a machine that does much else at the same time; a free one needs about a minute and a half. */
const MS_MAX = 300_000;

test(
  'under every kind of fault nothing acknowledged is lost or doubled, no search fails, and members end up equal',
  async () => {
    console.log(`chaos: SEED=${seed}`);
    const report = await runChaos({
      seed,
      form: 'short',
      forMs: MS_MAX,
      historyFile: join(tmpdir(), `skein-chaos-${seed}.json`),
      say: (text) => console.log(text),
    });
    console.log(tableOf(report));
    expect(report.violations).toEqual([]);
    expect(report.counts['searches']).toBeGreaterThan(0);
    expect(report.counts['transactions']).toBeGreaterThan(0);
    expect(report.counts['tasksWatched']).toBeGreaterThan(0);
  },
  MS_MAX + 300_000,
);
