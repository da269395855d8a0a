/**
 * Tells other members, at the peer port of an etcd that does not run yet, that this machine has no data: so that all of a new cluster
 * learn of each other before any of them begins it. To an etcd that asks here it looks like a member that is not there.
 */
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  get as httpGet,
  type RequestOptions,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer, get as httpsGet } from 'node:https';
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import type { ClusterCertificates, MemberAddress } from '@skein/member';
import { listenHost } from './etcd-arguments.ts';
import type { ListedMember, PeerAnswer } from './etcd-plan.ts';

/** What is announced. */
export interface Blankness {
  readonly token: string;
  readonly peerUrls: readonly string[];
}

const askMsMax = 1_000;
const answerBytesMax = 1_048_576;

export class BlankAnnouncer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects when the port is taken. */
  static async listen(
    { host, port }: MemberAddress,
    blankness: Blankness,
    certificates: ClusterCertificates | undefined,
  ): Promise<BlankAnnouncer> {
    const body = JSON.stringify({ blank: blankness });
    const answer: Parameters<typeof createHttpServer>[1] = (_, response) => {
      response.writeHead(503, { 'Content-Type': 'application/json', Connection: 'close' });
      response.end(body);
    };
    const bounds = { requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8_192 };
    const server: Server =
      certificates === undefined
        ? createHttpServer(bounds, answer)
        : createHttpsServer(
            { ...bounds, ...certificates, requestCert: true, rejectUnauthorized: true },
            answer,
          );
    server.maxConnections = 64;
    server.listen({ host: listenHost(host), port: port + 2 });
    await once(server, 'listening');
    return new BlankAnnouncer(server);
  }

  /** Resolves when the port is free. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** Never rejects. */
export function askPeer(
  peerUrl: string,
  certificates: ClusterCertificates | undefined,
  timeoutMs = askMsMax,
): Promise<PeerAnswer> {
  const url = new URL('/members', peerUrl);
  const options: RequestOptions = { agent: false, timeout: timeoutMs };
  return new Promise((resolve) => {
    const silent = (reason: string): void => resolve({ kind: 'silent', reason });
    const request =
      url.protocol === 'https:' ? httpsGet(url, { ...options, ...certificates }) : httpGet(url, options);
    const cut = setTimeout(() => request.destroy(new Error('does not answer')), timeoutMs);
    request.on('error', (error: NodeJS.ErrnoException) => silent(reasonOf(error)));
    request.once('close', () => {
      clearTimeout(cut);
      silent('the connection was closed');
    });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('error', (error) => silent(error.message));
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes > answerBytesMax) request.destroy(new Error('answers too much'));
        else chunks.push(chunk);
      });
      response.on('end', () => {
        resolve(readPeerAnswer(Buffer.concat(chunks).toString()) ?? { kind: 'silent', reason: 'is no etcd' });
      });
    });
  });
}

/** Undefined where the text is neither what an etcd says nor what an announcer does. */
export function readPeerAnswer(text: string): PeerAnswer | undefined {
  let content: Json;
  try {
    content = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (isJsonObject(content)) {
    const { blank } = content;
    if (!isJsonObject(blank) || typeof blank['token'] !== 'string') return undefined;
    return { kind: 'blank', token: blank['token'], peerUrls: texts(blank['peerUrls']) };
  }
  if (!Array.isArray(content)) return undefined;
  const items = content as readonly Json[];
  return items.every((item) => isJsonObject(item))
    ? { kind: 'members', members: items.map(readListed) }
    : undefined;
}

function readListed(item: JsonObject): ListedMember {
  const { name, peerURLs, clientURLs } = item;
  return {
    name: typeof name === 'string' ? name : '',
    peerUrls: texts(peerURLs),
    clientUrls: texts(clientURLs),
  };
}

function texts(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).filter((each) => typeof each === 'string');
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'nothing listens there';
  return error.code === undefined ? error.message : `${error.code}: ${error.message}`;
}
