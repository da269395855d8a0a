/**
 * What a transaction answered, kept for as long as its proposer may ask again.
 *
 *   header length u32 | header: JSON {"sequence", "time", "status", "wrote", "costs"[, "sealed": true]} | body: the response's JSON text
 *
 * A body that shows a secret is kept sealed.
 */
import { asSequence, CorruptionError, type Sequence } from '@skein/base';
import type { TransactionCosts } from '@skein/fql';
import type { BodySeal } from './documents-operation.ts';

export interface TransactionAnswer {
  readonly sequence: Sequence;
  /** Of the transaction, µs. */
  readonly time: number;
  readonly status: number;
  readonly wrote: boolean;
  readonly costs: TransactionCosts;
  /** JSON text. */
  readonly body: string;
}

type StoredHeader = Omit<TransactionAnswer, 'body'> & { readonly sealed?: true };

export function encodeAnswer({ body: shown, ...given }: TransactionAnswer, seal: BodySeal): Uint8Array {
  const sealed = shown.includes('secret');
  const body = sealed ? seal.seal(shown) : shown;
  const head = JSON.stringify(sealed ? { ...given, sealed } : given);
  const headBytes = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(4 + headBytes + Buffer.byteLength(body));
  bytes.writeUInt32LE(headBytes, 0);
  bytes.write(head, 4, 'utf8');
  bytes.write(body, 4 + headBytes, 'utf8');
  return bytes;
}

/** Throws `CorruptionError`. */
export function decodeAnswer(stored: Uint8Array, file: string, seal: BodySeal): TransactionAnswer {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  try {
    const bodyAt = 4 + bytes.readUInt32LE(0);
    const { sealed, ...header } = JSON.parse(bytes.toString('utf8', 4, bodyAt)) as StoredHeader;
    const body = bytes.toString('utf8', bodyAt);
    return {
      ...header,
      sequence: asSequence(header.sequence),
      body: sealed === true ? seal.open(body) : body,
    };
  } catch (error) {
    throw new CorruptionError({
      file,
      offset: 0,
      expected: `an answer (${error instanceof Error ? error.message : ''})`,
    });
  }
}
