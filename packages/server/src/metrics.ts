/**
 * Counters of one process, and the page of all processes' counters in Prometheus's text form. Nothing in them names an
 * index, a key or a query.
 */
import type { JsonObject } from '@skein/base';
import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { registerClusterMetrics } from './cluster/cluster-metrics.ts';
import type { EventSinkEnd } from './fql/event-sink.ts';
import type { FqlAnswered } from './fql/fql-handler.ts';
import type { MetricsSnapshot } from './process/messages.ts';

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter<'route' | 'status'>;
  readonly #durations: Histogram<'route'>;
  readonly #fqlRequests: Counter<'route' | 'status'>;
  readonly #fqlDurations: Histogram<'route'>;
  readonly #fqlBytes: Counter<'direction'>;
  readonly #fqlStreamsEnded: Counter<'how'>;

  /** `process`: which kind of process counts. `builderConnected`: only query processes know. */
  constructor(options: {
    readonly process: string;
    readonly builderConnected?: (() => boolean) | undefined;
    /** Event streams that are open; only query processes have some. */
    readonly fqlStreams?: (() => number) | undefined;
  }) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'skein_http_requests_total',
      help: 'HTTP requests answered, by route and status',
      labelNames: ['route', 'status'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'skein_http_request_duration_seconds',
      help: 'Time from the head of a request to the end of its answer',
      labelNames: ['route'],
      buckets: [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    this.#fqlRequests = new Counter({
      name: 'skein_fql_requests_total',
      help: 'FQL requests answered, by what was asked and status (499: the client went away before)',
      labelNames: ['route', 'status'],
      registers,
    });
    this.#fqlDurations = new Histogram({
      name: 'skein_fql_request_duration_seconds',
      help: 'Time from the head of an FQL request to its answer, or to the start of its stream',
      labelNames: ['route'],
      buckets: [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    this.#fqlBytes = new Counter({
      name: 'skein_fql_bytes_total',
      help: 'Bytes of FQL queries and of their answers, event streams apart',
      labelNames: ['direction'],
      registers,
    });
    this.#fqlStreamsEnded = new Counter({
      name: 'skein_fql_streams_ended_total',
      help: 'Event streams that ended, by how',
      labelNames: ['how'],
      registers,
    });
    const { process: kind, builderConnected, fqlStreams } = options;
    gauge(registers, 'skein_processes', 'Running processes by kind', kind, () => 1);
    gauge(registers, 'skein_resident_bytes', 'Memory of the processes by kind', kind, () =>
      process.memoryUsage.rss(),
    );
    gauge(registers, 'skein_cpu_seconds', 'Processor time of the running processes by kind', kind, () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    if (fqlStreams !== undefined) {
      gauge(registers, 'skein_fql_streams', 'Event streams that are open', kind, fqlStreams);
    }
    if (builderConnected !== undefined) {
      gauge(registers, 'skein_builder_connected', 'Processes that reach the builder', kind, () =>
        builderConnected() ? 1 : 0,
      );
    }
  }

  /** From now on the cluster is told of, too. `describe`: see `BuilderCluster`. */
  tellOfCluster(describe: () => JsonObject): void {
    registerClusterMetrics(this.#registry, describe);
  }

  answered(answer: { readonly route: string; readonly status: number; readonly durationMs: number }): void {
    this.#requests.inc({ route: answer.route, status: answer.status });
    this.#durations.observe({ route: answer.route }, answer.durationMs / 1000);
  }

  fqlAnswered({ route, status, durationMs, bytesIn, bytesOut }: FqlAnswered): void {
    this.#fqlRequests.inc({ route, status });
    this.#fqlDurations.observe({ route }, durationMs / 1000);
    this.#fqlBytes.inc({ direction: 'in' }, bytesIn);
    this.#fqlBytes.inc({ direction: 'out' }, bytesOut);
  }

  fqlStreamEnded(how: EventSinkEnd): void {
    this.#fqlStreamsEnded.inc({ how });
  }

  async snapshot(): Promise<MetricsSnapshot> {
    return this.#registry.getMetricsAsJSON();
  }
}

/** The sum over processes, as text. */
export async function renderMetrics(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate(snapshots.filter((each) => each.length > 0) as object[]).metrics();
}

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

function gauge(
  registers: Registry[],
  name: string,
  help: string,
  process: string,
  value: () => number,
): void {
  new Gauge({
    name,
    help,
    labelNames: ['process'],
    registers,
    aggregator: 'sum',
    collect() {
      this.set({ process }, value());
    },
  });
}
