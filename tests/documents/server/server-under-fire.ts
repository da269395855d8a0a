/** A real server whose processes are killed, whose clock steps, and whose machine loses power. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataLayout } from '@skein/member';
import { FaultControl, losePower, type PlantedBug, type RunningSkein, startSkein } from '@skein/testkit';

export interface FireOptions {
  readonly bug?: PlantedBug | undefined;
  readonly queryProcesses?: number | undefined;
}

export class ServerUnderFire {
  readonly control: FaultControl;
  readonly #folder = mkdtempSync(join(tmpdir(), 'skein-fire-'));
  readonly #options: FireOptions;
  #server: RunningSkein | undefined;
  #address: { readonly fqlUrl: string; readonly fqlSecret: string } | undefined;
  readonly #port = freePort();
  /** Of the server before, so that clients go on with them. */
  #keys: Record<string, string> = {};

  private constructor(options: FireOptions) {
    this.#options = options;
    this.control = new FaultControl(join(this.#folder, 'faults.json'));
  }

  static async start(options: FireOptions = {}): Promise<ServerUnderFire> {
    const server = new ServerUnderFire(options);
    try {
      await server.begin();
    } catch (error) {
      rmSync(server.#folder, { recursive: true, force: true });
      throw error;
    }
    return server;
  }

  /** Where FQL is asked, the same after each restart; undefined before the first start. */
  get address(): { readonly fqlUrl: string; readonly fqlSecret: string } | undefined {
    return this.#address;
  }

  /** Undefined while it is down. */
  get running(): RunningSkein | undefined {
    return this.#server;
  }

  get dataFolder(): string {
    return join(this.#folder, 'data');
  }

  /** Names of the journal's files, oldest first. */
  journalFiles(): string[] {
    return readdirSync(new DataLayout(this.dataFolder).journalFolder).sort();
  }

  async begin(): Promise<void> {
    const server = await startSkein({
      folder: this.#folder,
      env: {
        SKEIN_QUERY_PROCESSES: String(this.#options.queryProcesses ?? 2),
        SKEIN_LOG_LEVEL: 'error',
        SKEIN_FQL_PORT: String(await this.#port),
        ...this.control.environment({ bug: this.#options.bug }),
        ...this.#keys,
      },
    });
    this.#keys = {
      SKEIN_ADMIN_KEY: server.adminKey,
      SKEIN_SEARCH_KEY: server.searchKey,
      SKEIN_FQL_SECRET: server.fqlSecret,
    };
    this.#server = server;
    this.#address = { fqlUrl: server.fqlUrl, fqlSecret: server.fqlSecret };
  }

  /** Ends it as an operator would; or all of its processes in an instant; or the supervisor, whose processes then end by themselves. */
  async end(how: 'stop' | 'kill' | 'kill supervisor'): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    if (how === 'kill supervisor') server.kill('supervisor');
    if (how === 'kill') {
      const { supervisor, builder, query } = server.processes();
      for (const pid of [supervisor, builder, ...query]) if (pid > 0) signal(pid, 'SIGKILL');
    }
    await server.stop({ data: 'keep' });
  }

  /** One process, whatever it is doing; whether there was one. */
  killOne(which: 'builder' | 'query', random: () => number): boolean {
    const { builder, query } = this.#server?.processes() ?? { builder: 0, query: [] };
    const pid = which === 'builder' ? builder : (query[Math.floor(random() * query.length)] ?? 0);
    if (pid > 0) signal(pid, 'SIGKILL');
    return pid > 0;
  }

  /** As a machine that swaps or is moved would: nothing ends, nothing goes on. */
  async pauseBuilder(forMs: number): Promise<void> {
    const { builder = 0 } = this.#server?.processes() ?? {};
    if (builder === 0) return;
    signal(builder, 'SIGSTOP');
    await pause(forMs);
    signal(builder, 'SIGCONT');
  }

  /**
   * After `end('kill')`: the disk has of the document stores what was synced, and of the journal that and perhaps a part of the rest, as
   * after a start of the machine.
   */
  losePower(random: () => number): void {
    losePower({ dataFolder: this.dataFolder, control: this.control, random });
  }

  async remove(): Promise<void> {
    await this.end('kill');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Below the ports that the system gives to clients, so that none of them takes it while the server is down. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('listening', () => resolve(true)).once('error', () => resolve(false));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended by itself.
  }
}
