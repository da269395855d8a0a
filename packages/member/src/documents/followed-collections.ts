/** The searchable collections of one application as the builder has them at hand: read again only when they have changed. */
import {
  type DocumentReader,
  type SearchableCollection,
  searchableCollections,
  searchableVersion,
} from '@skein/fql';

export class FollowedCollections {
  #version: bigint | undefined;
  #list: readonly SearchableCollection[] = [];
  #indexes: ReadonlySet<string> = new Set();
  /** The last reader, and how often it had changed rows by then. */
  #reader: DocumentReader | undefined;
  #rowChangeCount: number | undefined;

  /** As of the reader. Costs one look when nothing has changed, and none when a writer has changed no row since its last look. */
  list(reader: DocumentReader & { readonly rowChangeCount?: number }): readonly SearchableCollection[] {
    const { rowChangeCount } = reader;
    if (rowChangeCount !== undefined && rowChangeCount === this.#rowChangeCount && reader === this.#reader)
      return this.#list;
    this.#reader = rowChangeCount === undefined ? undefined : reader;
    this.#rowChangeCount = rowChangeCount;
    const version = searchableVersion(reader);
    if (version === this.#version) return this.#list;
    this.#list = version === undefined ? [] : searchableCollections(reader);
    this.#version = version;
    this.#indexes = new Set(this.#list.map(({ index }) => index));
    return this.#list;
  }

  /** Whether there ever was one, as of the last reader. */
  get isUsed(): boolean {
    return this.#version !== undefined;
  }

  /** Whether the index takes its records from documents, as of the last reader. */
  has(index: string): boolean {
    return this.#indexes.has(index);
  }

  /** Indexes that take their records from documents, as of the last reader. */
  get indexes(): ReadonlySet<string> {
    return this.#indexes;
  }
}
