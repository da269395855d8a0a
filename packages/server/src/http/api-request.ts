/** A request and its answer as plain data, so that handlers need no server in tests. */
import type { IncomingHttpHeaders } from 'node:http';

export interface ApiRequest {
  readonly method: string;
  /** Percent-decoded parts of the path that the route names. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Decompressed, at most `bodyBytesMax`. */
  readonly body: Buffer;
  /** Address of the peer. */
  readonly clientAddress: string;
  /** `performance.now()` when the head of the request had arrived. */
  readonly startedAtMs: number;
}

export interface ApiResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** True where pages of other origins may not read the answer. */
  readonly sameOriginOnly?: boolean | undefined;
  /** Of a write: its place in the log. */
  readonly sequence?: number | undefined;
  /** True where the body is compressed already or gains nothing by it. */
  readonly compressed?: boolean | undefined;
}

export type Handler = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

export const JSON_TYPE = 'application/json; charset=UTF-8';

export function json(value: object, status = 200): ApiResponse {
  return { status, contentType: JSON_TYPE, body: JSON.stringify(value) };
}

/** For bodies that are JSON text already. */
export function jsonText(body: string, status = 200): ApiResponse {
  return { status, contentType: JSON_TYPE, body };
}

/** The part of the path called `name`; the route has it. */
export function param(request: ApiRequest, name: string): string {
  return request.params[name] ?? '';
}
