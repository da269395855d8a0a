/** Lets work begin, in the order of asking, while the memory that all of it takes stays below a bound. */
export class MemoryGate {
  readonly bytesMax: number;
  readonly #waiting: { readonly bytes: number; readonly enter: () => void }[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Runs `work` when there is room. Work that would take more than the bound runs alone. */
  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const taken = Math.min(bytes, this.bytesMax);
    await new Promise<void>((resolve) => {
      this.#waiting.push({ bytes: taken, enter: resolve });
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#bytes -= taken;
      this.#next();
    }
  }

  #next(): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined || this.#bytes + first.bytes > this.bytesMax) return;
      this.#waiting.shift();
      this.#bytes += first.bytes;
      first.enter();
    }
  }
}
