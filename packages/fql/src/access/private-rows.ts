/**
 * What access keeps beside the documents, out of reach of every expression: hashes of secrets and of passwords, and who they belong to.
 * Rows have no history: what is forgotten is gone.
 *
 *   root scope   access/secret/<sha256 of the secret>                    → {scope, collection, id} of the key or token
 *   root scope   access/audience/<id>                                    → {scope} whose access providers it names
 *   a scope      access/audience                                         → its id
 *   a scope      access/document/<collection 4><id 8>                    → what is private about a key, token or credentials
 *   a scope      access/tokens/<instance: collection 4><id 8><token 8>   → nothing
 *   a scope      access/credentials/<instance: collection 4><id 8>       → id of the credentials
 */
import { assert, utf8Decode, utf8Encode } from '@skein/base';
import type {
  CollectionId,
  DocumentKey,
  DocumentReader,
  DocumentWriter,
  ScopeId,
} from '../store/document-store.ts';
import { ROOT_SCOPE } from './scopes.ts';

/** Of a key, a token, or credentials. */
export interface PrivatePart {
  /** SHA-256 of the secret. */
  readonly secretHash?: string | undefined;
  readonly passwordHash?: string | undefined;
  /** Whose token or credentials. */
  readonly instance?: DocumentKey | undefined;
}

export function privatePart(reader: DocumentReader, document: DocumentKey): PrivatePart | undefined {
  const row = reader.row(document.scope, privateKey(document));
  return row === undefined ? undefined : (decode(row) as PrivatePart);
}

/** Keeps the rows of secret and instance in step. */
export function putPrivatePart(writer: DocumentWriter, document: DocumentKey, part: PrivatePart): void {
  dropPrivatePart(writer, document);
  writer.putRow(document.scope, privateKey(document), encode(part));
  if (part.secretHash !== undefined) writer.putRow(ROOT_SCOPE, secretKey(part.secretHash), encode(document));
  if (part.instance === undefined) return;
  if (part.secretHash !== undefined) {
    writer.putRow(document.scope, tokenKey(part.instance, document.id), new Uint8Array(0));
  } else {
    writer.putRow(document.scope, credentialsKey(part.instance), encode(document));
  }
}

/** Nothing happens when there is nothing. */
export function dropPrivatePart(writer: DocumentWriter, document: DocumentKey): void {
  const part = privatePart(writer, document);
  if (part === undefined) return;
  writer.deleteRow(document.scope, privateKey(document));
  if (part.secretHash !== undefined) writer.deleteRow(ROOT_SCOPE, secretKey(part.secretHash));
  if (part.instance === undefined) return;
  if (part.secretHash !== undefined) writer.deleteRow(document.scope, tokenKey(part.instance, document.id));
  else writer.deleteRow(document.scope, credentialsKey(part.instance));
}

/** Before a scope's rows go: forgets at most `limit` of its secrets; returns how many (fewer than `limit`: it is done). */
export function forgetSecrets(writer: DocumentWriter, scope: ScopeId, limit: number): number {
  const documents: DocumentKey[] = [];
  for (const { key } of writer.rows(scope, prefixRange(utf8Encode('access/document/')))) {
    if (documents.length === limit) break;
    documents.push({ scope, ...readDocumentBytes(key.subarray('access/document/'.length)) });
  }
  for (const document of documents) dropPrivatePart(writer, document);
  const audience = writer.row(scope, utf8Encode('access/audience'));
  if (audience !== undefined && documents.length < limit) {
    writer.deleteRow(ROOT_SCOPE, audienceKey(utf8Decode(audience)));
    writer.deleteRow(scope, utf8Encode('access/audience'));
  }
  return documents.length;
}

/** The key or token with this secret; whether it still exists is for the caller to find out. */
export function documentOfSecret(reader: DocumentReader, secretHash: string): DocumentKey | undefined {
  const row = reader.row(ROOT_SCOPE, secretKey(secretHash));
  return row === undefined ? undefined : (decode(row) as DocumentKey);
}

export function tokensOf(reader: DocumentReader, instance: DocumentKey, tokens: CollectionId): DocumentKey[] {
  const prefix = tokenPrefix(instance);
  return [...reader.rows(instance.scope, prefixRange(prefix))].map(({ key }) => ({
    scope: instance.scope,
    collection: tokens,
    id: new DataView(key.buffer, key.byteOffset, key.byteLength).getBigUint64(prefix.length),
  }));
}

export function credentialsOf(reader: DocumentReader, instance: DocumentKey): DocumentKey | undefined {
  const row = reader.row(instance.scope, credentialsKey(instance));
  return row === undefined ? undefined : (decode(row) as DocumentKey);
}

/** The scope whose access providers have this audience. */
export function scopeOfAudience(reader: DocumentReader, id: string): ScopeId | undefined {
  const row = reader.row(ROOT_SCOPE, audienceKey(id));
  return row === undefined ? undefined : (Number(utf8Decode(row)) as ScopeId);
}

export function audienceOf(reader: DocumentReader, scope: ScopeId): string | undefined {
  const row = reader.row(scope, utf8Encode('access/audience'));
  return row === undefined ? undefined : utf8Decode(row);
}

export function putAudience(writer: DocumentWriter, scope: ScopeId, id: string): void {
  writer.putRow(scope, utf8Encode('access/audience'), utf8Encode(id));
  writer.putRow(ROOT_SCOPE, audienceKey(id), utf8Encode(String(scope)));
}

const secretKey = (hash: string): Uint8Array => utf8Encode(`access/secret/${hash}`);
const audienceKey = (id: string): Uint8Array => utf8Encode(`access/audience/${id}`);
const privateKey = (document: DocumentKey): Uint8Array => join('access/document/', documentBytes(document));
const credentialsKey = (instance: DocumentKey): Uint8Array =>
  join('access/credentials/', documentBytes(instance));
const tokenPrefix = (instance: DocumentKey): Uint8Array => join('access/tokens/', documentBytes(instance));

function tokenKey(instance: DocumentKey, token: bigint): Uint8Array {
  const prefix = tokenPrefix(instance);
  const key = new Uint8Array(prefix.length + 8);
  key.set(prefix);
  new DataView(key.buffer).setBigUint64(prefix.length, token);
  return key;
}

function documentBytes({ collection, id }: DocumentKey): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, collection);
  view.setBigUint64(4, id);
  return bytes;
}

function readDocumentBytes(bytes: Uint8Array): Pick<DocumentKey, 'collection' | 'id'> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { collection: view.getUint32(0) as CollectionId, id: view.getBigUint64(4) };
}

function join(prefix: string, bytes: Uint8Array): Uint8Array {
  const head = utf8Encode(prefix);
  const joined = new Uint8Array(head.length + bytes.length);
  joined.set(head);
  joined.set(bytes, head.length);
  return joined;
}

/** The prefix is followed by fixed-size bytes or by hexadecimal text: its last byte can be counted up. */
function prefixRange(from: Uint8Array): { readonly from: Uint8Array; readonly to: Uint8Array } {
  const to = from.slice();
  let at = to.length - 1;
  while (to[at] === 0xff) at--;
  assert(at >= 0, 'private rows have a prefix of text');
  to[at]!++;
  return { from, to: to.subarray(0, at + 1) };
}

/** Ids go beyond 2^53: they stand as `"12n"`. */
function encode(value: object): Uint8Array {
  return utf8Encode(JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `${item}n` : item)));
}

function decode(bytes: Uint8Array): unknown {
  return JSON.parse(utf8Decode(bytes), (key, item) =>
    key === 'id' && typeof item === 'string' ? BigInt(item.slice(0, -1)) : item,
  );
}
