import { assert, type Sequence } from '@skein/base';

interface Task {
  partCount: number;
  readonly waiters: (() => void)[];
}

/** Operations whose effect not every query process sees yet. One operation may have parts in several indexes. */
export class PendingTasks {
  /** Ascending, as operations are accepted in order. */
  readonly #tasks = new Map<Sequence, Task>();

  get count(): number {
    return this.#tasks.size;
  }

  add(sequence: Sequence, partCount: number): void {
    assert(partCount > 0, 'a pending task has a part');
    this.#tasks.set(sequence, { partCount, waiters: [] });
  }

  has(sequence: number): boolean {
    return this.#tasks.has(sequence as Sequence);
  }

  /** The first operation that is still pending. */
  get lowest(): Sequence | undefined {
    for (const sequence of this.#tasks.keys()) return sequence;
    return undefined;
  }

  partDone(sequence: Sequence): void {
    const task = this.#tasks.get(sequence);
    if (task === undefined || --task.partCount > 0) return;
    this.#tasks.delete(sequence);
    for (const resolve of task.waiters) resolve();
  }

  whenDone(sequence: Sequence): Promise<void> {
    const task = this.#tasks.get(sequence);
    return task === undefined ? Promise.resolve() : new Promise((resolve) => task.waiters.push(resolve));
  }
}
