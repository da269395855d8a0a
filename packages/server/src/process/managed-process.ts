/**
 * One process of the server: spawned, told its settings, watched, stopped.
 *
 *   loaded → start sent → started … → exited
 *
 * Most of a start is loading, which may be done long before the rest. A process that does not get to `started` in time is killed, and starting fails.
 */
import { type ChildProcess, type SendHandle, spawn } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import type { FromProcess, ProcessSettings, ToProcess } from './messages.ts';

/** A listening socket that can be handed from process to process. Opaque: node gives it no public type. */
export interface SocketHandle {
  close(): void;
}

/** Those of a query process, by what is served on them. */
export interface Sockets {
  readonly http: SocketHandle | undefined;
  readonly fql: SocketHandle | undefined;
}

export const NO_SOCKETS: Sockets = { http: undefined, fql: undefined };

/** Where a process listens. */
export interface OpenPort {
  readonly port: number;
  /** Whether each process has a socket of its own on the port; else all listen on one socket. */
  readonly sharesPort: boolean;
}

export interface LoadOptions {
  /** For messages. */
  readonly name: string;
  readonly entry: string;
  /** For node itself. */
  readonly nodeArguments?: readonly string[] | undefined;
}

export interface ManagedProcessOptions extends LoadOptions {
  /** One that has loaded, or is at it; else it is made. */
  readonly standby?: ManagedProcess | undefined;
  readonly settings: ProcessSettings;
  /** Sockets to listen on instead of opening some. */
  readonly sockets?: Sockets | undefined;
  readonly startMsMax: number;
  /** Called at once, long before it has started: so that whoever stops everything knows of it. */
  readonly onSpawned?: ((process: ManagedProcess) => void) | undefined;
  readonly onMessage?: ((process: ManagedProcess, message: FromProcess) => void) | undefined;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The process could not do its work; the message is its own, if it said one. */
export class ProcessStartError extends Error {
  override readonly name = 'ProcessStartError';
}

export class ManagedProcess {
  readonly name: string;
  readonly exited: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  readonly #loaded: Promise<void>;
  #running = true;
  #sockets: Sockets = NO_SOCKETS;
  #http: OpenPort | undefined;
  #fql: OpenPort | undefined;

  /** Rejects with `ProcessStartError`; then the process is gone. */
  static async start(options: ManagedProcessOptions): Promise<ManagedProcess> {
    const managed = options.standby ?? ManagedProcess.load(options);
    options.onSpawned?.(managed);
    await managed.#untilStarted(options);
    return managed;
  }

  /** It loads, and then waits. */
  static load(options: LoadOptions): ManagedProcess {
    return new ManagedProcess(options);
  }

  private constructor(options: LoadOptions) {
    this.name = options.name;
    const cacheFolder = getCompileCacheDir();
    this.#child = spawn(
      process.execPath,
      [...process.execArgv, ...(options.nodeArguments ?? []), options.entry],
      {
        // Settings, and with them secrets, travel over the channel: nothing of them in arguments or environment.
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: {
          ...withoutSettings(process.env),
          ...(cacheFolder === undefined ? {} : { NODE_COMPILE_CACHE: cacheFolder }),
        },
      },
    );
    this.#loaded = new Promise((resolve) => {
      this.#child.on('message', ({ kind }: FromProcess) => {
        if (kind === 'loaded') resolve();
      });
    });
    this.exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#running = false;
        resolve({ code, signal });
      });
      this.#child.once('error', () => {
        this.#running = false;
        resolve({ code: null, signal: null });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get running(): boolean {
    return this.#running;
  }

  get http(): OpenPort | undefined {
    return this.#http;
  }

  /** Undefined where FQL is off. */
  get fql(): OpenPort | undefined {
    return this.#fql;
  }

  /** The sockets that it listens on, for a successor. */
  get sockets(): Sockets {
    return this.#sockets;
  }

  send(message: ToProcess, socket?: SocketHandle): void {
    if (!this.#child.connected) return;
    // Errors mean that the process is ending, which `exited` tells.
    this.#child.send(message, socket as unknown as SendHandle | undefined, () => undefined);
  }

  /** Asks it to finish, and kills it when it has not after `withinMs`. */
  async stop(how: 'reload' | 'stop', withinMs: number): Promise<ProcessExit> {
    this.send({ kind: 'drain', how });
    const cut = setTimeout(() => this.kill(), withinMs);
    const exit = await this.exited;
    clearTimeout(cut);
    return exit;
  }

  kill(): void {
    if (this.#running) this.#child.kill('SIGKILL');
  }

  #untilStarted(options: ManagedProcessOptions): Promise<void> {
    const { sockets = NO_SOCKETS } = options;
    return new Promise((resolve, reject) => {
      const fail = (message: string): void => {
        clearTimeout(timer);
        this.kill();
        reject(new ProcessStartError(`${options.name}: ${message}`));
      };
      const timer = setTimeout(
        () => fail(`did not start within ${options.startMsMax} ms`),
        options.startMsMax,
      );
      void this.exited.then(({ code, signal }) =>
        fail(`ended while starting (${signal ?? `exit code ${code}`})`),
      );
      void this.#loaded.then(() => {
        if (sockets.fql !== undefined) this.send({ kind: 'fqlSocket' }, sockets.fql);
        this.send({ kind: 'start', settings: options.settings }, sockets.http);
      });
      this.#child.on('message', (message: FromProcess, socket: unknown) => {
        switch (message.kind) {
          case 'loaded':
            break;
          case 'fqlListening':
            this.#fql = message;
            this.#sockets = { ...this.#sockets, fql: (socket as SocketHandle | undefined) ?? sockets.fql };
            break;
          case 'started':
            if (!this.#running) {
              // It was killed right after: nobody would ever read from the socket that it sent along.
              (socket as SocketHandle | undefined)?.close();
              if (this.#sockets.fql !== sockets.fql) this.#sockets.fql?.close();
              break;
            }
            clearTimeout(timer);
            this.#http = message;
            this.#sockets = { ...this.#sockets, http: (socket as SocketHandle | undefined) ?? sockets.http };
            resolve();
            break;
          case 'failed':
            fail(message.message);
            break;
          default:
            options.onMessage?.(this, message);
        }
      });
    });
  }
}

/** Children get their settings over the channel; those that hold secrets do not stay readable in their environment. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('SKEIN_') || name === 'SKEIN_MMAP'),
  );
}
