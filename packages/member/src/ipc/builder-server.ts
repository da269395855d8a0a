/**
 * The builder's end of the socket: answers requests through a `BuilderService`, and keeps subscribers up to date.
 *
 * `announce` resolves when every subscriber has acknowledged: then the next query of any process sees the change. A subscriber that
 * does not answer in time is cut off; it notices, and looks at the files itself until it is subscribed again.
 */

import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Json, JsonObject } from '@skein/base';
import { Connection } from './connection.ts';
import type { Frame } from './frame.ts';
import {
  type Answer,
  BuilderError,
  type Change,
  type Progress,
  type Request,
  readRequest,
} from './messages.ts';

export interface BuilderService {
  /** The answer's fields; rejects with `BuilderError` for what the client is to know. */
  answer(request: Exclude<Request, { kind: 'subscribe' }>, payload: Uint8Array): Promise<Answer>;
}

/** A process that does not answer for so long hangs (opening the largest segments takes seconds); others shall not wait for it. */
const ACKNOWLEDGE_MS_MAX = 30_000;

interface Subscriber {
  readonly connection: Connection;
  /** Notices not yet acknowledged, with what to call then. */
  readonly open: Map<number, () => void>;
  /** Whether it wants to hear of transactions on documents. */
  watching: boolean;
}

export class BuilderServer {
  readonly #service: BuilderService;
  readonly #server: Server;
  readonly #connections = new Set<Connection>();
  readonly #subscribers = new Map<Connection, Subscriber>();
  #noticeNumber = 0;
  #progress: Progress | undefined;

  private constructor(service: BuilderService) {
    this.#service = service;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  static async listen(socketPath: string, service: BuilderService): Promise<BuilderServer> {
    const server = new BuilderServer(service);
    // A socket left by a killed builder; the data folder's lock keeps a second living one away.
    await rm(socketPath, { force: true });
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(socketPath, resolve);
    });
    return server;
  }

  get subscriberCount(): number {
    return this.#subscribers.size;
  }

  async announce(changes: readonly Change[]): Promise<void> {
    const number = ++this.#noticeNumber;
    const header = { kind: 'notice', number, changes: changes as unknown as Json };
    await Promise.all(
      [...this.#subscribers.values()].map((subscriber) => this.#tell(subscriber, number, header)),
    );
  }

  /** Documents of these applications changed: told to those who watch, and not acknowledged, as they look at the store themselves. */
  tellCommitted(applications: readonly string[]): void {
    for (const { connection, watching } of this.#subscribers.values()) {
      if (watching) connection.send({ kind: 'committed', applications });
    }
  }

  /** How far this member is; new subscribers hear the last one at once. */
  tellProgress(progress: Progress): void {
    this.#progress = progress;
    for (const { connection } of this.#subscribers.values()) connection.send(progressHeader(progress));
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.end();
    const cut = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy();
    }, 1_000);
    await closed;
    clearTimeout(cut);
  }

  #tell(subscriber: Subscriber, number: number, header: JsonObject): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => subscriber.connection.destroy(), ACKNOWLEDGE_MS_MAX);
      subscriber.open.set(number, () => {
        clearTimeout(timer);
        resolve();
      });
      subscriber.connection.send(header);
    });
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket, {
      onFrame: (frame) => this.#receive(connection, frame),
      onClose: () => {
        this.#connections.delete(connection);
        const subscriber = this.#subscribers.get(connection);
        this.#subscribers.delete(connection);
        for (const done of subscriber?.open.values() ?? []) done();
      },
    });
    this.#connections.add(connection);
  }

  #receive(connection: Connection, { header, payload }: Frame): void {
    if (header['kind'] === 'acknowledge') {
      const open = this.#subscribers.get(connection)?.open;
      const number = Number(header['number']);
      open?.get(number)?.();
      open?.delete(number);
      return;
    }
    if (header['kind'] === 'watch') {
      const subscriber = this.#subscribers.get(connection);
      if (subscriber === undefined) return;
      subscriber.watching = header['on'] === true;
      // What was committed before this is told by nobody else.
      if (subscriber.watching) connection.send({ kind: 'watching' });
      return;
    }
    const request = readRequest(header);
    if (request === undefined) {
      connection.send({
        kind: 'error',
        id: header['id'],
        code: 'bad-request',
        outcome: 'refused',
        message: 'not a request',
      });
      return;
    }
    if (request.kind === 'subscribe') {
      this.#subscribers.set(connection, { connection, open: new Map(), watching: false });
      connection.send({ kind: 'reply', id: request.id });
      if (this.#progress !== undefined) connection.send(progressHeader(this.#progress));
      return;
    }
    this.#service.answer(request, payload).then(
      ({ fields, payload: bytes }) => connection.send({ ...fields, kind: 'reply', id: request.id }, bytes),
      (error: unknown) => {
        const known = error instanceof BuilderError ? error : undefined;
        connection.send({
          kind: 'error',
          id: request.id,
          code: known?.code ?? 'unavailable',
          outcome: known?.outcome ?? 'unknown',
          message: error instanceof Error ? error.message : 'the builder failed',
        });
      },
    );
  }
}

function progressHeader(progress: Progress): JsonObject {
  return { kind: 'progress', ...progress };
}
