/**
 * `npm run chaos -- measure …`: figures of a cluster of three on this machine, by hand.
 *
 *   npm run chaos -- measure leader-killed --times 10
 *   npm run chaos -- measure leader-paused | builder-killed | query-killed
 *   npm run chaos -- measure load --rate 11500 --seconds 600
 *   npm run chaos -- measure burst --rate 150000 --seconds 10
 *   npm run chaos -- measure fairness --applications 50 --seconds 60
 */
import { parseArgs } from 'node:util';
import { type RunningCluster, startCluster } from '@skein/testkit';
import { measureFairness, measureLoad } from './measure-load.ts';
import { measurePauses, PAUSE_KINDS } from './measure-pauses.ts';

export async function measure(words: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      times: { type: 'string', default: '10' },
      rate: { type: 'string' },
      seconds: { type: 'string' },
      bytes: { type: 'string', default: '350' },
      batch: { type: 'string' },
      applications: { type: 'string', default: '50' },
      network: { type: 'string', default: 'auto' },
    },
  });
  const [what = ''] = positionals;
  const network = values.network === 'loopback' ? 'loopback' : 'auto';
  const cluster = await startCluster({
    network,
    env: { SKEIN_LOG_LEVEL: 'error', SKEIN_BUILDER_MEMORY_MIB: '512' },
    // As in earnest: nothing stands in front of the journal.
    faults: { journalFileBytesMax: 64 * 1024 * 1024 },
  });
  const stop = (): void => void cluster.remove().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const seconds = (otherwise: number): number => Number(values.seconds ?? otherwise);
    const load = (
      operationsPerS: number,
      forS: number,
      batchSize: number,
      inFlightMax: number,
    ): Promise<object> =>
      measureLoad(cluster, {
        operationsPerS: Number(values.rate ?? operationsPerS),
        forMs: seconds(forS) * 1_000,
        operationBytes: Number(values.bytes),
        batchSize: Number(values.batch ?? batchSize),
        inFlightMax,
      });
    show(what, await figures());

    async function figures(): Promise<object> {
      if (what === 'load') return load(11_500, 60, 100, 64);
      if (what === 'burst') return load(150_000, 10, 1_000, 48);
      if (what === 'fairness') {
        const applications = await makeApplications(cluster, Number(values.applications));
        return measureFairness(cluster, applications, seconds(30) * 1_000);
      }
      const kind = PAUSE_KINDS.find((each) => each === what);
      if (kind === undefined)
        throw new Error(
          `there is no measurement ${what}; there are load, burst, fairness, ${PAUSE_KINDS.join(', ')}`,
        );
      return measurePauses(cluster, kind, Number(values.times), (text) => process.stderr.write(`${text}\n`));
    }
  } finally {
    await cluster.remove();
  }
}

/** An application is made by the first member that starts with its id. */
async function makeApplications(cluster: RunningCluster, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => `LITTLE${at}`);
  const first = cluster.members[0]!;
  for (const name of names) {
    await first.stop();
    await first.start({ SKEIN_APPLICATION_ID: name });
  }
  await first.stop();
  await first.start();
  return names;
}

function show(what: string, figures: object): void {
  process.stdout.write(`${what} ${JSON.stringify(figures, undefined, 2)}\n`);
}
