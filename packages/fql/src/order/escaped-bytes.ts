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
