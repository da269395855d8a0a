/** Browsers may ask from any page: whoever asks has a secret, which no browser adds by itself. */
import type { IncomingHttpHeaders } from 'node:http';

export type CorsHeaders = Readonly<Record<string, string>>;

const ALLOWED_HEADERS = [
  'accept-encoding',
  'authorization',
  'content-type',
  'x-driver-env',
  'x-faunadb-api-version',
  'x-fauna-driver',
  'x-fauna-source',
  'x-fauna-tags',
  'x-format',
  'x-last-seen-txn',
  'x-last-txn-ts',
  'x-linearized',
  'x-max-contention-retries',
  'x-max-retries-on-contention',
  'x-query-tags',
  'x-query-timeout',
  'x-query-timeout-ms',
  'x-runtime-environment',
  'x-runtime-environment-os',
  'x-nodejs-version',
  'traceparent',
].join(', ');

/** The answer's headers, with those that a page's request needs. */
export function withCors(asked: IncomingHttpHeaders, headers: CorsHeaders): CorsHeaders {
  const { origin } = asked;
  if (origin === undefined) return headers;
  return {
    ...headers,
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': Object.keys(headers).join(', '),
    vary: 'Origin',
  };
}

export function preflightHeaders(asked: IncomingHttpHeaders): CorsHeaders {
  if (asked.origin === undefined) return {};
  return {
    'access-control-max-age': '86400',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  };
}
