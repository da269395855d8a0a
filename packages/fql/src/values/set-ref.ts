/** A set that is described, not read. Cursors over it live in `sets/`. */
import { unreachable } from '@skein/base';
import type { Lambda } from './lambda.ts';
import type { Ref } from './ref.ts';
import type { Value } from './value.ts';

export type SetShape =
  /** `terms` as given: undefined none, one value, or an array of them. */
  | { readonly type: 'match'; readonly index: Ref; readonly terms: Value | undefined }
  | { readonly type: 'documents'; readonly collection: Ref }
  | { readonly type: 'singleton'; readonly ref: Ref }
  /** Of a document or of a set. */
  | { readonly type: 'events'; readonly of: Ref | SetRef }
  | { readonly type: 'union' | 'intersection' | 'difference'; readonly sets: readonly SetRef[] }
  | { readonly type: 'distinct'; readonly set: SetRef }
  | { readonly type: 'join'; readonly source: SetRef; readonly with: Lambda | Ref }
  | { readonly type: 'range'; readonly set: SetRef; readonly from: Value; readonly to: Value }
  | { readonly type: 'reverse'; readonly set: SetRef }
  | { readonly type: 'filter'; readonly filter: Lambda; readonly set: SetRef };

export class SetRef {
  readonly kind = 'set';
  readonly shape: SetShape;

  constructor(shape: SetShape) {
    this.shape = shape;
  }
}

/** What a set is made of, in the order of its description. */
export function partsOfSet(shape: SetShape): readonly Value[] {
  switch (shape.type) {
    case 'match':
      return shape.terms === undefined ? [shape.index] : [shape.index, shape.terms];
    case 'documents':
      return [shape.collection];
    case 'singleton':
      return [shape.ref];
    case 'events':
      return [shape.of];
    case 'union':
    case 'intersection':
    case 'difference':
      return shape.sets;
    case 'distinct':
    case 'reverse':
      return [shape.set];
    case 'join':
      return [shape.source, shape.with];
    case 'range':
      return [shape.set, shape.from, shape.to];
    case 'filter':
      return [shape.filter, shape.set];
    default:
      return unreachable(shape);
  }
}
