/** Of newer platforms. */
type Movable = ArrayBuffer & { transfer?: (byteLength: number) => ArrayBuffer };

/**
 * The bytes in a buffer of another length; the old buffer's memory is given back at once, where the platform can (older ones leave that to
 * their collector). In a bounded process, buffers that were outgrown would otherwise be most of what a merge takes.
 */
export function moveBuffer(buffer: Movable, byteLength: number): ArrayBuffer {
  if (buffer.transfer !== undefined) return buffer.transfer(byteLength);
  const moved = new ArrayBuffer(byteLength);
  new Uint8Array(moved).set(new Uint8Array(buffer, 0, Math.min(byteLength, buffer.byteLength)));
  return moved;
}
