/** Bytes in the midst of a key: 00, 01, 02 become 02 03, 02 04, 02 05, and 01 ends them. So their order is kept, and none is a prefix of another. */
import type { ByteBuffer } from '../codec/byte-buffer.ts';

const END = 0x01;
const ESCAPE = 0x02;
const ESCAPED_SHIFT = 3;

export function appendEscaped(bytes: Uint8Array, out: ByteBuffer): void {
  out.reserve(bytes.length * 2 + 1);
  const target = out.bytes;
  let at = out.length;
  for (const byte of bytes) {
    if (byte <= ESCAPE) {
      target[at++] = ESCAPE;
      target[at++] = byte + ESCAPED_SHIFT;
    } else {
      target[at++] = byte;
    }
  }
  target[at++] = END;
  out.length = at;
}

/** As unsigned bytes, a proper prefix before what it is a prefix of. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const order = a[at]! - b[at]!;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
