/**
 * One HTTP/2 connection that costs its process next to nothing, so that a client on the server's own cores measures the server: requests are
 * frames whose headers were encoded once, and of the answers only the bodies are looked at.
 *
 * Knows just enough of RFC 9113 for many small POSTs to one server that it trusts: no padding, no continuation, windows wide open.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const FRAME_HEAD_BYTES = 9;
const FRAME_BYTES_MAX = 16_384;
const WINDOW_BYTES = 2 ** 31 - 1;
const WINDOW_BYTES_AT_FIRST = 65_535;
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const ENABLE_PUSH = 2;
const INITIAL_WINDOW_SIZE = 4;

interface OpenStream {
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: Error) => void;
  body: Buffer | undefined;
}

export class LeanSession {
  readonly #socket: Socket;
  readonly #headers: Buffer;
  readonly #open = new Map<number, OpenStream>();
  #nextStream = 1;
  #rest: Buffer = Buffer.alloc(0);
  #corked = false;

  /** `headers`: of every request, beside method, scheme and authority; names in lower case. */
  static async open(
    url: string,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<LeanSession> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new LeanSession(socket, encodeHeaders(`${hostname}:${port}`, path, headers));
  }

  private constructor(socket: Socket, headers: Buffer) {
    this.#socket = socket;
    this.#headers = headers;
    const settings = Buffer.alloc(12);
    settings.writeUInt16BE(ENABLE_PUSH, 0);
    settings.writeUInt32BE(0, 2);
    settings.writeUInt16BE(INITIAL_WINDOW_SIZE, 6);
    settings.writeUInt32BE(WINDOW_BYTES, 8);
    const window = Buffer.alloc(4);
    window.writeUInt32BE(WINDOW_BYTES - WINDOW_BYTES_AT_FIRST);
    socket.write(
      Buffer.concat([
        Buffer.from(PREFACE),
        frame(SETTINGS, 0, 0, settings),
        frame(WINDOW_UPDATE, 0, 0, window),
      ]),
    );
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  /** Gives the body of the answer; whether it is good is for the caller to see in it. */
  post(body: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const stream = this.#nextStream;
      this.#nextStream += 2;
      this.#open.set(stream, { resolve, reject, body: undefined });
      this.#cork();
      this.#socket.write(frame(HEADERS, END_HEADERS, stream, this.#headers));
      for (let at = 0; at < body.length; at += FRAME_BYTES_MAX) {
        const end = Math.min(body.length, at + FRAME_BYTES_MAX);
        this.#socket.write(frame(DATA, end === body.length ? END_STREAM : 0, stream, body.subarray(at, end)));
      }
    });
  }

  close(): void {
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

  #take(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= FRAME_HEAD_BYTES) {
      const end = at + FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3);
      if (end > bytes.length) break;
      const stream = bytes.readUInt32BE(at + 5);
      this.#frame(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, stream, bytes.subarray(at + FRAME_HEAD_BYTES, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }

  #frame(type: number, flags: number, stream: number, payload: Buffer): void {
    if (type === SETTINGS && (flags & ACK) === 0)
      this.#socket.write(frame(SETTINGS, ACK, 0, Buffer.alloc(0)));
    else if (type === PING && (flags & ACK) === 0) this.#socket.write(frame(PING, ACK, 0, payload));
    else if (type === GOAWAY) this.#fail(new Error('the server takes no more requests here'));
    const open = this.#open.get(stream);
    if (open === undefined) return;
    if (type === RST_STREAM) {
      this.#open.delete(stream);
      open.reject(new Error(`the server reset a stream with code ${payload.readUInt32BE(0)}`));
      return;
    }
    if (type === DATA) open.body = open.body === undefined ? payload : Buffer.concat([open.body, payload]);
    else if (type !== HEADERS) return;
    if ((flags & END_STREAM) === 0) return;
    this.#open.delete(stream);
    open.resolve(open.body ?? Buffer.alloc(0));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
  }
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length);
  bytes.writeUIntBE(payload.length, 0, 3);
  bytes[3] = type;
  bytes[4] = flags;
  bytes.writeUInt32BE(stream, 5);
  payload.copy(bytes, FRAME_HEAD_BYTES);
  return bytes;
}

/** HPACK without a dynamic table: the same bytes for every request. */
function encodeHeaders(authority: string, path: string, headers: Readonly<Record<string, string>>): Buffer {
  // Entries 3 and 6 of the static table: POST, http.
  const parts = [Buffer.of(0x83, 0x86), literal(':authority', authority), literal(':path', path)];
  for (const [name, value] of Object.entries(headers)) parts.push(literal(name, value));
  return Buffer.concat(parts);
}

/** Literal header field without indexing, new name, no Huffman code. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

function text(given: string): Buffer {
  const bytes = Buffer.from(given);
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  if (bytes.length >= 127 + 128) throw new RangeError('headers of this client are short');
  return Buffer.concat([Buffer.of(127, bytes.length - 127), bytes]);
}
