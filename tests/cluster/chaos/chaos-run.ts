/**
 * A real cluster under faults while clients of all kinds work on it, and what is checked of the promises afterwards:
 *
 *   1. acknowledged writes are on every member, once: records (`record-ledger.ts`), documents (checkers of `tests/documents`)
 *   2. members are equal in the end
 *   3. what a task says is published is found by the next question at that member, and never gone later
 *   4. no search fails, whatever is away, as long as one member is there; also while most are not
 *   5. after each fault the cluster becomes whole by itself, in a bounded time
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type PlantedBug, type RunningCluster, type StartClusterOptions, startCluster } from '@skein/testkit';
import type { Violation } from '../../documents/checker/history.ts';
import { FqlConnection, type FqlEndpoint } from '../../documents/server/fql-connection.ts';
import { until } from '../../documents/server/until.ts';
import { Workload } from '../../documents/server/workload.ts';
import { randomFrom } from '../random-moments.ts';
import { ChaosFaults, possibleFaults } from './chaos-faults.ts';
import { readDocuments } from './document-reader.ts';
import { DriverClients, UNIQUE_COLLECTION } from './driver-clients.ts';
import { type FaultKind, type PlannedFault, type PlannedRound, planOf } from './plan.ts';
import { RecordClients } from './record-clients.ts';
import { SearchClients } from './search-clients.ts';
import { Silences } from './silences.ts';

const INDEX = 'chaos';
/** For catching up after the worst. */
const WHOLE_MS_MAX = 90_000;

export interface ChaosOptions {
  readonly seed: number;
  /** Faults stop after it; the run ends when everything is whole and checked. */
  readonly forMs: number;
  /** `short`: faults come quickly, often two at once, and stop as soon as every kind has come. */
  readonly form?: 'long' | 'short' | undefined;
  /** Without it, all that this machine can do. */
  readonly kinds?: readonly FaultKind[] | undefined;
  readonly network?: StartClusterOptions['network'];
  readonly tls?: boolean | undefined;
  /** Of times between faults: 1 in the long form. */
  readonly pace?: number | undefined;
  readonly bug?: PlantedBug | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly diskMib?: number | undefined;
  /** Where the history goes when something is wrong. */
  readonly historyFile?: string | undefined;
  readonly say?: ((text: string) => void) | undefined;
}

export interface FaultFigures {
  readonly kind: FaultKind;
  readonly count: number;
  readonly writePauseMsMax: number;
  readonly searchPauseMsMax: number;
  /** From healing to being whole again. */
  readonly wholeMsMax: number;
}

export interface ChaosReport {
  readonly seed: number;
  readonly network: string;
  readonly durationMs: number;
  readonly counts: { readonly [what: string]: number };
  readonly faults: readonly FaultFigures[];
  readonly violations: readonly Violation[];
}

/** Of `GET /1/cluster`. */
interface ClusterReport {
  readonly member: string;
  readonly sequence: number;
  readonly problems: readonly string[];
}

interface Window {
  readonly kinds: readonly FaultKind[];
  readonly faults: readonly PlannedFault[];
  readonly fromMs: number;
  readonly healedMs: number;
  readonly toMs: number;
  readonly isWhole: boolean;
}

/** Rejects only when the cluster does not even start. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const cluster = await startCluster({
    network: options.network,
    tls: options.tls,
    env: options.env,
    diskMib: options.diskMib ?? 600,
    faults: { bug: options.bug },
  });
  const stop = (): void => void cluster.remove().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await new ChaosRun(cluster, options).run();
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await cluster.remove();
  }
}

class ChaosRun {
  readonly #cluster: RunningCluster;
  readonly #options: ChaosOptions;
  readonly #random: () => number;
  readonly #writes = new Silences();
  readonly #records: RecordClients;
  readonly #searches: SearchClients;
  readonly #drivers: DriverClients;
  readonly #workload: Workload;
  readonly #faults: ChaosFaults;
  readonly #windows: Window[] = [];
  readonly #violations: Violation[] = [];
  #searchesWithoutQuorum = 0;
  /** When this process stands still, clients see faults that are none of the cluster's. */
  readonly #stalls = monitorEventLoopDelay({ resolution: 10 });

  constructor(cluster: RunningCluster, options: ChaosOptions) {
    this.#cluster = cluster;
    this.#options = options;
    // The plan has numbers of its own, so that it does not depend on what clients draw.
    this.#random = randomFrom(options.seed);
    const clients = randomFrom(options.seed + 1);
    this.#records = new RecordClients(cluster, INDEX, clients, this.#writes);
    this.#searches = new SearchClients(cluster, INDEX, clients);
    this.#drivers = new DriverClients(cluster, clients, this.#writes);
    const endpoints = cluster.members.map(({ address }) => ({ address, timeoutMs: 8_000 }));
    this.#workload = new Workload(
      endpoints.map((_, at) => roaming(endpoints, at, clients)),
      clients,
      {
        lastSeen: 'of all',
        clientCount: 6,
        pauseMsMax: 60,
        pollEndpoints: endpoints,
        onAnswer: (wrote) => {
          if (wrote) this.#writes.note();
        },
      },
    );
    this.#faults = new ChaosFaults(cluster, randomFrom(options.seed + 2));
  }

  async run(): Promise<ChaosReport> {
    const startMs = performance.now();
    this.#stalls.enable();
    await this.#attempt('prepare', () => this.#prepare());
    const clients = [this.#records, this.#searches, this.#drivers, this.#workload];
    for (const each of clients) each.start();
    const { kinds = possibleFaults(this.#cluster), forMs, form = 'long' } = this.#options;
    const isShort = form === 'short';
    const plan = planOf({
      kinds,
      memberCount: this.#cluster.members.length,
      random: this.#random,
      pace: this.#options.pace ?? (isShort ? 0.15 : 1),
      together: isShort ? 0.7 : undefined,
    });
    const hasCome = (kind: FaultKind): boolean => this.#windows.some((window) => window.kinds.includes(kind));
    while (performance.now() - startMs < forMs && this.#violations.length === 0) {
      if (isShort && kinds.every(hasCome)) break;
      const round = plan.next().value;
      await this.#attempt(round.faults.map(({ kind }) => kind).join(' and '), () => this.#round(round));
    }
    await this.#attempt('end', () => this.#end());
    // It stops early at the first thing that is wrong.
    for (const kind of this.#violations.length === 0 ? kinds : []) {
      if (!hasCome(kind))
        this.#violations.push({
          kind: 'never-happened',
          text: `${kind} was planned, and time was over before`,
        });
    }
    const report = this.#report(performance.now() - startMs);
    if (report.violations.length > 0) this.#keepHistory(report);
    return report;
  }

  /** What goes wrong is a violation, and everything is still looked at. */
  async #attempt(what: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#violations.push({ kind: 'stuck', text: `${what}: ${String(error)}` });
      this.#options.say?.(`${what}: ${String(error)}`);
    }
  }

  async #prepare(): Promise<void> {
    await this.#records.prepare();
    await this.#workload.prepare();
    const connection = new FqlConnection(this.#cluster.members[0]!, 'fresh');
    const create = { create_collection: { object: { name: UNIQUE_COLLECTION } } };
    await until('a collection', async () => (await connection.ask(create)).outcome === 'ok');
    connection.close();
    await this.#untilWhole();
  }

  async #round(round: PlannedRound): Promise<void> {
    await pause(round.quietMs);
    const kinds = round.faults.map(({ kind }) => kind);
    const fromMs = performance.now();
    this.#options.say?.(`${kinds.join(' and ')} (${round.faults.map(({ member }) => member).join()})`);
    for (const fault of round.faults) await this.#faults.inject(fault);
    const searchesBefore = this.#searches.silences.count;
    await pause(round.holdMs);
    if (kinds.includes('quorum-lost'))
      this.#searchesWithoutQuorum += this.#searches.silences.count - searchesBefore;
    await this.#faults.heal();
    const healedMs = performance.now();
    if (round.then === 'whole') await this.#untilWhole();
    else await this.#untilWritten();
    const isWhole = round.then === 'whole';
    const { faults } = round;
    this.#windows.push({ kinds, faults, fromMs, healedMs, toMs: performance.now(), isWhole });
  }

  async #untilWritten(): Promise<void> {
    const goal = this.#writes.count + 3;
    await until('writes after a fault', () => this.#writes.count >= goal, WHOLE_MS_MAX);
  }

  async #untilWhole(): Promise<void> {
    const late = new AbortController();
    await Promise.race([
      this.#records.untilWhole(),
      pause(WHOLE_MS_MAX, undefined, { signal: late.signal }).then(() => {
        throw new Error('the cluster did not become whole again');
      }),
    ]).finally(() => late.abort());
  }

  async #end(): Promise<void> {
    await this.#faults.heal();
    await this.#cluster.startAll();
    await this.#untilWhole();
    this.#options.say?.('the end: clients stop');
    await Promise.all([this.#records.stop(), this.#searches.stop(), this.#drivers.stop()]);
    await this.#workload.finish();
    // What was still on its way has arrived behind these.
    await this.#untilWhole();
    this.#violations.push(
      ...(await this.#records.check()),
      ...this.#searches.violations,
      ...this.#drivers.violations,
      ...this.#workload.check(),
      ...(await this.#checkDocuments()),
      ...(await this.#checkReports()),
    );
    const wasLost = this.#windows.some(({ kinds }) => kinds.includes('quorum-lost'));
    if (wasLost && this.#searchesWithoutQuorum === 0)
      this.#violations.push({ kind: 'no-reads', text: 'no search was answered without a quorum' });
  }

  /** What members say of themselves: all at the same place, and nothing of theirs differs. */
  async #checkReports(): Promise<readonly Violation[]> {
    const { members } = this.#cluster;
    let reports: readonly ClusterReport[] = [];
    try {
      await until('members at the same place', async () => {
        const answers = await Promise.all(
          members.map((each) => this.#records.insist(each, 'GET /1/cluster')),
        );
        reports = answers.map(({ json }) => json as unknown as ClusterReport);
        return new Set(reports.map(({ sequence }) => sequence)).size === 1;
      });
    } catch {
      const text = reports.map(({ member, sequence }) => `${member} is at ${sequence}`).join();
      return [{ kind: 'members-differ', text }];
    }
    return reports
      .flatMap(({ problems }) => problems.filter((problem) => /digest|damage|differ/.test(problem)))
      .map((text) => ({ kind: 'members-differ', text }));
  }

  async #checkDocuments(): Promise<readonly Violation[]> {
    const violations: Violation[] = [];
    let first: { readonly name: string; readonly texts: ReadonlyMap<string, string> } | undefined;
    for (const member of this.#cluster.members) {
      const documents = await readDocuments(member);
      const uniques = documents.get(UNIQUE_COLLECTION) ?? [];
      const stored = new Map(uniques.map(({ id, data }) => [Number(id), String(data['by'])]));
      violations.push(...this.#drivers.check(member.name, stored));
      const texts = new Map(Array.from(documents, ([name, list]) => [name, JSON.stringify(list)]));
      first ??= { name: member.name, texts };
      for (const [collection, text] of texts) {
        if (first.texts.get(collection) === text) continue;
        violations.push({
          kind: 'members-differ',
          text: `${member.name} and ${first.name} have other documents in ${collection}`,
        });
      }
    }
    return violations;
  }

  #report(durationMs: number): ChaosReport {
    const kinds = [...new Set(this.#windows.flatMap((window) => window.kinds))].sort();
    const { ok, unknown, failed, polled } = this.#workload.counts;
    const { ledger } = this.#records;
    return {
      seed: this.#options.seed,
      network: this.#cluster.networkKind,
      durationMs: Math.round(durationMs),
      counts: {
        rounds: this.#windows.length,
        searches: this.#searches.silences.count,
        searchesFailed: this.#searches.failedCount,
        searchesGivenUpByMemory: this.#searches.givenUpCount,
        searchesWithoutQuorum: this.#searchesWithoutQuorum,
        recordWrites: ledger.counts.ok,
        recordWritesUnknown: ledger.counts.unknown,
        recordWritesFailed: ledger.counts.failed,
        tasksWatched: this.#records.watchedCount,
        tasksWaitedFor: this.#records.waitedCount,
        transactions: ok,
        transactionsUnknown: unknown,
        transactionsFailed: failed,
        eventsPolled: polled,
        driverCreates: this.#drivers.counts.created,
        driverRepeats: this.#drivers.counts.repeated,
        driverUnanswered: this.#drivers.counts.unanswered,
        ...Object.fromEntries(
          Array.from(this.#drivers.errors, ([said, count]) => [`driver: ${said}`, count]),
        ),
        clientsStoodStillMsMax: Math.round(this.#stalls.max / 1e6),
      },
      faults: kinds.map((kind) => this.#figuresOf(kind)),
      violations: this.#violations,
    };
  }

  #figuresOf(kind: FaultKind): FaultFigures {
    const windows = this.#windows.filter((window) => window.kinds.includes(kind));
    const longest = (silences: Silences): number =>
      Math.round(Math.max(...windows.map(({ fromMs, toMs }) => silences.longestWithin(fromMs, toMs))));
    const whole = windows.filter(({ isWhole }) => isWhole).map(({ healedMs, toMs }) => toMs - healedMs);
    return {
      kind,
      count: windows.length,
      writePauseMsMax: longest(this.#writes),
      searchPauseMsMax: longest(this.#searches.silences),
      wholeMsMax: Math.round(Math.max(0, ...whole)),
    };
  }

  #keepHistory(report: ChaosReport): void {
    const { historyFile } = this.#options;
    if (historyFile === undefined) return;
    mkdirSync(dirname(historyFile), { recursive: true });
    const outputs = Object.fromEntries(this.#cluster.members.map((each) => [each.name, each.output()]));
    const windows = this.#windows;
    const kept = {
      report,
      windows,
      outputs,
      transactions: this.#workload.history,
      records: this.#records.noted,
    };
    writeFileSync(historyFile, JSON.stringify(kept));
    this.#options.say?.(`seed ${report.seed}: what clients saw is in ${historyFile}`);
  }
}

/** Mostly one member, sometimes another. */
function roaming(endpoints: readonly FqlEndpoint[], home: number, random: () => number): FqlEndpoint {
  return {
    get address() {
      const place = random() < 0.8 ? home : Math.floor(random() * endpoints.length);
      return endpoints[place]?.address;
    },
    timeoutMs: endpoints[home]?.timeoutMs,
  };
}
