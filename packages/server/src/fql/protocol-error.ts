/**
 * Answers that are not an expression's: the request never became a transaction. They carry only `code` and `description`.
 * One table of what clients see.
 */

const PROTOCOL_ERRORS = {
  'bad-request': { status: 400, code: 'bad request' },
  unauthorized: { status: 401, code: 'unauthorized' },
  'not-found': { status: 404, code: 'not found' },
  'method-not-allowed': { status: 405, code: 'method not allowed' },
  'request-timeout': { status: 408, code: 'request timeout' },
  'request-too-large': { status: 413, code: 'request too large' },
  'too-many-requests': { status: 429, code: 'too many requests' },
  internal: { status: 500, code: 'internal server error' },
  'time-out': { status: 503, code: 'time out' },
  unavailable: { status: 503, code: 'unavailable' },
} as const;

export type ProtocolErrorKind = keyof typeof PROTOCOL_ERRORS;

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly status: number;
  readonly code: string;
  /** Beside those that every answer has. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(kind: ProtocolErrorKind, description: string, headers: Readonly<Record<string, string>> = {}) {
    super(description);
    ({ status: this.status, code: this.code } = PROTOCOL_ERRORS[kind]);
    this.headers = headers;
  }

  /** The answer's body. */
  get body(): string {
    return JSON.stringify({ errors: [{ code: this.code, description: this.message }] });
  }
}

export const TOO_LARGE_TEXT = 'Request entity is too large.';
