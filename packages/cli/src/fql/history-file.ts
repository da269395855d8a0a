/**
 * What was typed in earlier shells, newest last, one entry a line. Passwords may be among it, so only its owner can read the file. A file that cannot
 * be read or written is no reason not to work: the shell then remembers nothing.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const HISTORY_ENTRIES_MAX = 1_000;

/** Newest first, as `readline` has it. */
export function readHistory(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    return lines.slice(-HISTORY_ENTRIES_MAX).reverse();
  } catch {
    return [];
  }
}

/** Adds what was typed, so that several shells at a time do not lose each other's entries. `entries`: oldest first. */
export function addToHistory(path: string, entries: readonly string[]): void {
  if (entries.length === 0) return;
  const kept = [
    ...readHistory(path).reverse(),
    ...entries.map((entry) => entry.replaceAll(/\s*\n\s*/g, ' ')),
  ];
  const temporary = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, `${kept.slice(-HISTORY_ENTRIES_MAX).join('\n')}\n`, { mode: 0o600 });
    chmodSync(temporary, 0o600);
    renameSync(temporary, path);
  } catch {
    // See above.
  }
}
