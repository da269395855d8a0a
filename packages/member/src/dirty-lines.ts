import type { IndexLine } from './index-line.ts';

/** Indexes with unpublished changes. Applications take turns; inside one the oldest change comes first. */
export class DirtyLines {
  readonly #byApplication = new Map<string, Set<IndexLine>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(line: IndexLine): void {
    const { application } = line.store;
    let lines = this.#byApplication.get(application);
    if (lines === undefined) {
      lines = new Set();
      this.#byApplication.set(application, lines);
    }
    if (lines.has(line)) return;
    lines.add(line);
    this.#size++;
  }

  delete(line: IndexLine): void {
    const { application } = line.store;
    const lines = this.#byApplication.get(application);
    if (lines?.delete(line) !== true) return;
    this.#size--;
    if (lines.size === 0) this.#byApplication.delete(application);
  }

  *[Symbol.iterator](): Generator<IndexLine> {
    for (const lines of this.#byApplication.values()) yield* lines;
  }

  /** The first that is due of the application whose turn it is; that one then goes behind the others. */
  next(isDue: (line: IndexLine) => boolean): IndexLine | undefined {
    for (const [application, lines] of this.#byApplication) {
      for (const line of lines) {
        if (!isDue(line)) continue;
        this.#byApplication.delete(application);
        this.#byApplication.set(application, lines);
        return line;
      }
    }
    return undefined;
  }
}
