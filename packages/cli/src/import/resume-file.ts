/**
 * How far an import has come, so that it can go on where it stopped. Written by rename, so that it is whole at any
 * moment; at most once a second, so that a crash repeats at most that second (records carry their objectIDs, so
 * repeating one changes nothing).
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isJsonObject } from '@skein/base';
import { CliError, messageOf } from '../cli-error.ts';

export interface ImportState {
  readonly file: string;
  /** Of the file, or null for standard input: a changed file cannot be resumed. */
  readonly bytes: number | null;
  /** Where records go. */
  readonly index: string;
  /** Start of the objectIDs that the import makes, so that a resumed one makes the same. */
  readonly idPrefix: string;
  readonly recordsDone: number;
  readonly isComplete: boolean;
}

const writeIntervalMs = 1_000;

export class ResumeFile {
  readonly #path: string;
  #writtenMs = Number.NEGATIVE_INFINITY;
  #state: ImportState;
  #isWritten = true;

  private constructor(path: string, state: ImportState) {
    this.#path = path;
    this.#state = state;
  }

  /** Takes up what `path` holds, or starts anew with `fresh`. Throws `CliError` when it belongs to another import. */
  static open(path: string, fresh: ImportState): ResumeFile {
    if (!existsSync(path)) return new ResumeFile(path, fresh);
    const found = readState(path);
    for (const name of ['file', 'bytes', 'index'] as const) {
      if (found[name] === fresh[name]) continue;
      throw new CliError(
        `${path} belongs to another import: its ${name === 'index' ? 'target' : name} is ${JSON.stringify(found[name])}, here it is ${JSON.stringify(fresh[name])}. Delete it or name another.`,
        { exit: 'usage' },
      );
    }
    return new ResumeFile(path, found);
  }

  get state(): ImportState {
    return this.#state;
  }

  advance(recordsDone: number, nowMs: number): void {
    this.#state = { ...this.#state, recordsDone };
    this.#isWritten = false;
    if (nowMs - this.#writtenMs < writeIntervalMs) return;
    this.#writtenMs = nowMs;
    this.#write();
  }

  finish(options: { readonly isComplete: boolean }): void {
    if (options.isComplete) this.#state = { ...this.#state, isComplete: true };
    else if (this.#isWritten) return;
    this.#write();
  }

  #write(): void {
    const temporary = `${this.#path}.new`;
    try {
      writeFileSync(temporary, `${JSON.stringify(this.#state)}\n`);
      renameSync(temporary, this.#path);
    } catch (error) {
      throw new CliError(`cannot write the resume file ${this.#path}: ${messageOf(error)}.`, {
        cause: error,
      });
    }
    this.#isWritten = true;
  }
}

function readState(path: string): ImportState {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CliError(`cannot read the resume file ${path}: ${messageOf(error)}.`, {
      exit: 'usage',
      cause: error,
    });
  }
  if (isJsonObject(value)) {
    const { file, bytes, index, idPrefix, recordsDone, isComplete } = value;
    if (
      typeof file === 'string' &&
      (bytes === null || typeof bytes === 'number') &&
      typeof index === 'string' &&
      typeof idPrefix === 'string' &&
      typeof recordsDone === 'number' &&
      Number.isSafeInteger(recordsDone) &&
      recordsDone >= 0 &&
      typeof isComplete === 'boolean'
    ) {
      return { file, bytes, index, idPrefix, recordsDone, isComplete };
    }
  }
  throw new CliError(`${path} is not a resume file of \`skein import\`.`, { exit: 'usage' });
}
