/**
 * Eight clients and three pollers use a server over HTTP while its processes are killed at random moments, its clock steps, and its machine
 * loses power. What they saw is then checked: strictly serialisable, no event lost or there twice, times in the order of visibility.
 *
 * `ROUNDS=200` for the long form; `SEED` chooses faults and moments (the machine's own timing is not repeatable).
 */
import { setTimeout as pause } from 'node:timers/promises';
import { CRASH_STAGES } from '@skein/testkit';
import { expect, test } from 'vitest';
import { randomFrom } from '../cluster/random-moments.ts';
import { ServerUnderFire } from './server/server-under-fire.ts';
import { until, untilAnswered } from './server/until.ts';
import { Workload } from './server/workload.ts';

/** As a deck of cards: each once before any comes again. */
const FAULTS = [
  'builder',
  'query',
  'clock',
  'crash',
  'pause',
  'builder',
  'query',
  'power',
  'restart',
  'supervisor',
] as const;
/** From here on, a kind of fault or answer that did not occur is a failure. */
const THOROUGH_ROUNDS = 40;
const rounds = Number(process.env['ROUNDS'] ?? 8);
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const HOUR_MS = 3_600_000;

test(
  `with ${rounds} faults, what clients see is strictly serialisable, and time follows visibility`,
  async () => {
    console.log(`history test: SEED=${seed} ROUNDS=${rounds}`);
    const random = randomFrom(seed);
    const server = await ServerUnderFire.start({ queryProcesses: 3 });
    const reached = {
      builder: 0,
      query: 0,
      clock: 0,
      crash: 0,
      pause: 0,
      power: 0,
      restart: 0,
      supervisor: 0,
    };
    try {
      const workload = new Workload(server, random);
      await workload.prepare();
      workload.start();
      let deck: (typeof FAULTS)[number][] = [];
      for (let round = 0; round < rounds; round++) {
        await untilAnswered(workload, 60);
        await pause(random() * 300);
        if (deck.length === 0)
          deck = FAULTS.map((fault) => ({ fault, at: random() }))
            .sort((a, b) => a.at - b.at)
            .map(({ fault }) => fault);
        const fault = deck.pop()!;
        switch (fault) {
          case 'builder':
          case 'query':
            await until(`a ${fault} process to kill`, () => server.killOne(fault, random));
            break;
          case 'clock':
            // Forward and back again, by anything between a blink and an hour.
            server.control.order({ clockOffsetMs: Math.round((random() - 0.5) * 2 * HOUR_MS ** random()) });
            break;
          case 'crash':
            server.control.crashAt(CRASH_STAGES[Math.floor(random() * CRASH_STAGES.length)]!);
            await until('the crash', () => server.control.hasCrashed);
            break;
          case 'power':
            await server.end('kill');
            server.losePower(random);
            server.control.order({ replayMs: random() * 1_500 });
            await server.begin();
            break;
          case 'restart':
            await server.end('stop');
            await server.begin();
            break;
          case 'supervisor':
            await server.end('kill supervisor');
            await server.begin();
            break;
          case 'pause':
            await server.pauseBuilder(random() * 500);
        }
        reached[fault]++;
      }
      await untilAnswered(workload, 50);
      await workload.finish();
      console.log(`history test: ${JSON.stringify({ ...reached, ...workload.counts })}`);
      expect(workload.check().slice(0, 10)).toEqual([]);
      expect(workload.counts.ok).toBeGreaterThan(0);
      expect(workload.counts.polled).toBeGreaterThan(0);
      const branches = rounds < THOROUGH_ROUNDS ? {} : { ...reached, ...workload.counts };
      for (const [branch, count] of Object.entries(branches))
        expect(count, `${branch} was never reached`).toBeGreaterThan(0);
    } finally {
      await server.remove();
    }
  },
  180_000 + rounds * 20_000,
);
