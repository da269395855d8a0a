/** The parent's side of a peer's process: starts it, sends commands one at a time, reads what it used. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PeerAnswer } from './peer.ts';

const host = fileURLToPath(new URL('./peer-host.ts', import.meta.url));

export interface MemoryUse {
  readonly rssBytes: number;
  readonly rssBytesPeak: number;
  /** Of `rssBytes`: memory of its own, without mapped files. */
  readonly anonymousBytes: number;
}

export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  static node(peer: string): PeerProcess {
    return new PeerProcess(process.execPath, ['--max-old-space-size=8192', host, peer]);
  }

  constructor(command: string, args: readonly string[]) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** Rejects when the peer failed or ended. */
  async ask(...fields: readonly (string | number)[]): Promise<PeerAnswer & { kind: 'indexed' | 'ran' }> {
    this.#child.stdin?.write(`${fields.join('\t')}\n`);
    const line = await this.#answers.next();
    if (line.done === true) throw new Error(`the peer ended during ${fields[0] ?? ''}`);
    const answer = JSON.parse(line.value) as PeerAnswer;
    if (answer.kind === 'failed') throw new Error(answer.message);
    return answer;
  }

  memory(): MemoryUse {
    return memoryOf(this.#child.pid ?? 0);
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    this.#child.stdin?.end();
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}

/** From Linux's `/proc`; zeros elsewhere. */
export function memoryOf(pid: number): MemoryUse {
  let status = '';
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // Not Linux, or gone.
  }
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { rssBytes: bytes('VmRSS'), rssBytesPeak: bytes('VmHWM'), anonymousBytes: bytes('RssAnon') };
}
