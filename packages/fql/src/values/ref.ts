/**
 * A reference, by names, as it stands on the wire: `{id, collection?, database?}`.
 *
 *   native collection   Ref('collections')
 *   schema document     Ref('widgets', Ref('collections'))
 *   document            Ref('123', Ref('widgets', Ref('collections')))
 *
 * `database` is set only on refs into another database than the one that is asked.
 */
export class Ref {
  readonly kind = 'ref';
  readonly id: string;
  readonly collection: Ref | undefined;
  readonly database: Ref | undefined;

  constructor(id: string, collection?: Ref, database?: Ref) {
    this.id = id;
    this.collection = collection;
    this.database = database;
  }
}

/** Collections that every database has. `credentials`, `tokens` and `keys` hold documents with numeric ids; the others are named by their documents. */
export const NATIVE_COLLECTIONS = [
  'databases',
  'collections',
  'indexes',
  'functions',
  'roles',
  'access_providers',
  'keys',
  'tokens',
  'credentials',
] as const;
export type NativeCollection = (typeof NATIVE_COLLECTIONS)[number];

export function sameRef(a: Ref | undefined, b: Ref | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.id === b.id && sameRef(a.collection, b.collection) && sameRef(a.database, b.database);
}

/** `collectionRef('widgets')`. */
export function collectionRef(name: string, database?: Ref): Ref {
  return new Ref(name, new Ref('collections'), database);
}

export function schemaRef(native: NativeCollection, name: string, database?: Ref): Ref {
  return new Ref(name, new Ref(native), database);
}
