/** A builder that is killed at each stage of a transaction's way: what was answered stays, what was not is there once or not at all. */

import { CRASH_STAGES } from '@skein/testkit';
import { expect, test, vi } from 'vitest';
import { randomFrom } from '../cluster/random-moments.ts';
import { ServerUnderFire } from './server/server-under-fire.ts';
import { until, untilAnswered } from './server/until.ts';
import { Workload } from './server/workload.ts';

vi.setConfig({ testTimeout: 240_000 });

test('a builder killed at any stage of a transaction loses nothing and repeats nothing', async () => {
  const server = await ServerUnderFire.start();
  try {
    const workload = new Workload(server, randomFrom(1));
    await workload.prepare();
    workload.start();
    for (const stage of CRASH_STAGES) {
      await untilAnswered(workload, 30);
      server.control.crashAt(stage);
      await until(`the crash ${stage}`, () => server.control.hasCrashed);
    }
    await untilAnswered(workload, 50);
    await workload.finish();
    expect(workload.check().slice(0, 10)).toEqual([]);
  } finally {
    await server.remove();
  }
});
