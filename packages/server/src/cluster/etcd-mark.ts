/** Which process is this data folder's etcd, so that one whose supervisor is gone does not keep the next from starting. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isJsonObject } from '@skein/base';
import { isRunning, startOf } from '../data-lock.ts';
import { ProcessStartError } from '../process/managed-process.ts';

const politeMsMax = 5_000;
const killedMsMax = 5_000;
const stepMs = 20;

export class EtcdMark {
  readonly #file: string;
  readonly #dataFolder: string;

  /** `dataFolder`: that of etcd; it stands in the arguments of the process that is meant. */
  constructor(file: string, dataFolder: string) {
    this.#file = file;
    this.#dataFolder = dataFolder;
  }

  note(pid: number): void {
    const temporary = `${this.#file}.${process.pid}`;
    writeFileSync(temporary, `${JSON.stringify({ pid, startedAt: startOf(pid) })}\n`);
    renameSync(temporary, this.#file);
  }

  remove(): void {
    rmSync(this.#file, { force: true });
  }

  /** Resolves when an etcd that an earlier supervisor left has ended, if there is one. Rejects with `ProcessStartError`. */
  async endOrphan(): Promise<void> {
    const pid = this.#orphan();
    if (pid !== undefined) {
      process.kill(pid, 'SIGTERM');
      if (!(await this.#ended(politeMsMax))) {
        process.kill(pid, 'SIGKILL');
        if (!(await this.#ended(killedMsMax)))
          throw new ProcessStartError(`process ${pid}, an etcd that was left, does not end`);
      }
    }
    this.remove();
  }

  async #ended(withinMs: number): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < withinMs; waitedMs += stepMs) {
      if (this.#orphan() === undefined) return true;
      await pause(stepMs);
    }
    return this.#orphan() === undefined;
  }

  #orphan(): number | undefined {
    let content: unknown;
    try {
      content = JSON.parse(readFileSync(this.#file, 'utf8'));
    } catch {
      return undefined;
    }
    if (!isJsonObject(content)) return undefined;
    const { pid, startedAt } = content;
    if (typeof pid !== 'number' || pid <= 1 || !isRunning(pid) || startOf(pid) !== startedAt)
      return undefined;
    return this.#isOurs(pid) ? pid : undefined;
  }

  #isOurs(pid: number): boolean {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words.includes(`--data-dir=${this.#dataFolder}`);
    } catch {
      return false;
    }
  }
}
