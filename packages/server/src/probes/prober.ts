/**
 * The supervisor's eye on its server: looks once a second, judges, tells processes, receivers of alerts, metrics and the log.
 *
 *   builder, disk, certificates, ends of processes ─▶ ProbeLooks ─▶ ProbeJudge ─▶ states ─┬─▶ processes: /health, /1/cluster, other members
 *                                                                                        ├─▶ AlertReceiver for each target
 *                                                                                        └─▶ log, skein_probe_state
 */
import { statfs } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { MetricsSnapshot } from '../process/messages.ts';
import type { AlertSource } from './alert-body.ts';
import { AlertReceiver } from './alert-receiver.ts';
import type { AlertTarget } from './alert-target.ts';
import { AlertsFile } from './alerts-file.ts';
import { CertificateWatch, type CertificateWatchOptions } from './certificate-watch.ts';
import { type ProbeName, type ProbeReport, type ProbeStates, rankOf } from './probe.ts';
import { ProbeJudge } from './probe-judge.ts';
import { END_WINDOW_MS, type LooksOptions, ProbeLooks } from './probe-looks.ts';
import { PROBE_TABLE } from './probe-table.ts';
import { type BuilderSight, isTeller, type Sight } from './sight.ts';

export interface ProberOptions extends LooksOptions, CertificateWatchOptions {
  readonly dataFolder: string;
  readonly source: AlertSource;
  readonly alerts: readonly AlertTarget[];
  readonly log: Logger;
  readonly diskRoom?: ((folder: string) => Promise<Sight['disk']>) | undefined;
}

/** What the prober needs of the supervisor. */
export interface ProbedProcesses {
  readonly processIds: { readonly builder: number | undefined; readonly etcd: number | undefined };
  /** Else it is being started. */
  readonly builderRuns: boolean;
  /** The answer comes by `Prober.saw`. */
  askBuilder(): void;
  tellProbes(reports: readonly ProbeReport[]): void;
}

const TICK_MS = 1_000;
/** After so long without a look this process itself stood still. */
const STALL_MS = 5_000;
const END_COUNT_MAX = 1_000;
const CLUSTER_WIDE = new Set<ProbeName>(
  (Object.keys(PROBE_TABLE) as ProbeName[]).filter((name) => PROBE_TABLE[name].scope === 'cluster'),
);
const NONE: ReadonlySet<ProbeName> = new Set();

export class Prober {
  readonly #options: ProberOptions;
  readonly #startMs = performance.now();
  readonly #looks: ProbeLooks;
  readonly #judge = new ProbeJudge((name) => PROBE_TABLE[name]);
  readonly #certificates: CertificateWatch;
  readonly #file: AlertsFile;
  readonly #receivers: readonly AlertReceiver[];
  #timer: NodeJS.Timeout | undefined;
  #ends: Sight['ends'] = [];
  #builder: BuilderSight | undefined;
  #builderPid: number | undefined;
  #builderHeardMs: number | undefined;
  #etcdPid: number | undefined;
  #disk: Sight['disk'];
  #measuringDisk = false;
  #tickedMs = performance.now();
  #states: ProbeStates = new Map();
  /** Wall time since when, by steady time since when: so that the same state is always told with the same time. */
  readonly #since = new Map<ProbeName, { readonly sinceMs: number; readonly iso: string }>();
  #toldText = '[]';

  constructor(options: ProberOptions) {
    const { source, log } = options;
    this.#options = options;
    this.#looks = new ProbeLooks(options);
    this.#certificates = new CertificateWatch(options);
    this.#file = new AlertsFile(options.dataFolder);
    const known = options.alerts.length === 0 ? new Map() : this.#file.read();
    this.#receivers = options.alerts.map(
      (target) =>
        new AlertReceiver({
          target,
          source,
          startMs: this.#startMs,
          known: known.get(target.label),
          log: (level, message) => log[level](message),
          onTold: () => this.#save(),
        }),
    );
  }

  /** Goes on until `stop`. */
  start(processes: ProbedProcesses): void {
    this.#timer = setInterval(() => this.#tick(processes), TICK_MS);
    this.#timer.unref();
  }

  /** What ends from now on is meant to. */
  stop(): void {
    clearInterval(this.#timer);
    for (const receiver of this.#receivers) receiver.stop();
  }

  /** A process ended, or could not be started, and nobody asked for that. */
  ended(name: string): void {
    this.#ends = [...this.#ends, { name, atMs: performance.now() }].slice(-END_COUNT_MAX);
  }

  /** The builder has answered. */
  saw(sight: BuilderSight): void {
    this.#builder = sight;
    this.#builderHeardMs = performance.now();
  }

  /** Processes have read their files anew. */
  reloaded(): void {
    this.#certificates.reloaded();
  }

  /** Those that are not fine, in the order of the table. */
  get reports(): readonly ProbeReport[] {
    return (Object.keys(PROBE_TABLE) as ProbeName[]).flatMap((name): ProbeReport[] => {
      const state = this.#states.get(name);
      if (state === undefined || state.level === 'fine') return [];
      return [{ name, state: state.level, since: this.#isoOf(name, state.sinceMs), message: state.message }];
    });
  }

  metrics(): MetricsSnapshot {
    const values = Array.from(this.#states, ([probe, { level }]) => ({
      value: rankOf(level),
      labels: { probe },
    }));
    const help = 'State of each probe: 0 fine, 1 warning, 2 critical';
    return [{ name: 'skein_probe_state', help, type: 'gauge', aggregator: 'max', values }];
  }

  #tick(processes: ProbedProcesses): void {
    const [nowMs, wallMs] = [performance.now(), Date.now()];
    this.#skipStall(nowMs);
    this.#watchProcesses(processes, nowMs);
    void this.#measureDisk();
    const sight: Sight = {
      nowMs,
      wallMs,
      startMs: this.#startMs,
      ends: this.#ends,
      builder: this.#builder,
      builderHeardMs: this.#builderHeardMs,
      builderRuns: processes.builderRuns,
      disk: this.#disk,
      certificates: this.#certificates.look(nowMs, wallMs),
    };
    this.#judge.note(nowMs, this.#looks.find(sight));
    const before = this.#states;
    this.#states = this.#judge.states;
    this.#log(before);
    const { reports } = this;
    const text = JSON.stringify(reports);
    if (text !== this.#toldText) processes.tellProbes(reports);
    this.#toldText = text;
    const described = this.#builder?.cluster?.described;
    const leftToOthers = described === undefined || isTeller(described) ? NONE : CLUSTER_WIDE;
    for (const receiver of this.#receivers) void receiver.note(nowMs, wallMs, this.#states, leftToOthers);
  }

  /** While this process was stopped nobody could tell it anything. */
  #skipStall(nowMs: number): void {
    const stalledMs = nowMs - this.#tickedMs;
    this.#tickedMs = nowMs;
    if (stalledMs > STALL_MS && this.#builderHeardMs !== undefined) this.#builderHeardMs += stalledMs;
  }

  #watchProcesses(processes: ProbedProcesses, nowMs: number): void {
    const { builder, etcd } = processes.processIds;
    if (builder !== undefined && builder !== this.#builderPid) {
      this.#builderPid = builder;
      this.#builder = undefined;
      this.#builderHeardMs = nowMs;
    }
    if (this.#etcdPid !== undefined && etcd !== this.#etcdPid) this.ended('etcd');
    this.#etcdPid = etcd;
    const oldest = this.#ends[0];
    if (oldest !== undefined && nowMs - oldest.atMs > END_WINDOW_MS)
      this.#ends = this.#ends.filter(({ atMs }) => nowMs - atMs <= END_WINDOW_MS);
    processes.askBuilder();
  }

  async #measureDisk(): Promise<void> {
    if (this.#measuringDisk) return;
    this.#measuringDisk = true;
    try {
      this.#disk = await (this.#options.diskRoom ?? diskRoom)(this.#options.dataFolder);
    } catch {
      // The folder is gone for a moment, while another member's state takes its place.
      this.#disk = undefined;
    } finally {
      this.#measuringDisk = false;
    }
  }

  #log(before: ProbeStates): void {
    for (const [name, { level, message }] of this.#states) {
      const was = before.get(name)?.level ?? 'fine';
      if (level === was) continue;
      const { log } = this.#options;
      if (level === 'fine') log.info({ probe: name }, `${name} is fine again`);
      else log[level === 'critical' ? 'error' : 'warn']({ probe: name, state: level }, message);
    }
  }

  #isoOf(name: ProbeName, sinceMs: number): string {
    const known = this.#since.get(name);
    if (known?.sinceMs === sinceMs) return known.iso;
    const iso = new Date(Date.now() - (performance.now() - sinceMs)).toISOString();
    this.#since.set(name, { sinceMs, iso });
    return iso;
  }

  #save(): void {
    try {
      this.#file.write(new Map(this.#receivers.map(({ label, known }) => [label, known])));
    } catch (error) {
      this.#options.log.debug({ err: error }, 'what was told is not written down');
    }
  }
}

async function diskRoom(folder: string): Promise<Sight['disk']> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, bytes: blocks * bsize };
}
