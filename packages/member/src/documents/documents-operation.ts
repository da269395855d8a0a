/**
 * Operations on documents, as bytes in the log. They begin with a zero byte, which JSON text never does:
 *
 *   00 | header length u32 | header: JSON object {"v": format, "kind": …, …} | body
 *
 * The body of `fql` is the client's expression as sent; it stands in the log sealed when it may hold a password.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import {
  type Authentication,
  isArray,
  type ObjectValue,
  parseJson,
  renderValue,
  type Value,
} from '@skein/fql';
import type { KeyVault } from '../key-vault.ts';
import { checkFormat } from '../operation-format.ts';
import { OperationFormatError } from '../operation-format-error.ts';
import { takeRandom } from '../random-pool.ts';

export type DocumentsOperation =
  /** One transaction, evaluated at its place in the log. */
  | {
      readonly kind: 'fql';
      readonly body: Uint8Array;
      readonly authentication: Authentication;
      /** 16 bytes: all chance of the transaction. */
      readonly seed: Uint8Array;
      readonly strictTemporal: boolean;
    }
  /** A bounded piece of background work (`@skein/fql`, jobs). */
  | { readonly kind: 'documentsStep'; readonly limit: number; readonly seed: Uint8Array };

export const SEED_BYTES = 16;
const MARK = 0;
const PREFIX_BYTES = 5;
const NO_BODY = new Uint8Array(0);

/** Encrypts the bodies of operations that hold what nobody may read in the journal. */
export interface BodySeal {
  seal(text: string): string;
  /** Throws when it was sealed under another secret. */
  open(sealed: string): string;
}

export function sealOf(vault: KeyVault, application: string): BodySeal {
  return { seal: (text) => vault.seal(application, text), open: (sealed) => vault.open(application, sealed) };
}

export function newSeed(): Uint8Array {
  return takeRandom(SEED_BYTES);
}

export function isDocumentsPayload(payload: Uint8Array): boolean {
  return payload[0] === MARK;
}

/** `format`: one that all members know. */
export function encodeDocumentsOperation(
  operation: DocumentsOperation,
  seal: BodySeal,
  format: number,
): Uint8Array {
  const seed = Buffer.from(operation.seed).toString('base64url');
  if (operation.kind === 'documentsStep') {
    return join({ v: format, kind: operation.kind, limit: operation.limit, seed }, NO_BODY);
  }
  const header = {
    v: format,
    kind: operation.kind,
    seed,
    authentication: encodeAuthentication(operation.authentication),
    ...(operation.strictTemporal ? { strictTemporal: true } : {}),
  };
  if (!mayHoldSecret(operation.body)) return join(header, operation.body);
  const sealed = seal.seal(Buffer.from(operation.body).toString('utf8'));
  return join({ ...header, sealed: true }, Buffer.from(sealed));
}

/** Throws `OperationFormatError`, `NewerFormatError`, and what `seal.open` throws. */
export function decodeDocumentsOperation(payload: Uint8Array, seal: BodySeal): DocumentsOperation {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.byteLength < PREFIX_BYTES || bytes[0] !== MARK) throw bad('a prefix');
  const bodyAt = PREFIX_BYTES + bytes.readUInt32LE(1);
  if (bodyAt > bytes.byteLength) throw bad('a header that fits');
  let text: Json;
  try {
    text = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, bodyAt)) as Json;
  } catch (error) {
    throw new OperationFormatError('the header of an operation on documents is JSON text', { cause: error });
  }
  const header = checkFormat(text);
  const seed = Buffer.from(typeof header['seed'] === 'string' ? header['seed'] : '', 'base64url');
  if (seed.byteLength !== SEED_BYTES) throw bad('a seed');
  const body = bytes.subarray(bodyAt);
  switch (header['kind']) {
    case 'documentsStep': {
      const limit = header['limit'];
      if (typeof limit !== 'number') throw bad('a limit');
      return { kind: 'documentsStep', limit, seed };
    }
    case 'fql':
      return {
        kind: 'fql',
        seed,
        authentication: decodeAuthentication(header['authentication']),
        strictTemporal: header['strictTemporal'] === true,
        body: header['sealed'] === true ? Buffer.from(seal.open(body.toString('utf8'))) : body,
      };
    default:
      throw bad('a known kind');
  }
}

/** Passwords, and secrets of keys and tokens, appear in expressions only under these names. */
const SECRET_NAMES = ['password', 'secret'].map((name) => Buffer.from(name));

function mayHoldSecret(body: Uint8Array): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // A name could also be written with escapes.
  return SECRET_NAMES.some((name) => bytes.includes(name)) || bytes.includes('\\u');
}

function join(header: JsonObject, body: Uint8Array): Uint8Array {
  const text = JSON.stringify(header);
  const headerBytes = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(PREFIX_BYTES + headerBytes + body.byteLength);
  bytes[0] = MARK;
  bytes.writeUInt32LE(headerBytes, 1);
  bytes.write(text, PREFIX_BYTES, 'utf8');
  bytes.set(body, PREFIX_BYTES + headerBytes);
  return bytes;
}

function bad(expected: string): OperationFormatError {
  return new OperationFormatError(`an operation on documents has ${expected}`);
}

type Key = NonNullable<Authentication['actsAs']>;

function encodeKey({ scope, collection, id }: Key): Json {
  return [scope, collection, String(id)];
}

function decodeKey(value: Json | undefined): Key {
  if (!Array.isArray(value)) throw bad('document keys');
  const [scope, collection, id] = value as readonly Json[];
  if (
    typeof scope !== 'number' ||
    typeof collection !== 'number' ||
    typeof id !== 'string' ||
    !/^\d{1,19}$/.test(id)
  ) {
    throw bad('document keys of three numbers');
  }
  return { scope, collection, id: BigInt(id) } as Key;
}

export function encodeAuthentication({ scope, principal, roles, actsAs }: Authentication): Json {
  const given = {
    scope,
    roles: roles as readonly Json[],
    ...(actsAs === undefined ? {} : { actsAs: encodeKey(actsAs) }),
  };
  switch (principal.kind) {
    case 'root':
      return { ...given, kind: 'root' };
    case 'key':
      return { ...given, kind: 'key', document: encodeKey(principal.document) };
    case 'token':
      return {
        ...given,
        kind: 'token',
        document: encodeKey(principal.document),
        identity: encodeKey(principal.identity),
      };
    case 'jwt':
      return {
        ...given,
        kind: 'jwt',
        provider: principal.provider,
        claims: claimsText(principal.claims),
      };
  }
}

/** Throws `OperationFormatError`. */
export function decodeAuthentication(value: Json | undefined): Authentication {
  if (!isJsonObject(value) || typeof value['scope'] !== 'number' || !Array.isArray(value['roles'])) {
    throw bad('an authentication');
  }
  const actsAs = value['actsAs'];
  return {
    scope: value['scope'] as Authentication['scope'],
    principal: decodePrincipal(value),
    roles: value['roles'] as unknown as Authentication['roles'],
    actsAs: actsAs === undefined ? undefined : decodeKey(actsAs),
  };
}

function decodePrincipal(value: JsonObject): Authentication['principal'] {
  switch (value['kind']) {
    case 'root':
      return { kind: 'root' };
    case 'key':
      return { kind: 'key', document: decodeKey(value['document']) };
    case 'token':
      return {
        kind: 'token',
        document: decodeKey(value['document']),
        identity: decodeKey(value['identity']),
      };
    case 'jwt': {
      const { provider, claims } = value as { readonly [name: string]: Json | undefined };
      if (typeof provider !== 'string' || typeof claims !== 'string') throw bad('an access provider');
      return { kind: 'jwt', provider, claims: claimsOf(claims) };
    }
    default:
      throw bad('a known principal');
  }
}

/** Claims are what JSON text can hold. `renderValue` would mark keys that begin with `@`. */
function claimsText(value: Value): string {
  if (value instanceof Map) {
    return `{${Array.from(value, ([name, each]) => `${JSON.stringify(name)}:${claimsText(each)}`).join(',')}}`;
  }
  return isArray(value) ? `[${value.map(claimsText).join(',')}]` : renderValue(value);
}

function claimsOf(text: string): ObjectValue {
  let value: Value;
  try {
    value = parseJson(Buffer.from(text));
  } catch (error) {
    throw new OperationFormatError('claims are JSON text', { cause: error });
  }
  if (!(value instanceof Map)) throw bad('claims that are an object');
  return value;
}
