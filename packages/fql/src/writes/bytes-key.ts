/** Bytes as a text to look up by: one character a byte. */
export function bytesKey(bytes: Uint8Array): string {
  if (bytes.length <= SMALL) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let key = '';
  for (let at = 0; at < bytes.length; at += SMALL) {
    key += String.fromCharCode.apply(null, bytes.subarray(at, at + SMALL) as unknown as number[]);
  }
  return key;
}

/** Arguments of one call lie on the stack. */
const SMALL = 4096;
