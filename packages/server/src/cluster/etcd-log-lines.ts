/**
 * etcd's log lines in ours. What it calls information is of interest only to who looks for a fault; a peer that is away makes it
 * repeat its warnings many times a second, which are told once in a while with their number.
 */
import type { Json } from '@skein/base';
import { isJsonObject } from '@skein/base';
import type { Logger } from 'pino';

type Level = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: Readonly<Record<string, Level>> = {
  debug: 'debug',
  info: 'debug',
  warn: 'warn',
  error: 'error',
  dpanic: 'error',
  panic: 'error',
  fatal: 'error',
};
/** Warnings of something that is as it should be. */
const HARMLESS = /^(established TCP streaming connection|simple token is not cryptographically signed)/;
const repeatMs = 10_000;
const lineCharactersMax = 65_536;
/** Fields that say nothing to who reads ours. */
const DROPPED = new Set(['level', 'ts', 'caller', 'msg', 'logger', 'stacktrace']);

/** This machine's etcd may not go on: another member took it out of the cluster. */
const REMOVED =
  /member has been permanently removed|the member has been removed|removed the member from the cluster/i;
/** Its data are of no use any more. */
const DAMAGED =
  /crc mismatch|walpb:|wal: |proto: |failed to recover v3 backend|snapshot file.*(not found|doesn't exist)|failed to find database snapshot|corrupt|unexpected EOF|invalid database|cannot use none as id/i;

export class EtcdLogLines {
  readonly #log: Logger;
  readonly #nowMs: () => number;
  #rest = '';
  readonly #told = new Map<string, { atMs: number; withheld: number }>();
  removed = false;
  damaged = false;
  /** It has said that it answers clients. */
  serves = false;
  /** Of its last lines, for the message when it ends. */
  lastError: string | undefined;

  constructor(log: Logger, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  push(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-lineCharactersMax);
    for (const line of lines) if (line.trim() !== '') this.#take(line);
  }

  end(): void {
    this.push('\n');
  }

  #take(line: string): void {
    const { level, message, fields } = readLine(line);
    if (level === 'error') {
      this.lastError = `${message}${typeof fields['error'] === 'string' ? `: ${fields['error']}` : ''}`;
      const text = `${message} ${JSON.stringify(fields)}`;
      if (DAMAGED.test(text)) this.damaged = true;
    }
    if (REMOVED.test(line)) this.removed = true;
    if (
      message.startsWith('ready to serve client requests') ||
      message.startsWith('serving client traffic')
    ) {
      this.serves = true;
    }
    if (level !== 'warn' && level !== 'error') {
      this.#log[level](fields, message);
      return;
    }
    const told = this.#told.get(message);
    const nowMs = this.#nowMs();
    if (told !== undefined && nowMs - told.atMs < repeatMs) {
      told.withheld++;
      return;
    }
    const withheld = told?.withheld ?? 0;
    this.#told.set(message, { atMs: nowMs, withheld: 0 });
    // Messages have no values in them; should they ever, this does not grow for ever.
    if (this.#told.size > 1_000) this.#told.clear();
    this.#log[level](withheld === 0 ? fields : { ...fields, withheld }, message);
  }
}

function readLine(line: string): { level: Level; message: string; fields: Record<string, Json> } {
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return plainLine(line);
  }
  if (!isJsonObject(content)) return plainLine(line);
  const fields: Record<string, Json> = {};
  for (const [name, value] of Object.entries(content)) {
    // Names that our own lines use for something else.
    if (!DROPPED.has(name) && value !== undefined) fields[name === 'process' ? 'etcdProcess' : name] = value;
  }
  const given = content['level'];
  const known = (typeof given === 'string' ? LEVELS[given] : undefined) ?? 'info';
  const message = typeof content['msg'] === 'string' ? content['msg'] : line.slice(0, 1_000);
  return { level: HARMLESS.test(message) ? 'debug' : known, message, fields };
}

/** What Go itself writes: a panic, and then where it was. */
function plainLine(line: string): ReturnType<typeof readLine> {
  const level = /^(panic|fatal error):/.test(line) ? 'error' : 'debug';
  return { level, message: line.slice(0, 1_000), fields: {} };
}
