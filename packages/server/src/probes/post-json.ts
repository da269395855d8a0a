/** One POST of JSON to a receiver that may be slow, dead, or not what it seems. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { JsonObject } from '@skein/base';

export type PostOutcome =
  /** 2xx. */
  | { readonly kind: 'taken'; readonly status: number; readonly text: string }
  /** The same would be refused again. Redirections are not followed: what is sent is for that address alone. */
  | { readonly kind: 'refused'; readonly status: number; readonly text: string }
  /** It may go better later. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** As the receiver asks. Milliseconds. */
      readonly retryAfterMs: number | undefined;
    };

export interface PostOptions {
  readonly url: string;
  readonly body: JsonObject;
  /** For all of it, from name to answer. Default 5,000. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export const POST_TIMEOUT_MS = 5_000;
/** Of an answer; only its beginning is of interest. */
const ANSWER_BYTES_MAX = 1_024;
const RETRY_AFTER_MS_MAX = 15 * 60_000;
/** Timeout, too early, too many. */
const LATER_STATUSES = new Set([408, 425, 429]);

/** Never rejects. Nothing of the address but its host is in what comes back. */
export function postJson({
  url,
  body,
  timeoutMs = POST_TIMEOUT_MS,
  signal,
}: PostOptions): Promise<PostOutcome> {
  return new Promise((resolve) => {
    const failed = (reason: string): void => resolve({ kind: 'failed', reason, retryAfterMs: undefined });
    const bytes = Buffer.from(JSON.stringify(body));
    const late = AbortSignal.timeout(timeoutMs);
    const cut = signal === undefined ? late : AbortSignal.any([late, signal]);
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': bytes.length, 'User-Agent': 'Skein' },
      // A connection of its own: alerts are rare, and one that was kept may be dead without anybody knowing.
      agent: false,
      signal: cut,
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      failed(late.aborted ? `no answer within ${timeoutMs} ms` : (error.code ?? 'the connection broke')),
    );
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const status = response.statusCode ?? 0;
      const done = (): void => {
        request.destroy();
        const text = Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8');
        if (status >= 200 && status < 300) resolve({ kind: 'taken', status, text });
        else if (status >= 500 || LATER_STATUSES.has(status))
          resolve({
            kind: 'failed',
            reason: `status ${status}`,
            retryAfterMs: retryAfterMs(response.headers['retry-after']),
          });
        else resolve({ kind: 'refused', status, text });
      };
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= ANSWER_BYTES_MAX) done();
      });
      response.on('end', done);
      // What was answered is in its head; a body that breaks off changes nothing.
      response.on('error', done);
      response.on('close', done);
    });
    request.end(bytes);
  });
}

function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return undefined;
  return Math.min(RETRY_AFTER_MS_MAX, Number(header) * 1_000);
}
