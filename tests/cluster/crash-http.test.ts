/**
 * A whole server over HTTP whose builder and query processes are killed at random moments, with clients that go on writing and searching.
 * `ROUNDS=200` for the long form; `SEED` chooses the moments (the machine's own timing is not repeatable).
 */
import { readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { defaultSearchQuery, FileMissingError, readManifest, View } from '@skein/engine';
import { DataLayout, FileDirectory } from '@skein/member';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { expect, test } from 'vitest';
import { pause, randomFrom } from './random-moments.ts';

const rounds = Number(process.env['ROUNDS'] ?? 6);
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const INDEX = 'crashes';
const SEED_RECORDS = 200;
/** Both query processes may be away at once, and one that was killed while it started is started again after a pause: seconds, no more. */
const SILENCE_MS_MAX = 30_000;

test(
  `a server whose processes are killed ${rounds} times loses no acknowledged write, applies none twice, and goes on answering searches`,
  async () => {
    console.log(`crash test over HTTP: SEED=${seed} ROUNDS=${rounds}`);
    const random = randomFrom(seed);
    const server = await startSkein({ env: { SKEIN_QUERY_PROCESSES: '2', SKEIN_LOG_LEVEL: 'error' } });
    const reached = { buildersKilled: 0, queriesKilled: 0, brokenConnections: 0, searches: 0, writes: 0 };
    const clients = new Clients(server, random, reached);
    try {
      await clients.seed();
      const running = clients.run();
      for (let round = 0; round < rounds; ) {
        await pause(20 + random() * 300);
        const { builder, query } = server.processes();
        const isBuilder = random() < 0.5;
        const victim = isBuilder ? builder : (query[Math.floor(random() * query.length)] ?? 0);
        // Still on its way back from the round before.
        if (victim === 0 || query.length < 2) continue;
        process.kill(victim, 'SIGKILL');
        round++;
        if (isBuilder) reached.buildersKilled++;
        else reached.queriesKilled++;
        checkManifests(server);
      }
      clients.stop();
      await running;
      await clients.checkRecords();
      console.log(
        `crash test over HTTP: ${JSON.stringify(reached)}, longest time without an answered search ${Math.round(clients.silenceMsMax)} ms`,
      );
      expect(clients.errors, 'answers to searches that were errors').toEqual([]);
      for (const [branch, count] of rounds < 100 ? [] : Object.entries(reached))
        expect(count, `${branch} was never reached`).toBeGreaterThan(0);
    } finally {
      clients.stop();
      await server.stop();
    }
  },
  120_000 + rounds * 10_000,
);

interface Reached {
  brokenConnections: number;
  searches: number;
  writes: number;
}

/** Connections break with the processes; who asks again must get an answer. */
class Clients {
  readonly errors: string[] = [];
  silenceMsMax = 0;
  readonly #server: RunningSkein;
  readonly #random: () => number;
  readonly #reached: Reached;
  /** Last acknowledged version of each record. */
  readonly #versions = new Map<string, number>();
  /** Acknowledged increments, and those whose answer never came: they count once or not at all. */
  readonly #acknowledged = new Map<string, number>();
  readonly #unknown = new Map<string, number>();
  #taskID = 0;
  #stopped = false;

  constructor(server: RunningSkein, random: () => number, reached: Reached) {
    this.#server = server;
    this.#random = random;
    this.#reached = reached;
  }

  async seed(): Promise<void> {
    const requests = Array.from({ length: SEED_RECORDS }, (_, at) => ({
      action: 'addObject',
      body: { objectID: `fixed-${at}`, title: 'anchor text' },
    }));
    await this.#insist('POST', `/1/indexes/${INDEX}/batch`, { requests });
    await this.#untilPublished();
  }

  async run(): Promise<void> {
    await Promise.all([
      this.#search(),
      this.#search(),
      this.#save('a'),
      this.#save('b'),
      this.#increment('counter-1'),
      this.#increment('counter-2'),
      this.#configure(),
    ]);
  }

  stop(): void {
    this.#stopped = true;
  }

  async checkRecords(): Promise<void> {
    await this.#untilPublished();
    for (const [objectID, version] of this.#versions) {
      const { body } = await this.#insist('GET', `/1/indexes/${INDEX}/${objectID}`);
      expect(JSON.parse(body), objectID).toMatchObject({ version });
    }
    for (const [objectID, acknowledged] of this.#acknowledged) {
      const { body } = await this.#insist('GET', `/1/indexes/${INDEX}/${objectID}`);
      const { n } = JSON.parse(body) as { n: number };
      expect(n, `${objectID}: none lost`).toBeGreaterThanOrEqual(acknowledged);
      expect(n, `${objectID}: none applied twice`).toBeLessThanOrEqual(
        acknowledged + (this.#unknown.get(objectID) ?? 0),
      );
    }
  }

  /** The anchors are never written again: every search finds all of them, whatever is killed. */
  async #search(): Promise<void> {
    let answeredMs = performance.now();
    while (!this.#stopped) {
      const query = { query: 'anchor', hitsPerPage: 1 };
      const unanswered = setTimeout(
        () => this.errors.push(`no answer for ${SILENCE_MS_MAX} ms`),
        SILENCE_MS_MAX,
      );
      const { status, body } = await this.#insist('POST', `/1/indexes/${INDEX}/query`, query);
      clearTimeout(unanswered);
      if (status !== 200 || !body.includes(`"nbHits":${SEED_RECORDS}`)) this.errors.push(`${status} ${body}`);
      this.silenceMsMax = Math.max(this.silenceMsMax, performance.now() - answeredMs);
      answeredMs = performance.now();
      this.#reached.searches++;
    }
  }

  async #save(writer: string): Promise<void> {
    for (let version = 1; !this.#stopped; version++) {
      const objectIDs = Array.from({ length: 20 }, () => `${writer}-${Math.floor(this.#random() * 300)}`);
      const requests = objectIDs.map((objectID) => ({ action: 'addObject', body: { objectID, version } }));
      const { status, body } = await this.#insist('POST', `/1/indexes/${INDEX}/batch`, { requests });
      // Refused, not kept: the builder was away for longer than a proposal waits.
      if (status !== 200) continue;
      this.#noteTask(body);
      for (const objectID of objectIDs) this.#versions.set(objectID, version);
      this.#reached.writes++;
    }
  }

  async #increment(objectID: string): Promise<void> {
    this.#acknowledged.set(objectID, 0);
    await this.#insist('PUT', `/1/indexes/${INDEX}/${objectID}`, { n: 0 });
    while (!this.#stopped) {
      const body = { n: { _operation: 'Increment', value: 1 } };
      let counts: Map<string, number>;
      try {
        const answer = await ask(this.#server, 'POST', `/1/indexes/${INDEX}/${objectID}/partial`, body);
        if (answer.status === 200) this.#noteTask(answer.body);
        counts = answer.status === 200 ? this.#acknowledged : this.#unknown;
      } catch {
        this.#reached.brokenConnections++;
        counts = this.#unknown;
      }
      counts.set(objectID, (counts.get(objectID) ?? 0) + 1);
    }
  }

  /** Rebuilds the index now and then, so that kills also hit the threads' work. */
  async #configure(): Promise<void> {
    while (!this.#stopped) {
      const searchableAttributes = this.#random() < 0.5 ? ['title'] : ['title', 'other'];
      const { body } = await this.#insist('PUT', `/1/indexes/${INDEX}/settings`, { searchableAttributes });
      this.#noteTask(body);
      await pause(200 + this.#random() * 300);
    }
  }

  #noteTask(body: string): void {
    this.#taskID = Math.max(this.#taskID, Number(/"taskID":(\d+)/.exec(body)?.[1] ?? 0));
  }

  async #untilPublished(): Promise<void> {
    const { body } = await this.#insist('POST', `/1/indexes/${INDEX}/batch`, { requests: [] });
    this.#noteTask(body);
    for (;;) {
      const answer = await this.#insist('GET', `/1/indexes/${INDEX}/task/${this.#taskID}`);
      if (answer.body.includes('"published"')) return;
      await pause(20);
    }
  }

  /** Asks again while connections break. */
  async #insist(method: string, path: string, body?: object): Promise<Answer> {
    for (;;) {
      try {
        return await ask(this.#server, method, path, body);
      } catch {
        this.#reached.brokenConnections++;
        await pause(5);
      }
    }
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A connection of its own each time, so that all query processes get their share. */
const agent = new Agent({ keepAlive: false });

function ask(server: RunningSkein, method: string, path: string, body?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'x-algolia-application-id': server.applicationId,
      'x-algolia-api-key': server.adminKey,
    };
    const asked = request(
      { host: '127.0.0.1', port: server.port, method, path, headers, agent },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Whatever moment it is, every index has a manifest whose segments open and hold as many records as it says. */
function checkManifests(server: RunningSkein): void {
  const layout = new DataLayout(server.dataFolder);
  for (const entry of readdirSync(layout.indexesFolder(server.applicationId))) {
    expect(entry, 'no index was set aside').not.toContain('.damaged');
    if (entry.includes('.')) continue;
    const directory = new FileDirectory(join(layout.indexesFolder(server.applicationId), entry));
    for (let attempt = 0; ; attempt++) {
      const manifest = readManifest(directory);
      if (manifest === undefined) break;
      try {
        expect(View.open(directory, manifest).search(defaultSearchQuery()).hitCount).toBe(
          manifest.recordCount,
        );
        break;
      } catch (error) {
        // A living builder has published again meanwhile.
        if (!(error instanceof FileMissingError) || attempt === 20) throw error;
      }
    }
  }
}
