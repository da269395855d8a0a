/**
 * Which operations were taken lately, so that a retried proposal gets the first one's sequence and is not done twice. Known again
 * after a restart: from the journal, and from a file for those that the journal has forgotten.
 */
import { readFileSync } from 'node:fs';
import { asSequence, isJsonObject, type Json, type Sequence } from '@skein/base';
import { writeFileDurably } from './file-directory.ts';

/** Proposers retry for seconds; at 10,000 operations a second this remembers more than ten. */
const REMEMBERED_COUNT_MAX = 131_072;
const FORMAT_VERSION = 1;

export class RecentOperations {
  /** Oldest first. */
  readonly #sequences = new Map<string, Sequence>();
  readonly #inFlight = new Map<string, Promise<Sequence>>();
  /** Everything up to here was applied and durable when the file was written. */
  readonly appliedThrough: Sequence;

  private constructor(appliedThrough: Sequence) {
    this.appliedThrough = appliedThrough;
  }

  /** A missing or unreadable file costs time, no more: the journal is then read from its beginning. */
  static load(file: string): RecentOperations {
    let value: Json;
    try {
      value = JSON.parse(readFileSync(file, 'utf8')) as Json;
    } catch {
      return new RecentOperations(asSequence(0));
    }
    if (
      !isJsonObject(value) ||
      value['format'] !== FORMAT_VERSION ||
      typeof value['appliedThrough'] !== 'number'
    ) {
      return new RecentOperations(asSequence(0));
    }
    const recent = new RecentOperations(asSequence(value['appliedThrough']));
    const ids = isJsonObject(value['ids']) ? value['ids'] : {};
    for (const [key, sequence] of Object.entries(ids)) {
      if (typeof sequence === 'number') recent.#sequences.set(key, asSequence(sequence));
    }
    return recent;
  }

  save(file: string, appliedThrough: Sequence): void {
    writeFileDurably(
      file,
      JSON.stringify({ format: FORMAT_VERSION, appliedThrough, ids: Object.fromEntries(this.#sequences) }),
    );
  }

  get count(): number {
    return this.#sequences.size;
  }

  /** The sequence that an operation was given, or is being given. */
  find(application: string, operationId: string): Sequence | Promise<Sequence> | undefined {
    const key = keyOf(application, operationId);
    return this.#sequences.get(key) ?? this.#inFlight.get(key);
  }

  /** `sequence` is being appended. Forgotten again when that fails. */
  begin(application: string, operationId: string, sequence: Promise<Sequence>): void {
    const key = keyOf(application, operationId);
    this.#inFlight.set(key, sequence);
    sequence.then(
      (given) => {
        this.#inFlight.delete(key);
        this.#remember(key, given);
      },
      () => this.#inFlight.delete(key),
    );
  }

  /** False when the operation stands in the log a second time: it must not be applied. */
  commit(application: string, operationId: string, sequence: Sequence): boolean {
    const key = keyOf(application, operationId);
    const known = this.#sequences.get(key);
    if (known !== undefined) return known === sequence;
    this.#remember(key, sequence);
    return true;
  }

  #remember(key: string, sequence: Sequence): void {
    this.#sequences.set(key, sequence);
    if (this.#sequences.size <= REMEMBERED_COUNT_MAX) return;
    for (const oldest of this.#sequences.keys()) {
      this.#sequences.delete(oldest);
      break;
    }
  }
}

function keyOf(application: string, operationId: string): string {
  return `${application}/${operationId}`;
}
