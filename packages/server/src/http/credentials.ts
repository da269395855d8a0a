/** Who asks: application id and API key from headers or, in any letter case, from the query string. */
import type { JsonObject } from '@skein/base';
import type { ApiRequest } from './api-request.ts';

export interface Credentials {
  readonly applicationId: string;
  readonly apiKey: string;
}

/**
 * Headers win over the query string. Very long secured keys travel as `apiKey` in the body of searches (clients of version 4),
 * so a missing key is looked for in `body`. Missing values are empty text, which no application and no key has.
 */
export function credentialsOf(request: ApiRequest, body?: JsonObject): Credentials {
  const inBody = body?.['apiKey'];
  return {
    applicationId: named(request, 'x-algolia-application-id') ?? '',
    apiKey: named(request, 'x-algolia-api-key') ?? (typeof inBody === 'string' ? inBody : ''),
  };
}

/** A header, or the query parameter of the same name in any letter case. */
function named(request: ApiRequest, name: string): string | undefined {
  const header = request.headers[name];
  if (typeof header === 'string' && header !== '') return header;
  for (const [key, value] of request.query) {
    if (value !== '' && key.length === name.length && key.toLowerCase() === name) return value;
  }
  return undefined;
}

/** The query string without what belongs to the transport; what remains are search parameters. */
export function parametersOf(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => !name.toLowerCase().startsWith('x-algolia-')));
}
