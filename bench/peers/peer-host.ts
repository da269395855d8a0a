/**
 * The process that an engine is measured in: `node peer-host.ts <peer>`. Commands come as lines on standard input, fields
 * separated by tabs, each answered with one line of JSON:
 *
 *   index  recordsFile  textFile  descriptionFile  folder
 *   run    variant  queryFile  outputFile  timeLimitMs
 *
 * `run` writes one line per query: CPU ns of this thread, wall ns, total (−1: not counted), `=` or `>`, ids by comma. Queries
 * that the time limit cuts off are left out.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createFlexSearchPeer } from './flexsearch.ts';
import { createMiniSearchPeer } from './minisearch.ts';
import { createOramaPeer } from './orama.ts';
import type { Found, Peer, PeerAnswer, PeerIndex } from './peer.ts';
import { createSkeinPeer } from './skein.ts';
import { createSqlitePeer } from './sqlite.ts';

const PEERS: Readonly<Record<string, () => Peer>> = {
  skein: createSkeinPeer,
  sqlite: createSqlitePeer,
  minisearch: createMiniSearchPeer,
  flexsearch: createFlexSearchPeer,
  orama: createOramaPeer,
};

const create = PEERS[process.argv[2] ?? ''];
if (create === undefined) throw new Error(`unknown peer ${process.argv[2] ?? '(none)'}`);
const peer = create();
let index: PeerIndex | undefined;

for await (const line of createInterface({ input: process.stdin })) {
  let answer: PeerAnswer;
  try {
    answer = await obey(line.split('\t'));
  } catch (error) {
    answer = {
      kind: 'failed',
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function obey(fields: readonly string[]): Promise<PeerAnswer> {
  const [command, a = '', b = '', c = '', d = ''] = fields;
  const wallStartMs = performance.now();
  const cpuStart = process.cpuUsage();
  const spent = (): { wallMs: number; cpuMs: number } => {
    const { user, system } = process.cpuUsage(cpuStart);
    return { wallMs: performance.now() - wallStartMs, cpuMs: (user + system) / 1000 };
  };
  switch (command) {
    case 'index': {
      index = await peer.index({ recordsFile: a, textFile: b, descriptionFile: c, folder: d });
      return { kind: 'indexed', ...spent(), note: index.note };
    }
    case 'run': {
      if (index === undefined) throw new Error('nothing is indexed');
      const queries = readFileSync(b, 'utf8').split('\n');
      const lines: string[] = [];
      for (const query of queries) {
        if (performance.now() - wallStartMs > Number(d)) break;
        lines.push(await measure(index, a, query));
      }
      const all = spent();
      writeFileSync(c, lines.join('\n'));
      return { kind: 'ran', queryCount: lines.length, ...all };
    }
    default:
      throw new Error(`unknown command ${command ?? ''}`);
  }
}

async function measure(searched: PeerIndex, variant: string, query: string): Promise<string> {
  const cpuStartUs = threadCpuUs();
  const wallStartMs = performance.now();
  const outcome = searched.search(variant, query);
  const found: Found = outcome instanceof Promise ? await outcome : outcome;
  const wallMs = performance.now() - wallStartMs;
  const cpuUs = threadCpuUs() - cpuStartUs;
  const ids = typeof found.ids === 'function' ? found.ids() : found.ids;
  const relation = found.totalIs === 'exact' ? '=' : '>';
  return `${cpuUs * 1000}\t${Math.round(wallMs * 1e6)}\t${found.total ?? -1}\t${relation}\t${ids.join(',')}`;
}

/** Linux brings a thread's own count up to date only when the process's is asked for; else it is up to 4 ms old. */
function threadCpuUs(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
