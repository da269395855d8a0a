/**
 * One HTTP/1.1 connection that asks one thing at a time, on a plain socket: on a machine whose cores the server needs, a full
 * client would cost as much as what it measures.
 */
import { connect, type Socket } from 'node:net';

export interface HttpTarget {
  readonly host: string;
  readonly port: number;
  readonly applicationId: string;
  readonly apiKey: string;
}

export interface RawResponse {
  readonly status: number;
  readonly body: string;
}

/** Asked for again after so many broken connections, which a restarting server causes. */
const ATTEMPTS_MAX = 3;

export class RawConnection {
  readonly #target: HttpTarget;
  readonly #headers: string;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve: (response: RawResponse) => void; reject: (error: Error) => void } | undefined;

  constructor(target: HttpTarget) {
    this.#target = target;
    this.#headers =
      ` HTTP/1.1\r\nHost: ${target.host}:${target.port}\r\nX-Algolia-Application-Id: ${target.applicationId}\r\n` +
      `X-Algolia-API-Key: ${target.apiKey}\r\nContent-Type: application/json\r\nContent-Length: `;
  }

  /** Rejects when the connection cannot be kept up, or the answer has no length. */
  async ask(method: 'GET' | 'POST' | 'PUT', path: string, body = ''): Promise<RawResponse> {
    const message = `${method} ${path}${this.#headers}${Buffer.byteLength(body)}\r\n\r\n${body}`;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(message);
      } catch (error) {
        if (attempt >= ATTEMPTS_MAX) throw error;
      }
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #once(message: string): Promise<RawResponse> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket ??= this.#open();
      this.#socket.write(message);
    });
  }

  #open(): Socket {
    const socket = connect({ host: this.#target.host, port: this.#target.port, noDelay: true });
    this.#received = Buffer.alloc(0);
    socket.on('data', (chunk) => this.#take(chunk));
    const broken = (error?: Error): void => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.reject(error ?? new Error('the server closed the connection'));
    };
    socket.on('error', broken);
    socket.on('close', () => broken());
    return socket;
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#socket?.destroy(new Error('the answer has no content-length'));
      return;
    }
    const end = headEnd + 4 + Number(length);
    if (this.#received.length < end) return;
    const body = this.#received.toString('utf8', headEnd + 4, end);
    this.#received = this.#received.subarray(end);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
