import type { Socket } from 'node:net';
import type { JsonObject } from '@skein/base';
import { encodeFrame, type Frame, FrameReader } from './frame.ts';

export interface ConnectionHandlers {
  readonly onFrame: (frame: Frame) => void;
  /** Once, whatever ended the connection. */
  readonly onClose: () => void;
}

/** One socket that speaks in frames. Errors of the socket, and of the other side's bytes, end it. */
export class Connection {
  readonly #socket: Socket;
  #corked = false;

  constructor(socket: Socket, handlers: ConnectionHandlers, reader = new FrameReader()) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const frame of reader.push(chunk)) handlers.onFrame(frame);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined);
      }
    });
    // 'close' follows every error and tells the owner.
    socket.on('error', () => {});
    socket.once('close', handlers.onClose);
  }

  send(header: JsonObject, payload?: Uint8Array): void {
    if (!this.#socket.writable) return;
    this.#cork();
    for (const part of encodeFrame(header, payload)) this.#socket.write(part);
  }

  /** Sends what is waiting, then closes. */
  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** What is sent in one turn goes out together. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#corked = false;
      this.#socket.uncork();
    });
  }
}
