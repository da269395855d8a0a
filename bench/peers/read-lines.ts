import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;

/** The lines of a file of any size, without the last one's break; synchronous, because peers index synchronously. */
export function* readLines(path: string): Generator<string> {
  const descriptor = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest = Buffer.alloc(0);
    for (;;) {
      const byteLength = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      if (byteLength === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, byteLength)]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      rest = bytes.subarray(end);
      if (end > 0) yield* bytes.toString('utf8', 0, end - 1).split('\n');
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

export interface TextRecord {
  readonly id: string;
  readonly rank: number;
  readonly text: string;
}

export function* readTextRecords(path: string): Generator<TextRecord> {
  for (const line of readLines(path)) {
    const [id = '', rank = '', text = ''] = line.split('\t');
    yield { id, rank: Number(rank), text };
  }
}

/** Lower case without diacritics, cut at what is neither letter nor digit: what Lucene's analyser here does too. */
export function plainWords(text: string): string[] {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
