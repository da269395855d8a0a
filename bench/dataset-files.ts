/** Writes a data set as the files that peers read, and says what they hold. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_TEXT_OPTIONS, type FilterNode, type IndexSchema } from '@skein/engine';
import type { Dataset } from './datasets/mod.ts';
import type { PeerInput } from './peers/peer.ts';

export interface DatasetDescription {
  readonly schema: IndexSchema;
  readonly filter: FilterNode;
}

export interface DatasetFiles extends Omit<PeerInput, 'folder'> {
  /** Of the records' lines. */
  readonly sha256: string;
  readonly byteLength: number;
  readonly wordCountMean: number;
}

const BUFFERED_CHARACTERS = 1 << 20;

export function writeDataset(dataset: Dataset, folder: string): DatasetFiles {
  const recordsFile = join(folder, 'records.ndjson');
  const textFile = join(folder, 'texts.tsv');
  const descriptionFile = join(folder, 'description.json');
  const records = new LineWriter(recordsFile);
  const texts = new LineWriter(textFile);
  let wordCount = 0;
  for (let at = 0; at < dataset.recordCount; at++) {
    const record = dataset.record(at);
    const text = dataset.textOf(record).replaceAll(/\s+/g, ' ');
    wordCount += text.split(' ').length;
    records.add(JSON.stringify(record));
    texts.add(`${String(record['objectID'] as string)}\t${dataset.rankOf(record)}\t${text}`);
  }
  // The text options are the default ones, whose map JSON would lose.
  const description: DatasetDescription = { schema: dataset.schema, filter: dataset.filter };
  writeFileSync(descriptionFile, JSON.stringify(description));
  texts.finish();
  return {
    recordsFile,
    textFile,
    descriptionFile,
    ...records.finish(),
    wordCountMean: wordCount / dataset.recordCount,
  };
}

export function readDescription(path: string): DatasetDescription {
  const description = JSON.parse(readFileSync(path, 'utf8')) as DatasetDescription;
  const { numericFilterable } = description.schema;
  return { ...description, schema: { ...description.schema, numericFilterable, text: DEFAULT_TEXT_OPTIONS } };
}

class LineWriter {
  readonly #descriptor: number;
  readonly #hash = createHash('sha256');
  #pending = '';
  #byteLength = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'w');
  }

  add(line: string): void {
    this.#pending += `${line}\n`;
    if (this.#pending.length > BUFFERED_CHARACTERS) this.#flush();
  }

  finish(): { sha256: string; byteLength: number } {
    this.#flush();
    closeSync(this.#descriptor);
    return { sha256: this.#hash.digest('hex'), byteLength: this.#byteLength };
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    this.#hash.update(bytes);
    this.#byteLength += bytes.length;
    let written = 0;
    while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written);
  }
}
