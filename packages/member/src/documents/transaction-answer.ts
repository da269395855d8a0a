/**
 * What a transaction answered, kept for as long as its proposer may ask again.
 *
 *   header length u32 | header: JSON {"sequence", "time", "status", "wrote", "costs"} | body: the response's JSON text
 */
import { asSequence, CorruptionError, type Sequence } from '@skein/base';
import type { TransactionCosts } from '@skein/fql';

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

export function encodeAnswer({ body, ...header }: TransactionAnswer): Uint8Array {
  const head = JSON.stringify(header);
  const headBytes = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(4 + headBytes + Buffer.byteLength(body));
  bytes.writeUInt32LE(headBytes, 0);
  bytes.write(head, 4, 'utf8');
  bytes.write(body, 4 + headBytes, 'utf8');
  return bytes;
}

export function decodeAnswer(stored: Uint8Array, file: string): TransactionAnswer {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  try {
    const bodyAt = 4 + bytes.readUInt32LE(0);
    const header = JSON.parse(bytes.toString('utf8', 4, bodyAt)) as Omit<TransactionAnswer, 'body'>;
    return { ...header, sequence: asSequence(header.sequence), body: bytes.toString('utf8', bodyAt) };
  } catch (error) {
    throw new CorruptionError({
      file,
      offset: 0,
      expected: `an answer (${error instanceof Error ? error.message : ''})`,
    });
  }
}
