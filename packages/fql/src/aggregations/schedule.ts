/** When an aggregation runs by itself. */
import { Cron } from 'croner';
import type { DocumentReader, ScopeId } from '../store/document-store.ts';
import { type Aggregation, NO_REFS, readAggregation } from './aggregation.ts';
import { isRunRequested } from './aggregation-jobs.ts';
import { readCounter, readScheduledRow, scheduledRows, waitingRow } from './aggregation-rows.ts';

/**
 * Five fields, or six with seconds first, in UTC. What the library takes beyond that is refused: dates, and `?`, which stands for the moment at
 * which it is read.
 */
const FIELDS = /^[\dA-Za-z*,/#+-]{1,100}( [\dA-Za-z*,/#+-]{1,100}){4,5}$/;

/** Whether the pattern is one, and names a time after `after` (µs). */
export function isCron(pattern: string, after: number): boolean {
  if (!FIELDS.test(pattern)) return false;
  try {
    return nextCronTime(pattern, after) !== undefined;
  } catch {
    return false;
  }
}

/** µs: the first time after `after` (µs) that the pattern names; undefined: there is none. Throws for what is no pattern. */
export function nextCronTime(pattern: string, after: number): number | undefined {
  const name = `${after} ${pattern}`;
  if (nextTimes.has(name)) return nextTimes.get(name);
  const next = new Cron(pattern, OPTIONS).nextRun(new Date(Math.floor(after / 1000)));
  const time = next === null ? undefined : next.getTime() * 1000;
  if (nextTimes.size >= nextTimesMax) nextTimes.clear();
  nextTimes.set(name, time);
  return time;
}

/** Asked for again at every look, and not always cheap: the 29th of February on a certain weekday is years away. */
const nextTimes = new Map<string, number | undefined>();
const nextTimesMax = 1_000;

/** The first scheduled aggregation whose time has come at `time` (µs). Of several times that were missed, one run is left. */
export function dueAggregation(
  reader: DocumentReader,
  time: number,
): { readonly scope: ScopeId; readonly aggregation: Aggregation } | undefined {
  for (const { key } of reader.rows(ROOT_SCOPE, scheduledRows())) {
    const { scope, name } = readScheduledRow(key);
    const aggregation = readAggregation(reader, scope, name, NO_REFS);
    if (aggregation !== undefined && isDue(reader, scope, aggregation, time)) return { scope, aggregation };
  }
  return undefined;
}

function isDue(reader: DocumentReader, scope: ScopeId, aggregation: Aggregation, time: number): boolean {
  const { number, definition, progress, declaredTs } = aggregation;
  if (isRunRequested(reader, scope, number)) return false;
  const { schedule } = definition;
  switch (schedule.kind) {
    case 'interval': {
      // Where nothing came, there is nothing to do: an idle server writes nothing.
      const isTime = time >= progress.lastRunTs + schedule.intervalMs * 1000;
      return isTime && readCounter(reader, scope, waitingRow(number)) > 0;
    }
    case 'cron': {
      const next = nextCronTime(schedule.cron, Math.max(progress.lastRunTs, declaredTs));
      return next !== undefined && next <= time;
    }
    case 'onDemand':
      return false;
  }
}

const ROOT_SCOPE = 0 as ScopeId;
const OPTIONS = { paused: true, utcOffset: 0, mode: '5-or-6-parts' } as const;
