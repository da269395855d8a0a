declare const brand: unique symbol;

/** A `Base` that is not assignable from a plain `Base`: for ids that get swapped by accident. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

/** 0-based dense number of a record inside one segment; below 2^31, so that it stays a small integer. */
export type DocId = Brand<number, 'DocId'>;
export const asDocId = (value: number): DocId => value as DocId;

/** Place of an operation in the log, ascending from 1, below 2^53. A `taskID` is a sequence. */
export type Sequence = Brand<number, 'Sequence'>;
export const asSequence = (value: number): Sequence => value as Sequence;

/** Number of a manifest of one index, ascending from 1. */
export type Generation = Brand<number, 'Generation'>;
export const asGeneration = (value: number): Generation => value as Generation;

/** Small number given to an attribute inside a segment, 0 … 254. */
export type FieldId = Brand<number, 'FieldId'>;
export const asFieldId = (value: number): FieldId => value as FieldId;
