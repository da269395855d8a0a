/** Documents, pages and sets as the objects that they look like: where a value is ordered, they are no more than that. */
import { unreachable } from '@skein/base';
import type { SetRef, SetShape } from '../values/set-ref.ts';
import type { DocumentValue, ObjectValue, PageValue, Value } from '../values/value.ts';

export function documentFields(document: DocumentValue): ObjectValue {
  return new Map<string, Value>([['ref', document.ref], ['ts', BigInt(document.ts)], ...document.fields]);
}

export function pageFields(page: PageValue): ObjectValue {
  const fields = new Map<string, Value>();
  if (page.before !== undefined) fields.set('before', page.before);
  if (page.after !== undefined) fields.set('after', page.after);
  return fields.set('data', page.data);
}

/** `{"@set": {…}}`. */
export function setFields(set: SetRef): ObjectValue {
  return new Map([['@set', new Map(shapeFields(set.shape))]]);
}

function shapeFields(shape: SetShape): readonly (readonly [string, Value])[] {
  switch (shape.type) {
    case 'match':
      return shape.terms === undefined
        ? [['match', shape.index]]
        : [
            ['match', shape.index],
            ['terms', shape.terms],
          ];
    case 'documents':
      return [['documents', shape.collection]];
    case 'singleton':
      return [['singleton', shape.ref]];
    case 'events':
      return [['events', shape.of]];
    case 'union':
    case 'intersection':
    case 'difference':
      return [[shape.type, shape.sets]];
    case 'distinct':
    case 'reverse':
      return [[shape.type, shape.set]];
    case 'join':
      return [
        ['join', shape.source],
        ['with', shape.with],
      ];
    case 'range':
      return [
        ['range', shape.set],
        ['from', shape.from],
        ['to', shape.to],
      ];
    case 'filter':
      return [
        ['filter', shape.filter],
        ['collection', shape.set],
      ];
    default:
      return unreachable(shape);
  }
}
