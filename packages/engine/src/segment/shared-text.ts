import { utf8Decode } from '@skein/base';

/** UTF-8 bytes `[start, end)` as a string. `bytes` may lie on shared memory, which the platform's decoder refuses. */
export function textFrom(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= ASCII_LOOP_MAX) {
    let text = '';
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte > 127) break;
      text += String.fromCharCode(byte);
    }
    if (at === end) return text;
  }
  return utf8Decode(copy(bytes, start, end));
}

/** Short ASCII is decoded faster by a loop than by a copy and a call. */
const ASCII_LOOP_MAX = 48;

function copy(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const own = new Uint8Array(end - start);
  own.set(bytes.subarray(start, end));
  return own;
}
