/** Processes of members are told by their environment, also when what started them is gone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Holds the folder of the member. */
export const MEMBER_MARK = 'TEST_MEMBER';

/** Of all clusters of this machine: the folder by process. */
export function memberProcesses(): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!(pid > 0) || pid === process.pid) continue;
    const mark = readProcess(pid, 'environ')
      .split('\0')
      .find((each) => each.startsWith(`${MEMBER_MARK}=`));
    if (mark !== undefined) found.set(pid, mark.slice(MEMBER_MARK.length + 1));
  }
  return found;
}

/** Killed, and not yet waited for by its parent. */
export function isEnding(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || readProcess(pid, 'stat').split(') ').at(-1)?.startsWith('Z') === true;
}

function readProcess(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // It has ended, or belongs to somebody else.
    return '';
  }
}
