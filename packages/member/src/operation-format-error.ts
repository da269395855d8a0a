/** The payload is not an operation that this version knows. */
export class OperationFormatError extends Error {
  override readonly name = 'OperationFormatError';
}
