/** A receiver of alerts on a free port, which answers as a test says, and keeps what it was sent. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

export interface Received {
  readonly path: string;
  readonly contentType: string | undefined;
  readonly body: JsonObject;
}

export class AlertInbox {
  readonly received: Received[] = [];
  /** 202 with `ok` unless a test says otherwise. */
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => {
    response.writeHead(202);
    response.end('ok');
  };
  readonly #server: Server;
  #port = 0;

  private constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async open(): Promise<AlertInbox> {
    const inbox = new AlertInbox();
    await inbox.reopen();
    return inbox;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get bodies(): readonly JsonObject[] {
    return this.received.map(({ body }) => body);
  }

  /** On the same port as before. */
  async reopen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
    if (!isJsonObject(body)) throw new Error('not an object');
    this.received.push({ path: request.url ?? '', contentType: request.headers['content-type'], body });
    this.answer(request, response);
  }
}
