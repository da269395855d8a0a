/** What can be said of a set without reading it: whether it consists of events, and whether it fits another. */

import { unreachable } from '@skein/base';
import type { EvaluationContext } from '../evaluate/context.ts';
import { NATIVE_COLLECTION_IDS } from '../schema/schema.ts';
import type { IndexId } from '../store/document-store.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';

export interface Shape {
  /** By value, and once more for the ref: sorted backwards? Empty: nobody knows before the set is read. */
  readonly reversed: readonly boolean[];
  readonly isHistorical: boolean;
}

const DOCUMENTS: Shape = { reversed: [false], isHistorical: false };
const UNKNOWN: Shape = { reversed: [], isHistorical: false };

/** Whether it consists of events. */
export function isHistorical(of: SetRef | Ref): boolean {
  if (of instanceof Ref) return false;
  const { shape } = of;
  switch (shape.type) {
    case 'events':
      return true;
    case 'union':
    case 'intersection':
    case 'difference':
      return shape.sets.some(isHistorical);
    case 'distinct':
    case 'reverse':
    case 'range':
    case 'filter':
      return isHistorical(shape.set);
    case 'match':
    case 'documents':
    case 'singleton':
    case 'join':
      return false;
    default:
      return unreachable(shape);
  }
}

export function shapeOf(set: SetRef, context: EvaluationContext): Shape {
  const { shape } = set;
  switch (shape.type) {
    case 'match':
      return indexShape(shape.index, context);
    case 'documents':
    case 'singleton':
      return DOCUMENTS;
    case 'events': {
      const inner = shape.of instanceof SetRef ? shapeOf(shape.of, context) : DOCUMENTS;
      return { reversed: inner.reversed, isHistorical: true };
    }
    case 'union':
    case 'intersection':
    case 'difference': {
      const [first] = shape.sets;
      return first === undefined ? UNKNOWN : shapeOf(first, context);
    }
    case 'distinct':
    case 'range':
    case 'filter':
      return shapeOf(shape.set, context);
    case 'reverse': {
      const { reversed, isHistorical } = shapeOf(shape.set, context);
      if (reversed.length === 1) return { reversed: [true, false], isHistorical };
      return {
        reversed: reversed.map((flag, at) => (at + 1 === reversed.length ? false : !flag)),
        isHistorical,
      };
    }
    case 'join':
      return shape.with instanceof Lambda ? UNKNOWN : indexShape(shape.with, context);
    default:
      return unreachable(shape);
  }
}

/** Whether two sets can be put together: both sorted the same way as far as both have values, and both of events or both not. */
export function isCompatible(a: Shape, b: Shape): boolean {
  const count = Math.min(a.reversed.length, b.reversed.length);
  const isAlike = a.reversed.slice(0, count).every((flag, at) => flag === b.reversed[at]);
  return isAlike && a.isHistorical === b.isHistorical;
}

function indexShape(ref: Ref, context: EvaluationContext): Shape {
  const key = context.schema.resolve(ref);
  if (key?.collection !== NATIVE_COLLECTION_IDS.indexes) return UNKNOWN;
  const index = context.schemaOf(key.scope).indexById(Number(key.id) as IndexId);
  if (index === undefined) return UNKNOWN;
  return { reversed: [...index.values.map(({ reverse }) => reverse), false], isHistorical: false };
}
