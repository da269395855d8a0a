/**
 * What travels between query processes and the builder, over a local socket, and between members:
 *
 *   frame length u32 (of what follows) | header length u32 | header: JSON object | payload
 *
 * Little-endian. The payload is an operation's bytes and passes through unread.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

export interface Frame {
  readonly header: JsonObject;
  readonly payload: Uint8Array;
}

/** An operation of 64 MiB and its header. */
export const FRAME_BYTES_MAX = 65 * 1024 * 1024;
const PREFIX_BYTES = 8;

/** The other side does not speak this protocol: the connection is closed. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** A larger payload is not copied. */
const PAYLOAD_BYTES_JOINED_MAX = 64 * 1024;
const NO_PAYLOAD = new Uint8Array(0);

/** The parts to send, one after the other: each costs the sender as much as a small frame. */
export function encodeFrame(header: JsonObject, payload: Uint8Array = NO_PAYLOAD): readonly Uint8Array[] {
  const text = JSON.stringify(header);
  const headerBytes = Buffer.byteLength(text);
  const payloadAt = PREFIX_BYTES + headerBytes;
  const isJoined = payload.byteLength <= PAYLOAD_BYTES_JOINED_MAX;
  const bytes = Buffer.allocUnsafe(isJoined ? payloadAt + payload.byteLength : payloadAt);
  bytes.writeUInt32LE(4 + headerBytes + payload.byteLength, 0);
  bytes.writeUInt32LE(headerBytes, 4);
  bytes.write(text, PREFIX_BYTES, 'utf8');
  if (!isJoined) return [bytes, payload];
  bytes.set(payload, payloadAt);
  return [bytes];
}

/** Puts frames together from the pieces that a socket gives. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  /** Whole length of the frame at the front; 0 while unknown. */
  #wanted = 0;
  /** Of the next frames, with their length; may change as the other side is trusted with more. */
  bytesMax: number;

  constructor(bytesMax: number = FRAME_BYTES_MAX) {
    this.bytesMax = bytesMax;
  }

  /** Throws `FrameError`, never anything else; the reader is of no use afterwards. */
  push(chunk: Uint8Array): readonly Frame[] {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    const frames: Frame[] = [];
    while (this.#bytes >= Math.max(this.#wanted, PREFIX_BYTES)) {
      if (this.#wanted === 0) {
        this.#wanted = 4 + this.#peekU32(0);
        if (this.#wanted < PREFIX_BYTES || this.#wanted > this.bytesMax) {
          throw new FrameError(`a frame of ${this.#wanted} bytes, at most ${this.bytesMax} are allowed`);
        }
        continue;
      }
      frames.push(decode(this.#take(this.#wanted)));
      this.#wanted = 0;
    }
    return frames;
  }

  #peekU32(at: number): number {
    const joined = this.#join();
    return joined.readUInt32LE(at);
  }

  #take(count: number): Buffer {
    const joined = this.#join();
    this.#chunks = count === joined.byteLength ? [] : [joined.subarray(count)];
    this.#bytes -= count;
    return joined.subarray(0, count);
  }

  #join(): Buffer {
    const [first] = this.#chunks;
    if (this.#chunks.length === 1 && Buffer.isBuffer(first)) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}

function decode(bytes: Buffer): Frame {
  const headerBytes = bytes.readUInt32LE(4);
  const payloadAt = PREFIX_BYTES + headerBytes;
  if (payloadAt > bytes.byteLength) throw new FrameError('a header that does not fit into its frame');
  let header: Json;
  try {
    header = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, payloadAt)) as Json;
  } catch (error) {
    throw new FrameError('a header that is not JSON', { cause: error });
  }
  if (!isJsonObject(header)) throw new FrameError('a header that is not an object');
  return { header, payload: bytes.subarray(payloadAt) };
}
