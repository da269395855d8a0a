/** How much a cluster takes, and how far its members are apart meanwhile: all three and their clients on this one machine. */
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunningCluster } from '@skein/testkit';
import { until } from '../../documents/server/until.ts';
import { type Figures, figuresOf } from './measure-figures.ts';
import { askOnce } from './plain-client.ts';

const INDEX = 'load';
const LOOK_MS = 10;
const CATCH_UP_MS_MAX = 300_000;

export interface LoadOptions {
  readonly operationsPerS: number;
  readonly forMs: number;
  readonly operationBytes: number;
  readonly batchSize: number;
  /** Requests under way at most; what is not sent in time is not sent later. */
  readonly inFlightMax: number;
}

export interface LoadFigures {
  readonly acknowledged: number;
  readonly refused: number;
  readonly acknowledgedPerS: number;
  /** From the request to its answer. */
  readonly answerMs: Figures;
  /** From the first member that shows an operation to the last one. */
  readonly lagMs: Figures;
  /** From the answer until the last member shows it. */
  readonly shownMs: Figures;
  readonly caughtUpMs: number;
}

interface Sample {
  readonly sequence: number;
  readonly answeredMs: number;
}

export async function measureLoad(cluster: RunningCluster, options: LoadOptions): Promise<LoadFigures> {
  const agent = new Agent({ keepAlive: true });
  const looks = new Looks(cluster);
  const samples: Sample[] = [];
  const answerMs: number[] = [];
  let [acknowledged, refused, number] = [0, 0, 0];
  const text = 'x'.repeat(Math.max(1, options.operationBytes - 60));
  const send = async (): Promise<void> => {
    const requests = Array.from({ length: options.batchSize }, () => ({
      action: 'addObject',
      body: { objectID: String(number++ % 200_000), text },
    }));
    const member = cluster.members[number % cluster.members.length]!;
    const sentMs = performance.now();
    const { outcome, json } = await askOnce({
      url: member.url,
      line: `POST /1/indexes/${INDEX}/batch`,
      applicationId: cluster.applicationId,
      key: cluster.adminKey,
      body: { requests },
      timeoutMs: 60_000,
      agent,
    });
    const answeredMs = performance.now();
    answerMs.push(answeredMs - sentMs);
    if (outcome === 'ok') {
      acknowledged += options.batchSize;
      samples.push({ sequence: Number(json['taskID']), answeredMs });
    } else refused += options.batchSize;
  };
  looks.start();
  const startMs = performance.now();
  const underWay = new Set<Promise<void>>();
  for (let sent = 0; performance.now() - startMs < options.forMs; ) {
    const due = ((performance.now() - startMs) / 1_000) * options.operationsPerS;
    if (sent * options.batchSize < due && underWay.size < options.inFlightMax) {
      sent++;
      const one = send();
      underWay.add(one);
      void one.finally(() => underWay.delete(one));
    } else await pause(1);
  }
  await Promise.all(underWay);
  const endMs = performance.now();
  const last = Math.max(0, ...samples.map(({ sequence }) => sequence));
  await until('members that have caught up', () => looks.everybodyShows(last), CATCH_UP_MS_MAX);
  const caughtUpMs = Math.round(performance.now() - endMs);
  await looks.stop();
  agent.destroy();
  const shown = samples.map(({ sequence }) => looks.firstShown(sequence));
  return {
    acknowledged,
    refused,
    acknowledgedPerS: Math.round((acknowledged / (endMs - startMs)) * 1_000),
    answerMs: figuresOf(answerMs),
    lagMs: figuresOf(shown.map((times) => Math.max(...times) - Math.min(...times))),
    shownMs: figuresOf(shown.map((times, at) => Math.max(...times) - samples[at]!.answeredMs)),
    caughtUpMs,
  };
}

/** What each member shows, seen every few milliseconds. */
class Looks {
  readonly #cluster: RunningCluster;
  readonly #seen: readonly { sequence: number; atMs: number }[][];
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(cluster: RunningCluster) {
    this.#cluster = cluster;
    this.#seen = cluster.members.map(() => []);
  }

  start(): void {
    this.#running = Promise.all(this.#seen.map((_, at) => this.#look(at)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  everybodyShows(sequence: number): boolean {
    return this.#seen.every((seen) => (seen.at(-1)?.sequence ?? 0) >= sequence);
  }

  /** By member: when it was first seen to show this. */
  firstShown(sequence: number): readonly number[] {
    return this.#seen.map((seen) => {
      let [low, high] = [0, seen.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (seen[middle]!.sequence >= sequence) high = middle;
        else low = middle + 1;
      }
      return seen[low]?.atMs ?? Number.NaN;
    });
  }

  async #look(at: number): Promise<void> {
    const { members, applicationId, adminKey: key } = this.#cluster;
    const agent = new Agent({ keepAlive: true });
    while (!this.#stopped) {
      const { sequence } = await askOnce({
        url: members[at]!.url,
        line: `GET /1/indexes/${INDEX}/task/1`,
        applicationId,
        key,
        agent,
      });
      const seen = this.#seen[at]!;
      if (sequence > (seen.at(-1)?.sequence ?? 0)) seen.push({ sequence, atMs: performance.now() });
      await pause(LOOK_MS);
    }
    agent.destroy();
  }
}

export interface FairnessFigures {
  /** Of the applications that write a little. */
  readonly quietMs: Figures;
  readonly floodedMs: Figures;
  readonly floodPerS: number;
}

/** One application writes as much as it can, others one record now and then. Their applications are there already, with the same admin key. */
export async function measureFairness(
  cluster: RunningCluster,
  applications: readonly string[],
  forMs: number,
): Promise<FairnessFigures> {
  const quietMs = await writeALittle(cluster, applications, forMs);
  let isOver = false;
  let flooded = 0;
  const agent = new Agent({ keepAlive: true });
  const requests = Array.from({ length: 500 }, (_, at) => ({
    action: 'addObject',
    body: { objectID: String(at), text: 'x'.repeat(300) },
  }));
  const startMs = performance.now();
  const floods = Array.from({ length: 12 }, async (_, at) => {
    while (!isOver) {
      const { outcome } = await askOnce({
        url: cluster.members[at % cluster.members.length]!.url,
        line: `POST /1/indexes/${INDEX}/batch`,
        applicationId: cluster.applicationId,
        key: cluster.adminKey,
        body: { requests },
        agent,
      });
      if (outcome === 'ok') flooded += requests.length;
      else await pause(20);
    }
  });
  const floodedMs = await writeALittle(cluster, applications, forMs);
  isOver = true;
  await Promise.all(floods);
  agent.destroy();
  return {
    quietMs: figuresOf(quietMs),
    floodedMs: figuresOf(floodedMs),
    floodPerS: Math.round((flooded / (performance.now() - startMs)) * 1_000),
  };
}

async function writeALittle(
  cluster: RunningCluster,
  applications: readonly string[],
  forMs: number,
): Promise<readonly number[]> {
  const times: number[] = [];
  const endMs = performance.now() + forMs;
  const agent = new Agent({ keepAlive: true });
  await Promise.all(
    applications.map(async (applicationId, at) => {
      for (let number = 0; performance.now() < endMs; number++) {
        await pause(200 + ((at * 37 + number * 61) % 200));
        const sentMs = performance.now();
        const { outcome, text } = await askOnce({
          url: cluster.members[(at + number) % cluster.members.length]!.url,
          line: `PUT /1/indexes/little/${number}`,
          applicationId,
          key: cluster.adminKey,
          body: { text: 'little' },
          agent,
        });
        if (outcome !== 'ok') throw new Error(`${applicationId}: ${text}`);
        times.push(performance.now() - sentMs);
      }
    }),
  );
  agent.destroy();
  return times;
}
