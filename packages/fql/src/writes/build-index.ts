/** Filling an index with the documents that were there before it, history included. Documents that were deleted before are not found any more. */

import { workOf } from '../evaluate/metered-store.ts';
import type { Position } from '../parse/expression.ts';
import { compileIndex } from '../schema/compile-index.ts';
import type { IndexSchema, Schema } from '../schema/schema.ts';
import { compiledFor } from '../schema/schema-cache.ts';
import { storedNames } from '../schema/stored-names.ts';
import type {
  CollectionId,
  DocumentKey,
  DocumentReader,
  DocumentWriter,
  IndexId,
  StoredVersion,
} from '../store/document-store.ts';
import type { ObjectValue } from '../values/value.ts';
import { rewriteSpans } from './index-spans.ts';
import { checkUnique } from './write-document.ts';

/** The collections that an index is over, ascending. */
export function sourceCollections(
  reader: DocumentReader,
  schema: Schema,
  index: IndexSchema,
): readonly CollectionId[] {
  const ids =
    index.sources?.map(({ collection }) => collection) ??
    compiledFor(reader, schema.scope)
      .userCollections()
      .map(({ id }) => id);
  return ids.toSorted((a, b) => a - b);
}

/** Every version that an index with these fields would be built from. */
export function* versionsToBuild(
  reader: DocumentReader,
  schema: Schema,
  fields: ObjectValue,
): Generator<StoredVersion> {
  const index = compileIndex(0 as IndexId, '', fields, schema);
  for (const collection of sourceCollections(reader, schema, index)) {
    for (const { id } of reader.documents(schema.scope, collection)) {
      yield* reader.versions({ scope: schema.scope, collection, id });
    }
  }
}

/** In the transaction that makes the index. Throws when it is to be unique and documents are not. */
export function buildAtOnce(
  writer: DocumentWriter,
  schema: Schema,
  index: IndexSchema,
  position: Position,
): void {
  const target = { writer, schema, names: storedNames(schema), onWork: workOf(writer) };
  for (const collection of sourceCollections(writer, schema, index)) {
    const ids = [...writer.documents(schema.scope, collection)].map(({ id }) => id);
    for (const id of ids) {
      const key = { scope: schema.scope, collection, id };
      const next = [...writer.versions(key)];
      rewriteSpans(target, index, key, { from: 0, base: undefined, old: [], next, isNew: true }, (entry) =>
        checkUnique({ writer, position }, index, key, entry),
      );
    }
  }
}

/** Steps of evaluation that take as long as indexing a version. */
const STEPS_PER_VERSION = 100;

/**
 * While others write. What is not unique is indexed all the same. Returns how much work it was, in versions: a lambda that computes a field
 * can take as long as many of them.
 */
export function buildDocument(
  writer: DocumentWriter,
  schema: Schema,
  index: IndexSchema,
  key: DocumentKey,
): number {
  const next = [...writer.versions(key)];
  let steps = 0;
  const onWork = (more: number): void => {
    steps += more;
  };
  const target = { writer, schema, names: storedNames(schema), onWork };
  rewriteSpans(target, index, key, { from: 0, base: undefined, old: [], next });
  return next.length + Math.floor(steps / STEPS_PER_VERSION);
}
