/**
 * An encrypted connection as an HTTP/2 session sees it: the same bytes, passed on by us instead of natively, so that a frame
 * can be put between the session's own. Each write of node's session is a run of whole frames.
 *
 * Costs about a tenth of a request's processor time; connections that are not encrypted do without.
 */

import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

export class ShieldedDuplex extends Duplex {
  readonly #socket: Socket;
  #onDrain: (() => void) | undefined;

  constructor(socket: Socket) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('drain', () => {
      const resume = this.#onDrain;
      this.#onDrain = undefined;
      resume?.();
    });
    socket.on('close', () => this.destroy());
  }

  /** Writes `frame` between two runs of the session's frames. False when the connection is over. */
  insert(frame: Uint8Array): boolean {
    if (this.#socket.destroyed || this.#socket.writableEnded) return false;
    this.#socket.write(frame);
    return true;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#pass(() => this.#socket.write(chunk), callback);
  }

  override _writev(chunks: { readonly chunk: Buffer }[], callback: (error?: Error | null) => void): void {
    const socket = this.#socket;
    this.#pass(() => {
      socket.cork();
      let hasRoom = true;
      for (const { chunk } of chunks) hasRoom = socket.write(chunk);
      socket.uncork();
      return hasRoom;
    }, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#socket.destroyed) callback();
    else this.#socket.end(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.destroy();
    const waiting = this.#onDrain;
    this.#onDrain = undefined;
    waiting?.();
    callback(error);
  }

  #pass(write: () => boolean, callback: () => void): void {
    if (this.#socket.destroyed || write()) callback();
    else this.#onDrain = callback;
  }
}
