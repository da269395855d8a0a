/**
 * Records out of a file or standard input: JSON array, NDJSON, CSV or TSV, each also gzipped, read as a stream.
 * Format and compression are told from the first bytes and the name, unless the caller names the format.
 */
import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse as parseCsv } from 'csv-parse';
import { CliError, messageOf } from '../cli-error.ts';
import { JsonSplitError, JsonSplitter } from './json-splitter.ts';
import { LineSplitter } from './line-splitter.ts';
import { NOT_UTF8, Utf8Watch } from './text-encoding.ts';

export const FORMATS = ['auto', 'json', 'ndjson', 'csv', 'tsv'] as const;
export type Format = (typeof FORMATS)[number];

/** Longest record gathered before it is refused here; the server's own limit is far below. */
const recordBytesMax = 64 * 1024 * 1024;
/** How much is looked at to tell the format. */
const sniffedBytesMax = 256 * 1024;

export interface SourceItem {
  /** JSON of the record, or what is left of it when `reason` is set. */
  readonly text: string;
  /** Where it starts, 1-based. */
  readonly line: number;
  /** Why it cannot be a record. */
  readonly reason?: string;
}

export interface SourceOptions {
  /** Path, or `-` for standard input. */
  readonly file: string;
  readonly format: Format;
  readonly csv: { readonly delimiter?: string | undefined; readonly numbers: 'convert' | 'keep-text' };
  readonly stdin: Readable;
}

export class RecordSource {
  /** Size of the file as it lies on disk; undefined for standard input. */
  readonly bytesTotal: number | undefined;
  readonly #options: SourceOptions;
  #bytesRead = 0;

  /** Throws `CliError` when the file cannot be read. */
  constructor(options: SourceOptions) {
    this.#options = options;
    if (options.file === '-') return;
    try {
      const stats = statSync(options.file);
      if (stats.isDirectory())
        throw new CliError(`${options.file} is a folder; name a file.`, { exit: 'usage' });
      this.bytesTotal = stats.isFile() ? stats.size : undefined;
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw new CliError(`cannot read ${options.file}: ${messageOf(error)}.`, {
        exit: 'usage',
        cause: error,
      });
    }
  }

  /** Bytes taken from the file so far, before decompression: the measure of progress. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Throws `CliError` when the stream breaks (read error, bad gzip, bracket that never closes). */
  async *items(): AsyncGenerator<SourceItem> {
    const { file } = this.#options;
    try {
      const chunks = decompressed(this.#counted());
      const { head, all } = await peek(chunks, sniffedBytesMax);
      const format = this.#options.format === 'auto' ? sniffFormat(head, file) : this.#options.format;
      if (format === 'json') yield* jsonItems(all);
      else if (format === 'ndjson') yield* lineItems(all);
      else
        yield* csvItems(
          all,
          this.#options.csv.delimiter ?? (format === 'tsv' ? '\t' : ','),
          this.#options.csv.numbers,
        );
    } catch (error) {
      if (error instanceof CliError) throw error;
      const name = file === '-' ? 'standard input' : file;
      const hint = error instanceof JsonSplitError ? ' If each line is a record, add --format ndjson.' : '';
      throw new CliError(`${name}: ${messageOf(error)}.${hint}`, { cause: error });
    }
  }

  async *#counted(): AsyncGenerator<Buffer> {
    const { file, stdin } = this.#options;
    const stream = file === '-' ? stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      this.#bytesRead += bytes.length;
      yield bytes;
    }
  }
}

/** Unpacks gzip when the first two bytes say so, whatever the file is called. */
async function* decompressed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { head, all } = await peek(chunks, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip();
  const feeding = (async () => {
    try {
      for await (const chunk of all) {
        if (gunzip.destroyed) return;
        if (!gunzip.write(chunk)) await drained(gunzip);
      }
      gunzip.end();
    } catch (error) {
      gunzip.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  })();
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield chunk;
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

function drained(stream: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

/** The first `bytes` bytes (or all, when there are fewer), and the whole stream still. */
async function peek(
  chunks: AsyncIterable<Buffer>,
  bytes: number,
): Promise<{ head: Buffer; all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    taken.push(next.value);
    length += next.value.length;
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield* taken;
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(taken), all: all() };
}

/** NDJSON and JSON both may be called `.json`; a first line that is a whole record tells them apart. */
export function sniffFormat(head: Buffer, file: string): Exclude<Format, 'auto'> {
  const name = file.toLowerCase().replace(/\.gz$/, '');
  if (name.endsWith('.csv')) return 'csv';
  if (name.endsWith('.tsv')) return 'tsv';
  if (name.endsWith('.ndjson') || name.endsWith('.jsonl')) return 'ndjson';
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text.startsWith('[') || text === '') return 'json';
  if (!text.startsWith('{')) return name.endsWith('.json') ? 'json' : 'csv';
  const lineEnd = text.indexOf('\n');
  if (lineEnd < 0) return 'json';
  try {
    JSON.parse(text.slice(0, lineEnd));
    return 'ndjson';
  } catch {
    return 'json';
  }
}

async function* jsonItems(chunks: AsyncIterable<Buffer>): AsyncGenerator<SourceItem> {
  const splitter = new JsonSplitter({ recordBytesMax });
  const toItem = ({ text, line, isDamaged }: ReturnType<JsonSplitter['end']>[number]): SourceItem =>
    isDamaged ? { text, line, reason: NOT_UTF8 } : { text, line };
  for await (const chunk of chunks) yield* splitter.push(chunk).map(toItem);
  yield* splitter.end().map(toItem);
}

async function* lineItems(chunks: AsyncIterable<Buffer>): AsyncGenerator<SourceItem> {
  const splitter = new LineSplitter({ lineBytesMax: recordBytesMax });
  const toItem = (found: ReturnType<LineSplitter['end']>[number]): SourceItem => {
    const { text, line } = found;
    if (found.isTooLong) return { text, line, reason: `the line is longer than ${recordBytesMax} bytes` };
    return found.isDamaged ? { text, line, reason: NOT_UTF8 } : { text, line };
  };
  for await (const chunk of chunks) yield* splitter.push(chunk).map(toItem);
  yield* splitter.end().map(toItem);
}

/**
 * The first line names the attributes. Empty cells are left out: an attribute without a value is no attribute. Records and
 * broken lines come in the order of the file, on every run the same: resuming counts on it.
 */
async function* csvItems(
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
  numbers: 'convert' | 'keep-text',
): AsyncGenerator<SourceItem> {
  const items: SourceItem[] = [];
  const watch = new Utf8Watch();
  const parser = parseCsv({
    columns: true,
    bom: true,
    delimiter,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: recordBytesMax,
    on_record: (record: Readonly<Record<string, string>>, { lines }) => {
      const text = JSON.stringify(csvRecord(record, numbers));
      items.push({ text, line: lines, ...(watch.isSuspect(text) ? { reason: NOT_UTF8 } : {}) });
      return null;
    },
    on_skip: (error) => {
      items.push({
        text: '',
        line: typeof error?.['lines'] === 'number' ? error['lines'] : 0,
        reason: error?.message ?? 'not a line of CSV',
      });
      return undefined;
    },
  });
  parser.resume();
  for await (const chunk of chunks) {
    watch.push(chunk);
    await parsedBy(parser, (done) => parser.write(chunk, done));
    yield* items.splice(0);
  }
  await parsedBy(parser, (done) => parser.end(done));
  yield* items.splice(0);
}

function parsedBy(
  parser: ReturnType<typeof parseCsv>,
  feed: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once('error', reject);
    feed((error) => {
      parser.off('error', reject);
      if (error == null) resolve();
      else reject(error);
    });
  });
}

function csvRecord(row: Readonly<Record<string, string>>, numbers: 'convert' | 'keep-text'): object {
  const record: Record<string, string | number | boolean> = {};
  for (const [name, text] of Object.entries(row)) {
    if (text !== '') record[name] = numbers === 'convert' && name !== 'objectID' ? csvValue(text) : text;
  }
  return record;
}

/** A number only where writing it gives the same text back: `007` and `1e5` stay text. */
function csvValue(text: string): string | number | boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}
