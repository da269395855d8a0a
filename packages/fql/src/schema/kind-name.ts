import type { CollectionId } from '../store/document-store.ts';
import { nativeById } from './stored-names.ts';

const KIND_NAMES: Readonly<Record<string, string>> = {
  databases: 'Database',
  collections: 'Collection',
  indexes: 'Index',
  functions: 'Function',
  roles: 'Role',
  access_providers: 'Access provider',
  keys: 'Key',
  tokens: 'Token',
  credentials: 'Credentials',
};

/** `Index`, `Document` … */
export function kindName(collection: CollectionId): string {
  const native = nativeById(collection);
  return native === undefined ? 'Document' : (KIND_NAMES[native] ?? 'Document');
}
