/** An FQL port over a database in memory, and faults that a real server does not have on demand. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authenticate } from '@skein/fql';
import { newDatabase, type TestDatabase } from '@skein/fql/testing';
import type { FqlConnection } from '../fql/fql-client.ts';

/**
 * `lost`: it is done, and the answer does not arrive. `cut`: it does not arrive. `busy`: nothing is done. `stopped`: nothing is done, and
 * asking again is useless.
 */
export type Fault = 'lost' | 'cut' | 'busy' | 'stopped' | 'none';

const SECRET = 'the-root-secret';

export class MemoryFqlServer {
  readonly database: TestDatabase = newDatabase();
  readonly bodies: string[] = [];
  /** Of the latest request. */
  headers: IncomingHttpHeaders = {};
  readonly connection: FqlConnection;
  /** Asked for every request, before it is run. */
  interfere: (body: string, ordinal: number) => Fault | Promise<Fault> = () => 'none';
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.connection = { url: `http://127.0.0.1:${port}`, secret: SECRET };
  }

  static async start(): Promise<MemoryFqlServer> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        memory.headers = request.headers;
        const ordinal = memory.bodies.push(body.toString()) - 1;
        void Promise.resolve(memory.interfere(body.toString(), ordinal)).then((fault) => {
          if (fault === 'cut') {
            request.socket.destroy();
            return;
          }
          if (fault === 'busy') {
            response.writeHead(503).end('{"errors":[{"code":"unavailable","description":"Busy."}]}');
            return;
          }
          if (fault === 'stopped') {
            response.writeHead(401).end('{"errors":[{"code":"unauthorized","description":"Unauthorized"}]}');
            return;
          }
          const { status, text } = memory.#answer(request.headers.authorization ?? '', body);
          if (fault === 'lost') request.socket.destroy();
          else {
            response.writeHead(status, { 'x-txn-time': String(memory.database.store.lastTime) }).end(text);
          }
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const memory = new MemoryFqlServer(server);
    return memory;
  }

  /** What a command finds by its environment. */
  get env(): Record<string, string> {
    return { SKEIN_FQL_URL: this.connection.url, SKEIN_FQL_SECRET: this.connection.secret };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(header: string, body: Buffer): { status: number; text: string } {
    const { database, connection } = this;
    const secret = header.replace(/^Bearer /, '');
    const authentication = authenticate(database.store, secret, database.host, connection.secret);
    if (authentication === undefined) {
      return { status: 401, text: '{"errors":[{"code":"unauthorized","description":"Unauthorized"}]}' };
    }
    const answer = database.query(new Uint8Array(body), { authentication });
    return { status: answer.status, text: answer.body };
  }
}
