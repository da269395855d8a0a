/** Engines side by side in processes of their own, without a server: the same records, the same queries, one run. */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAgainstPlainEngine } from './check-totals.ts';
import { baseOf, CONTENDERS, type Contender, GROUPS, labelOf, type PeerName } from './contenders.ts';
import { writeDataset } from './dataset-files.ts';
import type { Dataset } from './datasets/mod.ts';
import { loadAverage } from './machine.ts';
import { combineRounds, type Round, type SetOutcome } from './outcomes.ts';
import { prepareLucene } from './peers/lucene-launch.ts';
import { PeerProcess } from './peers/peer-process.ts';
import { type QuerySet, querySets } from './queries.ts';
import { megabytes, milliseconds, ratio, table } from './report.ts';

export interface EngineBenchOptions {
  readonly dataset: Dataset;
  readonly peers: readonly PeerName[];
  /** Labels of contenders; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly queryCount: number;
  readonly seed: number;
  readonly warmUpRounds: number;
  readonly rounds: number;
  /** Of one round of a peer that is neither Skein nor Lucene. */
  readonly slowPeerMsMax: number;
  /** Of any round. */
  readonly roundMsMax: number;
  /** How many totals and first pages are compared with a scan. */
  readonly checkedCount: number;
  readonly luceneHeapMegabytes: number;
  /** An empty folder of the caller's. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

export interface EngineBenchResult {
  /** By query list, then by label. */
  readonly outcomes: ReadonlyMap<QuerySet['name'], ReadonlyMap<string, SetOutcome>>;
  readonly sets: readonly QuerySet[];
  readonly recordsFile: string;
  readonly wrongCount: number;
}

export async function runEngineBench(options: EngineBenchOptions): Promise<EngineBenchResult> {
  const { dataset, folder, say } = options;
  const files = writeDataset(dataset, folder);
  const count = dataset.recordCount.toLocaleString('en');
  say(`\n## ${dataset.name}, ${count} records`);
  say(
    `${dataset.what}; ${files.wordCountMean.toFixed(1)} words and ${Math.round(files.byteLength / dataset.recordCount)} bytes`,
  );
  say(`per record; records' sha256 ${files.sha256.slice(0, 16)}; queries by seed ${options.seed}`);
  const sets = querySets(dataset, { queries: options.queryCount, seed: options.seed });
  for (const { name, queries } of sets) writeFileSync(queryFile(folder, name), queries.join('\n'));

  const outcomes = new Map(sets.map(({ name }) => [name, new Map<string, SetOutcome>()]));
  const indexRows: string[][] = [];
  for (const group of GROUPS) {
    const running = new Map<PeerName, PeerProcess>();
    try {
      for (const peer of group.filter((name) => options.peers.includes(name))) {
        const process = start(peer, options);
        if (process === undefined) continue;
        running.set(peer, process);
        const own = join(folder, peer);
        mkdirSync(own);
        const answer = await process.ask(
          'index',
          files.recordsFile,
          files.textFile,
          files.descriptionFile,
          own,
        );
        if (answer.kind !== 'indexed') throw new Error('expected the answer to index');
        indexRows.push([
          peer,
          `${(answer.wallMs / 1000).toFixed(1)} s`,
          `${(answer.cpuMs / 1000).toFixed(1)} s`,
          megabytes(folderBytes(own)),
          (folderBytes(own) / dataset.recordCount).toFixed(0),
          megabytes(process.memory().rssBytesPeak),
          answer.note,
        ]);
      }
      for (const { name } of sets) {
        for (const [label, outcome] of await runSet(name, running, options)) {
          outcomes.get(name)?.set(label, outcome);
        }
      }
      for (const [peer, process] of running) {
        const { rssBytes, anonymousBytes } = process.memory();
        indexRows
          .find((row) => row[0] === peer)
          ?.splice(6, 0, megabytes(rssBytes), megabytes(anonymousBytes));
      }
    } finally {
      for (const process of running.values()) await process.stop();
    }
  }

  const columns = ['index', 'wall', 'CPU', 'on disk', 'B/record', 'RSS peak', 'RSS after', 'own', 'note'];
  say(`\n${table(columns, indexRows)}`);
  for (const { name, queries } of sets) {
    say(`\n### ${dataset.name} ${count}: ${queries.length} queries, ${name} (load ${loadAverage()})`);
    say(setTable(name, outcomes.get(name) ?? new Map()));
    const skein = outcomes.get(name)?.get('skein: typos');
    if (skein !== undefined) say(slowestQueries(queries, skein));
  }
  let wrongCount = 0;
  for (const set of sets) {
    const skein = outcomes.get(set.name)?.get('skein: typos');
    if (skein === undefined || options.checkedCount === 0) continue;
    const check = await checkAgainstPlainEngine(files, set, skein, options.checkedCount);
    wrongCount += check.wrongTotals + check.wrongPages;
    say(
      `${set.name}: of ${check.checked} queries compared with a scan of all records by the plain engine, ` +
        `${check.checked - check.wrongTotals} totals and ${check.checked - check.wrongPages} first pages are the same`,
    );
  }
  for (const peer of readdirSync(folder, { withFileTypes: true })) {
    if (peer.isDirectory()) rmSync(join(folder, peer.name), { recursive: true });
  }
  return { outcomes, sets, recordsFile: files.recordsFile, wrongCount };
}

function start(peer: PeerName, options: EngineBenchOptions): PeerProcess | undefined {
  if (peer !== 'lucene') return PeerProcess.node(peer);
  const launch = prepareLucene(options.folder, options.luceneHeapMegabytes);
  if (launch.kind === 'ready') return new PeerProcess(launch.command, launch.args);
  options.say(`Lucene is left out: ${launch.reason}`);
  return undefined;
}

/** All contenders of the running peers on one list, turn by turn. */
async function runSet(
  set: QuerySet['name'],
  running: ReadonlyMap<PeerName, PeerProcess>,
  options: EngineBenchOptions,
): Promise<Map<string, SetOutcome>> {
  const contenders = CONTENDERS.filter(
    (contender) =>
      running.has(contender.peer) &&
      contender.sets.includes(set) &&
      options.only?.includes(labelOf(contender)) !== false,
  );
  const rounds = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  for (let round = -options.warmUpRounds; round < options.rounds; round++) {
    for (const [at, contender] of contenders.entries()) {
      const outputFile = join(options.folder, `out-${set}-${contender.peer}-${at}-${Math.max(-1, round)}`);
      const slow = contender.peer !== 'skein' && contender.peer !== 'lucene';
      // What is slow warms up sooner.
      const limitMs = slow
        ? round < 0
          ? options.slowPeerMsMax / 4
          : options.slowPeerMsMax
        : options.roundMsMax;
      const process = running.get(contender.peer);
      const answer = await process?.ask(
        'run',
        contender.variant,
        queryFile(options.folder, set),
        outputFile,
        limitMs,
      );
      if (round >= 0 && answer !== undefined) {
        rounds.get(contender)?.push({ outputFile, processCpuMs: answer.cpuMs });
      }
    }
  }
  return new Map(
    [...rounds].map(([contender, each]) => [labelOf(contender), combineRounds(labelOf(contender), each)]),
  );
}

export function setTable(set: QuerySet['name'], outcomes: ReadonlyMap<string, SetOutcome>): string {
  const base = outcomes.get(baseOf(set));
  const columns = [
    ['engine', 'queries', 'CPU mean', 'p50', 'p99', 'max', 'wall mean', 'p50', 'p99', 'process CPU'],
    ['mean ×', 'p99 ×', 'exact totals', 'results'],
  ].flat();
  const rows = [...outcomes.values()].map((outcome) => [
    outcome.label,
    String(outcome.queryCount),
    milliseconds(outcome.cpuMs.mean),
    milliseconds(outcome.cpuMs.p50),
    milliseconds(outcome.cpuMs.p99),
    milliseconds(outcome.cpuMs.max),
    milliseconds(outcome.wallMs.mean),
    milliseconds(outcome.wallMs.p50),
    milliseconds(outcome.wallMs.p99),
    milliseconds(outcome.processCpuMsMean),
    ratio(outcome.cpuMs.mean, base?.cpuMs.mean),
    ratio(outcome.cpuMs.p99, base?.cpuMs.p99),
    `${outcome.exactCount}`,
    outcome.resultHash,
  ]);
  return `${table(columns, rows)}\nms; × against ${baseOf(set)}`;
}

/** The slowest, each text once. */
function slowestQueries(queries: readonly string[], outcome: SetOutcome): string {
  const texts = new Map(outcome.queries.map((measured, at) => [queries[at] ?? '', measured]));
  const slowest = [...texts].sort(([, a], [, b]) => b.cpuMs - a.cpuMs).slice(0, 8);
  const each = slowest.map(([text, { cpuMs, total }]) => `"${text}" ${cpuMs.toFixed(1)} (${total})`);
  return `skein's slowest, with ms and totals: ${each.join(', ')}`;
}

function queryFile(folder: string, set: QuerySet['name']): string {
  return join(folder, `queries-${set}.txt`);
}

function folderBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
