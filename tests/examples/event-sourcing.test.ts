/**
 * `examples/event-sourcing` as it stands, its workers as processes of their own against a real server:
 *   1. Workers, builder and query processes are killed at random; snapshot plus tail equals a plain scan whenever it is asked, also with
 *      two aggregate workers at once. Every acknowledged event is there once.
 *   2. The snapshots alone come to hold everything.
 * `ROUNDS=100` for the long form; `SEED` chooses the victims (the machine's own timing is not repeatable).
 */
import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { expect, test, vi } from 'vitest';
import { pause, randomFrom } from '../cluster/random-moments.ts';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../examples/event-sourcing/', import.meta.url));
const rounds = Number(process.env['ROUNDS'] ?? 6);
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const WORKERS = ['insert', 'insert', 'aggregate', 'aggregate', 'read-latest'] as const;

interface Checked {
  readonly events: number;
  readonly inSnapshots: number;
  readonly inTail: number;
  readonly differences: number;
  readonly ids?: readonly string[];
}

/** A worker that is started again whenever it ends, as by a process manager. */
class Worker {
  readonly #name: string;
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcessByStdio<null, Readable, Readable>;
  #stopped = false;
  output = '';
  trouble = '';

  constructor(name: string, env: NodeJS.ProcessEnv) {
    this.#name = name;
    this.#env = env;
    this.#process = this.#start();
  }

  #start(): ChildProcessByStdio<null, Readable, Readable> {
    const child = spawn(process.execPath, [`${folder}${this.#name}.js`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#env,
    });
    child.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.trouble += chunk.toString()));
    child.once('exit', () => {
      if (!this.#stopped) this.#process = this.#start();
    });
    return child;
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const child = this.#process;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const cut = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(cut);
  }
}

test(
  `1, 2: ${rounds} kills of workers and of the server's processes never make the totals differ from a scan`,
  async () => {
    console.log(`event-sourcing example: SEED=${seed} ROUNDS=${rounds}`);
    const random = randomFrom(seed);
    const server = await startSkein({ env: { SKEIN_QUERY_PROCESSES: '2', SKEIN_LOG_LEVEL: 'error' } });
    const env = {
      PATH: process.env['PATH'],
      FAUNA_SECRET: server.fqlSecret,
      FAUNA_ENDPOINT: server.fqlUrl,
      EVERY_MS: '100',
    };
    const reached = { workers: 0, builder: 0, query: 0, checks: 0, tails: 0 };
    let workers: Worker[] = [];
    const check = async (...flags: string[]): Promise<Checked> => {
      const { stdout } = await run(process.execPath, [`${folder}check.js`, ...flags], {
        env,
        maxBuffer: 64 * 1024 * 1024,
      });
      const checked = JSON.parse(stdout) as Checked;
      expect(checked.differences).toBe(0);
      expect(checked.inSnapshots + checked.inTail).toBe(checked.events);
      reached.checks++;
      if (checked.inTail > 0) reached.tails++;
      return checked;
    };
    try {
      await run(process.execPath, [`${folder}setup.js`], { env });
      await run(process.execPath, [`${folder}setup.js`], { env });
      workers = WORKERS.map((name) => new Worker(name, env));
      await vi.waitFor(async () => expect((await check()).inSnapshots).toBeGreaterThan(0), {
        timeout: 60_000,
        interval: 50,
      });
      for (let round = 0; round < rounds; round++) {
        await pause(100 + random() * 500);
        reached[kill(server, workers, random)]++;
        await check();
      }
      await Promise.all(workers.slice(0, 2).map((worker) => worker.stop()));
      const acknowledged = workers.slice(0, 2).flatMap(({ output }) => output.match(/^\d+(?=\n)/gm) ?? []);
      await vi.waitFor(async () => expect((await check()).inTail).toBe(0), { timeout: 60_000, interval: 50 });
      const { ids = [], events } = await check('--ids');
      expect(new Set(ids).size).toBe(events);
      const there = new Set(ids);
      expect(acknowledged.filter((id) => !there.has(id))).toEqual([]);
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(workers[4]?.output).toMatch(/^user \d: \d+ bytes$/m);
      expect(workers.map(({ trouble }) => trouble).join('')).toBe('');
      console.log(`event-sourcing example: ${JSON.stringify({ ...reached, events })}`);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
      await server.stop();
    }
  },
  180_000 + rounds * 10_000,
);

function kill(
  server: RunningSkein,
  workers: readonly Worker[],
  random: () => number,
): 'workers' | 'builder' | 'query' {
  const { builder, query } = server.processes();
  const choice = random();
  const victim = query[Math.floor(random() * query.length)];
  if (choice < 0.25 && builder > 0) {
    process.kill(builder, 'SIGKILL');
    return 'builder';
  }
  if (choice < 0.5 && victim !== undefined) {
    process.kill(victim, 'SIGKILL');
    return 'query';
  }
  workers[Math.floor(random() * workers.length)]?.kill();
  return 'workers';
}
