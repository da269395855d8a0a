import { utf8Decode } from '@skein/base';

/** Short ASCII is decoded faster by a loop than by a copy and a call. */
const ASCII_LOOP_MAX = 48;

/** Longer texts are copied to memory of their own, so that a giant one does not stay. */
const SCRATCH_BYTES = 1 << 16;

const scratch = new Uint8Array(SCRATCH_BYTES + 8);

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
  const target = end - start <= SCRATCH_BYTES ? scratch : new Uint8Array(end - start + 8);
  // Out of shared memory whole words are copied only where source and target are aligned alike.
  const from = (bytes.byteOffset + start) & 7;
  target.set(bytes.subarray(start, end), from);
  return utf8Decode(target.subarray(from, from + end - start));
}
