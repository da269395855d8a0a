/** A writing process is killed at any moment, again and again: `CRASH_ROUNDS` times, few unless told otherwise. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MemoryStore } from '@skein/fql/testing';
import { expect, test } from 'vitest';
import { DocumentStorage } from './document-storage.ts';
import { applyOperation, describeState } from './testing/scripted-operations.ts';

const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 4);
const WRITER = fileURLToPath(new URL('./testing/crash-writer.ts', import.meta.url));

test('after a kill the store is what some operations made of it, with all that were acknowledged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-crash-'));
  const target = join(folder, 'documents');
  const oracle = new MemoryStore();
  let applied = 0;
  let acknowledged = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const child = spawn(process.execPath, [WRITER, target], { stdio: ['ignore', 'pipe', 'inherit'] });
      const told = reading(child);
      await told.first;
      // Any moment will do; which one it was is no part of what is tested.
      await after(Math.random() * 150);
      child.kill('SIGKILL');
      const last = await told.end;
      expect(last).toBeGreaterThan(acknowledged);
      acknowledged = last;

      const storage = DocumentStorage.open(target);
      try {
        expect(storage.appliedSequence).toBeGreaterThanOrEqual(acknowledged);
        while (applied < storage.appliedSequence) applyOperation(oracle, ++applied);
        expect(storage.read(describeState)).toBe(describeState(oracle));
        expect(storage.durableSequence).toBe(storage.appliedSequence);
      } finally {
        await storage.close();
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The last number that a process has printed, once it has ended; and a promise of its first. */
function reading(child: ChildProcessByStdio<null, Readable, null>): {
  readonly first: Promise<void>;
  readonly end: Promise<number>;
} {
  let text = '';
  const first = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      text = (text + part.toString('latin1')).slice(-100);
      if (text.includes('\n')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`the writer ended by itself, with ${code}`)));
  });
  const end = new Promise<number>((resolve) => {
    child.stdout.on('end', () => resolve(Number(text.split('\n').at(-2))));
  });
  return { first, end };
}
