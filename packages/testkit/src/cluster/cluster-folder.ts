/** Where a cluster of a test lives. The name tells the process that made it, so that the next run removes what a killed one has left. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memberProcesses } from './member-processes.ts';
import { runCommand } from './run-command.ts';

const folderPattern = /^skein-cluster-(\d+)-/;

export function makeClusterFolder(): string {
  return mkdtempSync(join(tmpdir(), `skein-cluster-${process.pid}-`));
}

/** Processes, mounts and folders of clusters whose test has ended without removing them. */
export async function removeClusterLeftovers(): Promise<void> {
  const left = readdirSync(tmpdir())
    .filter((name) => isLeft(name))
    .map((name) => join(tmpdir(), name));
  if (left.length === 0) return;
  const isWithin = (path: string): boolean => left.some((folder) => path.startsWith(`${folder}/`));
  for (const [pid, folder] of memberProcesses()) {
    if (!isWithin(folder)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const [, target = ''] = line.split(' ');
    // Another run may be doing the same.
    if (isWithin(target)) await runCommand(['umount', '-l', target]).catch(() => undefined);
  }
  for (const folder of left) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

function isLeft(name: string): boolean {
  const maker = Number(folderPattern.exec(name)?.[1] ?? 0);
  return maker > 0 && maker !== process.pid && !existsSync(`/proc/${maker}`);
}
