/** Bytes of the log that are not an operation of their format. All members that know the format find that. */
export class OperationFormatError extends Error {
  override readonly name = 'OperationFormatError';
}

/** An operation of a format that came after this program: only a newer one can apply it, and nobody may pass over it. */
export class NewerFormatError extends Error {
  override readonly name = 'NewerFormatError';

  constructor(format: number, known: number) {
    super(
      `an operation of format ${format}, and this program knows formats up to ${known}: it is older than what wrote the log; upgrade it`,
    );
  }
}
