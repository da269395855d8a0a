/**
 * The compiled kernel. `WebAssembly` and `atob` exist in Node, workerd and browsers, but in no `lib` that an "anywhere"
 * package may name, hence the narrow declarations here.
 */
import { KERNEL_WASM_BASE64 } from './kernel-bytes.ts';
import type { KernelExports } from './kernel-exports.ts';

/** A shared `WebAssembly.Memory`: growing makes a new, longer `buffer` over the same bytes. */
export interface KernelMemory {
  readonly buffer: ArrayBufferLike;
  grow(pages: number): number;
}

interface Platform {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object;
    readonly Instance: new (module: object, imports: object) => { readonly exports: KernelExports };
    readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => KernelMemory;
  };
  readonly atob: (base64: string) => string;
  readonly ArrayBuffer: new (byteLength: number, options: { maxByteLength: number }) => object;
}

const platform = globalThis as unknown as Platform;
let compiled: object | undefined;

export const PAGE_BYTES = 65_536;
/** 4 GiB: all that a 32-bit address reaches. */
export const PAGE_COUNT_MAX = 65_536;

/**
 * What garbage collection is told that a memory weighs: about what the queries of a small segment touch. Shared memories count
 * nothing for V8, so that thousands of dead ones (measured: 3 GB, and all of the address space) waited for a collection.
 */
const WEIGHT_BYTES = 512 * 1024;
const weights = new WeakMap<KernelMemory, object>();

export function createMemory(pageCount: number): KernelMemory {
  const memory = new platform.WebAssembly.Memory({
    initial: pageCount,
    maximum: PAGE_COUNT_MAX,
    shared: true,
  });
  // A resizable buffer counts with its length but is only reserved: it uses memory where it is written, so here none.
  weights.set(memory, new platform.ArrayBuffer(WEIGHT_BYTES, { maxByteLength: WEIGHT_BYTES + 1 }));
  return memory;
}

/** The kernel working on `memory`. The module is compiled once per process. */
export function instantiateKernel(memory: KernelMemory): KernelExports {
  compiled ??= new platform.WebAssembly.Module(decodeBase64(KERNEL_WASM_BASE64));
  return new platform.WebAssembly.Instance(compiled, { env: { memory } }).exports;
}

function decodeBase64(text: string): Uint8Array {
  const characters = platform.atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = characters.charCodeAt(at);
  return bytes;
}
