/**
 * The whole life of a server in the foreground: takes the data folder, starts its processes, says where it listens, and ends on
 * a signal.
 *
 *   SIGINT, SIGTERM   finish what is being answered, publish, end with 0; the second time, end at once with 130
 *   SIGHUP            replace all processes without losing a request
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type ApplicationState,
  BuilderClient,
  BuilderError,
  type ClusterConfiguration,
  DataLayout,
  KeyVault,
  listApplications,
  type Operation,
  readApplication,
  SealError,
} from '@skein/member';
import type { Logger } from 'pino';
import {
  type ApplicationSetup,
  chooseApplicationId,
  presentSetup,
  setUpApplication,
} from './application-setup.ts';
import { clusterConfigurationOf } from './cluster/cluster-configuration-of.ts';
import { ownEtcd } from './cluster/etcd-companion.ts';
import { withSharedIdentity } from './cluster/shared-identity.ts';
import { type Configuration, ConfigurationError } from './configuration.ts';
import { writeCredentials } from './credentials-file.ts';
import { DataFolderError, DataLock, DataLockedError } from './data-lock.ts';
import { type RootSecretFound, rootSecretOf } from './fql/root-secret.ts';
import { readTls } from './fql/tls-files.ts';
import { createLog } from './log.ts';
import { proberOptionsOf } from './probes/probe-sources.ts';
import { Prober } from './probes/prober.ts';
import { ProcessStartError } from './process/managed-process.ts';
import { type ListeningPorts, Supervisor } from './process/supervisor.ts';
import { loadSecret } from './secret.ts';

export interface ServeOptions {
  /** Arguments for node that load the demo indexes, in a process of its own; the connection is in its environment. */
  readonly demoCommand?: readonly string[] | undefined;
  /** Takes what a person reads; standard output by default. */
  readonly say?: ((text: string) => void) | undefined;
}

const builderEntry = fileURLToPath(new URL('./process/builder-main.ts', import.meta.url));
const queryEntry = fileURLToPath(new URL('./process/query-main.ts', import.meta.url));
const MAJORITY_PAUSE_MS = 200;
const CATCH_UP_MS = 5_000;
/** A start that goes well needs a few. */
const SILENT_TRIES = 10;
/** How long the builder of a killed server may take to finish. */
const orphanWaitMsMax = 30_000;
/** Names of sockets may be about 100 bytes long. */
const socketFolderBytesMax = 80;

/** Resolves with the exit code when the server has ended. Problems that an operator can mend are told, not thrown. */
export async function serve(configuration: Configuration, options: ServeOptions = {}): Promise<number> {
  const log = createLog(configuration.logLevel, 'supervisor');
  const signals = new Signals();
  try {
    const secret = loadSecret(configuration);
    const cluster = clusterConfigurationOf(configuration, (warning) => log.warn(warning));
    const lock = await DataLock.take(configuration.data);
    const socketFolder = makeSocketFolder();
    try {
      await lock.untilNoBuilder(orphanWaitMsMax);
      await refuseTakenPort({ ...configuration, setting: 'SKEIN_PORT' });
      if (configuration.fql) {
        readTls(configuration);
        const { fqlPort: port, fqlHost: host } = configuration;
        await refuseTakenPort({ port, host, setting: 'SKEIN_FQL_PORT' });
      }
      if (cluster !== undefined) {
        const { host, port } = cluster.members.find(({ name }) => name === cluster.member)!;
        await refuseTakenPort({ host, port, setting: 'SKEIN_MEMBERS' });
      }
      return await run({
        configuration: cluster === undefined ? configuration : withSharedIdentity(configuration, secret),
        configured: configuration,
        cluster,
        options,
        secret,
        lock,
        socketFolder,
        log,
        signals,
      });
    } finally {
      rmSync(socketFolder, { recursive: true, force: true });
      lock.release();
    }
  } catch (error) {
    const expected =
      error instanceof ConfigurationError ||
      error instanceof DataLockedError ||
      error instanceof DataFolderError ||
      error instanceof ProcessStartError ||
      error instanceof SealError;
    if (!expected) throw error;
    const hint =
      error instanceof SealError
        ? '; give the server the SKEIN_SECRET, or the secret file, of its first start'
        : '';
    process.stderr.write(`skein: ${error.message}${hint}\n`);
    return 1;
  } finally {
    signals.release();
    // Whoever started this process may hold a channel to it, which must not keep it running.
    process.channel?.unref();
  }
}

interface Run {
  readonly configuration: Configuration;
  /** As it was given, without what a cluster derives from its secret. */
  readonly configured: Configuration;
  readonly cluster: ClusterConfiguration | undefined;
  readonly options: ServeOptions;
  readonly secret: string;
  readonly lock: DataLock;
  readonly socketFolder: string;
  readonly log: Logger;
  readonly signals: Signals;
}

async function run({
  configuration,
  configured,
  cluster,
  options,
  secret,
  lock,
  socketFolder,
  log,
  signals,
}: Run): Promise<number> {
  const say = options.say ?? ((text: string) => void process.stdout.write(text));
  const layout = new DataLayout(configuration.data);
  const vault = new KeyVault(secret);
  const socketPath = join(socketFolder, 'builder.sock');
  const applicationId = chooseApplicationId(configuration.applicationId, listApplications(layout));
  const prober = new Prober(proberOptionsOf({ configuration, cluster, secret, log }));
  const supervisor = new Supervisor({
    builderEntry,
    queryEntry,
    queryProcesses: configuration.queryProcesses,
    settings: { configuration, secret, socketPath, applicationId, pageKey: undefined, fqlSecret: undefined },
    drainMs: configuration.drainMs,
    log,
    probes: prober,
    etcd: cluster === undefined ? undefined : ownEtcd({ configuration, cluster, secret, log }),
    onBuilder: (pid) => lock.builderIs(pid, socketPath),
  });
  let client: BuilderClient | undefined;
  signals.onEnd(() => {
    prober.stop();
    client?.close();
    void supervisor.stop();
  });
  signals.onKill(() => supervisor.kill());
  let demo: ChildProcess | undefined;
  try {
    const read = (): ApplicationState | undefined => readApplication(layout, vault, applicationId);
    const startQueries = (searchKey: string, root: RootSecretFound | undefined): Promise<ListeningPorts> =>
      supervisor.startQueryProcesses({
        pageKey: configuration.page ? searchKey : undefined,
        fqlSecret: root?.secret,
      });
    const rootSecret = (): RootSecretFound | undefined =>
      configuration.fql
        ? rootSecretOf({ configured: configuration.fqlSecret, layout, vault, applicationId })
        : undefined;
    prober.start(supervisor);
    let setup = presentSetup(configuration, read());
    let root: RootSecretFound | undefined;
    let ports: ListeningPorts;
    if (setup !== undefined) {
      root = rootSecret();
      // Searches need no builder: they are answered while it still replays the journal.
      [ports] = await Promise.all([startQueries(setup.searchKey, root), supervisor.startBuilder()]);
    } else {
      await supervisor.startBuilder();
      const line = new BuilderClient({ socketPath, onChanges: () => undefined, onResync: () => undefined });
      client = line;
      const propose = (operation: Operation): Promise<unknown> =>
        line.propose(operation, { application: applicationId, proposedAtMs: Date.now(), until: 'visible' });
      const setUp = async (): Promise<ApplicationSetup> => {
        if (!configuration.cluster)
          return setUpApplication({ applicationId, configuration, vault, read, propose });
        // What the others have decided already is not decided again here.
        await untilCaughtUp(line);
        const present = presentSetup(configuration, read());
        return present ?? (await setUpApplication({ applicationId, configuration, vault, read, propose }));
      };
      setup = configuration.cluster
        ? firstShown(configured, await untilMajority(setUp, { say, ended: () => signals.ended }))
        : await setUp();
      line.close();
      root = rootSecret();
      if (configuration.cluster && configured.fqlSecret === undefined && root !== undefined)
        root = { ...root, made: true };
      ports = await startQueries(setup.searchKey, root);
    }
    const url = urlOf(configuration.host, ports.http);
    const fql =
      root === undefined || ports.fql === undefined
        ? undefined
        : {
            url: urlOf(
              configuration.fqlHost,
              ports.fql,
              configuration.fqlTlsCert === undefined ? 'http' : 'https',
            ),
            ...root,
          };
    lock.listening(url);
    const credentials = { url, applicationId, apiKey: setup.adminKey };
    const fqlCredentials = fql === undefined ? {} : { fqlUrl: fql.url, fqlSecret: fql.secret };
    noteCredentials(configuration, { ...credentials, ...fqlCredentials }, log);
    say(welcome(url, setup, configuration, fql));
    signals.onReload(() => {
      supervisor
        .reload()
        .then(() => prober.reloaded())
        .catch((error: unknown) => log.error({ err: error }, 'the reload failed; the old processes go on'));
    });
    if (configuration.demo && options.demoCommand !== undefined && !signals.ended) {
      demo = loadDemo(options.demoCommand, credentials, log);
    }
    await signals.untilEnd();
    log.debug('stopping');
    return await Promise.race([signals.untilKill().then(() => 130), end(supervisor, demo)]);
  } catch (error) {
    if (!signals.ended) throw error;
    // Stopped while starting: what was half up is on its way down.
    return await Promise.race([signals.untilKill().then(() => 130), end(supervisor, demo)]);
  } finally {
    prober.stop();
    client?.close();
    demo?.kill('SIGKILL');
    supervisor.kill();
  }
}

/** Members that start together wait for each other. */
async function untilMajority<T>(
  attempt: () => Promise<T>,
  { say, ended }: { readonly say: (text: string) => void; readonly ended: () => boolean },
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const waits =
        error instanceof BuilderError && (error.code === 'no-quorum' || error.code === 'unavailable');
      if (!waits || ended()) throw error;
      if (tries === SILENT_TRIES) say('Waiting for the majority of the cluster …\n');
      await pause(MAJORITY_PAUSE_MS);
    }
  }
}

/** Rejects with `BuilderError` when that takes long. */
async function untilCaughtUp(line: BuilderClient): Promise<void> {
  const { state, head } = (await line.cluster()) ?? {};
  if (state !== 'live' || typeof head !== 'number' || !(await line.whenPublished(head, CATCH_UP_MS)))
    throw new BuilderError('no-quorum', 'refused', 'this member has not caught up with the cluster yet');
}

/** What was derived rather than given is shown where it comes to a machine for the first time. */
function firstShown(configured: Configuration, setup: ApplicationSetup): ApplicationSetup {
  const made = {
    ...setup.made,
    adminKey: configured.adminKey === undefined,
    searchKey: configured.searchKey === undefined,
  };
  return { ...setup, made };
}

async function end(supervisor: Supervisor, demo: ChildProcess | undefined): Promise<number> {
  demo?.kill('SIGTERM');
  await supervisor.stop();
  return 0;
}

/** A promise that somebody else fulfils. */
function latch(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** What the process is asked from outside. */
class Signals {
  #ended = false;
  #killed = false;
  #onEnd: () => void = () => undefined;
  #onKill: () => void = () => undefined;
  #onReload: () => void = () => undefined;
  readonly #whenEnded = latch();
  readonly #whenKilled = latch();
  readonly #end = (): void => {
    if (this.#ended) {
      this.#killed = true;
      this.#onKill();
      this.#whenKilled.open();
      return;
    }
    this.#ended = true;
    this.#onEnd();
    this.#whenEnded.open();
  };
  readonly #reload = (): void => {
    if (!this.#ended) this.#onReload();
  };

  constructor() {
    process.on('SIGINT', this.#end);
    process.on('SIGTERM', this.#end);
    process.on('SIGHUP', this.#reload);
  }

  get ended(): boolean {
    return this.#ended;
  }

  onEnd(act: () => void): void {
    this.#onEnd = act;
    if (this.#ended) act();
  }

  onKill(act: () => void): void {
    this.#onKill = act;
    if (this.#killed) act();
  }

  onReload(act: () => void): void {
    this.#onReload = act;
  }

  untilEnd(): Promise<void> {
    return this.#whenEnded.opened;
  }

  untilKill(): Promise<void> {
    return this.#whenKilled.opened;
  }

  release(): void {
    process.off('SIGINT', this.#end);
    process.off('SIGTERM', this.#end);
    process.off('SIGHUP', this.#reload);
  }
}

/**
 * Query processes share the port, which would also let in another server of the same user: whether somebody else has it is found
 * out by asking for it alone.
 */
async function refuseTakenPort(asked: {
  readonly host: string;
  readonly port: number;
  /** Where another port can be chosen. */
  readonly setting: 'SKEIN_PORT' | 'SKEIN_FQL_PORT' | 'SKEIN_MEMBERS';
}): Promise<void> {
  const { host, port, setting } = asked;
  if (port === 0) return;
  const probe = createServer();
  try {
    probe.listen({ host, port, exclusive: true });
    await once(probe, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: `port ${port} on ${host} is taken by another program; stop it or choose another ${setting}`,
      EACCES: `port ${port} may not be opened by this user; choose a ${setting} above 1023`,
      EADDRNOTAVAIL: `${host} is not an address of this machine; choose another SKEIN_HOST`,
      ENOTFOUND: `${host} is not an address of this machine; choose another SKEIN_HOST`,
    };
    const reason = reasons[String(code)];
    if (reason === undefined) throw error;
    throw new ConfigurationError(reason, { cause: error });
  }
  probe.close();
  await once(probe, 'close');
}

function makeSocketFolder(): string {
  // Only this user may enter; mkdtemp makes it so.
  const base = Buffer.byteLength(tmpdir()) <= socketFolderBytesMax || !existsSync('/tmp') ? tmpdir() : '/tmp';
  return mkdtempSync(join(base, 'skein-'));
}

function urlOf(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${scheme}://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** A convenience for the command line on this machine: that it fails is no reason not to serve. */
function noteCredentials(
  { credentialsFile }: Configuration,
  credentials: Parameters<typeof writeCredentials>[1],
  log: Logger,
): void {
  if (credentialsFile === undefined) return;
  try {
    writeCredentials(credentialsFile, credentials);
  } catch (error) {
    log.warn({ err: error }, 'the credentials file could not be written');
  }
}

function welcome(
  url: string,
  setup: ApplicationSetup,
  configuration: Configuration,
  fql: (RootSecretFound & { readonly url: string }) | undefined,
): string {
  const { made } = setup;
  const lines = [`Skein serves on ${url}`, `  application id  ${setup.applicationId}`];
  if (made.adminKey) lines.push(`  admin key       ${setup.adminKey}`);
  if (made.searchKey) lines.push(`  search key      ${setup.searchKey}`);
  if (fql !== undefined) lines.push(`FQL drivers connect to ${fql.url}`);
  if (fql?.made === true) lines.push(`  fql secret      ${fql.secret}`);
  if (made.adminKey || made.searchKey || fql?.made === true)
    lines.push('  Keys are shown this once: keep them.');
  if (configuration.page) lines.push(`Search page: ${url}/`);
  lines.push('Ctrl-C stops it.');
  return `${lines.join('\n')}\n`;
}

function loadDemo(
  command: readonly string[],
  server: { readonly url: string; readonly applicationId: string; readonly apiKey: string },
  log: Logger,
): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SKEIN_'));
  const child = spawn(process.execPath, command, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...Object.fromEntries(inherited),
      SKEIN_URL: server.url,
      SKEIN_APPLICATION_ID: server.applicationId,
      SKEIN_API_KEY: server.apiKey,
    },
  });
  child.on('error', (error) => log.warn({ err: error }, 'the demo indexes could not be loaded'));
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) log.warn({ code }, 'the demo indexes were not loaded completely');
  });
  return child;
}
