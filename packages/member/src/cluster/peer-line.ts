/**
 * One line between two members, as either end sees it: frames over a socket, and the certainty that the other side lives.
 *
 * Each side sends a beat in every fourth of `silenceMsMax`, whatever else it sends, and gives the line up after four in which nothing
 * at all came in: no beat, no piece of a frame. So a stopped process, a cut cable and a line that carries one way only are all
 * noticed, and a large frame on a slow line is not mistaken for them. Time is counted in own beats: a process that was stopped itself
 * does not blame the other side for it.
 */
import type { Socket } from 'node:net';
import type { JsonObject } from '@skein/base';
import { ENTRY_BYTES_MAX } from '@skein/oplog';
import { Connection } from '../ipc/connection.ts';
import { type Frame, FrameReader } from '../ipc/frame.ts';

/** The largest entry, and the words around it. */
export const PEER_FRAME_BYTES_MAX = ENTRY_BYTES_MAX + 1024 * 1024;
/** Before the other side has proved who it is. */
export const HANDSHAKE_FRAME_BYTES_MAX = 4 * 1024;
const BEATS_SILENT_MAX = 4;
/** Answers wait while so much is on its way out. */
const QUEUED_BYTES_MAX = 1024 * 1024;

export interface PeerLineHandlers {
  readonly onFrame: (frame: Frame) => void;
  /** Once, whatever ended the line. */
  readonly onClose: () => void;
}

export class PeerLine {
  readonly #socket: Socket;
  readonly #connection: Connection;
  readonly #reader = new FrameReader(HANDSHAKE_FRAME_BYTES_MAX);
  #beat: NodeJS.Timeout | undefined;
  #beatsSilent = 0;
  #closed = false;
  #whenRoom: (() => void)[] = [];

  constructor(socket: Socket, handlers: PeerLineHandlers) {
    this.#socket = socket;
    this.#connection = new Connection(
      socket,
      {
        onFrame: (frame) => {
          if (!this.#closed && frame.header['type'] !== 'beat') handlers.onFrame(frame);
        },
        onClose: () => {
          this.#closed = true;
          clearInterval(this.#beat);
          this.#tellRoom();
          handlers.onClose();
        },
      },
      this.#reader,
    );
    socket.on('data', () => {
      this.#beatsSilent = 0;
    });
    socket.on('drain', () => this.#tellRoom());
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** What this process holds of what was sent. */
  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  /** The other side has proved who it is: frames may be large from now on, and silence ends the line. */
  trust(silenceMsMax: number): void {
    this.#reader.bytesMax = PEER_FRAME_BYTES_MAX;
    this.#beat = setInterval(() => {
      if (this.#beatsSilent >= BEATS_SILENT_MAX) return this.destroy();
      this.#beatsSilent++;
      this.#connection.send({ type: 'beat' });
    }, silenceMsMax / BEATS_SILENT_MAX);
    this.#beat.unref();
  }

  send(header: JsonObject, payload?: Uint8Array): void {
    this.#connection.send(header, payload);
  }

  /** Resolves when what was sent has mostly left this process, or the line is closed. */
  async room(): Promise<void> {
    while (!this.#closed && this.#socket.writableLength > QUEUED_BYTES_MAX) {
      await new Promise<void>((resolve) => this.#whenRoom.push(resolve));
    }
  }

  /** Sends what is waiting, then closes. */
  end(): void {
    this.#connection.end();
  }

  destroy(): void {
    this.#closed = true;
    this.#connection.destroy();
  }

  #tellRoom(): void {
    for (const resolve of this.#whenRoom.splice(0)) resolve();
  }
}
