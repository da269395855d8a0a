/** What the headers of a request say. A value that is not understood is told by `ProtocolError` (400), with the header's name. */
import { randomFillSync } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ProtocolError } from './protocol-error.ts';
import { parseTags } from './tags.ts';

export interface RequestParameters {
  /** µs. */
  readonly lastSeenTime: number | undefined;
  readonly timeoutMs: number;
  /** As it goes back, or undefined when none were sent. */
  readonly tags: string | undefined;
}

type Refuse = (reason: string) => never;

/** Ten minutes, as the original had it. */
export const QUERY_TIMEOUT_MS_MAX = 600_000;
const API_VERSIONS = new Set(['2.0', '2.1', '2.7', '2.12', '3', '4', '5', 'UNSTABLE']);

export function readParameters(headers: IncomingHttpHeaders, timeoutMsDefault: number): RequestParameters {
  /** `parse` gives what is wrong by `refuse`. */
  const read = <T>(name: string, parse: (text: string, refuse: Refuse) => T): T | undefined => {
    const text = headerText(headers, name);
    if (text === undefined) return undefined;
    return parse(text, (reason) => {
      throw new ProtocolError('bad-request', `Invalid header '${name}': ${reason}`);
    });
  };
  read('x-faunadb-api-version', (text, refuse) => {
    if (!API_VERSIONS.has(text)) refuse(`Unsupported or invalid API version '${text.slice(0, 100)}'.`);
  });
  const lastSeenTime = read('x-last-seen-txn', (text, refuse) =>
    Number(longOf(text) ?? refuse(`Invalid timestamp '${text.slice(0, 100)}'.`)),
  );
  const timeoutMs = read('x-query-timeout', (text, refuse) => {
    const time = longOf(text) ?? refuse(`Invalid number '${text.slice(0, 100)}'.`);
    if (time <= 0n) refuse('Must be greater than 0.');
    if (time > BigInt(QUERY_TIMEOUT_MS_MAX)) refuse(`Must be less than or equal to ${QUERY_TIMEOUT_MS_MAX}.`);
    return Number(time);
  });
  read('x-max-retries-on-contention', (text, refuse) => {
    const count = longOf(text);
    if (count === undefined || count !== BigInt.asIntN(32, count))
      return refuse(`Invalid number '${text.slice(0, 100)}'.`);
    // There is no contention here: writes are put in order before they are evaluated.
    return count < 0n || count > 7n ? refuse('Must be between 0 and 7.') : undefined;
  });
  const tags = read('x-fauna-tags', (text, refuse) => {
    const parsed = parseTags(text);
    return 'invalid' in parsed ? refuse(parsed.invalid) : parsed;
  });
  return {
    lastSeenTime,
    timeoutMs: timeoutMs ?? timeoutMsDefault,
    // The original kept them back to front, and clients came to see them so.
    tags: tags === undefined || tags.length === 0 ? undefined : tags.toReversed().join(','),
  };
}

/** The secret of `Bearer` or `Basic` (there it is the user name); undefined when there is none that could be one. */
export function secretOf(headers: IncomingHttpHeaders): string | undefined {
  const match = /^\s*(bearer|basic)\s+(\S+)\s*$/i.exec(headers.authorization ?? '');
  const [, scheme = '', credentials = ''] = match ?? [];
  if (match === null) return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  // An empty password leaves a colon; what is in front of it may be a scoped secret, which has colons of its own.
  const secret = text.endsWith(':') ? text.slice(0, -1) : text;
  return secret === '' ? undefined : secret;
}

/** The client's trace goes on in a span of its own; without one, or with one that is not well formed, there is a new trace. */
export function traceparentFor(headers: IncomingHttpHeaders): string {
  const match = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-([\da-f]{2})$/.exec(
    headerText(headers, 'traceparent') ?? '',
  );
  const random = nextRandom();
  const trace = match?.[1] ?? random.slice(16);
  return `00-${trace}-${random.slice(0, 16)}-${match?.[2] ?? '00'}`;
}

/** Chance is fetched for many requests at a time: each fetch costs as much as the rest of these headers. */
const chance = Buffer.alloc(24 * 256);
let chanceAt = chance.length;

/** 24 bytes, hexadecimal. */
function nextRandom(): string {
  if (chanceAt === chance.length) {
    randomFillSync(chance);
    chanceAt = 0;
  }
  chanceAt += 24;
  return chance.toString('hex', chanceAt - 24, chanceAt);
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** A 64-bit integer in decimal. */
function longOf(text: string): bigint | undefined {
  if (!/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return value === BigInt.asIntN(64, value) ? value : undefined;
}
