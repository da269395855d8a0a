/**
 * Which cluster a data folder belongs to, settled once: at the folder's first start as a member. What it decides is written beside the data
 * (`cluster.json`, which neither backups nor other members get) and in etcd:
 *
 *   skein/cluster          JSON {id, sequence, hash}: how the cluster began
 *   skein/origin/<member>  JSON {sequence, hash}: what a member has brought, until the cluster has begun
 *
 * A cluster may begin with what one machine had, or with a backup: sequences go on behind it, as if order records up to there had been
 * trimmed. Each member tells what it has, waits for the others (not for ever), and the one with the most operations begins. Who has nothing takes
 * part with nothing, and is given a checkpoint. Who has other operations is refused: its sequences would name other things than the
 * cluster's. Nobody can tell from the count alone, so the hash of the last operation is compared, too.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type Json, type Sequence } from '@skein/base';
import { encodeEntry, type LocalJournal } from '@skein/oplog';
import { EtcdError, type EtcdPort } from '@skein/oplog/cluster';
import { writeFileDurably } from '../file-directory.ts';

export interface OriginOptions {
  readonly etcd: EtcdPort;
  readonly dataFolder: string;
  readonly journal: Pick<LocalJournal, 'firstSequence' | 'lastSequence' | 'follow'>;
  readonly member: string;
  /** Names of all, as configured. */
  readonly members: readonly string[];
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
  /** How long members that do not tell what they have are waited for. Milliseconds. */
  readonly waitMsMax?: number | undefined;
  /** Between looks at etcd. Milliseconds. */
  readonly pauseMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** This data folder cannot take part in this cluster; the message says what to do. */
export class OriginError extends Error {
  override readonly name = 'OriginError';
}

interface Holding {
  readonly sequence: number;
  /** Of the last operation; empty where there is none, or where it is not kept any more. */
  readonly hash: string;
}

interface Origin extends Holding {
  readonly id: string;
}

const FILE = 'cluster.json';
const KEYS = { cluster: 'skein/cluster', origin: 'skein/origin/', trimmed: 'skein/trimmed' } as const;
const ALL = { from: 'skein/', end: 'skein0' } as const;
const ORIGIN_END = 'skein/origin0';
const WAIT_MS_MAX = 10_000;
const PAUSE_MS = 100;
const PAGE_COUNT = 1_000;

/** What is fetched into this folder from now on is the cluster's. Before the first of it. */
export function noteFetchedFromCluster(dataFolder: string): void {
  if (!existsSync(join(dataFolder, FILE))) writeMark(dataFolder, null);
}

/**
 * Resolves when this folder belongs to the cluster that etcd holds; at once when that was settled before. Waits for etcd. Rejects with `OriginError`.
 */
export async function settleOrigin(options: OriginOptions): Promise<void> {
  const { dataFolder, log, signal } = options;
  const mark = readMark(dataFolder);
  if (typeof mark === 'string') return;
  const own = mark === null ? undefined : await holdingOf(options.journal);
  const startedMs = performance.now();
  let complaint = '';
  while (signal?.aborted !== true) {
    try {
      const origin = await look(options, own, performance.now() - startedMs);
      if (origin !== undefined) {
        if (own !== undefined) checkHolding(own, origin);
        // Those of another cluster: their names may come again in this one.
        rmSync(join(dataFolder, 'entries'), { recursive: true, force: true });
        writeMark(dataFolder, origin.id);
        return;
      }
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      if (complaint !== error.code) log('info', `the cluster's beginning is looked for: ${error.message}`);
      complaint = error.code;
    }
    await sleep(options.pauseMs ?? PAUSE_MS);
  }
}

/** How the cluster began; undefined: not yet. */
async function look(
  { etcd, member, members, waitMsMax = WAIT_MS_MAX, log }: OriginOptions,
  own: Holding | undefined,
  waitedMs: number,
): Promise<Origin | undefined> {
  const { kvs } = await etcd.range(ALL.from, { end: ALL.end, limit: PAGE_COUNT });
  const found = (await etcd.range(KEYS.cluster, {})).kvs[0];
  if (found !== undefined) return parseOrigin(found.value);
  if (own === undefined) return undefined;
  if (kvs.some(({ key }) => key === KEYS.trimmed || key.startsWith('skein/order/')))
    throw new OriginError(
      'etcd holds operations of a cluster whose beginning is not known: it is damaged, or of another program',
    );
  const brought = new Map<string, Holding>();
  for (const { key, value } of kvs)
    if (key.startsWith(KEYS.origin)) brought.set(key.slice(KEYS.origin.length), parseHolding(value));
  const told = brought.get(member);
  if (told === undefined || told.sequence !== own.sequence || told.hash !== own.hash) {
    const value = JSON.stringify(own);
    await etcd.transaction({
      compare: [{ key: KEYS.cluster, target: 'version', is: 0 }],
      then: [{ kind: 'put', key: KEYS.origin + member, value }],
    });
    return undefined;
  }
  if (!members.every((name) => brought.has(name)) && waitedMs < waitMsMax) return undefined;
  if (!isFirst(member, brought) && waitedMs < 2 * waitMsMax) return undefined;
  const origin: Origin = { id: randomBytes(12).toString('base64url'), ...own };
  const { succeeded } = await etcd.transaction({
    compare: [
      { key: KEYS.cluster, target: 'version', is: 0 },
      { key: KEYS.trimmed, target: 'version', is: 0 },
    ],
    then: [
      { kind: 'put', key: KEYS.cluster, value: JSON.stringify(origin) },
      ...(own.sequence === 0
        ? []
        : ([
            {
              kind: 'put',
              key: KEYS.trimmed,
              value: JSON.stringify({ revision: 0, sequence: own.sequence }),
            },
          ] as const)),
      { kind: 'delete', key: KEYS.origin, end: ORIGIN_END },
    ],
  });
  if (!succeeded) return undefined;
  log(
    'info',
    `the cluster begins${own.sequence === 0 ? '' : ` behind the ${own.sequence} operations of this member`}`,
  );
  return origin;
}

/** The most operations, then the smallest name. */
function isFirst(member: string, brought: ReadonlyMap<string, Holding>): boolean {
  const [first] = [...brought].sort(
    ([nameA, a], [nameB, b]) => b.sequence - a.sequence || (nameA < nameB ? -1 : 1),
  );
  return first?.[0] === member;
}

function checkHolding(own: Holding, origin: Origin): void {
  if (own.sequence === 0 || (own.sequence === origin.sequence && own.hash === origin.hash)) return;
  throw new OriginError(
    `the data folder holds ${own.sequence} operations that are not of this cluster, which began with ${origin.sequence}: move the folder away and start with an empty one, which takes everything from the other members`,
  );
}

async function holdingOf(journal: OriginOptions['journal']): Promise<Holding> {
  const { firstSequence, lastSequence } = journal;
  if (lastSequence < firstSequence) return { sequence: lastSequence, hash: '' };
  return { sequence: lastSequence, hash: await hashOfLast(journal, lastSequence) };
}

async function hashOfLast(journal: OriginOptions['journal'], last: Sequence): Promise<string> {
  for await (const operations of journal.follow(last)) {
    const operation = operations.find(({ sequence }) => sequence === last);
    if (operation !== undefined)
      return createHash('sha256')
        .update(encodeEntry([operation]))
        .digest('base64url');
  }
  return '';
}

/** The cluster's id; null: some cluster's, whose id is not known yet; undefined: not settled. */
function readMark(dataFolder: string): string | null | undefined {
  const file = join(dataFolder, FILE);
  if (!existsSync(file)) return undefined;
  const mark = JSON.parse(readFileSync(file, 'utf8')) as Json;
  const id = isJsonObject(mark) ? mark['id'] : undefined;
  if (typeof id !== 'string' && id !== null) throw new OriginError(`${file} does not name a cluster`);
  return id;
}

function writeMark(dataFolder: string, id: string | null): void {
  writeFileDurably(join(dataFolder, FILE), `${JSON.stringify({ id })}\n`);
}

function parseOrigin(text: string): Origin {
  const value = JSON.parse(text) as Json;
  const id = isJsonObject(value) ? value['id'] : undefined;
  if (typeof id !== 'string') throw new OriginError(`etcd: ${KEYS.cluster} does not name a cluster`);
  return { id, ...parseHolding(text) };
}

function parseHolding(text: string): Holding {
  const value = JSON.parse(text) as Json;
  const { sequence, hash } = isJsonObject(value) ? value : {};
  if (
    typeof sequence !== 'number' ||
    !Number.isSafeInteger(sequence) ||
    sequence < 0 ||
    typeof hash !== 'string'
  )
    throw new OriginError('etcd: what a member has is a sequence and a hash');
  return { sequence, hash };
}
