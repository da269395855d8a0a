/**
 * The one table of client-visible errors: status and text of each, and the error class that carries one of them.
 * Texts are Algolia's wherever a client or an issue thread shows what Algolia says.
 */
interface Definition {
  readonly status: number;
  readonly text: (parameters: never) => string;
}

export const API_ERRORS = {
  'credentials-invalid': { status: 403, text: () => 'Invalid Application-ID or API key' },
  'method-not-allowed': { status: 403, text: () => 'Method not allowed with this API key' },
  'index-not-allowed': { status: 403, text: () => 'Index not allowed with this API key' },
  'referer-not-allowed': { status: 403, text: () => 'Referer not allowed with this API key' },
  'source-not-allowed': { status: 403, text: () => 'IP address not allowed with this API key' },
  'secured-key-expired': {
    status: 400,
    text: () => 'validUntil parameter expired (less than current date)',
  },
  'batch-rights': {
    status: 400,
    text: (p: { line: number; column: number }) =>
      `Not enough rights to update an object near line:${p.line} column:${p.column}`,
  },

  'index-not-found': { status: 404, text: () => 'Index does not exist' },
  'object-not-found': { status: 404, text: () => 'ObjectID does not exist' },
  'synonym-not-found': { status: 404, text: () => 'Synonym set does not exist' },
  'key-not-found': { status: 404, text: () => 'Key does not exist' },
  'mapping-not-found': { status: 404, text: () => 'Mapping does not exist for this userID' },
  'abtest-not-found': { status: 404, text: () => 'ABTestID not found' },
  'route-not-found': { status: 404, text: () => 'Invalid API endpoint' },
  'verb-not-allowed': {
    status: 405,
    text: (p: { method: string }) => `Method ${p.method} not allowed for this path`,
  },
  /** A client retries a 5xx on other hosts; an endpoint that does not exist yet must not be retried. */
  'not-yet': { status: 404, text: (p: { endpoint: string }) => `${p.endpoint} is not available yet` },

  /** What FQL says, for endpoints on documents. */
  'documents-missing': { status: 404, text: (p: { description: string }) => p.description },
  'documents-refused': { status: 400, text: (p: { description: string }) => p.description },

  'key-exists': { status: 400, text: () => 'Key already exists' },
  'json-syntax': { status: 400, text: (p: { detail: string }) => `Invalid JSON: ${p.detail}` },
  'body-not-object': { status: 400, text: () => 'Invalid body, expected a JSON object' },
  'body-encoding': {
    status: 400,
    text: (p: { encoding: string }) => `Invalid body: cannot be decoded as ${p.encoding}`,
  },
  'body-too-large': {
    status: 413,
    text: (p: { bytesMax: number }) => `Request body is too large, at most ${p.bytesMax} bytes are accepted`,
  },
  'batch-too-large': {
    status: 400,
    text: (p: { name: string; count: number; countMax: number }) =>
      `Too many ${p.name}: ${p.count}, at most ${p.countMax} are accepted in one request`,
  },
  'record-too-large': {
    status: 400,
    text: (p: { position: number; objectID: string; bytes: number; bytesMax: number }) =>
      `Record at the position ${p.position} objectID=${p.objectID} is too big size=${p.bytes}/${p.bytesMax} bytes. ` +
      'Please have a look at https://www.algolia.com/doc/guides/sending-and-managing-data/prepare-your-data/in-depth/index-and-records-size-and-usage-limitations/#record-size-limits',
  },
  'objectid-empty': { status: 400, text: () => 'objectID cannot be empty' },
  'objectid-missing': {
    status: 400,
    text: (p: { position: number }) => `Missing mandatory attribute objectID at the position ${p.position}`,
  },
  'objectid-invalid': {
    status: 400,
    text: (p: { position: number }) =>
      `Invalid objectID at the position ${p.position}, expected a string or an integer`,
  },
  'objectid-too-long': {
    status: 400,
    text: (p: { bytesMax: number }) => `objectID is too long, at most ${p.bytesMax} bytes are accepted`,
  },
  'record-invalid': {
    status: 400,
    text: (p: { position: number }) => `Invalid object at the position ${p.position}, expected a JSON object`,
  },
  'attribute-missing': {
    status: 400,
    text: (p: { name: string; position?: number | undefined }) =>
      p.position === undefined
        ? `Missing mandatory attribute ${p.name}`
        : `Missing mandatory attribute ${p.name} at the position ${p.position}`,
  },
  'action-unknown': {
    status: 400,
    text: (p: { action: string; position: number }) =>
      `Invalid action ${p.action} at the position ${p.position}`,
  },
  'index-name-invalid': { status: 400, text: () => 'indexName is not valid' },
  'index-name-forbidden': {
    status: 400,
    text: (p: { reason: string }) => `indexName is not valid: ${p.reason}`,
  },
  /** The builder knows which of an operation's indexes it is. */
  'index-following': { status: 403, text: (p: { message: string }) => p.message },
  'index-not-empty': {
    status: 400,
    text: (p: { index: string }) =>
      `Index ${p.index} has records of its own; with "replace": true they are replaced by those of the collection`,
  },
  'searchable-not-found': {
    status: 404,
    text: (p: { index: string }) => `Index ${p.index} is not filled from a collection`,
  },
  'same-index': { status: 400, text: () => 'Source and destination indices are the same' },
  'delete-by-empty': {
    status: 400,
    text: () =>
      'deleteByQuery needs at least one filter: filters, facetFilters, numericFilters, tagFilters or geo search',
  },
  'delete-by-query': { status: 400, text: () => 'deleteByQuery does not support the query parameter' },

  'parameter-unknown': { status: 400, text: (p: { name: string }) => `Unknown parameter: ${p.name}` },
  'parameter-invalid': {
    status: 400,
    text: (p: { name: string; expected: string }) =>
      `Invalid value for "${p.name}" parameter, expected ${p.expected}`,
  },
  'parameter-too-small': {
    status: 400,
    text: (p: { name: string; min: number; max: number | string }) =>
      `Value too small for "${p.name}" parameter, expected integer between ${p.min} and ${p.max}`,
  },
  'parameter-too-large': {
    status: 400,
    text: (p: { name: string; min: number; max: number }) =>
      `Value too large for "${p.name}" parameter, expected integer between ${p.min} and ${p.max}`,
  },
  'setting-unknown': {
    status: 400,
    text: (p: { name: string; column: number }) =>
      `Invalid object attributes: ${p.name} near line:1 column:${p.column}`,
  },
  'cursor-invalid': {
    status: 400,
    text: () => 'Invalid value for "cursor" parameter, expected a cursor of this index',
  },
  'facet-not-searchable': {
    status: 400,
    text: (p: { facet: string }) =>
      `Cannot search in \`${p.facet}\` attribute, you need to add \`searchable(${p.facet})\` to attributesForFaceting.`,
  },
  'filter-syntax': {
    status: 400,
    text: (p: { name: string; token: string; expected: string; column: number }) =>
      `${p.name}: Unexpected token ${p.token} expected ${p.expected} at col ${p.column}`,
  },
  'filter-too-deep': {
    status: 400,
    text: (p: { name: string; max: number }) =>
      `${p.name}: too many nested conditions, at most ${p.max} levels`,
  },
  'filter-too-many': {
    status: 400,
    text: (p: { name: string; max: number }) => `${p.name}: too many conditions, at most ${p.max}`,
  },
  'filter-numeric': {
    status: 400,
    text: (p: { condition: string }) => `Invalid syntax for numeric condition:${p.condition}`,
  },
  'filter-facet': {
    status: 400,
    text: (p: { name: string; condition: string }) =>
      `${p.name}: invalid condition ${p.condition}, expected attribute:value`,
  },

  'too-many-jobs': { status: 429, text: () => 'Too many jobs' },
  'queue-too-large': { status: 429, text: () => 'Job queue too large' },
  'disk-almost-full': { status: 429, text: () => 'Disk almost full' },
  'rate-limit': { status: 429, text: () => 'Too many requests' },
  'index-damaged': {
    status: 500,
    text: (p: { index: string }) => `Index ${p.index} is damaged and was set aside; see the server's log`,
  },
  'write-unavailable': { status: 503, text: () => 'Writes are not available at the moment, please retry' },
  /** Another member may be asked meanwhile. */
  behind: {
    status: 503,
    text: (p: { sequence: number; shown: number }) =>
      `This member shows everything up to sequence ${p.shown}, not yet up to ${p.sequence}; please retry`,
  },
  'cluster-refused': { status: 400, text: (p: { message: string }) => p.message },
  'cluster-unavailable': { status: 503, text: (p: { message: string }) => p.message },
  unavailable: { status: 503, text: () => 'The server is not available at the moment, please retry' },
  internal: { status: 500, text: () => 'Internal error' },
} as const satisfies Record<string, Definition>;

export type ApiErrorCode = keyof typeof API_ERRORS;
type Parameters<C extends ApiErrorCode> = (typeof API_ERRORS)[C]['text'] extends (p: infer P) => string
  ? P
  : never;
type ParameterArguments<C extends ApiErrorCode> =
  unknown extends Parameters<C> ? [] : [parameters: Parameters<C>];

/**
 * A mistake of the client (or a state that the client must hear about). `message` and `status` go over the wire.
 * Parameters that do not fit the code's text do not compile: `new ApiError('parameter-unknown', { name: 'x' })`.
 */
export class ApiError<C extends ApiErrorCode = ApiErrorCode> extends Error {
  override readonly name = 'ApiError';
  readonly code: C;
  readonly status: number;
  /** Further fields of the body: `position` and `objectID` of a record that is too large. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: C, ...parameters: ParameterArguments<C>) {
    const definition: Definition = API_ERRORS[code];
    const given: unknown = parameters[0];
    super(definition.text(given as never));
    this.code = code;
    this.status = definition.status;
    this.details = code === 'record-too-large' ? recordDetails(given) : {};
  }
}

/** The same as a function, for places that read better without `new`. */
export function apiError<C extends ApiErrorCode>(code: C, ...parameters: ParameterArguments<C>): ApiError<C> {
  return new ApiError(code, ...parameters);
}

/** Status and JSON body that a client gets. Anything that is not an `ApiError` becomes the error 500 without details. */
export function renderError(error: unknown): { readonly status: number; readonly body: string } {
  const shown: ApiError = error instanceof ApiError ? error : new ApiError('internal');
  return {
    status: shown.status,
    body: JSON.stringify({ message: shown.message, status: shown.status, ...shown.details }),
  };
}

function recordDetails(given: unknown): Record<string, string | number> {
  const { position, objectID } = given as { position: number; objectID: string };
  return { position, objectID };
}
