/** What an import tells about records that were refused: all of them in a file, or the first few at the terminal. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { RejectedRecord } from './importer.ts';

export interface RejectedReportOptions {
  /** Takes all of them, as NDJSON; without one they are told at the terminal. */
  readonly path: string | undefined;
  readonly stderr: NodeJS.WriteStream;
  /** `append`: the file has those of an earlier run that this one goes on with. */
  readonly mode: 'append' | 'replace';
  /** What the id of a record is called. */
  readonly idName: string;
}

/** Rejected records told at the terminal one by one; the rest is only counted, unless a file takes them. */
const rejectedShownMax = 20;
/** How much of a record is shown with the reason. */
const shownCharactersMax = 80;

/** Tells about rejected records: all of them to a file, or the first few to the terminal. */
export class RejectedReport {
  readonly #options: RejectedReportOptions;
  readonly #file: ReturnType<typeof createWriteStream> | undefined;
  #count = 0;
  #error: Error | undefined;

  constructor(options: RejectedReportOptions) {
    this.#options = options;
    if (options.path === undefined) return;
    this.#file = createWriteStream(options.path, { flags: options.mode === 'append' ? 'a' : 'w' });
    this.#file.on('error', (error) => {
      this.#error ??= error;
    });
  }

  add({ line, id, reason, text }: RejectedRecord): void {
    const { idName, stderr } = this.#options;
    this.#count++;
    if (this.#file !== undefined) {
      this.#file.write(
        `${JSON.stringify({ line, ...(id === undefined ? {} : { [idName]: id }), reason, record: text })}\n`,
      );
    } else if (this.#count <= rejectedShownMax) {
      const name = id === undefined ? '' : ` (${idName} ${JSON.stringify(id)})`;
      // A whole file may be one line: without an id, its beginning tells which record it is.
      const start = id === undefined && text !== '' ? `: ${beginning(text)}` : '';
      stderr.write(`rejected, line ${line}${name}: ${reason}${start}\n`);
    }
  }

  async close(): Promise<void> {
    const more = this.#count - rejectedShownMax;
    if (this.#file === undefined) {
      if (more > 0) this.#options.stderr.write(`… and ${more} more; --rejected <file> keeps them all.\n`);
      return;
    }
    this.#file.end();
    if (!this.#file.closed && this.#error === undefined) await once(this.#file, 'close');
    if (this.#error !== undefined) {
      this.#options.stderr.write(
        `skein: the rejected records could not be written: ${this.#error.message}\n`,
      );
    }
  }
}

/** As much of a record as helps to find it, on one line and without what a terminal would obey. */
function beginning(text: string): string {
  const plain = text.slice(0, shownCharactersMax).replaceAll(/\p{Cc}+/gu, ' ');
  return text.length > shownCharactersMax ? `${plain}…` : plain;
}
