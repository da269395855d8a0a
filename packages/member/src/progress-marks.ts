/** How many marks are kept at most: then each second one is forgotten, and times become coarser. */
const MARK_COUNT_MAX = 4096;

/** When a number that only grows was seen to grow, so that one can ask since when it has been beyond another. */
export class ProgressMarks {
  #marks: { readonly value: number; readonly atMs: number }[] = [];

  note(value: number, atMs: number): void {
    if (value <= (this.#marks.at(-1)?.value ?? 0)) return;
    this.#marks.push({ value, atMs });
    if (this.#marks.length > MARK_COUNT_MAX) {
      const newest = this.#marks.length - 1;
      this.#marks = this.#marks.filter((_, at) => at % 2 === newest % 2);
    }
  }

  /** When a value beyond this one was first seen; undefined: never. What is not beyond it is forgotten. */
  firstBeyond(value: number): number | undefined {
    const at = this.#marks.findIndex((mark) => mark.value > value);
    if (at === -1) this.#marks = this.#marks.slice(-1);
    else if (at > 0) this.#marks.splice(0, at);
    const [first] = this.#marks;
    return first !== undefined && first.value > value ? first.atMs : undefined;
  }
}
