/**
 * Reads a request's body whole: bounded before and after decompression, so that a small body that unfolds to gigabytes is
 * refused while it unfolds.
 */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { ApiError } from '@skein/wire';

const decoders: Readonly<Record<string, typeof unpackGzip | undefined>> = {
  gzip: unpackGzip,
  'x-gzip': unpackGzip,
  deflate: promisify(inflate),
};

function unpackGzip(bytes: Buffer, options: { readonly maxOutputLength: number }): Promise<Buffer> {
  return promisify(gunzip)(bytes, options);
}

/** The client went away before its request was complete: nobody is left to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** Bodies on their way together may be so many times the largest one. */
const bodiesInFlightMax = 8;

/** Bounds one body, and what all bodies that are being received hold together. */
export class BodyBudget {
  readonly bytesMax: number;
  readonly #togetherMax: number;
  #heldBytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
    this.#togetherMax = bytesMax * bodiesInFlightMax;
  }

  /** False when there is no room now. */
  take(bytes: number): boolean {
    if (this.#heldBytes + bytes > this.#togetherMax) return false;
    this.#heldBytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#heldBytes -= bytes;
  }
}

/** Rejects with `ApiError` (too large, cannot be decoded) or `ClientGoneError`. */
export async function readBody(request: IncomingMessage, budget: BodyBudget): Promise<Buffer> {
  const { bytesMax } = budget;
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const decode = decoders[encoding];
  if (decode === undefined && encoding !== 'identity' && encoding !== '') {
    throw new ApiError('body-encoding', { encoding: encoding.slice(0, 40) });
  }
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) throw new ApiError('body-too-large', { bytesMax });
  const body = await collect(request, budget);
  if (decode === undefined || body.length === 0) return body;
  try {
    return await decode(body, { maxOutputLength: bytesMax });
  } catch (error) {
    if (error instanceof RangeError) throw new ApiError('body-too-large', { bytesMax });
    throw new ApiError('body-encoding', { encoding });
  }
}

function collect(request: IncomingMessage, budget: BodyBudget): Promise<Buffer> {
  const { bytesMax } = budget;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let byteCount = 0;
    let heldBytes = 0;
    const release = (): void => {
      budget.give(heldBytes);
      heldBytes = 0;
      chunks.length = 0;
    };
    request.on('data', (chunk: Buffer) => {
      byteCount += chunk.length;
      if (byteCount > bytesMax) {
        release();
        reject(new ApiError('body-too-large', { bytesMax }));
      } else if (budget.take(chunk.length)) {
        heldBytes += chunk.length;
        chunks.push(chunk);
      } else {
        byteCount = Number.POSITIVE_INFINITY;
        release();
        reject(new ApiError('unavailable'));
      }
    });
    request.on('end', () => {
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
      release();
    });
    request.on('close', () => {
      release();
      // Also comes after a whole request: then there is nobody to tell, and an error is costly to make.
      if (!request.complete) reject(new ClientGoneError('the client closed the connection'));
    });
    request.on('error', () => reject(new ClientGoneError('the connection failed')));
  });
}
