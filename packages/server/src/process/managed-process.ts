/**
 * One process of the server: spawned, told its settings, watched, stopped.
 *
 *   loaded → start sent → started … → exited
 *
 * A process that does not get to `started` in time is killed, and starting fails.
 */
import { type ChildProcess, type SendHandle, spawn } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import type { FromProcess, ProcessSettings, ToProcess } from './messages.ts';

/** A listening socket that can be handed from process to process. Opaque: node gives it no public type. */
export interface SocketHandle {
  close(): void;
}

export interface ManagedProcessOptions {
  /** For messages. */
  readonly name: string;
  readonly entry: string;
  /** For node itself. */
  readonly nodeArguments?: readonly string[] | undefined;
  readonly settings: ProcessSettings;
  /** A socket to listen on instead of opening one. */
  readonly socket?: SocketHandle | undefined;
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
  #running = true;
  #socket: SocketHandle | undefined;
  #port = 0;
  #sharesPort = false;

  /** Rejects with `ProcessStartError`; then the process is gone. */
  static async start(options: ManagedProcessOptions): Promise<ManagedProcess> {
    const managed = new ManagedProcess(options);
    options.onSpawned?.(managed);
    await managed.#untilStarted(options);
    return managed;
  }

  private constructor(options: ManagedProcessOptions) {
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

  /** The port that it listens on. */
  get port(): number {
    return this.#port;
  }

  /** Whether each process has a socket of its own on the port; else all listen on one socket. */
  get sharesPort(): boolean {
    return this.#sharesPort;
  }

  /** The socket that it opened, for a successor. */
  get socket(): SocketHandle | undefined {
    return this.#socket;
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
      this.#child.on('message', (message: FromProcess, socket: unknown) => {
        switch (message.kind) {
          case 'loaded':
            this.send({ kind: 'start', settings: options.settings }, options.socket);
            break;
          case 'started':
            if (!this.#running) {
              // It was killed right after: nobody would ever read from the socket that it sent along.
              (socket as SocketHandle | undefined)?.close();
              break;
            }
            clearTimeout(timer);
            this.#port = message.port;
            this.#sharesPort = message.sharesPort;
            this.#socket = (socket as SocketHandle | undefined) ?? options.socket;
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
