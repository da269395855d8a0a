/**
 * A builder process that is killed at random moments, with writers that never stop. `ROUNDS=200` for the long form; `SEED` chooses the
 * moments (the machine's own timing is not repeatable).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@skein/base';
import { defaultSearchQuery, readManifest, View } from '@skein/engine';
import { FileDirectory, Member, type Operation } from '@skein/member';
import { expect, test } from 'vitest';
import { pause, randomFrom } from './random-moments.ts';

const rounds = Number(process.env['ROUNDS'] ?? 10);
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const APP = 'APP';
const COUNTERS = 5;
const VERSION_RECORDS = 40;

test(
  `a builder killed ${rounds} times loses no acknowledged operation, applies none twice, and leaves valid manifests`,
  async () => {
    console.log(`crash test: SEED=${seed} ROUNDS=${rounds}`);
    const random = randomFrom(seed);
    const folder = mkdtempSync(join(tmpdir(), 'skein-crash-'));
    const machine = new Machine(folder);
    const reached = {
      killedWhilePending: 0,
      killedDuringThreadWork: 0,
      rebuilds: 0,
      moves: 0,
      adds: 0,
      increments: 0,
    };
    try {
      await machine.startBuilder();
      const member = new Member({
        dataFolder: machine.data,
        socketPath: machine.socket,
        secret: machine.secret,
        waitMsMax: 60_000,
      });
      await member.whenBuilderPresent();
      const propose = (
        operation: Operation,
        until: 'durable' | 'visible' = 'durable',
      ): Promise<{ sequence: number }> =>
        member.propose(operation, { application: APP, proposedAtMs: Date.now(), until });
      await propose({ kind: 'createApplication' }, 'visible');

      const writers = new Writers(propose, random, reached);
      const writing = writers.run();
      for (let round = 0; round < rounds; round++) {
        await pause(20 + random() * 400);
        const statistics = (await machine.statisticsOf(member)) ?? {};
        if (Number(statistics['pendingTaskCount'] ?? 0) > 0) reached.killedWhilePending++;
        if (Number(statistics['threadJobCount'] ?? 0) > 0) reached.killedDuringThreadWork++;
        await machine.killBuilder();
        machine.checkManifests();
        // Searches go on from the last published state while there is no builder.
        member.openIndex(APP, 'records')?.view.search(defaultSearchQuery('record'));
        machine.checkVersions(member);
        await machine.startBuilder();
      }
      writers.stop();
      await writing;
      await propose({ kind: 'batch', index: 'records', requests: [] }, 'visible');
      for (const index of ['counters', 'records', 'live'])
        await propose({ kind: 'batch', index, requests: [] }, 'visible');

      machine.checkVersions(member);
      const counters = recordsOf(member, 'counters');
      for (const [counter, count] of writers.increments) {
        expect(counters.get(counter)?.['n'], `${counter} was incremented ${count} times`).toBe(count);
      }
      const records = recordsOf(member, 'records');
      for (const [objectID, version] of writers.added)
        expect(records.get(objectID)?.['version'], objectID).toBe(version);
      expect([...records.keys()].filter((objectID) => !writers.added.has(objectID))).toEqual([]);
      expect(member.openIndex(APP, 'records')?.meta.settings['searchableAttributes']).toEqual(
        writers.searchable,
      );

      // What the next process finds is the same.
      const before = JSON.stringify([
        ...recordsOf(member, 'records'),
        ...recordsOf(member, 'counters'),
        ...recordsOf(member, 'live'),
      ]);
      await machine.endBuilder();
      machine.checkManifests();
      await machine.startBuilder();
      await member.whenBuilderPresent();
      await propose({ kind: 'batch', index: 'elsewhere', requests: [] }, 'visible');
      expect(
        JSON.stringify([
          ...recordsOf(member, 'records'),
          ...recordsOf(member, 'counters'),
          ...recordsOf(member, 'live'),
        ]),
      ).toBe(before);
      member.close();
      console.log(`crash test: ${JSON.stringify(reached)}`);
      // The short form is too short to count on every moment.
      for (const [branch, count] of rounds < 100 ? [] : Object.entries(reached))
        expect(count, `${branch} was never reached`).toBeGreaterThan(0);
    } finally {
      await machine.killBuilder();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000 + rounds * 10_000,
);

class Machine {
  readonly data: string;
  readonly socket: string;
  readonly secret = 'a secret of enough bytes';
  #builder: ChildProcess | undefined;

  constructor(folder: string) {
    this.data = join(folder, 'data');
    this.socket = join(folder, 'builder.sock');
  }

  async startBuilder(): Promise<void> {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./builder-main.ts', import.meta.url))], {
      env: { ...process.env, TEST_DATA: this.data, TEST_SOCKET: this.socket, TEST_SECRET: this.secret },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#builder = child;
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code, signal) =>
        reject(new Error(`the builder ended at start: ${code ?? signal}`)),
      );
    });
  }

  killBuilder(): Promise<void> {
    return this.#stop('SIGKILL');
  }

  endBuilder(): Promise<void> {
    return this.#stop('SIGTERM');
  }

  async #stop(signal: NodeJS.Signals): Promise<void> {
    const child = this.#builder;
    this.#builder = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await ended;
    if (signal === 'SIGTERM') expect(child.exitCode).toBe(0);
  }

  async statisticsOf(member: Member): Promise<JsonObject | undefined> {
    return (await member.statistics()).builder;
  }

  /** Every index folder holds a manifest whose segments open, or none yet. */
  checkManifests(): void {
    const indexes = join(this.data, 'apps', APP, 'indexes');
    for (const entry of readdirSync(indexes)) {
      if (entry.includes('.')) {
        expect(entry, 'no index was set aside').not.toContain('.damaged');
        continue;
      }
      const directory = new FileDirectory(join(indexes, entry));
      const manifest = readManifest(directory);
      if (manifest === undefined) continue;
      const view = View.open(directory, manifest);
      expect(view.search(defaultSearchQuery()).hitCount).toBe(manifest.recordCount);
    }
  }

  /** `live` is replaced as a whole: a reader finds one version, complete. */
  checkVersions(member: Member): void {
    const live = recordsOf(member, 'live');
    if (live.size === 0) return;
    expect(live.size).toBe(VERSION_RECORDS);
    expect(new Set([...live.values()].map((record) => record['version'])).size).toBe(1);
  }
}

/** Each acknowledged write is noted; every proposal is answered in the end, as the client asks again under the same id. */
class Writers {
  readonly increments = new Map<string, number>();
  readonly added = new Map<string, number>();
  searchable: readonly string[] = [];
  readonly #propose: (operation: Operation, until?: 'durable' | 'visible') => Promise<{ sequence: number }>;
  readonly #random: () => number;
  readonly #reached: { rebuilds: number; moves: number; adds: number; increments: number };
  #stopped = false;

  constructor(
    propose: (operation: Operation, until?: 'durable' | 'visible') => Promise<{ sequence: number }>,
    random: () => number,
    reached: { rebuilds: number; moves: number; adds: number; increments: number },
  ) {
    this.#propose = propose;
    this.#random = random;
    this.#reached = reached;
  }

  async run(): Promise<void> {
    await Promise.all([this.#count(), this.#count(), this.#add(), this.#replace(), this.#configure()]);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #count(): Promise<void> {
    while (!this.#stopped) {
      const counter = `counter-${Math.floor(this.#random() * COUNTERS)}`;
      await this.#propose({
        kind: 'batch',
        index: 'counters',
        requests: [
          {
            action: 'partialUpdateObject',
            objectID: counter,
            body: { n: { _operation: 'Increment', value: 1 } },
          },
        ],
      });
      this.increments.set(counter, (this.increments.get(counter) ?? 0) + 1);
      this.#reached.increments++;
    }
  }

  async #add(): Promise<void> {
    for (let version = 1; !this.#stopped; version++) {
      const objectIDs = Array.from({ length: 30 }, () => `record-${Math.floor(this.#random() * 1000)}`);
      const requests = objectIDs.map((objectID) => ({
        action: 'addObject' as const,
        objectID,
        body: { objectID, title: `record ${objectID} ${version}`, version },
      }));
      await this.#propose({ kind: 'batch', index: 'records', requests });
      for (const objectID of objectIDs) this.added.set(objectID, version);
      this.#reached.adds++;
    }
  }

  async #replace(): Promise<void> {
    for (let version = 1; !this.#stopped; version++) {
      const requests = Array.from({ length: VERSION_RECORDS }, (_, at) => ({
        action: 'addObject' as const,
        objectID: String(at),
        body: { objectID: String(at), version },
      }));
      await this.#propose({ kind: 'copyIndex', index: 'live', destination: 'live_tmp', scope: ['settings'] });
      await this.#propose({ kind: 'batch', index: 'live_tmp', requests: requests.slice(0, 20) });
      await this.#propose({ kind: 'batch', index: 'live_tmp', requests: requests.slice(20) });
      await this.#propose({ kind: 'moveIndex', index: 'live_tmp', destination: 'live' }, 'visible');
      this.#reached.moves++;
    }
  }

  async #configure(): Promise<void> {
    while (!this.#stopped) {
      const searchable = this.#random() < 0.5 ? ['title'] : ['title', 'other'];
      await this.#propose(
        { kind: 'setSettings', index: 'records', settings: { searchableAttributes: searchable } },
        'visible',
      );
      this.searchable = searchable;
      this.#reached.rebuilds++;
      await pause(this.#random() * 200);
    }
  }
}

function recordsOf(member: Member, index: string): ReadonlyMap<string, JsonObject> {
  const records = new Map<string, JsonObject>();
  const open = member.openIndex(APP, index);
  let cursor: string | undefined;
  do {
    const page = open?.view.browse(defaultSearchQuery(), cursor, 1000);
    for (const json of page?.records ?? []) {
      const record = JSON.parse(json) as JsonObject;
      records.set(record['objectID'] as string, record);
    }
    cursor = page?.cursor;
  } while (cursor !== undefined);
  return records;
}
