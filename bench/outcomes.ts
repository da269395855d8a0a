/** What the rounds of one contender on one list of queries came to. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Summary, summarise } from './statistics.ts';

export interface QueryOutcome {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** −1: not counted. */
  readonly total: number;
  readonly totalIsExact: boolean;
  readonly ids: string;
}

export interface SetOutcome {
  readonly label: string;
  readonly queryCount: number;
  /** Per query the best of the rounds. */
  readonly cpuMs: Summary;
  readonly wallMs: Summary;
  /** Everything the process used, its other threads included, over all measured rounds. */
  readonly processCpuMsMean: number;
  readonly exactCount: number;
  readonly resultHash: string;
  readonly queries: readonly QueryOutcome[];
}

export interface Round {
  readonly outputFile: string;
  readonly processCpuMs: number;
}

export function readRound({ outputFile }: Pick<Round, 'outputFile'>): QueryOutcome[] {
  const text = readFileSync(outputFile, 'utf8');
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const [cpuNs = '', wallNs = '', total = '', relation = '', ids = ''] = line.split('\t');
    return {
      cpuMs: Number(cpuNs) / 1e6,
      wallMs: Number(wallNs) / 1e6,
      total: Number(total),
      totalIsExact: relation === '=' && Number(total) >= 0,
      ids,
    };
  });
}

/** Rounds that a time limit cut short count as far as the shortest of them. */
export function combineRounds(label: string, rounds: readonly Round[]): SetOutcome {
  const read = rounds.map(readRound);
  const queryCount = Math.min(...read.map((round) => round.length));
  const queries = Array.from({ length: queryCount }, (_, at) => {
    const runs = read.flatMap((round) => round.slice(at, at + 1));
    const [first] = runs;
    if (first === undefined) throw new Error('there is at least one round');
    return {
      ...first,
      cpuMs: Math.min(...runs.map((run) => run.cpuMs)),
      wallMs: Math.min(...runs.map((run) => run.wallMs)),
    };
  });
  const hash = createHash('sha256');
  for (const { ids } of queries) hash.update(`${ids}\n`);
  const ran = read.reduce((sum, round) => sum + round.length, 0);
  return {
    label,
    queryCount,
    cpuMs: summarise(queries.map(({ cpuMs }) => cpuMs)),
    wallMs: summarise(queries.map(({ wallMs }) => wallMs)),
    processCpuMsMean: rounds.reduce((sum, round) => sum + round.processCpuMs, 0) / ran,
    exactCount: queries.filter(({ totalIsExact }) => totalIsExact).length,
    resultHash: hash.digest('hex').slice(0, 8),
    queries,
  };
}
