/** Entry of the builder process: the member's builder, under the supervisor. */
import { constants, setPriority } from 'node:os';
import { Builder, type BuilderCluster, clusterOf, joinCluster, loadCluster } from '@skein/member';
import type { Logger } from 'pino';
import { clusterConfigurationOf } from '../cluster/cluster-configuration-of.ts';
import { createLog } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { builderSight } from '../probes/builder-sight.ts';
import type { ProbeReport } from '../probes/probe.ts';
import { programVersion } from '../program-version.ts';
import { onSupervisorMessages } from './life.ts';
import { type ProcessSettings, tellSupervisor } from './messages.ts';

/** Half way between a query process and a builder on a machine of its own. */
const CLUSTER_PRIORITY = 4;

const metrics = new Metrics({ process: 'builder' });
let running: Builder | undefined;
let joined: BuilderCluster | undefined;
let problems: readonly string[] = [];

onSupervisorMessages({
  metrics,
  look: () => (running === undefined ? undefined : builderSight(running, joined)),
  onProbes: (reports: readonly ProbeReport[]) => {
    problems = reports.map(({ name }) => name);
    joined?.tellProblems(problems);
  },
  prepare: loadCluster,
  start: async (settings: ProcessSettings) => {
    const { configuration, secret, socketPath } = settings;
    const log: Logger = createLog(configuration.logLevel, 'builder');
    const cluster = clusterConfigurationOf(configuration);
    try {
      // Searches come first where cores are few; but other members wait for a builder's syncs.
      setPriority(cluster === undefined ? constants.priority.PRIORITY_BELOW_NORMAL : CLUSTER_PRIORITY);
    } catch {
      // Not allowed here: then all processes are equal.
    }
    const told = (level: 'info' | 'warn' | 'error', message: string): void => log[level](message);
    if (cluster !== undefined)
      await joinCluster(cluster, { dataFolder: configuration.data, secret, log: told });
    const builder = await Builder.start({
      openCluster: cluster === undefined ? undefined : describedBy(clusterOf(cluster, programVersion())),
      dataFolder: configuration.data,
      socketPath,
      secret,
      memoryBytesMax: configuration.builderMemoryMib * 1024 * 1024,
      publishIntervalMs: configuration.publishIntervalMs,
      log: told,
      onFatal: (error) => {
        log.fatal({ err: error }, 'the builder cannot go on');
        // Started again by the supervisor, it recovers from the log.
        process.exit(1);
      },
    });
    running = builder;
    tellSupervisor({ kind: 'started', port: 0, sharesPort: true });
    return { drain: () => builder.close() };
  },
});

/** So that metrics and probes can tell of the cluster. */
function describedBy(open: ReturnType<typeof clusterOf>): ReturnType<typeof clusterOf> {
  return async (parts) => {
    const opened = await open(parts);
    metrics.tellOfCluster(() => opened.describe());
    joined = opened;
    opened.tellProblems(problems);
    return opened;
  };
}
