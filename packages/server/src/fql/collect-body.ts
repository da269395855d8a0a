/** Reads a request's body, of HTTP/1.1 or HTTP/2, whole and bounded: in bytes, in time, and in what all bodies together hold. */
import type { Readable } from 'node:stream';
import type { BodyBudget } from '../http/request-body.ts';

export type CollectedBody =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' }
  /** Other requests' bodies hold all the memory there is for bodies. */
  | { readonly kind: 'no-room' }
  | { readonly kind: 'too-slow' }
  /** The client went away: nobody is left to answer. */
  | { readonly kind: 'gone' };

/** Never rejects. What comes after a refusal is left unread. */
export function collectBody(
  request: Readable,
  options: { readonly declaredBytes: number; readonly budget: BodyBudget; readonly withinMs: number },
): Promise<CollectedBody> {
  const { declaredBytes, budget, withinMs } = options;
  if (declaredBytes > budget.bytesMax) return Promise.resolve({ kind: 'too-large' });
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let heldBytes = 0;
    let settled = false;
    const settle = (outcome: CollectedBody): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      request.off('data', take);
      budget.give(heldBytes);
      chunks.length = 0;
      resolve(outcome);
    };
    const timer = setTimeout(() => settle({ kind: 'too-slow' }), withinMs);
    const take = (chunk: Uint8Array): void => {
      if (heldBytes + chunk.length > budget.bytesMax) return refuse('too-large');
      if (!budget.take(chunk.length)) return refuse('no-room');
      heldBytes += chunk.length;
      chunks.push(chunk);
    };
    const refuse = (kind: 'too-large' | 'no-room'): void => {
      request.pause();
      settle({ kind });
    };
    request.on('data', take);
    request.on('end', () =>
      settle({ kind: 'whole', bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) }),
    );
    // HTTP/2 calls a request complete that was cut off: what counts is whether its end came first.
    request.on('aborted', () => settle({ kind: 'gone' }));
    request.on('close', () => settle({ kind: 'gone' }));
    request.on('error', () => settle({ kind: 'gone' }));
  });
}
