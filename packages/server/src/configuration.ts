/**
 * Everything an operator can choose, in one table. A setting comes from the first of: flag, environment, configuration
 * file, default. The command line prints its help from the same table, so that no setting is without words.
 *
 * A flag or a name in the file that is not in the table is an error. An unknown `SKEIN_…` variable is only a warning: the
 * environment belongs to other programs too.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, homedir, totalmem } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isJsonObject } from '@skein/base';
import {
  CLUSTER_SETTINGS,
  type ClusterSettings,
  resolveClusterSettings,
} from './cluster/cluster-settings.ts';
import { ConfigurationError } from './configuration-error.ts';
import { PROBE_SETTINGS, type ProbeSettings, resolveProbeSettings } from './probes/probe-settings.ts';

export { ConfigurationError } from './configuration-error.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Configuration extends ClusterSettings, ProbeSettings {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly data: string;
  /** Undefined: the one that the data folder has, or a new one. */
  readonly applicationId: string | undefined;
  readonly adminKey: string | undefined;
  readonly searchKey: string | undefined;
  readonly secret: string | undefined;
  /** Absolute; read, and made when missing, only while `secret` is undefined. */
  readonly secretFile: string;
  /** Absolute, or undefined where credentials are not to be written down. */
  readonly credentialsFile: string | undefined;
  readonly queryProcesses: number;
  readonly builderMemoryMib: number;
  readonly queryMemoryMib: number;
  readonly recordBytesMax: number;
  readonly bodyBytesMax: number;
  readonly gzipBytesMin: number;
  readonly publishIntervalMs: number;
  readonly keepAliveMs: number;
  readonly requestTimeoutMs: number;
  readonly drainMs: number;
  readonly leaveMs: number;
  readonly fql: boolean;
  readonly fqlPort: number;
  readonly fqlHost: string;
  /** Undefined: the one that the data folder has, or a new one. */
  readonly fqlSecret: string | undefined;
  /** Absolute; both or neither. */
  readonly fqlTlsCert: string | undefined;
  readonly fqlTlsKey: string | undefined;
  readonly fqlStrictTemporal: boolean;
  readonly fqlQueryTimeoutMs: number;
  readonly fqlBodyBytesMax: number;
  readonly demo: boolean;
  readonly page: boolean;
  readonly logLevel: LogLevel;
}

export type SettingKind = 'text' | 'path' | 'number' | 'switch' | 'level';

export interface Setting {
  readonly key: keyof Configuration;
  readonly env: string;
  /** Without the leading `--`. */
  readonly flag: string;
  readonly kind: SettingKind;
  /** Only for numbers: both inclusive. */
  readonly min?: number;
  readonly max?: number;
  /** What help shows as the default. */
  readonly defaultText: string;
  /** Never shown or logged. */
  readonly secret?: true;
  readonly help: string;
}

const GIB = 1024 * 1024 * 1024;

/** One process per core, at least two so that one can be replaced while another answers; fewer on a small machine. */
export function defaultQueryProcesses(cores: number, memoryBytes: number): number {
  const affordable = Math.max(1, Math.floor(memoryBytes / (GIB / 2)) - 1);
  return Math.min(64, affordable, Math.max(2, cores));
}

export const SETTINGS: readonly Setting[] = [
  {
    key: 'port',
    env: 'SKEIN_PORT',
    flag: 'port',
    kind: 'number',
    min: 0,
    max: 65_535,
    defaultText: '7700',
    help: 'TCP port to listen on; 0 picks a free one',
  },
  {
    key: 'host',
    env: 'SKEIN_HOST',
    flag: 'host',
    kind: 'text',
    defaultText: '127.0.0.1',
    help: 'address to listen on; 0.0.0.0 listens on every interface',
  },
  {
    key: 'data',
    env: 'SKEIN_DATA',
    flag: 'data',
    kind: 'path',
    defaultText: './skein-data',
    help: 'folder of indexes, keys and journal; made when missing',
  },
  {
    key: 'applicationId',
    env: 'SKEIN_APPLICATION_ID',
    flag: 'application-id',
    kind: 'text',
    defaultText: 'the one in the data folder, else made at first start',
    help: 'application id; made with its keys when the data folder does not have it',
  },
  {
    key: 'adminKey',
    env: 'SKEIN_ADMIN_KEY',
    flag: 'admin-key',
    kind: 'text',
    secret: true,
    defaultText: 'made and printed at first start',
    help: 'admin API key of the application',
  },
  {
    key: 'searchKey',
    env: 'SKEIN_SEARCH_KEY',
    flag: 'search-key',
    kind: 'text',
    secret: true,
    defaultText: 'made and printed at first start',
    help: 'search-only API key, which the search page uses; anyone may see it',
  },
  {
    key: 'secret',
    env: 'SKEIN_SECRET',
    flag: 'secret',
    kind: 'text',
    secret: true,
    defaultText: 'read from the secret file',
    help: 'what API keys are encrypted with at rest, and what proves to members of a cluster that one is one of them; at least 16 characters',
  },
  {
    key: 'secretFile',
    env: 'SKEIN_SECRET_FILE',
    flag: 'secret-file',
    kind: 'path',
    defaultText: '~/.config/skein/secret',
    help: 'file of mode 0600 outside the data folder that holds the secret; made when missing',
  },
  {
    key: 'credentialsFile',
    env: 'SKEIN_CREDENTIALS_FILE',
    flag: 'credentials-file',
    kind: 'path',
    defaultText: 'credentials.json beside the secret file; none when SKEIN_SECRET is given',
    help: 'file of mode 0600 in which the command line finds address and admin key',
  },
  {
    key: 'queryProcesses',
    env: 'SKEIN_QUERY_PROCESSES',
    flag: 'query-processes',
    kind: 'number',
    min: 1,
    max: 256,
    defaultText: 'cores, at least 2, as memory allows',
    help: 'processes that answer requests',
  },
  {
    key: 'builderMemoryMib',
    env: 'SKEIN_BUILDER_MEMORY_MIB',
    flag: 'builder-memory-mib',
    kind: 'number',
    min: 64,
    max: 1_048_576,
    defaultText: '512',
    help: 'memory of its own that the builder keeps below (mapped index files apart; at least 192 is kept), MiB',
  },
  {
    key: 'queryMemoryMib',
    env: 'SKEIN_QUERY_MEMORY_MIB',
    flag: 'query-memory-mib',
    kind: 'number',
    min: 16,
    max: 1_048_576,
    defaultText: '4096',
    help: 'size of the index files that each query process keeps open, MiB (mapped, shared by all of them)',
  },
  {
    key: 'recordBytesMax',
    env: 'SKEIN_RECORD_BYTES_MAX',
    flag: 'record-bytes-max',
    kind: 'number',
    min: 100,
    max: 16_777_216,
    defaultText: '100000',
    help: 'largest record accepted, bytes of JSON',
  },
  {
    key: 'bodyBytesMax',
    env: 'SKEIN_BODY_BYTES_MAX',
    flag: 'body-bytes-max',
    kind: 'number',
    min: 1_000,
    max: 60_000_000,
    defaultText: '50000000',
    help: 'largest request body accepted, bytes after decompression',
  },
  {
    key: 'gzipBytesMin',
    env: 'SKEIN_GZIP_BYTES_MIN',
    flag: 'gzip-bytes-min',
    kind: 'number',
    min: 0,
    max: 1_000_000_000,
    defaultText: '16384',
    help: 'smallest response that is compressed for clients that accept gzip; 0 never (costs about 0.1 ms for 20 kB)',
  },
  {
    key: 'publishIntervalMs',
    env: 'SKEIN_PUBLISH_INTERVAL_MS',
    flag: 'publish-interval-ms',
    kind: 'number',
    min: 1,
    max: 10_000,
    defaultText: '150',
    help: 'how often at most a changed index becomes visible to searches, milliseconds',
  },
  {
    key: 'keepAliveMs',
    env: 'SKEIN_KEEP_ALIVE_MS',
    flag: 'keep-alive-ms',
    kind: 'number',
    min: 0,
    max: 600_000,
    defaultText: '5000',
    help: 'how long an idle connection stays open, milliseconds',
  },
  {
    key: 'requestTimeoutMs',
    env: 'SKEIN_REQUEST_TIMEOUT_MS',
    flag: 'request-timeout-ms',
    kind: 'number',
    min: 100,
    max: 3_600_000,
    defaultText: '60000',
    help: 'how long a client may take to send a request or to read its answer, milliseconds',
  },
  {
    key: 'drainMs',
    env: 'SKEIN_DRAIN_MS',
    flag: 'drain-ms',
    kind: 'number',
    min: 100,
    max: 600_000,
    defaultText: '30000',
    help: 'how long a stopping process may finish its requests, milliseconds',
  },
  {
    key: 'leaveMs',
    env: 'SKEIN_LEAVE_MS',
    flag: 'leave-ms',
    kind: 'number',
    min: 0,
    max: 600_000,
    defaultText: '0',
    help: 'how long a server that is told to stop first goes on as before, while /health answers 503, so that balancers leave it; milliseconds',
  },
  {
    key: 'fql',
    env: 'SKEIN_FQL',
    flag: 'fql',
    kind: 'switch',
    defaultText: '1',
    help: 'serve documents and events: FQL v4, on a port of its own',
  },
  {
    key: 'fqlPort',
    env: 'SKEIN_FQL_PORT',
    flag: 'fql-port',
    kind: 'number',
    min: 0,
    max: 65_535,
    defaultText: '8443',
    help: 'TCP port that FQL drivers connect to; 0 picks a free one',
  },
  {
    key: 'fqlHost',
    env: 'SKEIN_FQL_HOST',
    flag: 'fql-host',
    kind: 'text',
    defaultText: 'the same as SKEIN_HOST',
    help: 'address to listen on for FQL drivers',
  },
  {
    key: 'fqlSecret',
    env: 'SKEIN_FQL_SECRET',
    flag: 'fql-secret',
    kind: 'text',
    secret: true,
    defaultText: 'made and printed at first start',
    help: 'root secret of the documents: opens every database; while it is given, no other does',
  },
  {
    key: 'fqlTlsCert',
    env: 'SKEIN_FQL_TLS_CERT',
    flag: 'fql-tls-cert',
    kind: 'path',
    defaultText: 'none: not encrypted',
    help: 'PEM file of the certificate for the FQL port, with its chain; read again at each reload',
  },
  {
    key: 'fqlTlsKey',
    env: 'SKEIN_FQL_TLS_KEY',
    flag: 'fql-tls-key',
    kind: 'path',
    defaultText: 'none',
    help: "PEM file of the certificate's private key",
  },
  {
    key: 'fqlStrictTemporal',
    env: 'SKEIN_FQL_STRICT_TEMPORAL',
    flag: 'fql-strict-temporal',
    kind: 'switch',
    defaultText: '0',
    help: 'refuse integers in TimeAdd and TimeSubtract, as Fauna did; else they are microseconds since 1970',
  },
  {
    key: 'fqlQueryTimeoutMs',
    env: 'SKEIN_FQL_QUERY_TIMEOUT_MS',
    flag: 'fql-query-timeout-ms',
    kind: 'number',
    min: 1,
    max: 600_000,
    defaultText: '120000',
    help: 'how long an FQL query may take when it does not say, milliseconds',
  },
  {
    key: 'fqlBodyBytesMax',
    env: 'SKEIN_FQL_BODY_BYTES_MAX',
    flag: 'fql-body-bytes-max',
    kind: 'number',
    min: 1_000,
    max: 60_000_000,
    defaultText: '8388608',
    help: 'largest FQL query accepted, bytes',
  },
  ...CLUSTER_SETTINGS,
  ...PROBE_SETTINGS,
  {
    key: 'demo',
    env: 'SKEIN_DEMO',
    flag: 'demo',
    kind: 'switch',
    defaultText: '1',
    help: 'load the demo indexes (movies, cities) when they are empty',
  },
  {
    key: 'page',
    env: 'SKEIN_PAGE',
    flag: 'page',
    kind: 'switch',
    defaultText: '1',
    help: 'serve the search page at /',
  },
  {
    key: 'logLevel',
    env: 'SKEIN_LOG_LEVEL',
    flag: 'log-level',
    kind: 'level',
    defaultText: 'info',
    help: `least severe log lines to write: ${LOG_LEVELS.join(', ')}`,
  },
];

/** Variables that other parts of Skein read. */
const OTHER_VARIABLES = new Set([
  'SKEIN_CONFIG',
  'SKEIN_URL',
  'SKEIN_API_KEY',
  'SKEIN_MMAP',
  'SKEIN_LIFELINE',
]);

export const CONFIGURATION_FILE = 'skein.config.json';

export interface ConfigurationSources {
  /** Flags of `skein serve`, without the command itself. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  readonly warnings: readonly string[];
}

/** Throws `ConfigurationError`. */
export function loadConfiguration(sources: ConfigurationSources): LoadedConfiguration {
  const warnings: string[] = [];
  const flags = flagValues(sources.args);
  const environment = environmentValues(sources.env, warnings);
  const file = fileValues(flags.configFile ?? nonEmpty(sources.env['SKEIN_CONFIG']), sources.cwd);
  const given: Given = new Map([...file, ...environment, ...flags.values]);
  return { configuration: resolved(given, sources, warnings), warnings };
}

interface GivenValue {
  readonly value: string | number | boolean;
  /** For messages: `--port`, `SKEIN_PORT`, `port in /etc/skein.config.json`. */
  readonly source: string;
}
type Given = ReadonlyMap<keyof Configuration, GivenValue>;

function resolved(given: Given, sources: ConfigurationSources, warnings: string[]): Configuration {
  const text = (key: keyof Configuration): string | undefined => {
    const found = given.get(key);
    if (found === undefined) return undefined;
    if (typeof found.value !== 'string' || found.value === '') {
      throw new ConfigurationError(`${found.source}: expected text that is not empty`);
    }
    return found.value;
  };
  const path = (key: keyof Configuration): string | undefined => {
    const found = text(key);
    return found === undefined ? undefined : absolute(found, sources.cwd);
  };
  const number = (key: keyof Configuration, otherwise: number): number =>
    numberOf(key, given.get(key)) ?? otherwise;
  const onOrOff = (key: keyof Configuration, otherwise: boolean): boolean =>
    switchOf(given.get(key)) ?? otherwise;

  const secret = text('secret');
  if (secret !== undefined && secret.length < 16) {
    throw new ConfigurationError(`${given.get('secret')?.source}: expected at least 16 characters`);
  }
  const home = configurationFolder(sources.env);
  const secretFile = path('secretFile') ?? join(home, 'secret');
  const credentialsDefault = secret === undefined ? join(dirname(secretFile), 'credentials.json') : undefined;
  const applicationId = text('applicationId');
  if (applicationId !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(applicationId)) {
    const source = given.get('applicationId')?.source;
    throw new ConfigurationError(
      `${source}: expected 1 to 64 letters, digits, "_" or "-", got "${applicationId}"`,
    );
  }
  const host = text('host') ?? '127.0.0.1';
  const [fqlTlsCert, fqlTlsKey] = [path('fqlTlsCert'), path('fqlTlsKey')];
  if ((fqlTlsCert === undefined) !== (fqlTlsKey === undefined)) {
    const [has, lacks] =
      fqlTlsKey === undefined
        ? [given.get('fqlTlsCert')?.source, 'SKEIN_FQL_TLS_KEY']
        : [given.get('fqlTlsKey')?.source, 'SKEIN_FQL_TLS_CERT'];
    throw new ConfigurationError(`${has}: expected together with ${lacks}`);
  }
  const cluster = resolveClusterSettings(
    {
      text,
      path,
      number,
      onOrOff,
      sourceOf: (key) => given.get(key)?.source ?? envOf(key),
      secret: { given: secret !== undefined, file: secretFile },
    },
    warnings,
  );
  const sourceOf = (key: keyof Configuration): string => given.get(key)?.source ?? envOf(key);
  return {
    ...cluster,
    ...resolveProbeSettings({ text, sourceOf }),
    port: number('port', 7700),
    host,
    data: path('data') ?? resolve(sources.cwd, 'skein-data'),
    applicationId,
    adminKey: keyText(text('adminKey'), given.get('adminKey')),
    searchKey: keyText(text('searchKey'), given.get('searchKey')),
    secret,
    secretFile,
    credentialsFile: path('credentialsFile') ?? credentialsDefault,
    queryProcesses: number('queryProcesses', defaultQueryProcesses(availableParallelism(), totalmem())),
    builderMemoryMib: number('builderMemoryMib', 512),
    queryMemoryMib: number('queryMemoryMib', 4096),
    recordBytesMax: number('recordBytesMax', 100_000),
    bodyBytesMax: number('bodyBytesMax', 50_000_000),
    gzipBytesMin: number('gzipBytesMin', 16_384),
    publishIntervalMs: number('publishIntervalMs', 150),
    keepAliveMs: number('keepAliveMs', 5_000),
    requestTimeoutMs: number('requestTimeoutMs', 60_000),
    drainMs: number('drainMs', 30_000),
    leaveMs: number('leaveMs', 0),
    fql: onOrOff('fql', true),
    fqlPort: number('fqlPort', 8443),
    fqlHost: text('fqlHost') ?? host,
    fqlSecret: rootSecretText(text('fqlSecret'), given.get('fqlSecret')),
    fqlTlsCert,
    fqlTlsKey,
    fqlStrictTemporal: onOrOff('fqlStrictTemporal', false),
    fqlQueryTimeoutMs: number('fqlQueryTimeoutMs', 120_000),
    fqlBodyBytesMax: number('fqlBodyBytesMax', 8_388_608),
    demo: onOrOff('demo', true),
    page: onOrOff('page', true),
    logLevel: levelOf(given.get('logLevel')) ?? 'info',
  };
}

/** Where Skein keeps what belongs to the user rather than to a data folder. */
export function configurationFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = nonEmpty(env['XDG_CONFIG_HOME']);
  return join(
    base !== undefined && isAbsolute(base) ? base : join(nonEmpty(env['HOME']) ?? homedir(), '.config'),
    'skein',
  );
}

function flagValues(args: readonly string[]): { values: Given; configFile: string | undefined } {
  const values = new Map<keyof Configuration, GivenValue>();
  let configFile: string | undefined;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(argument);
    if (match === null) throw new ConfigurationError(`"${argument}": expected a flag such as --port`);
    const name = match[1]!;
    const takeValue = (): string => {
      const value = match[2] ?? args[++at];
      if (value === undefined) throw new ConfigurationError(`--${name}: expected a value`);
      return value;
    };
    if (name === 'config') {
      configFile = takeValue();
      continue;
    }
    const setting = SETTINGS.find((each) => each.flag === name || `no-${each.flag}` === name);
    const negated = setting !== undefined && setting.flag !== name;
    if (setting === undefined || (negated && setting.kind !== 'switch')) {
      throw new ConfigurationError(`--${name} is not a flag${suggestion(name, flagNames(), '--')}`);
    }
    const value = setting.kind !== 'switch' ? takeValue() : negated ? false : (match[2] ?? true);
    values.set(setting.key, { value, source: `--${name}` });
  }
  return { values, configFile };
}

function environmentValues(env: ConfigurationSources['env'], warnings: string[]): Given {
  const values = new Map<keyof Configuration, GivenValue>();
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('SKEIN_') || value === undefined || value === '') continue;
    const setting = SETTINGS.find((each) => each.env === name);
    if (setting !== undefined) values.set(setting.key, { value, source: name });
    else if (!OTHER_VARIABLES.has(name)) {
      warnings.push(
        `${name} is not a setting${suggestion(
          name,
          SETTINGS.map((each) => each.env),
          '',
        )}`,
      );
    }
  }
  return values;
}

function fileValues(named: string | undefined, cwd: string): Given {
  const values = new Map<keyof Configuration, GivenValue>();
  const file = absolute(named ?? CONFIGURATION_FILE, cwd);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (named === undefined && isMissing(error)) return values;
    throw new ConfigurationError(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (!isJsonObject(content)) throw new ConfigurationError(`${file}: expected a JSON object`);
  for (const [name, value] of Object.entries(content)) {
    const setting = SETTINGS.find((each) => each.key === name);
    if (setting === undefined) {
      const known = SETTINGS.map((each) => each.key);
      throw new ConfigurationError(`${file}: "${name}" is not a setting${suggestion(name, known, '')}`);
    }
    const source = `${name} in ${file}`;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new ConfigurationError(`${source}: expected text, a number, true or false`);
    }
    const isPath = setting.kind === 'path' && typeof value === 'string' && value !== '';
    values.set(setting.key, { value: isPath ? absolute(value, dirname(file)) : value, source });
  }
  return values;
}

function numberOf(key: keyof Configuration, given: GivenValue | undefined): number | undefined {
  if (given === undefined) return undefined;
  const setting = SETTINGS.find((each) => each.key === key);
  const [min, max] = [setting?.min ?? 0, setting?.max ?? Number.MAX_SAFE_INTEGER];
  const isText = typeof given.value === 'string' && /^\d{1,15}$/.test(given.value);
  const value = isText ? Number(given.value) : given.value;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw new ConfigurationError(
      `${given.source}: expected a whole number from ${min} to ${max}, got "${given.value}"`,
    );
  }
  return value;
}

function switchOf(given: GivenValue | undefined): boolean | undefined {
  if (given === undefined) return undefined;
  const word = String(given.value).toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  throw new ConfigurationError(`${given.source}: expected 1 or 0, got "${given.value}"`);
}

function levelOf(given: GivenValue | undefined): LogLevel | undefined {
  if (given === undefined) return undefined;
  const level = LOG_LEVELS.find((each) => each === given.value);
  if (level === undefined) {
    throw new ConfigurationError(
      `${given.source}: expected one of ${LOG_LEVELS.join(', ')}, got "${given.value}"`,
    );
  }
  return level;
}

/** Keys travel in headers and paths, so they are plain ASCII; the message does not repeat the value. */
function keyText(value: string | undefined, given: GivenValue | undefined): string | undefined {
  if (value === undefined || /^[\x21-\x7e]{8,256}$/.test(value)) return value;
  throw new ConfigurationError(`${given?.source}: expected 8 to 256 visible ASCII characters`);
}

/** Drivers append `:database:role` to a secret, so that it has no colon itself. */
function rootSecretText(value: string | undefined, given: GivenValue | undefined): string | undefined {
  if (value?.includes(':') !== true) return keyText(value, given);
  throw new ConfigurationError(`${given?.source}: expected text without colons`);
}

/** For messages about a setting that was not given. */
function envOf(key: keyof Configuration): string {
  return SETTINGS.find((each) => each.key === key)?.env ?? key;
}

function flagNames(): string[] {
  return SETTINGS.flatMap((each) => (each.kind === 'switch' ? [each.flag, `no-${each.flag}`] : [each.flag]));
}

function suggestion(name: string, known: readonly string[], prefix: string): string {
  const letters = (text: string): string => Array.from(text.toLowerCase()).sort().join('');
  const close = known.find(
    (each) => each.startsWith(name) || name.startsWith(each) || letters(each) === letters(name),
  );
  return close === undefined ? '' : `; did you mean ${prefix}${close}?`;
}

function absolute(path: string, folder: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(folder, path);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
