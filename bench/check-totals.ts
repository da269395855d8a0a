/**
 * Compares Skein's totals and first pages with the plain engine's, which looks at every record without any index and is written
 * after `docs/relevance.md`. In a process of its own: `node check-totals.ts <records> <description> <queries> <count>`.
 */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isJsonObject, type Json } from '@skein/base';
import { defaultSearchQuery } from '@skein/engine';
import { PlainEngine } from '@skein/engine/testing';
import { type DatasetFiles, readDescription } from './dataset-files.ts';
import type { SetOutcome } from './outcomes.ts';
import { HITS } from './peers/peer.ts';
import { readLines } from './peers/read-lines.ts';
import type { QuerySet } from './queries.ts';

export interface TotalsCheck {
  readonly checked: number;
  readonly wrongTotals: number;
  readonly wrongPages: number;
}

/** Queries evenly spread over the list. */
export async function checkAgainstPlainEngine(
  files: DatasetFiles,
  set: QuerySet,
  outcome: SetOutcome,
  count: number,
): Promise<TotalsCheck> {
  const step = Math.max(1, Math.floor(outcome.queryCount / count));
  const places = Array.from({ length: outcome.queryCount }, (_, at) => at)
    .filter((at) => at % step === 0)
    .slice(0, count);
  const queriesFile = `${files.recordsFile}.checked`;
  writeFileSync(queriesFile, places.map((at) => set.queries[at]).join('\n'));
  const script = fileURLToPath(import.meta.url);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--max-old-space-size=12000', script, files.recordsFile, files.descriptionFile, queriesFile],
    { maxBuffer: 1 << 26 },
  );
  rmSync(queriesFile);
  const expected = stdout.trimEnd().split('\n');
  let wrongTotals = 0;
  let wrongPages = 0;
  for (const [at, line] of expected.entries()) {
    const [total = '', ids = ''] = line.split('\t');
    const got = outcome.queries[places[at] ?? 0];
    if (got?.total !== Number(total)) wrongTotals += 1;
    if (got?.ids !== ids) wrongPages += 1;
  }
  return { checked: expected.length, wrongTotals, wrongPages };
}

function scan(recordsFile: string, descriptionFile: string, queriesFile: string): void {
  const engine = new PlainEngine(readDescription(descriptionFile).schema);
  for (const line of readLines(recordsFile)) {
    const record = JSON.parse(line) as Json;
    if (isJsonObject(record) && typeof record['objectID'] === 'string')
      engine.put(record['objectID'], record);
  }
  for (const query of readFileSync(queriesFile, 'utf8').split('\n')) {
    const { hits, hitCount } = engine.search({ ...defaultSearchQuery(query), length: HITS });
    process.stdout.write(`${hitCount}\t${hits.map(({ objectID }) => objectID).join(',')}\n`);
  }
}

if (import.meta.main) {
  const [recordsFile = '', descriptionFile = '', queriesFile = ''] = process.argv.slice(2);
  scan(recordsFile, descriptionFile, queriesFile);
}
