/** The little-endian bytes of a typed array, without a copy. (WebAssembly is little-endian, and so is every machine that runs it.) */
export function sectionBytes(array: Uint8Array | Uint16Array | Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
