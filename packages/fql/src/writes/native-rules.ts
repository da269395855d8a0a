/**
 * What a native collection asks of its documents. Writing asks the rules three times:
 *
 *   validate   the fields as they would be stored, unknown ones dropped, or what is wrong with them
 *   prepare    what is really stored, and what the answer shows (a key's secret is shown once and only its hash stored)
 *   written    the document is written or deleted: rows that go with it
 */
import type { CheckedFields } from '../access/field-checks.ts';
import type { EvaluationContext } from '../evaluate/context.ts';
import type { Position } from '../parse/expression.ts';
import type { DocumentKey, DocumentWriter } from '../store/document-store.ts';
import type { ObjectValue } from '../values/value.ts';

export interface NativeChange {
  readonly context: EvaluationContext;
  readonly writer: DocumentWriter;
  /** Of the form that writes, for faults. */
  readonly position: Position;
  readonly key: DocumentKey;
  /** As stored; undefined: the document is new. */
  readonly before: ObjectValue | undefined;
  /** As the client gave them, nulls included; empty for `Delete`. */
  readonly params: ObjectValue;
}

export interface PreparedFields {
  readonly stored: ObjectValue;
  readonly shown: ObjectValue;
}

export interface NativeRules {
  /** Fields of a new document unless the client says otherwise; they come first. */
  readonly defaults: ObjectValue;
  /** What `Replace` keeps of a document unless the client says otherwise. */
  readonly kept: readonly string[];
  /** What a client cannot set, but which stays. */
  readonly readOnly: readonly string[];
  /** `merged`: what is stored or the defaults, with the client's fields over it; no nulls. */
  readonly validate: (change: NativeChange, merged: ObjectValue) => CheckedFields;
  readonly prepare?: (change: NativeChange, fields: ObjectValue) => PreparedFields;
  /** `stored` is undefined after a deletion. */
  readonly written?: (change: NativeChange, stored: ObjectValue | undefined) => void;
}
