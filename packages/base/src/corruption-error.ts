/** Bytes on disk are not what was written: the file is set aside and never answered from. */
export class CorruptionError extends Error {
  override readonly name = 'CorruptionError';
  readonly file: string;
  readonly offset: number;

  constructor(details: { readonly file: string; readonly offset: number; readonly expected: string }) {
    super(`${details.file}: damaged at byte ${details.offset}: expected ${details.expected}`);
    this.file = details.file;
    this.offset = details.offset;
  }
}
