import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { javaVersion } from './peers/lucene-launch.ts';

/** Without these, numbers of a shared machine get believed. */
export function machineHeader(): string[] {
  const processors = cpus();
  return [
    `CPU     ${processors[0]?.model ?? 'unknown'}, ${processors.length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    `load    ${loadAverage()} (1, 5, 15 minutes)`,
    `Node    ${process.version}`,
    `Java    ${javaVersion() ?? 'none'}`,
    `commit  ${commit()}`,
    `time    ${new Date().toISOString()}`,
  ];
}

export function loadAverage(): string {
  return loadavg()
    .map((load) => load.toFixed(2))
    .join(' ');
}

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', '../packages') !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? ', with changes not committed' : '');
  } catch {
    return 'unknown';
  }
}
