/**
 * Keeps the server's processes running: one builder, and query processes in numbered slots.
 *
 * A process that ends unasked is started again, at once the first time, with growing pauses while it keeps failing.
 *
 * Listening sockets outlive processes. Each slot has a socket of its own on each shared port (the system spreads connections over them);
 * the supervisor holds a copy, so that at a reload the successor listens on the very socket that its predecessor stops
 * reading, and no connection that waits in its queue is lost. When a process dies unasked while others live, its socket is
 * closed, so that new connections go to the others until it is back.
 */
import { builderNodeArguments } from '@skein/member';
import type { Logger } from 'pino';
import type { ProbeReport } from '../probes/probe.ts';
import type { BuilderSight } from '../probes/sight.ts';
import {
  type LoadOptions,
  ManagedProcess,
  NO_SOCKETS,
  type ProcessExit,
  type SocketHandle,
  type Sockets,
} from './managed-process.ts';
import type { FromProcess, MetricsSnapshot, ProcessSettings } from './messages.ts';
import { Standby } from './standby.ts';

/** A program beside the processes: started before them, ended after them, and looking after itself meanwhile. */
export interface Companion {
  /** Of the running one. */
  readonly pid: number | undefined;
  /** Resolves when it is on its way. Rejects with `ProcessStartError`. */
  start(): Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

/** Who is told how the processes are, and tells them. */
export interface SupervisorProbes {
  readonly reports: readonly ProbeReport[];
  /** A process ended, or could not be started again, and nobody asked for that. */
  ended(name: string): void;
  /** The builder has answered `askBuilder`. */
  saw(sight: BuilderSight): void;
  metrics(): MetricsSnapshot;
}

export interface SupervisorOptions {
  readonly builderEntry: string;
  readonly queryEntry: string;
  readonly queryProcesses: number;
  readonly settings: Omit<ProcessSettings, 'processNumber'>;
  readonly drainMs: number;
  readonly log: Logger;
  /** In a cluster, unless it is given one that runs already. */
  readonly etcd?: Companion | undefined;
  readonly probes?: SupervisorProbes | undefined;
  /** How long after a builder's start another one loads, to wait for the end of that one. Only in a cluster. */
  readonly standbyDelayMs?: number | undefined;
  /** The builder's process id, each time there is a new one. */
  readonly onBuilder?: ((pid: number) => void) | undefined;
}

export interface ListeningPorts {
  readonly http: number;
  /** Undefined where FQL is off. */
  readonly fql: number | undefined;
}

interface Slot {
  readonly at: number;
  process: ManagedProcess | undefined;
  sockets: Sockets;
  /** Its process ended and is not started again yet. */
  pausing: boolean;
}

/** Replaying a long journal may take this long; a process that hangs is not waited for for ever. */
const builderStartMsMax = 600_000;
/** In a cluster it may first have to take all of another member's state. */
const joiningStartMsMax = 24 * 3_600_000;
const queryStartMsMax = 30_000;
/** A process that lived so long has shown that it works: its next end is restarted at once. */
const provenMs = 10_000;
const pauseMsMax = 5_000;
const collectMsMax = 2_000;

export class Supervisor {
  readonly #options: SupervisorOptions;
  #settings: Omit<ProcessSettings, 'processNumber'>;
  readonly #slots: Slot[];
  #builder: ManagedProcess | undefined;
  /** In a cluster, where writes of many wait for one builder. */
  readonly #standby: Standby | undefined;
  readonly #all = new Set<ManagedProcess>();
  readonly #pauses = new Set<() => void>();
  readonly #collecting = new Map<number, (snapshot: MetricsSnapshot) => void>();
  #collectNumber = 0;
  #processNumber = 0;
  #stopping = false;
  #reloading: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#settings = options.settings;
    if (options.settings.configuration.cluster)
      this.#standby = new Standby(this.#builderLoad(), options.standbyDelayMs);
    this.#slots = Array.from({ length: options.queryProcesses }, (_, at) => ({
      at,
      process: undefined,
      sockets: NO_SOCKETS,
      pausing: false,
    }));
  }

  /** Rejects with `ProcessStartError`. */
  async startBuilder(): Promise<void> {
    await this.#options.etcd?.start();
    const process = await this.#spawnBuilder();
    this.#watchBuilder(process);
  }

  /** Resolves with the ports once every query process listens. `settings`: what came to light since construction. */
  async startQueryProcesses(settings: Partial<ProcessSettings> = {}): Promise<ListeningPorts> {
    this.#settings = { ...this.#settings, ...settings };
    const start = async (slot: Slot): Promise<ListeningPorts> => {
      const process = await this.#spawnQuery(slot);
      this.#watchQuery(slot, process);
      return { http: process.http?.port ?? 0, fql: process.fql?.port };
    };
    // The first one settles the ports, and whether the system lets several sockets share them.
    const [first, ...others] = this.#slots;
    const ports = first === undefined ? { http: 0, fql: undefined } : await start(first);
    const { configuration } = this.#settings;
    const { http: port, fql: fqlPort = configuration.fqlPort } = ports;
    this.#settings = { ...this.#settings, configuration: { ...configuration, port, fqlPort } };
    await Promise.all(others.map(start));
    return ports;
  }

  /** For tests and messages. */
  get processIds(): {
    readonly builder: number | undefined;
    readonly query: readonly number[];
    readonly etcd: number | undefined;
    readonly standby: number | undefined;
  } {
    const query = this.#slots.flatMap(({ process }) => (process?.running === true ? [process.pid] : []));
    const etcd = this.#options.etcd?.pid;
    return { builder: this.#builder?.pid, query, etcd, standby: this.#standby?.pid };
  }

  /** Else it is being started. */
  get builderRuns(): boolean {
    return this.#builder?.running === true;
  }

  /** How it is. The answer goes to `SupervisorProbes.saw`. */
  askBuilder(): void {
    if (this.builderRuns) this.#builder?.send({ kind: 'look' });
  }

  /** All processes; those that start later are told by themselves. */
  tellProbes(reports: readonly ProbeReport[]): void {
    for (const each of this.#all) each.send({ kind: 'probes', reports });
  }

  /** Replaces every process by a fresh one, query processes first, without losing a request. One at a time. */
  reload(): Promise<void> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = undefined;
    });
    return this.#reloading;
  }

  /** Query processes finish their requests, then the builder publishes and ends, and etcd last. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#standby?.drop();
    for (const wake of this.#pauses) wake();
    const { drainMs } = this.#options;
    const queries = [...this.#all].filter((each) => each !== this.#builder);
    const { leaveMs } = this.#settings.configuration;
    await Promise.all(queries.map((each) => each.stop('stop', leaveMs + drainMs)));
    await this.#builder?.stop('stop', drainMs);
    await this.#options.etcd?.stop();
    for (const slot of this.#slots) this.#releaseSockets(slot);
  }

  /** Ends everything at once. Nothing acknowledged is lost: it is in the journal. */
  kill(): void {
    this.#stopping = true;
    this.#standby?.drop();
    for (const each of this.#all) each.kill();
    this.#options.etcd?.kill();
  }

  async #reload(): Promise<void> {
    const { log, drainMs } = this.#options;
    log.info('reloading');
    this.#standby?.drop();
    for (const slot of this.#slots) {
      const old = slot.process;
      if (this.#stopping || old === undefined || !old.running) continue;
      const fresh = await this.#spawnQuery(slot);
      if (this.#stopping) {
        fresh.kill();
        return;
      }
      this.#watchQuery(slot, fresh);
      void old.stop('reload', drainMs);
    }
    const old = this.#builder;
    if (old !== undefined && !this.#stopping) {
      this.#builder = undefined;
      await old.stop('reload', drainMs);
      await this.#restartBuilder(Number.POSITIVE_INFINITY);
    }
    log.info('reloaded');
  }

  async #spawnBuilder(): Promise<ManagedProcess> {
    return this.#spawn({
      ...this.#builderLoad(),
      standby: this.#standby?.take(),
      startMsMax: this.#settings.configuration.cluster ? joiningStartMsMax : builderStartMsMax,
    });
  }

  #builderLoad(): LoadOptions {
    const { builderMemoryMib } = this.#settings.configuration;
    return {
      name: 'builder',
      entry: this.#options.builderEntry,
      nodeArguments: builderNodeArguments(builderMemoryMib * 1024 * 1024),
    };
  }

  async #spawnQuery(slot: Slot): Promise<ManagedProcess> {
    const first = this.#slots[0];
    // Where sockets cannot share a port, all processes listen on the first one's.
    const shared: Sockets = {
      http: first?.process?.http?.sharesPort === false ? first.sockets.http : undefined,
      fql: first?.process?.fql?.sharesPort === false ? first.sockets.fql : undefined,
    };
    return this.#spawn({
      name: `query process ${slot.at}`,
      entry: this.#options.queryEntry,
      startMsMax: queryStartMsMax,
      sockets: { http: slot.sockets.http ?? shared.http, fql: slot.sockets.fql ?? shared.fql },
    });
  }

  async #spawn(
    what: LoadOptions & {
      readonly standby?: ManagedProcess | undefined;
      readonly startMsMax: number;
      readonly sockets?: Sockets | undefined;
    },
  ): Promise<ManagedProcess> {
    const settings = { ...this.#settings, processNumber: this.#processNumber++ };
    const process = await ManagedProcess.start({
      ...what,
      settings,
      onSpawned: (spawned) => {
        this.#all.add(spawned);
        void spawned.exited.then(() => this.#all.delete(spawned));
        if (this.#stopping) spawned.kill();
      },
      onMessage: (sender, message) => this.#receive(sender, message),
    });
    this.#options.log.debug({ pid: process.pid }, `${what.name} is running`);
    const reports = this.#options.probes?.reports ?? [];
    if (reports.length > 0) process.send({ kind: 'probes', reports });
    return process;
  }

  #watchQuery(slot: Slot, process: ManagedProcess): void {
    const startedMs = performance.now();
    slot.process = process;
    slot.sockets = process.sockets;
    // Whoever waits in the queue of a process that is to come back later is answered sooner by this one.
    for (const other of this.#slots) if (other.pausing) this.#releaseSockets(other);
    void process.exited.then(async (exit) => {
      // A predecessor that has drained is not missed.
      if (slot.process !== process || this.#stopping) return;
      this.#report(process, exit);
      if (this.#slots.some((other) => other !== slot && other.process?.running === true))
        this.#releaseSockets(slot);
      await this.#restartQuery(slot, performance.now() - startedMs);
    });
  }

  async #restartQuery(slot: Slot, livedMs: number): Promise<void> {
    const onPause = (pausing: boolean): void => {
      slot.pausing = pausing;
    };
    const started = await this.#retry(`query process ${slot.at}`, { livedMs, onPause }, async () => {
      try {
        return await this.#spawnQuery(slot);
      } catch (error) {
        // Whoever waits in its socket's queue would go on waiting while other processes could answer.
        if (this.#slots.some((other) => other !== slot && other.process?.running === true))
          this.#releaseSockets(slot);
        throw error;
      }
    });
    if (started !== undefined) this.#watchQuery(slot, started);
  }

  #watchBuilder(process: ManagedProcess): void {
    const startedMs = performance.now();
    this.#builder = process;
    this.#options.onBuilder?.(process.pid);
    if (!this.#stopping) this.#standby?.prepare();
    void process.exited.then(async (exit) => {
      if (this.#builder !== process || this.#stopping) return;
      this.#report(process, exit);
      await this.#restartBuilder(performance.now() - startedMs);
    });
  }

  async #restartBuilder(livedMs: number): Promise<void> {
    const onPause = (): void => undefined;
    const started = await this.#retry('builder', { livedMs, onPause }, () => this.#spawnBuilder());
    if (started !== undefined) this.#watchBuilder(started);
  }

  /** Undefined when the server stops meanwhile. */
  async #retry(
    name: string,
    { livedMs, onPause }: { readonly livedMs: number; readonly onPause: (pausing: boolean) => void },
    start: () => Promise<ManagedProcess>,
  ): Promise<ManagedProcess | undefined> {
    let pauseMs = livedMs >= provenMs ? 0 : 50;
    while (!this.#stopping) {
      onPause(true);
      await this.#pause(pauseMs);
      onPause(false);
      if (this.#stopping) return undefined;
      try {
        const process = await start();
        if (!this.#stopping) return process;
        process.kill();
      } catch (error) {
        this.#options.log.error({ err: error }, 'a process could not be started again');
        if (!this.#stopping) this.#options.probes?.ended(name);
        pauseMs = Math.min(pauseMsMax, Math.max(100, pauseMs * 2));
      }
    }
    return undefined;
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#pauses.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, pauseMs);
      this.#pauses.add(wake);
    });
  }

  #releaseSockets(slot: Slot): void {
    const { http, fql } = slot.sockets;
    slot.sockets = NO_SOCKETS;
    const isUsed = (socket: SocketHandle): boolean =>
      this.#slots.some(({ sockets }) => sockets.http === socket || sockets.fql === socket);
    for (const socket of [http, fql]) if (socket !== undefined && !isUsed(socket)) socket.close();
  }

  #report(process: ManagedProcess, { code, signal }: ProcessExit): void {
    const how = signal ?? `exit code ${code}`;
    this.#options.probes?.ended(process.name);
    this.#options.log.error(
      { pid: process.pid },
      `${process.name} ended unasked (${how}); starting it again`,
    );
  }

  #receive(sender: ManagedProcess, message: FromProcess): void {
    if (message.kind === 'sight' && sender === this.#builder) this.#options.probes?.saw(message.sight);
    if (message.kind === 'metrics') this.#collecting.get(message.id)?.(message.snapshot);
    if (message.kind === 'wantMetrics') {
      void this.collectMetrics().then((snapshots) =>
        sender.send({ kind: 'collected', id: message.id, snapshots }),
      );
    }
  }

  /** Snapshots of the processes that answer in time. */
  async collectMetrics(): Promise<readonly MetricsSnapshot[]> {
    const snapshots: MetricsSnapshot[] = [];
    const asked = [...this.#all].map(
      (process) =>
        new Promise<void>((resolve) => {
          const id = ++this.#collectNumber;
          const done = (): void => {
            clearTimeout(timer);
            this.#collecting.delete(id);
            resolve();
          };
          const timer = setTimeout(done, collectMsMax);
          this.#collecting.set(id, (snapshot) => {
            snapshots.push(snapshot);
            done();
          });
          process.send({ kind: 'collect', id });
        }),
    );
    await Promise.all(asked);
    if (this.#options.probes !== undefined) snapshots.push(this.#options.probes.metrics());
    return snapshots;
  }
}
