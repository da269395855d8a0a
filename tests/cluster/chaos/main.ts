/**
 * `npm run chaos`: faults on a real cluster of three while clients work on it.
 *
 *   npm run chaos -- --minutes 30 --seed 1
 *   npm run chaos -- --network loopback --faults builder-killed,etcd-paused --report report.json
 *   npm run chaos -- --short
 *   npm run chaos -- measure leader-killed     (measure.ts)
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './chaos-run.ts';
import { measure } from './measure.ts';
import { FAULT_KINDS, type FaultKind } from './plan.ts';
import { tableOf } from './report-table.ts';

const [command, ...rest] = process.argv.slice(2);
if (command === 'measure') {
  await measure(rest);
  process.exit(0);
}
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string' },
    network: { type: 'string', default: 'auto' },
    faults: { type: 'string' },
    pace: { type: 'string' },
    short: { type: 'boolean', default: false },
    insecure: { type: 'boolean', default: false },
    report: { type: 'string' },
    history: { type: 'string' },
    'log-level': { type: 'string', default: 'warn' },
  },
});
const seed = Number(values.seed ?? Date.now() % 100_000);
const { network } = values;
if (network !== 'auto' && network !== 'namespaces' && network !== 'loopback')
  throw new Error(`--network is auto, namespaces or loopback, not ${network}`);
const report = await runChaos({
  seed,
  forMs: Number(values.minutes) * 60_000,
  network,
  tls: !values.insecure,
  form: values.short ? 'short' : 'long',
  pace: values.pace === undefined ? undefined : Number(values.pace),
  kinds: values.faults?.split(',').map(kindOf),
  historyFile: values.history ?? join(tmpdir(), `skein-chaos-${seed}.json`),
  env: { SKEIN_LOG_LEVEL: values['log-level'] },
  say: (text) => process.stderr.write(`${new Date().toISOString().slice(11, 23)} ${text}\n`),
});
process.stdout.write(tableOf(report));
if (values.report !== undefined) writeFileSync(values.report, `${JSON.stringify(report, undefined, 2)}\n`);
process.exit(report.violations.length === 0 ? 0 : 1);

function kindOf(name: string): FaultKind {
  const kind = FAULT_KINDS.find((each) => each === name);
  if (kind === undefined) throw new Error(`there is no fault ${name}; there are ${FAULT_KINDS.join(', ')}`);
  return kind;
}
