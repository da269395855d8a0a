/** What a stream is about: a user's document, the documents of a user's collection, or the set of an index with given terms. */
import type { EvaluationContext } from '../evaluate/context.ts';
import { FqlFault } from '../evaluate/fql-error.ts';
import { USER_COLLECTION_ID_MIN } from '../schema/schema.ts';
import { storedNames } from '../schema/stored-names.ts';
import { termsBytes } from '../sets/index-entry.ts';
import { collectionTarget, documentTarget, indexTarget, termList } from '../sets/targets.ts';
import type { CollectionId, DocumentKey, IndexId, ScopeId } from '../store/document-store.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { typeName } from '../values/type-name.ts';
import { DocumentValue, type Value } from '../values/value.ts';

export type StreamSubject =
  | { readonly kind: 'document'; readonly key: DocumentKey }
  | { readonly kind: 'documents'; readonly scope: ScopeId; readonly collection: CollectionId }
  | {
      readonly kind: 'match';
      readonly scope: ScopeId;
      readonly index: IndexId;
      /** Of the index. */
      readonly key: DocumentKey;
      readonly terms: readonly Value[];
      /** `EntrySet.terms`. */
      readonly termsBytes: Uint8Array;
    };

/** Throws faults: `invalid argument` for what is no subject, and what is wrong with its refs. */
export function subjectOf(value: Value, context: EvaluationContext): StreamSubject {
  if (value instanceof DocumentValue) return documentSubject(value.ref, value, context);
  if (value instanceof Ref) return documentSubject(value, value, context);
  if (value instanceof SetRef) return setSubject(value, context);
  throw notStreamable(value);
}

function documentSubject(ref: Ref, given: Value, context: EvaluationContext): StreamSubject {
  const key = documentTarget(context, ref, []);
  if (key.collection < USER_COLLECTION_ID_MIN) throw notStreamable(given);
  return { kind: 'document', key };
}

function setSubject(set: SetRef, context: EvaluationContext): StreamSubject {
  const { shape } = set;
  if (shape.type === 'documents') {
    const target = collectionTarget(context, shape.collection, []);
    if (target.collection < USER_COLLECTION_ID_MIN) throw notStreamable(set);
    return { kind: 'documents', ...target };
  }
  if (shape.type !== 'match') throw notStreamable(set);
  const { scope, index, key } = indexTarget(context, shape.index, []);
  const terms = termList(shape.terms);
  // Entries are encoded with the names of the database that is asked, as those of every set that it reads.
  context.charge(context.extentOf(terms).size);
  const bytes = termsBytes(terms, storedNames(context.schema));
  return { kind: 'match', scope, index: index.id, key, terms, termsBytes: bytes };
}

function notStreamable(value: Value): FqlFault {
  const description = `Expected a Document Ref or Version, or a Set Ref, got ${typeName(value)}.`;
  return new FqlFault([{ position: [], code: 'invalid argument', description }]);
}
