/** Searchable collections of an application, as a query process tells of them. */
import { type SearchableCollection, searchableCollections, sourceName } from '@skein/fql';
import type { ApplicationDocuments } from './application-documents.ts';
import { type LeftOut, leftOutOf } from './search-outbox.ts';

export interface SearchableStatus extends SearchableCollection {
  /** The collection's name of today; undefined: it was deleted, and the index is about to be emptied. */
  readonly source: string | undefined;
  /** Documents whose records are too large for an index: how many, and the first of them. */
  readonly leftOutCount: number;
  readonly leftOut: readonly LeftOut[];
}

/** By name of the index. `leftOutMax`: of each index's list. Rejects as `ApplicationDocuments.snapshot`. */
export async function searchableStatuses(
  documents: ApplicationDocuments,
  application: string,
  leftOutMax: number,
): Promise<readonly SearchableStatus[]> {
  const snapshot = await documents.snapshot(application);
  try {
    return searchableCollections(snapshot.reader).map((searchable) => {
      const leftOut: LeftOut[] = [];
      let leftOutCount = 0;
      for (const each of leftOutOf(snapshot.reader, searchable.index)) {
        leftOutCount++;
        if (leftOut.length < leftOutMax) leftOut.push(each);
      }
      const source = sourceName(snapshot.reader, searchable);
      return { ...searchable, source, leftOutCount, leftOut };
    });
  } finally {
    snapshot.release();
  }
}
