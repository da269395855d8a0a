/**
 * From a request to an authorised call: credentials, key, rights and index are settled here once, so that no handler can
 * forget one of them.
 */
import type { Json, JsonObject } from '@skein/base';
import { isJsonObject } from '@skein/base';
import type { ApplicationState, KeyVault } from '@skein/member';
import {
  ApiError,
  type ApiKey,
  authorise,
  authoriseRestrictions,
  checkIndexName,
  type Endpoint,
  type ForcedSearch,
  isAdminKey,
  type ProjectRecord,
} from '@skein/wire';
import type { ApiRequest, ApiResponse, Handler } from '../http/api-request.ts';
import { credentialsOf } from '../http/credentials.ts';
import { parseJson, parseJsonObject } from '../http/json-body.ts';
import type { ProbeReport } from '../probes/probe.ts';
import { type Holder, keyRingOf } from './key-ring.ts';
import type { MemberPort, ReadableIndex } from './member-port.ts';

/** What all handlers share. */
export interface ApiContext {
  readonly member: MemberPort;
  readonly vault: KeyVault;
  readonly nowMs: () => number;
  readonly makeObjectID: () => string;
  readonly recordBytesMax: number;
  readonly project: ProjectRecord;
  /** Shown as `serverUsed`. */
  readonly serverName: string;
  /** Of this server: those that are not fine. */
  readonly probes?: (() => readonly ProbeReport[]) | undefined;
}

export type CallHandler = (call: Call, context: ApiContext) => ApiResponse | Promise<ApiResponse>;

/** One request by a known key that has the endpoint's right, and may touch the index of the path. */
export class Call {
  readonly request: ApiRequest;
  readonly application: ApplicationState;
  readonly nowMs: number;
  /** Of the last operation that the request became, for the header of the answer. */
  sequence: number | undefined;
  readonly #endpoint: Pick<Endpoint, 'acl'>;
  readonly #holder: Holder;
  readonly #member: MemberPort;

  /** Throws `ApiError` unless the key of the request has the endpoint's right. */
  constructor(request: ApiRequest, endpoint: Pick<Endpoint, 'acl'>, context: ApiContext) {
    const credentials = credentialsOf(request);
    // Only searches of old clients carry the key in the body; it is not read for anybody else before they are known.
    const { applicationId, apiKey } =
      credentials.apiKey === '' && request.body.length > 0
        ? credentialsOf(request, parsedOrEmpty(request))
        : credentials;
    const application = context.member.application(applicationId);
    const holder = application && keyRingOf(application).holder(apiKey);
    if (application === undefined || holder === undefined) throw new ApiError('credentials-invalid');
    this.request = request;
    this.application = application;
    this.nowMs = context.nowMs();
    this.#endpoint = endpoint;
    this.#holder = holder;
    this.#member = context.member;
    this.allow([]);
  }

  get key(): ApiKey {
    return this.#holder.key;
  }

  /** Whether the key is shown as it is, not a secured key made from it. */
  get keyIsOwn(): boolean {
    return this.#holder.restrictions === undefined;
  }

  get isAdmin(): boolean {
    return isAdminKey(this.#holder.key);
  }

  /** What the key adds to every search. */
  get forced(): ForcedSearch {
    return this.#holder.forced;
  }

  /** Throws `ApiError` unless the key may do this on all of `indexes`. */
  allow(indexes: readonly string[], acl = this.#endpoint.acl): void {
    const { key, restrictions } = this.#holder;
    const { headers, clientAddress: sourceIp } = this.request;
    const asked = { indexes, nowMs: this.nowMs, sourceIp };
    const refused =
      authorise(key, { ...asked, acl, referer: headers.referer }) ??
      (restrictions === undefined ? undefined : authoriseRestrictions(restrictions, asked));
    if (refused !== undefined) throw refused;
  }

  /** Whether lists may name the index. */
  mayTouch(index: string): boolean {
    try {
      this.allow([index]);
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  }

  /** The index of the path: the key may touch it, but it need not exist. */
  get indexName(): string {
    return checkIndexName(this.request.params['indexName']);
  }

  /** Throws `ApiError` when there is no such index. */
  open(indexName: string): ReadableIndex {
    const index = this.#member.index(this.application.id, indexName);
    if (index === undefined) throw new ApiError('index-not-found');
    return index;
  }

  /** Runs `answer` when the indexes can be opened without keeping other requests waiting; at once where they are open. */
  whenAtHand(indexNames: readonly string[], answer: () => ApiResponse): ApiResponse | Promise<ApiResponse> {
    const waits: Promise<void>[] = [];
    for (const name of indexNames) {
      const wait = this.#member.whenAtHand(this.application.id, name);
      if (wait !== undefined) waits.push(wait);
    }
    return waits.length === 0 ? answer() : Promise.all(waits).then(answer);
  }

  body(): JsonObject {
    return parseJsonObject(this.request.body);
  }

  json(): Json {
    return parseJson(this.request.body);
  }
}

/** The handler of an endpoint. */
export function endpointHandler(
  endpoint: Pick<Endpoint, 'acl' | 'path'>,
  handle: CallHandler,
  context: ApiContext,
): Handler {
  const hasIndex = endpoint.path.includes('{indexName}');
  return (request) => {
    const call = new Call(request, endpoint, context);
    if (hasIndex) call.allow([call.indexName]);
    const answer = handle(call, context);
    return answer instanceof Promise
      ? answer.then((late) => withSequence(late, call))
      : withSequence(answer, call);
  };
}

function withSequence(answer: ApiResponse, { sequence }: Call): ApiResponse {
  return sequence === undefined ? answer : { ...answer, sequence };
}

function parsedOrEmpty(request: ApiRequest): JsonObject {
  try {
    const value = parseJson(request.body);
    return isJsonObject(value) ? value : {};
  } catch {
    // Whoever sends no key is refused for that, not for the body.
    return {};
  }
}
