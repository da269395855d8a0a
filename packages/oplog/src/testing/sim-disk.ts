import { DiskFullError, type JournalDisk, type JournalFile } from '../journal-disk.ts';

/** The machine stopped in the middle of this call. */
export class SimCrashError extends Error {
  override readonly name = 'SimCrashError';
}

/** What writes reach the disk in: a crash keeps or loses each of them for itself. */
const SECTOR_BYTES = 512;

interface SimFile {
  /** What a crash cannot take away. */
  durable: Uint8Array;
  /** What a reader sees now. */
  current: Uint8Array;
}

/**
 * A disk in memory that fails as real ones do, the same way for the same random numbers: it stops at a chosen call, loses any part of what was
 * not synced (each sector for itself), flips a bit, fills up.
 */
export class SimDisk implements JournalDisk {
  readonly #files = new Map<string, SimFile>();
  readonly #random: () => number;
  readonly #capacityBytes: number;
  #callsLeft = Number.POSITIVE_INFINITY;
  #syncsLeft = Number.POSITIVE_INFINITY;
  #crashed = false;

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number, options: { readonly capacityBytes?: number | undefined } = {}) {
    this.#random = random;
    this.#capacityBytes = options.capacityBytes ?? Number.POSITIVE_INFINITY;
  }

  /** The `count`th changing call from now, and all after it, fail with `SimCrashError`. */
  crashAfter(count: number): void {
    this.#callsLeft = count;
  }

  /** The `count`th sync from now fails, as one does whose write-back failed; the disk itself goes on. */
  failSyncAfter(count: number): void {
    this.#syncsLeft = count;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** The disk as the next start finds it: synced bytes, and any sectors of the others. */
  afterCrash(options: { readonly capacityBytes?: number | undefined } = {}): SimDisk {
    const next = new SimDisk(this.#random, options);
    for (const [name, file] of this.#files) next.#files.set(name, this.#survivor(file));
    return next;
  }

  flipBit(name: string, byteOffset: number, bit: number): void {
    const file = this.#file(name);
    file.durable = Uint8Array.from(file.durable);
    file.durable[byteOffset]! ^= 1 << bit;
    file.current = Uint8Array.from(file.current);
    file.current[byteOffset]! ^= 1 << bit;
  }

  bytes(name: string): Uint8Array {
    return this.#file(name).current;
  }

  async list(): Promise<readonly string[]> {
    return [...this.#files.keys()];
  }

  async byteLength(name: string): Promise<number> {
    return this.#file(name).current.byteLength;
  }

  async read(name: string, byteOffset: number, byteLength: number): Promise<Uint8Array> {
    return this.#file(name).current.slice(byteOffset, byteOffset + byteLength);
  }

  async create(name: string): Promise<JournalFile> {
    await this.#change();
    if (this.#files.has(name)) throw new Error(`${name} exists`);
    this.#files.set(name, { durable: new Uint8Array(0), current: new Uint8Array(0) });
    return this.open(name);
  }

  async open(name: string): Promise<JournalFile> {
    const file = this.#file(name);
    return {
      write: async (parts, byteOffset) => {
        const bytes = Buffer.concat(parts);
        const room = Math.max(
          0,
          this.#capacityBytes - this.#usedBytes() + (file.current.byteLength - byteOffset),
        );
        const crashes = this.#callsLeft <= 1;
        const kept = crashes
          ? Math.floor(this.#random() * bytes.byteLength)
          : Math.min(room, bytes.byteLength);
        const next = new Uint8Array(Math.max(file.current.byteLength, byteOffset + kept));
        next.set(file.current);
        next.set(bytes.subarray(0, kept), byteOffset);
        file.current = next;
        await this.#change();
        if (kept < bytes.byteLength) throw new DiskFullError('full');
      },
      truncate: async (byteLength) => {
        await this.#change();
        const next = new Uint8Array(byteLength);
        next.set(file.current.subarray(0, byteLength));
        file.current = next;
      },
      sync: async () => {
        if (this.#callsLeft <= 1 && this.#random() < 0.5) file.durable = file.current;
        await this.#change();
        if (--this.#syncsLeft < 1) {
          this.#syncsLeft = Number.POSITIVE_INFINITY;
          throw new Error('input/output error');
        }
        file.durable = file.current;
      },
      close: async () => {},
    };
  }

  async remove(name: string): Promise<void> {
    await this.#change();
    this.#files.delete(name);
  }

  describe(name: string): string {
    return `sim:${name}`;
  }

  async #change(): Promise<void> {
    await Promise.resolve();
    if (--this.#callsLeft < 1) this.#crashed = true;
    if (this.#crashed) throw new SimCrashError('the machine stopped');
  }

  #survivor(file: SimFile): SimFile {
    const { durable, current } = file;
    if (durable === current) return { durable, current };
    // The length that survived lies between the synced and the written one.
    const low = Math.min(durable.byteLength, current.byteLength);
    const high = Math.max(durable.byteLength, current.byteLength);
    const bytes = new Uint8Array(low + Math.floor(this.#random() * (high - low + 1)));
    for (let at = 0; at < bytes.byteLength; at += SECTOR_BYTES) {
      const source = this.#random() < 0.5 ? current : durable;
      bytes.set(source.subarray(at, Math.min(at + SECTOR_BYTES, bytes.byteLength)), at);
    }
    return { durable: bytes, current: bytes };
  }

  #file(name: string): SimFile {
    const file = this.#files.get(name);
    if (file === undefined) throw new Error(`${name} does not exist`);
    return file;
  }

  #usedBytes(): number {
    let sum = 0;
    for (const { current } of this.#files.values()) sum += current.byteLength;
    return sum;
  }
}
