/** `npm run bench`: see README.md. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PeerName } from './contenders.ts';
import { DATASETS, type DatasetName } from './datasets/mod.ts';
import { runDocumentsBench } from './documents/documents-bench.ts';
import { type EngineBenchResult, runEngineBench } from './engine-bench.ts';
import { runServerBench } from './http/server-bench.ts';
import { machineHeader } from './machine.ts';
import {
  DOCUMENTS_STEP,
  ENGINE_STEPS,
  type EngineStep,
  HTTP_STEP,
  LARGE_STEPS,
  QUICK,
  STEP_GROUPS,
  type StepGroup,
} from './plan.ts';
import { ratio } from './report.ts';

const HELP = `npm run bench -- [engine] [large] [http] [documents] [options]

Without a name all four run. Options replace what plan.ts says:
  --dataset cities|wordnet|mixed|small|long    only this one
  --records N         records of each data set at most (generated ones: exactly); documents: events aggregated
  --peers a,b         of skein, lucene, sqlite, minisearch, flexsearch, orama
  --queries N         queries of each list
  --rounds N          measured rounds; of each query the best counts (3)
  --check N           totals and first pages compared with a scan
  --seconds N         of each closed loop (10)
  --small-indexes N   indexes of 20 records (5000; 0: none)
  --seed N            of the queries (7)
  --quick             everything tiny: does it run at all?
`;

interface Choices {
  readonly dataset: DatasetName | undefined;
  readonly records: number | undefined;
  readonly peers: readonly string[] | undefined;
  readonly queries: number | undefined;
  readonly rounds: number;
  readonly check: number | undefined;
  readonly loopMs: number | undefined;
  readonly smallIndexes: number | undefined;
  readonly seed: number;
  readonly quick: boolean;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      dataset: { type: 'string' },
      records: { type: 'string' },
      peers: { type: 'string' },
      queries: { type: 'string' },
      rounds: { type: 'string' },
      check: { type: 'string' },
      seconds: { type: 'string' },
      'small-indexes': { type: 'string' },
      seed: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(HELP);
  const { quick } = values;
  const choices: Choices = {
    dataset: datasetName(values.dataset),
    records: number('records', values.records) ?? (quick ? QUICK.records : undefined),
    peers: values.peers?.split(','),
    queries: number('queries', values.queries) ?? (quick ? QUICK.queries : undefined),
    rounds: number('rounds', values.rounds) ?? (quick ? 1 : 3),
    check: number('check', values.check) ?? (quick ? QUICK.checked : undefined),
    loopMs: seconds(number('seconds', values.seconds)) ?? (quick ? QUICK.loopMs : undefined),
    smallIndexes:
      number('small-indexes', values['small-indexes']) ?? (quick ? QUICK.smallIndexes : undefined),
    seed: number('seed', values.seed) ?? 7,
    quick,
  };
  const groups = positionals.length === 0 ? STEP_GROUPS : positionals.map(groupName);
  for (const line of machineHeader()) say(line);
  const folder = mkdtempSync(join(tmpdir(), 'skein-bench-'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      // Servers and peers end with this process; see where they are started.
      process.once('exit', () =>
        rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
      );
      process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  }
  try {
    if (groups.includes('engine')) await runSteps(ENGINE_STEPS, folder, choices);
    if (groups.includes('large')) await runSteps(LARGE_STEPS, folder, choices);
    if (groups.includes('http')) await runHttp(folder, choices);
    if (groups.includes('documents')) await runDocuments(folder, choices);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runSteps(steps: readonly EngineStep[], folder: string, choices: Choices): Promise<void> {
  const wanted = steps.filter(({ dataset }) => choices.dataset === undefined || dataset === choices.dataset);
  const ran: { readonly step: EngineStep; readonly result: EngineBenchResult }[] = [];
  for (const [at, step] of wanted.entries()) {
    // With one size for all, the second step of a data set would repeat the first.
    if (choices.records !== undefined && wanted.findIndex(({ dataset }) => dataset === step.dataset) < at)
      continue;
    const own = join(folder, `step-${at}`);
    mkdirSync(own);
    const result = await runEngineBench({
      dataset: DATASETS[step.dataset](choices.records ?? step.records),
      peers: (choices.peers as readonly PeerName[] | undefined) ?? step.peers,
      only: step.only,
      queryCount: choices.queries ?? step.queries,
      seed: choices.seed,
      warmUpRounds: choices.quick ? 0 : 2,
      rounds: choices.rounds,
      slowPeerMsMax: 8000,
      roundMsMax: 120_000,
      checkedCount: choices.check ?? step.checked,
      luceneHeapMegabytes: 4096,
      folder: own,
      say,
    });
    if (result.wrongCount > 0) process.exitCode = 1;
    rmSync(own, { recursive: true });
    const smaller = ran.findLast((each) => each.step.dataset === step.dataset);
    if (smaller !== undefined) sayGrowth(step, smaller, result);
    ran.push({ step, result });
  }
}

/** How much dearer the same kind of query got with more records. */
function sayGrowth(
  step: EngineStep,
  smaller: { readonly step: EngineStep; readonly result: EngineBenchResult },
  result: EngineBenchResult,
): void {
  const label = 'skein: typos';
  for (const { name } of result.sets) {
    const [before, after] = [smaller.result, result].map(
      (each) => each.outcomes.get(name)?.get(label)?.cpuMs,
    );
    if (before === undefined || after === undefined) continue;
    const times = (of: 'mean' | 'p50' | 'p99'): string => `${of} × ${ratio(after[of], before[of])}`;
    const [from, to] = [smaller.step.records, step.records].map((count) => count.toLocaleString('en'));
    say(`${name}: CPU from ${from} to ${to} records: ${times('mean')}, ${times('p50')}, ${times('p99')}`);
  }
}

async function runHttp(folder: string, choices: Choices): Promise<void> {
  const own = join(folder, 'http');
  mkdirSync(own);
  await runServerBench({
    dataset: DATASETS[choices.dataset ?? HTTP_STEP.dataset](choices.records ?? HTTP_STEP.records),
    queryCount: choices.queries ?? HTTP_STEP.queries,
    seed: choices.seed,
    connections: choices.quick ? [2] : HTTP_STEP.connections,
    loopMs: choices.loopMs ?? HTTP_STEP.loopMs,
    builderMemoryMib: HTTP_STEP.builderMemoryMib,
    smallIndexCount: choices.smallIndexes ?? HTTP_STEP.smallIndexes,
    folder: own,
    say,
  });
}

async function runDocuments(folder: string, choices: Choices): Promise<void> {
  const own = join(folder, 'documents');
  mkdirSync(own);
  const [few, many] = DOCUMENTS_STEP.eventCounts;
  await runDocumentsBench({
    loopMs: choices.loopMs ?? DOCUMENTS_STEP.loopMs,
    eventCounts: [few, choices.records ?? many],
    folder: own,
    say,
  });
}

function groupName(text: string): StepGroup {
  const group = STEP_GROUPS.find((name) => name === text);
  if (group === undefined) throw new Error(`unknown bench ${text}; there are ${STEP_GROUPS.join(', ')}`);
  return group;
}

function datasetName(text: string | undefined): DatasetName | undefined {
  if (text === undefined || Object.hasOwn(DATASETS, text)) return text as DatasetName | undefined;
  throw new Error(`unknown data set ${text}; there are ${Object.keys(DATASETS).join(', ')}`);
}

function number(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${option} takes a number, got ${text}`);
  return value;
}

function seconds(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * 1000;
}

await main();
