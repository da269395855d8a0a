/** A hash over rows in their order. Gathers small ones: telling the hash of each piece by itself costs more than hashing it. */
import { createHash } from 'node:crypto';
import type { StoredRow } from '@skein/documents';

const BUFFER_BYTES = 64 * 1024;
const HEAD_BYTES = 8;

export class RowHash {
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #filled = 0;
  #table: string | undefined;

  add({ table, key, value }: StoredRow): void {
    if (table !== this.#table) {
      this.#table = table;
      this.#put(Buffer.from(`${table}\n`));
    }
    if (this.#filled + HEAD_BYTES > BUFFER_BYTES) this.#flush();
    this.#buffer.writeUInt32LE(key.byteLength, this.#filled);
    this.#buffer.writeUInt32LE(value.byteLength, this.#filled + 4);
    this.#filled += HEAD_BYTES;
    this.#put(key);
    this.#put(value);
  }

  /** Once; 32 hexadecimal digits. */
  finish(): string {
    this.#flush();
    return this.#hash.digest('hex').slice(0, 32);
  }

  #put(bytes: Uint8Array): void {
    if (this.#filled + bytes.byteLength > BUFFER_BYTES) this.#flush();
    if (bytes.byteLength > BUFFER_BYTES) {
      this.#hash.update(bytes);
      return;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.byteLength;
  }

  #flush(): void {
    this.#hash.update(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }
}
