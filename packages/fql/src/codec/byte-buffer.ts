/** Bytes that grow. Writers of hot paths reserve room once and then store through `bytes` and `length` themselves. */
export class ByteBuffer {
  bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Room for `count` more bytes; `bytes` may be another array afterwards. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  push(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A copy of what was written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }
}

/** A larger buffer is not kept. */
const KEPT_BYTES_MAX = 1 << 20;
let idle: ByteBuffer | undefined;

/** What `write` put into an empty buffer. One buffer serves again and again; a second one is made when a `write` starts inside another. */
export function bytesOf(write: (out: ByteBuffer) => void): Uint8Array<ArrayBuffer> {
  const buffer = idle ?? new ByteBuffer(4096);
  idle = undefined;
  buffer.length = 0;
  try {
    write(buffer);
    return buffer.finish();
  } finally {
    if (buffer.bytes.length <= KEPT_BYTES_MAX) idle = buffer;
  }
}
