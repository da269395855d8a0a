/** What the server says of itself at `/metrics`: exact means, and shares of its histogram's buckets. */
import { readFileSync } from 'node:fs';
import type { RunningSkein } from '@skein/testkit';

export interface RouteTimes {
  readonly count: number;
  readonly sumMs: number;
  /** Upper bound in milliseconds → how many requests took at most that. Ascending; the last is infinite. */
  readonly upToMs: ReadonlyMap<number, number>;
}

export type DurationMetric = 'skein_http_request_duration_seconds' | 'skein_fql_request_duration_seconds';

export async function readRouteTimes(
  server: RunningSkein,
  route: RegExp,
  metric: DurationMetric = 'skein_http_request_duration_seconds',
): Promise<RouteTimes> {
  const response = await fetch(`${server.url}/metrics`, {
    headers: { 'x-algolia-application-id': server.applicationId, 'x-algolia-api-key': server.adminKey },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`/metrics: ${response.status} ${text}`);
  const upToMs = new Map<number, number>();
  let count = 0;
  let sumMs = 0;
  for (const line of text.split('\n')) {
    if (!line.startsWith(metric)) continue;
    const [, part, labels = '', value = ''] =
      /^_(bucket|count|sum)\{(.*)\} (\S+)$/.exec(line.slice(metric.length)) ?? [];
    const name = /route="([^"]*)"/.exec(labels)?.[1];
    if (part === undefined || name === undefined || !route.test(name)) continue;
    if (part === 'count') count += Number(value);
    else if (part === 'sum') sumMs += Number(value) * 1000;
    else {
      const bound = /le="([^"]*)"/.exec(labels)?.[1] ?? '';
      const boundMs = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound) * 1000;
      upToMs.set(boundMs, (upToMs.get(boundMs) ?? 0) + Number(value));
    }
  }
  return { count, sumMs, upToMs };
}

export interface ServerTime {
  readonly meanMs: number;
  /** Upper bounds of the buckets that hold the median and the 99th percentile. */
  readonly p50AtMostMs: number;
  readonly p99AtMostMs: number;
}

export function serverTimeBetween(before: RouteTimes, after: RouteTimes): ServerTime {
  const count = after.count - before.count;
  const bounds = [...after.upToMs.keys()].sort((a, b) => a - b);
  const within = (bound: number): number => (after.upToMs.get(bound) ?? 0) - (before.upToMs.get(bound) ?? 0);
  return {
    meanMs: (after.sumMs - before.sumMs) / count,
    p50AtMostMs: bounds.find((bound) => within(bound) >= 0.5 * count) ?? Number.POSITIVE_INFINITY,
    p99AtMostMs: bounds.find((bound) => within(bound) >= 0.99 * count) ?? Number.POSITIVE_INFINITY,
  };
}

/** User and system time of a process so far, from Linux's `/proc`. */
export function cpuMsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // Ticks of 10 ms, in fields 14 and 15 counted from 1.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}
