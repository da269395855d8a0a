/**
 * UTF-8 through the platform's coder. `TextEncoder` exists in Node, workerd and browsers, but in no `lib` that an
 * "anywhere" package may name, hence the narrow declaration here.
 */
interface Platform {
  readonly TextEncoder: new () => {
    encode(text: string): Uint8Array<ArrayBuffer>;
    encodeInto(text: string, into: Uint8Array): { written: number };
  };
  readonly TextDecoder: new (label: string) => { decode(bytes: Uint8Array): string };
}

const platform = globalThis as unknown as Platform;
const encoder = new platform.TextEncoder();
const decoder = new platform.TextDecoder('utf-8');

export function utf8Encode(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Writes to the start of `into`, which has room for three bytes per unit of `text`; returns the bytes written. */
export function utf8EncodeInto(text: string, into: Uint8Array): number {
  return encoder.encodeInto(text, into).written;
}

/** Invalid sequences become U+FFFD. `bytes` must not lie on shared memory (decoders refuse it). */
export function utf8Decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
