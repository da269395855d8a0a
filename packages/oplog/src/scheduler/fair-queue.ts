/**
 * Items of many applications, taken in turns: deficit round robin over bytes.
 *
 *   ring:  B ──▶ C ──▶ A          each with its items in order, and the bytes that it may still take in this turn
 *
 * A turn gives `quantumBytes`. What an application cannot use because its next item is larger stays its own, so that a large item comes after
 * some turns; what it does not use because it has nothing waiting is lost. An item that is larger than a whole batch lets the others have a
 * turn first, as it holds up whoever comes after it. Between two applications that both always have something waiting, the taken bytes never
 * differ by more than three quanta and two items.
 *
 * Cost: constant for each item, plus a step for each quantum of its bytes. No clock, no input or output.
 */
import { assert } from '@skein/base';

const QUANTUM_BYTES = 64 * 1024;
/** Taken items stay in front of a queue's array until so many are there, and they are the half of it. */
const TAKEN_COUNT_MAX = 1_024;

export class FairQueue<Item> {
  readonly #quantumBytes: number;
  readonly #queues = new Map<string, ApplicationQueue<Item>>();
  /** Whose turn it is. */
  #first: ApplicationQueue<Item> | undefined;
  #last: ApplicationQueue<Item> | undefined;
  #bytes = 0;
  #count = 0;

  constructor(options: { readonly quantumBytes?: number | undefined } = {}) {
    this.#quantumBytes = options.quantumBytes ?? QUANTUM_BYTES;
    assert(this.#quantumBytes > 0, 'a quantum has bytes');
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  bytesOf(application: string): number {
    return this.#queues.get(application)?.bytes ?? 0;
  }

  /** Those with something waiting, in no order. */
  *applications(): Generator<{
    readonly application: string;
    readonly bytes: number;
    readonly count: number;
  }> {
    for (const { application, bytes, items, head } of this.#queues.values()) {
      yield { application, bytes, count: items.length - head };
    }
  }

  push(application: string, item: Item, bytes: number): void {
    assert(bytes >= 0, 'push: bytes are not negative');
    let queue = this.#queues.get(application);
    if (queue === undefined) {
      queue = {
        application,
        items: [],
        lengths: [],
        head: 0,
        bytes: 0,
        left: 0,
        isInTurn: false,
        hasLetOthersGo: false,
        next: undefined,
      };
      this.#queues.set(application, queue);
      this.#append(queue);
    }
    queue.items.push(item);
    queue.lengths.push(bytes);
    queue.bytes += bytes;
    this.#bytes += bytes;
    this.#count++;
  }

  /** What comes next, at most `bytesMax` of it; an item that is larger comes alone. Empty only when nothing waits. */
  take(bytesMax: number): Item[] {
    const taken: Item[] = [];
    let room = bytesMax;
    for (;;) {
      const queue = this.#first;
      if (queue === undefined) return taken;
      if (!queue.isInTurn) {
        queue.isInTurn = true;
        queue.left += this.#quantumBytes;
      }
      let { head } = queue;
      const { items, lengths } = queue;
      while (head < items.length && lengths[head]! <= queue.left) {
        const bytes = lengths[head]!;
        if (bytes > room) {
          // The turn goes on with the next call.
          if (taken.length > 0) {
            queue.head = head;
            trim(queue);
            return taken;
          }
          if (!queue.hasLetOthersGo && queue.next !== undefined) {
            queue.hasLetOthersGo = true;
            break;
          }
        }
        queue.hasLetOthersGo = false;
        taken.push(items[head]!);
        head++;
        room -= bytes;
        queue.left -= bytes;
        queue.bytes -= bytes;
        this.#bytes -= bytes;
        this.#count--;
      }
      queue.head = head;
      this.#first = queue.next;
      queue.next = undefined;
      if (this.#first === undefined) this.#last = undefined;
      if (head === items.length) {
        this.#queues.delete(queue.application);
      } else {
        queue.isInTurn = false;
        trim(queue);
        this.#append(queue);
      }
    }
  }

  /** Takes out what stands first in its application's queue for as long as `isWanted` says so. */
  takeFirstWhere(isWanted: (item: Item) => boolean): Item[] {
    const taken: Item[] = [];
    const queues: ApplicationQueue<Item>[] = [];
    for (let queue = this.#first; queue !== undefined; queue = queue.next) queues.push(queue);
    this.#first = undefined;
    this.#last = undefined;
    for (const queue of queues) {
      while (queue.head < queue.items.length && isWanted(queue.items[queue.head]!)) {
        const bytes = queue.lengths[queue.head]!;
        taken.push(queue.items[queue.head]!);
        queue.head++;
        queue.bytes -= bytes;
        this.#bytes -= bytes;
        this.#count--;
      }
      queue.next = undefined;
      if (queue.head === queue.items.length) {
        this.#queues.delete(queue.application);
      } else {
        trim(queue);
        this.#append(queue);
      }
    }
    return taken;
  }

  #append(queue: ApplicationQueue<Item>): void {
    if (this.#last === undefined) this.#first = queue;
    else this.#last.next = queue;
    this.#last = queue;
  }
}

interface ApplicationQueue<Item> {
  readonly application: string;
  readonly items: Item[];
  readonly lengths: number[];
  /** The first one that is not taken. */
  head: number;
  bytes: number;
  /** Bytes that it may take before others have their turn. */
  left: number;
  isInTurn: boolean;
  /** Once for each item that is larger than a whole batch. */
  hasLetOthersGo: boolean;
  next: ApplicationQueue<Item> | undefined;
}

/** Lets go of what is taken. */
function trim<Item>(queue: ApplicationQueue<Item>): void {
  if (queue.head < TAKEN_COUNT_MAX || queue.head * 2 < queue.items.length) return;
  queue.items.splice(0, queue.head);
  queue.lengths.splice(0, queue.head);
  queue.head = 0;
}
