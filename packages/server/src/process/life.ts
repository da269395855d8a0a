/**
 * What every process under the supervisor does alike: it says that it has loaded, starts when told its settings, drains when
 * told to, and ends with its supervisor.
 */
import { type Metrics, renderMetrics } from '../metrics.ts';
import type { ProbeReport } from '../probes/probe.ts';
import type { BuilderSight } from '../probes/sight.ts';
import type { SocketHandle, Sockets } from './managed-process.ts';
import { type ProcessSettings, type ToProcess, tellSupervisor } from './messages.ts';

export interface ProcessRole {
  readonly metrics: Metrics;
  /** Only of the builder: how it is. Undefined while it is starting. */
  readonly look?: (() => BuilderSight | undefined) | undefined;
  /** What is not fine with this server; called whenever that has changed. */
  readonly onProbes?: ((reports: readonly ProbeReport[]) => void) | undefined;
  /** Loads what `start` may load. */
  readonly prepare?: (() => Promise<unknown>) | undefined;
  /** Rejects when starting is impossible: the supervisor hears the message, and the process ends. */
  start(
    settings: ProcessSettings,
    sockets: Sockets,
  ): Promise<{ readonly drain: (how: 'reload' | 'stop') => Promise<void> }>;
}

const wanted = new Map<number, (text: string) => void>();
let wantedNumber = 0;

/** The metrics of all processes of this server, as text. */
export function metricsOfAll(): Promise<string> {
  return new Promise((resolve) => {
    const id = ++wantedNumber;
    wanted.set(id, resolve);
    tellSupervisor({ kind: 'wantMetrics', id });
  });
}

export function onSupervisorMessages(role: ProcessRole): void {
  let work: Awaited<ReturnType<ProcessRole['start']>> | undefined;
  let ending = false;
  const end = async (how: 'reload' | 'stop'): Promise<void> => {
    if (ending) return;
    ending = true;
    try {
      await work?.drain(how);
      process.exit(0);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    }
  };
  let fqlSocket: SocketHandle | undefined;
  const start = async (settings: ProcessSettings, sockets: Sockets): Promise<void> => {
    try {
      work = await role.start(settings, sockets);
    } catch (error) {
      tellSupervisor({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      process.exitCode = 1;
      process.disconnect();
    }
  };
  process.on('message', (message: ToProcess, socket: unknown) => {
    switch (message.kind) {
      case 'prepare':
        // What cannot be loaded now is told when it is needed.
        role.prepare?.().catch(() => undefined);
        break;
      case 'fqlSocket':
        fqlSocket = socket as SocketHandle | undefined;
        break;
      case 'start':
        void start(message.settings, { http: socket as SocketHandle | undefined, fql: fqlSocket });
        break;
      case 'drain':
        void end(message.how);
        break;
      case 'probes':
        role.onProbes?.(message.reports);
        break;
      case 'look': {
        const sight = role.look?.();
        if (sight !== undefined) tellSupervisor({ kind: 'sight', sight });
        break;
      }
      case 'collect':
        void role.metrics
          .snapshot()
          .then((snapshot) => tellSupervisor({ kind: 'metrics', id: message.id, snapshot }));
        break;
      case 'collected':
        void renderMetrics(message.snapshots).then((text) => {
          wanted.get(message.id)?.(text);
          wanted.delete(message.id);
        });
        break;
    }
  });
  // The supervisor was killed: nobody is left to start, stop or replace this process.
  process.on('disconnect', () => void end('stop'));
  process.on('SIGTERM', () => void end('stop'));
  // Ctrl-C in a terminal reaches every process of the group; the supervisor decides what follows.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  tellSupervisor({ kind: 'loaded' });
}
