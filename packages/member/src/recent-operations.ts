/**
 * Which operations were taken lately, so that a retried proposal gets the first one's sequence and is not done twice. Known again
 * after a restart: from the journal, and from a file for those that the journal has forgotten.
 */
import { readFileSync } from 'node:fs';
import { asSequence, isJsonObject, type Json, type Sequence } from '@skein/base';
import { writeFileDurably } from './file-directory.ts';

/** Proposers retry for seconds; at 10,000 operations a second this many are more than ten. As many again may be remembered. */
const GENERATION_COUNT_MAX = 131_072;
const FORMAT_VERSION = 1;

export class RecentOperations {
  /**
   * Two generations, each oldest first: when the younger one is full, it takes the place of the older one. Taking the oldest out of a map
   * one by one would walk over all those that were taken out before.
   */
  #younger = new Map<string, Sequence>();
  #older: ReadonlyMap<string, Sequence> = new Map();
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
      if (typeof sequence === 'number') recent.#remember(key, asSequence(sequence));
    }
    return recent;
  }

  save(file: string, appliedThrough: Sequence): void {
    writeFileDurably(
      file,
      JSON.stringify({
        format: FORMAT_VERSION,
        appliedThrough,
        ids: Object.fromEntries([...this.#older, ...this.#younger]),
      }),
    );
  }

  get count(): number {
    return this.#older.size + this.#younger.size;
  }

  /** The sequence that an operation was given, or is being given. */
  find(application: string, operationId: string): Sequence | Promise<Sequence> | undefined {
    const key = keyOf(application, operationId);
    return this.#known(key) ?? this.#inFlight.get(key);
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
    const known = this.#known(key);
    if (known !== undefined) return known === sequence;
    this.#remember(key, sequence);
    return true;
  }

  #known(key: string): Sequence | undefined {
    return this.#younger.get(key) ?? this.#older.get(key);
  }

  #remember(key: string, sequence: Sequence): void {
    if (this.#younger.size >= GENERATION_COUNT_MAX) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(key, sequence);
  }
}

function keyOf(application: string, operationId: string): string {
  return `${application}/${operationId}`;
}
