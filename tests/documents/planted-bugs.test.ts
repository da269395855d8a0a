/** The checkers find what is wrong with a real server: each of five mistakes is planted into one (`planted-bugs.ts` of testkit). */

import type { PlantedBug } from '@skein/testkit';
import { expect, test, vi } from 'vitest';
import { randomFrom } from '../cluster/random-moments.ts';
import { ServerUnderFire } from './server/server-under-fire.ts';
import { until, untilAnswered } from './server/until.ts';
import { Workload } from './server/workload.ts';

vi.setConfig({ testTimeout: 240_000 });

interface Case {
  readonly bug: PlantedBug;
  /** What is found among other things. */
  readonly found: string;
  readonly provoke: (server: ServerUnderFire, workload: Workload) => Promise<void>;
}

const CASES: readonly Case[] = [
  {
    bug: 'stale-read',
    found: 'cycle',
    provoke: (_, workload) => untilAnswered(workload, 400),
  },
  {
    bug: 'time-of-clock',
    found: 'missed',
    provoke: async ({ control }, workload) => {
      await untilAnswered(workload, 50);
      control.order({ clockOffsetMs: -60_000 });
      await untilAnswered(workload, 50);
    },
  },
  {
    bug: 'repeat-twice',
    found: 'duplicate',
    provoke: async ({ control }, workload) => {
      for (let round = 0; round < 3; round++) {
        await untilAnswered(workload, 20);
        control.crashAt('after-commit');
        await until('the crash', () => control.hasCrashed);
      }
      await untilAnswered(workload, 20);
    },
  },
  {
    bug: 'early-answer',
    found: 'lost',
    provoke: async (server, workload) => {
      await untilAnswered(workload, 100);
      await server.end('kill');
      server.losePower(() => 0);
      await server.begin();
      await untilAnswered(workload, 20);
    },
  },
  {
    bug: 'forgotten-journal',
    found: 'lost',
    provoke: async (server, workload) => {
      // How soon a file is full, and then forgotten, depends on how many transactions share an entry.
      const before = new Set(server.journalFiles());
      await untilAnswered(workload, 100);
      await until('the journal forgets', () => {
        const files = server.journalFiles();
        return files.every((name) => !before.has(name)) && (files[0] ?? '') > ([...before].at(-1) ?? '');
      });
      await untilAnswered(workload, 20);
      await server.end('kill');
      server.losePower(() => 0);
      await server.begin();
      await untilAnswered(workload, 20);
    },
  },
];

test.each(CASES)('$bug is found', async ({ bug, found, provoke }) => {
  const server = await ServerUnderFire.start({ bug });
  try {
    const workload = new Workload(server, randomFrom(1));
    await workload.prepare();
    // What is there so far is on the disk.
    await server.end('stop');
    await server.begin();
    workload.start();
    server.control.order({ bugShows: true });
    await provoke(server, workload);
    // Clients and pollers get to the end of what there is.
    server.control.order({ bugShows: false });
    await workload.finish();
    const kinds = new Set(workload.check().map(({ kind }) => kind));
    expect([...kinds]).toContain(found);
  } finally {
    await server.remove();
  }
});
