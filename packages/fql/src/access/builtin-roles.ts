/** What the four roles that every database has may do. */
import type { NativeCollection } from '../values/ref.ts';
import type { BuiltinRole } from './authentication.ts';

/** What is asked, as far as these roles look at it. */
export interface BuiltinQuestion {
  readonly verb: 'read' | 'write' | 'call';
  /** The native collection that is touched, if one is. */
  readonly native: NativeCollection | undefined;
  /** Of another database below the one that is asked: it can be read, never written. */
  readonly below: boolean;
}

/** What is administration: servers have no business there. */
const ADMINISTRATION: readonly NativeCollection[] = ['databases', 'keys', 'roles', 'access_providers'];

export function builtinAllows(role: BuiltinRole, { verb, native, below }: BuiltinQuestion): boolean {
  if (below && verb === 'write') return false;
  if (role === 'admin') return true;
  if (role === 'client' || (native !== undefined && ADMINISTRATION.includes(native))) return false;
  return role === 'server' || verb === 'read';
}
