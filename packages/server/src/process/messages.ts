/** What the supervisor and its processes tell each other over node's IPC channel. */
import type { Configuration } from '../configuration.ts';
import type { ProbeReport } from '../probes/probe.ts';
import type { BuilderSight } from '../probes/sight.ts';

/** What a process needs to run; travels once, at its start, and never through its environment. */
export interface ProcessSettings {
  readonly configuration: Configuration;
  readonly secret: string;
  /** Where the builder listens. */
  readonly socketPath: string;
  readonly applicationId: string;
  /** The search page's key; undefined where the page is off. */
  readonly pageKey: string | undefined;
  /** Root secret of the documents; undefined where FQL is off. */
  readonly fqlSecret: string | undefined;
  /** Counts processes since the server started: tells apart identifiers that several of them make. */
  readonly processNumber: number;
}

export type ToProcess =
  /** To one that is to be started later: it loads whatever it may need. */
  | { readonly kind: 'prepare' }
  /** Brings a socket to listen on for FQL; comes before `start`. */
  | { readonly kind: 'fqlSocket' }
  | { readonly kind: 'start'; readonly settings: ProcessSettings }
  | { readonly kind: 'drain'; readonly how: 'reload' | 'stop' }
  /** What is not fine with this server. */
  | { readonly kind: 'probes'; readonly reports: readonly ProbeReport[] }
  /** To the builder; answered with `sight`. */
  | { readonly kind: 'look' }
  /** Answered with `metrics`. */
  | { readonly kind: 'collect'; readonly id: number }
  /** Metrics of all processes, one snapshot each. */
  | { readonly kind: 'collected'; readonly id: number; readonly snapshots: readonly MetricsSnapshot[] };

export type FromProcess =
  /** It has loaded and waits for `start`. */
  | { readonly kind: 'loaded' }
  /** A query process listens for FQL; comes before `started`, with the listening socket when it opened one itself. */
  | { readonly kind: 'fqlListening'; readonly port: number; readonly sharesPort: boolean }
  /** It works. A query process sends its listening socket along when it opened one itself. */
  | { readonly kind: 'started'; readonly port: number; readonly sharesPort: boolean }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'sight'; readonly sight: BuilderSight }
  | { readonly kind: 'metrics'; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** Asks for the metrics of all processes; answered with `collected`. */
  | { readonly kind: 'wantMetrics'; readonly id: number };

/** As prom-client's `getMetricsAsJSON` gives it. */
export type MetricsSnapshot = readonly object[];

/** Tells the supervisor, if there is one. */
export function tellSupervisor(message: FromProcess): void {
  // The channel closes when the supervisor ends, and this process is about to notice.
  if (process.connected) process.send?.(message);
}
