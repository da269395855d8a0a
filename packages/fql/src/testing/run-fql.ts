/**
 * A database in memory that answers requests as a server would, for tests of everything that stands behind an expression.
 *
 *   const database = newDatabase();
 *   database.query(q.CreateCollection({ name: 'widgets' }));   // { status: 201, json: { resource: … } }
 *
 * Its clock steps by 10 ms a transaction, its chance comes from a counter: the same requests give the same answers.
 */
import { utf8Encode } from '@skein/base';
import type { Authentication } from '../access/authentication.ts';
import type { EvaluationOptions, Host } from '../evaluate/context.ts';
import { sha256 } from '../schema/sha256.ts';
import type { DocumentWriter, ScopeId } from '../store/document-store.ts';
import { runRead, runWrite } from '../transaction/run-transaction.ts';
import type { TransactionRequest, TransactionResult } from '../transaction/transaction.ts';
import { MemoryStore } from './memory-store.ts';

export interface Answer extends TransactionResult {
  /** The body, parsed by `JSON.parse`: integers beyond 2^53 are inexact; `body` has them. */
  readonly json: Json;
}

/** What tests look into without ceremony. */
export type Json = { readonly [key: string]: Json } & readonly Json[] & string & number & boolean & null;

export interface TestDatabase {
  readonly store: DocumentWriter;
  /** Time of the latest transaction, µs. */
  readonly now: number;
  readonly host: Host;
  /** `expression`: of the driver, JSON as a JavaScript value, or JSON text when it is a `Uint8Array`. */
  readonly query: (expression: unknown, options?: QueryOptions) => Answer;
  /** The resource; throws with the body when there is none. */
  readonly value: (expression: unknown, options?: QueryOptions) => Json;
  /** The first error; throws with the body when there is none. */
  readonly error: (expression: unknown, options?: QueryOptions) => Json;
  /** Lets time pass. */
  readonly advance: (micros: number) => void;
}

export interface QueryOptions {
  readonly authentication?: Authentication;
  readonly options?: Partial<EvaluationOptions>;
}

export const TEST_START_MICROS = 1_700_000_000_000_000;
const STEP_MICROS = 10_000;

export const ROOT: Authentication = {
  scope: 0 as ScopeId,
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};

/** Passwords are not made safe here; the shape is that of a real host. */
export const testHost: Host = {
  hashPassword: (password, salt) => `${hex(salt)}:${hex(sha256(utf8Encode(password + hex(salt))))}`,
  verifyPassword: (password, hash) => {
    const [salt = ''] = hash.split(':');
    return hash === `${salt}:${hex(sha256(utf8Encode(password + salt)))}`;
  },
  sha256: (text) => hex(sha256(utf8Encode(text))),
};

export function newDatabase(
  given: { readonly store?: DocumentWriter; readonly host?: Host } = {},
): TestDatabase {
  const store = given.store ?? new MemoryStore();
  const host = given.host ?? testHost;
  let now = TEST_START_MICROS;
  let seedCount = 0;

  function query(expression: unknown, { authentication = ROOT, options = {} }: QueryOptions = {}): Answer {
    now += STEP_MICROS;
    const seed = new Uint8Array(16);
    new DataView(seed.buffer).setUint32(0, ++seedCount);
    const request: TransactionRequest = {
      body: expression instanceof Uint8Array ? expression : utf8Encode(JSON.stringify(expression)),
      authentication,
      time: now,
      seed,
      host,
      options: { strictTemporal: false, stepsMax: 10_000_000, ...options },
    };
    const read = runRead(store, request);
    const result = read === 'write-needed' ? runWrite(store, request) : read;
    return { ...result, json: JSON.parse(result.body) as Json };
  }

  function part(name: 'resource' | 'errors', expression: unknown, options?: QueryOptions): Json {
    const { json, body } = query(expression, options);
    const found = json[name];
    if (found === undefined) throw new Error(`no ${name}: ${body}`);
    return found;
  }

  return {
    store,
    host,
    get now() {
      return now;
    },
    query,
    value: (expression, options) => part('resource', expression, options),
    error: (expression, options) => part('errors', expression, options)[0] as Json,
    advance: (micros) => {
      now += micros;
    },
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
