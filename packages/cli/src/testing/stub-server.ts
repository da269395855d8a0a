/** An HTTP server that answers as a test tells it to: for faults that a real server does not produce on demand. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type JsonObject } from '@skein/base';
import type { Connection } from '../http-client.ts';

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly body: JsonObject;
}

export interface StubAnswer {
  readonly status?: number;
  readonly body?: JsonObject;
  /** Closes the connection without an answer. */
  readonly isCut?: boolean;
}

export type StubHandler = (request: StubRequest, ordinal: number) => StubAnswer | Promise<StubAnswer>;

export class StubServer {
  readonly requests: StubRequest[] = [];
  readonly connection: Connection;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.connection = { url: `http://127.0.0.1:${port}`, applicationId: 'app', apiKey: 'key' };
  }

  static async start(handler: StubHandler): Promise<StubServer> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const parsed: unknown = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
        const seen = {
          method: request.method ?? '',
          path: request.url ?? '',
          body: isJsonObject(parsed) ? parsed : {},
        };
        const ordinal = stub.requests.push(seen) - 1;
        Promise.resolve(handler(seen, ordinal)).then(
          ({ status = 200, body = {}, isCut = false }) => {
            if (isCut) request.socket.destroy();
            else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
          },
          (error: unknown) => response.writeHead(500).end(JSON.stringify({ message: String(error) })),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stub = new StubServer(server);
    return stub;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
