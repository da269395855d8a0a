/**
 * Answers of transactions, in the store's rows, for proposals that are repeated after a crash. Small ones are kept for long, large ones for as
 * long as they are likely to be asked for, so that all together take a few hundred MiB at most.
 *
 *   'a' | sequence 8, big endian → a small answer        'b' | sequence 8 → a large one
 */
import { asSequence, type Sequence } from '@skein/base';
import type { DocumentStorageWriter } from '@skein/documents';

interface KeptClass {
  readonly mark: number;
  readonly bytesMax: number;
  /** Forgotten when so many operations came after it. */
  readonly operationCount: number;
}

/** Proposals that are repeated were under way when the builder ended: far fewer than these. */
const SMALL: KeptClass = { mark: 0x61, bytesMax: 4 * 1024, operationCount: 65_536 };
/** A repeated proposal whose answer was larger is told that it was carried out, no more. */
export const ANSWER_BYTES_MAX = 256 * 1024;
const LARGE: KeptClass = { mark: 0x62, bytesMax: ANSWER_BYTES_MAX, operationCount: 1_024 };
const CLASSES = [SMALL, LARGE];

/** One that is too large is not kept. */
export function keepAnswer(writer: DocumentStorageWriter, sequence: Sequence, answer: Uint8Array): void {
  const kept = CLASSES.find(({ bytesMax }) => answer.byteLength <= bytesMax);
  if (kept !== undefined) writer.putSystemRow(keyIn(kept, sequence), answer);
}

export function findAnswer(
  store: { systemRow(key: Uint8Array): Uint8Array | undefined },
  sequence: Sequence,
): Uint8Array | undefined {
  return store.systemRow(keyIn(SMALL, sequence)) ?? store.systemRow(keyIn(LARGE, sequence));
}

/** After a batch of `count` operations up to `last`: those that are too old go, at most twice as many as may have come. */
export function forgetAnswers(writer: DocumentStorageWriter, last: Sequence, count: number): void {
  for (const kept of CLASSES) {
    const oldest = asSequence(Math.max(0, last - kept.operationCount));
    writer.deleteSystemRows(keyIn(kept, asSequence(0)), keyIn(kept, oldest), count * 2);
  }
}

export function isKeptAnswerKey(key: Uint8Array): boolean {
  return CLASSES.some(({ mark }) => key[0] === mark);
}

function keyIn({ mark }: KeptClass, sequence: Sequence): Uint8Array {
  const key = Buffer.alloc(9);
  key[0] = mark;
  key.writeBigUInt64BE(BigInt(sequence), 1);
  return key;
}
