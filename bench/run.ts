/** `npm run bench`: see README.md. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PeerName } from './contenders.ts';
import { DATASETS, type DatasetName } from './datasets/mod.ts';
import { runEngineBench } from './engine-bench.ts';
import { machineHeader } from './machine.ts';

const ALL_PEERS: readonly PeerName[] = ['skein', 'lucene', 'sqlite', 'minisearch', 'flexsearch', 'orama'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    dataset: { type: 'string' },
    records: { type: 'string' },
    peers: { type: 'string' },
    queries: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '7' },
    check: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
for (const line of machineHeader()) say(line);
const folder = mkdtempSync(join(tmpdir(), 'skein-bench-'));
try {
  const name = (values.dataset ?? 'cities') as DatasetName;
  await runEngineBench({
    dataset: DATASETS[name](Number(values.records ?? 1e9)),
    peers: ALL_PEERS.filter((peer) => values.peers === undefined || values.peers.split(',').includes(peer)),
    queryCount: Number(values.queries ?? 2000),
    seed: Number(values.seed),
    warmUpRounds: 2,
    rounds: Number(values.rounds ?? 3),
    slowPeerMsMax: 20_000,
    roundMsMax: 60_000,
    checkedCount: Number(values.check ?? 100),
    luceneHeapMegabytes: 2048,
    folder,
    say,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
void positionals;
