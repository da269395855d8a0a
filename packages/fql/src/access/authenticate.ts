/**
 * From the secret of a request to who asks, and, at the request's place in the log, whether that still holds.
 *
 * A secret may be narrowed by what follows it (`secret.ts`): only keys of administrators, and the root secret, open other databases or take
 * other roles; servers' keys may act as a document. Tokens stay what they are whatever follows them.
 */
import type { Host } from '../evaluate/context.ts';
import { decodeFields } from '../schema/document-fields.ts';
import { schemaFor } from '../schema/schema-cache.ts';
import { parentScope } from '../schema/schema-rows.ts';
import type { DocumentKey, DocumentReader, ScopeId } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { Time } from '../values/time.ts';
import type { ObjectValue } from '../values/value.ts';
import { isProviderStill } from './access-providers.ts';
import type { Authentication } from './authentication.ts';
import { documentOfSecret } from './private-rows.ts';
import { rolesOfValue } from './role-value.ts';
import { nativeCollection, nativeOfDocument, ROOT_SCOPE, sameDocument } from './scopes.ts';
import { parseSecret, type SecretScope } from './secret.ts';

const ROOT: Authentication = {
  scope: ROOT_SCOPE,
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};

/** The server's own secret, or its SHA-256 in hexadecimal where nothing else is kept of it. */
export type RootSecret = string | { readonly sha256: string };

/**
 * Undefined: the secret opens nothing. `now` in µs, for secrets with an end; by default the time of the last transaction. JWTs are verified
 * elsewhere, as that takes its time.
 */
export function authenticate(
  reader: DocumentReader,
  text: string,
  host: Pick<Host, 'sha256'>,
  rootSecret?: RootSecret,
  now: number = reader.lastTime,
): Authentication | undefined {
  const parsed = parseSecret(text);
  if (parsed === undefined) return undefined;
  // Hashes are compared: how long that takes tells nothing about a secret.
  const hash = host.sha256(parsed.secret);
  if (rootSecret !== undefined && hash === hashOf(rootSecret, host)) {
    return narrowed(reader, ROOT, parsed.scope);
  }
  const document = documentOfSecret(reader, hash);
  if (document === undefined || !databaseExists(reader, document.scope)) return undefined;
  if (nativeOfDocument(document) === 'tokens') return ofToken(reader, document, now);
  const key = ofKey(reader, document, now);
  return key === undefined ? undefined : narrowed(reader, key, parsed.scope);
}

/** As `authenticate`, for the root secret as it is, for which nothing has to be read; undefined for all others. */
export function authenticateRoot(
  text: string,
  host: Pick<Host, 'sha256'>,
  rootSecret: RootSecret,
): Authentication | undefined {
  const parsed = parseSecret(text);
  if (parsed === undefined || parsed.scope.kind !== 'all') return undefined;
  return host.sha256(parsed.secret) === hashOf(rootSecret, host) ? ROOT : undefined;
}

/** Whether the one who asked when the operation was proposed still may; undefined when not. `now`: as for `authenticate`. */
export function refresh(
  reader: DocumentReader,
  authentication: Authentication,
  now: number = reader.lastTime,
): Authentication | undefined {
  const { principal, scope, actsAs } = authentication;
  if (!databaseExists(reader, scope)) return undefined;
  if (actsAs !== undefined && !documentExists(reader, actsAs)) return undefined;
  switch (principal.kind) {
    case 'root':
      return authentication;
    case 'key': {
      const key = ofKey(reader, principal.document, now);
      return key !== undefined && covers(reader, key, authentication) ? authentication : undefined;
    }
    case 'token': {
      const token = ofToken(reader, principal.document, now);
      const isSame =
        token?.principal.kind === 'token' && sameDocument(token.principal.identity, principal.identity);
      return isSame ? authentication : undefined;
    }
    case 'jwt':
      return isProviderStill(reader, scope, principal, now) ? authentication : undefined;
  }
}

/** The database, and all that it lies in. */
export function databaseExists(reader: DocumentReader, scope: ScopeId): boolean {
  for (let inner = scope; inner !== ROOT_SCOPE; ) {
    const outer = parentScope(reader, inner);
    if (outer === undefined) return false;
    const database = { scope: outer, collection: nativeCollection('databases'), id: BigInt(inner) };
    if (reader.version(database) === undefined) return false;
    inner = outer;
  }
  return true;
}

/** Documents of a collection that was deleted are still stored for a while. */
function documentExists(reader: DocumentReader, document: DocumentKey): boolean {
  const schema = schemaFor(reader, document.scope);
  return schema.collectionById(document.collection) !== undefined && reader.version(document) !== undefined;
}

function hashOf(rootSecret: RootSecret, host: Pick<Host, 'sha256'>): string {
  return typeof rootSecret === 'string' ? host.sha256(rootSecret) : rootSecret.sha256;
}

function ofKey(reader: DocumentReader, document: DocumentKey, now: number): Authentication | undefined {
  const fields = liveFields(reader, document, now);
  if (fields === undefined) return undefined;
  const scope = openedBy(reader, document, fields);
  if (scope === undefined) return undefined;
  const roles = rolesOfValue(fields.get('role'));
  return { scope, principal: { kind: 'key', document }, roles, actsAs: undefined };
}

/** Keys lie in the database above the one that they open, or in it. */
function openedBy(reader: DocumentReader, document: DocumentKey, fields: ObjectValue): ScopeId | undefined {
  const database = fields.get('database');
  if (database === undefined) return document.scope;
  const key = database instanceof Ref ? schemaFor(reader, document.scope).resolve(database) : undefined;
  return key === undefined || nativeOfDocument(key) !== 'databases' ? undefined : (Number(key.id) as ScopeId);
}

/** Without its identity a token is nobody's. */
function ofToken(reader: DocumentReader, document: DocumentKey, now: number): Authentication | undefined {
  const instance = liveFields(reader, document, now)?.get('instance');
  const identity = instance instanceof Ref ? schemaFor(reader, document.scope).resolve(instance) : undefined;
  if (identity === undefined || !documentExists(reader, identity)) return undefined;
  return {
    scope: document.scope,
    principal: { kind: 'token', document, identity },
    roles: ['identity'],
    actsAs: undefined,
  };
}

function liveFields(reader: DocumentReader, document: DocumentKey, now: number): ObjectValue | undefined {
  const version = reader.version(document);
  if (version === undefined) return undefined;
  const fields = decodeFields(version.body, schemaFor(reader, document.scope));
  const ttl = fields.get('ttl');
  return ttl instanceof Time && ttl.nanoseconds <= BigInt(now) * 1000n ? undefined : fields;
}

function narrowed(
  reader: DocumentReader,
  whole: Authentication,
  to: SecretScope,
): Authentication | undefined {
  if (to.kind === 'all') return whole;
  const isAdmin = whole.roles.includes('admin');
  const isServerAsDocument = to.kind === 'document' && to.path.length === 0 && whole.roles.includes('server');
  if (!isAdmin && !isServerAsDocument) return undefined;
  let scope = whole.scope;
  for (const name of to.path) {
    const child = schemaFor(reader, scope).childScope(name);
    if (child === undefined) return undefined;
    scope = child;
  }
  if (to.kind === 'builtin') return { ...whole, scope, roles: [to.role] };
  const schema = schemaFor(reader, scope);
  if (to.kind === 'role') {
    const exists = schema.named('roles', to.role) !== undefined;
    return exists ? { ...whole, scope, roles: [{ role: to.role }] } : undefined;
  }
  const ref = new Ref(String(to.id), new Ref(to.collection, new Ref('collections')));
  const actsAs = schema.resolve(ref);
  if (actsAs === undefined || !documentExists(reader, actsAs)) return undefined;
  return { ...whole, scope, roles: ['identity'], actsAs };
}

/** Whether what the key grants today still holds what was asked with, narrowed or not. */
function covers(reader: DocumentReader, key: Authentication, asked: Authentication): boolean {
  if (asked.scope === key.scope) {
    if (key.roles.includes('admin')) return true;
    if (asked.actsAs !== undefined) return key.roles.includes('server');
    return JSON.stringify(asked.roles) === JSON.stringify(key.roles);
  }
  if (!key.roles.includes('admin')) return false;
  for (
    let scope: ScopeId | undefined = asked.scope;
    scope !== undefined;
    scope = parentScope(reader, scope)
  ) {
    if (scope === key.scope) return true;
  }
  return false;
}
