/**
 * Which operations were taken lately, so that a retried proposal gets the first one's sequence and is not done twice. Known again
 * after a restart: from the journal, and from a file for those that the journal has forgotten.
 */
import { readFileSync } from 'node:fs';
import { asSequence, isJsonObject, type Json, type Sequence } from '@skein/base';
import { writeFileDurably } from './file-directory.ts';

/**
 * Proposers retry for seconds; at 10,000 operations a second this many are more than ten. A second operation that comes later is carried out:
 * counted in the log, so that all members decide the same, whatever else each of them happens to remember.
 */
const REPEAT_DISTANCE_MAX = 131_072;
/** At least the last `REPEAT_DISTANCE_MAX` operations are remembered; up to twice as many may be. */
const GENERATION_COUNT_MAX = REPEAT_DISTANCE_MAX;
const FORMAT_VERSION = 1;

export class RecentOperations {
  /**
   * Two generations, each oldest first: when the younger one is full, it takes the place of the older one. Taking the oldest out of a map
   * one by one would walk over all those that were taken out before.
   */
  #younger = new IdMap<Sequence>();
  #older = new IdMap<Sequence>();
  readonly #inFlight = new IdMap<Promise<Sequence>>();
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
    const ids = Object.entries(isJsonObject(value['ids']) ? value['ids'] : {});
    // In the order of the log again, so that the oldest are the first to be forgotten.
    const known = ids.filter((entry): entry is [string, number] => typeof entry[1] === 'number');
    for (const [key, sequence] of known.sort((one, other) => one[1] - other[1])) {
      // Names of applications have none.
      const slash = key.indexOf('/');
      if (slash !== -1) recent.#remember(key.slice(0, slash), key.slice(slash + 1), asSequence(sequence));
    }
    return recent;
  }

  save(file: string, appliedThrough: Sequence): void {
    writeFileDurably(
      file,
      JSON.stringify({
        format: FORMAT_VERSION,
        appliedThrough,
        ids: Object.fromEntries([...this.#older.entries(), ...this.#younger.entries()]),
      }),
    );
  }

  get count(): number {
    return this.#older.size + this.#younger.size;
  }

  /** The sequence that an operation was given, or is being given. */
  find(application: string, operationId: string): Sequence | Promise<Sequence> | undefined {
    return this.#known(application, operationId) ?? this.#inFlight.get(application, operationId);
  }

  /** `sequence` is being appended: found from now on, until it is committed, or until that fails. */
  begin(application: string, operationId: string, sequence: Promise<Sequence>): void {
    this.#inFlight.set(application, operationId, sequence);
    sequence.catch(() => this.#inFlight.delete(application, operationId));
  }

  /**
   * Called in the order of the log. False when the operation stood in the log shortly before already: it must not be applied.
   */
  commit(application: string, operationId: string, sequence: Sequence): boolean {
    this.#inFlight.delete(application, operationId);
    const known = this.#known(application, operationId);
    if (known === sequence) return true;
    if (known !== undefined && known < sequence && sequence - known <= REPEAT_DISTANCE_MAX) return false;
    this.#remember(application, operationId, sequence);
    return true;
  }

  #known(application: string, operationId: string): Sequence | undefined {
    return this.#younger.get(application, operationId) ?? this.#older.get(application, operationId);
  }

  #remember(application: string, operationId: string, sequence: Sequence): void {
    if (this.#younger.size >= GENERATION_COUNT_MAX) {
      this.#older = this.#younger;
      this.#younger = new IdMap();
    }
    this.#younger.set(application, operationId, sequence);
  }
}

/** By application and id. A map inside a map: one key made of both would be put together, and hashed, anew each time. */
class IdMap<V> {
  readonly #byApplication = new Map<string, Map<string, V>>();
  size = 0;

  get(application: string, id: string): V | undefined {
    return this.#byApplication.get(application)?.get(id);
  }

  set(application: string, id: string, value: V): void {
    let ids = this.#byApplication.get(application);
    if (ids === undefined) {
      ids = new Map();
      this.#byApplication.set(application, ids);
    }
    const before = ids.size;
    ids.set(id, value);
    this.size += ids.size - before;
  }

  delete(application: string, id: string): void {
    const ids = this.#byApplication.get(application);
    if (ids?.delete(id) !== true) return;
    this.size--;
    if (ids.size === 0) this.#byApplication.delete(application);
  }

  *entries(): Generator<readonly [string, V]> {
    for (const [application, ids] of this.#byApplication) {
      for (const [id, value] of ids) yield [`${application}/${id}`, value];
    }
  }
}
