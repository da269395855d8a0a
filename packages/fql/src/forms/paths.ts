/** Paths into values: keys of objects, places in arrays, and the parts that documents, refs and pages show. */
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import {
  DocumentValue,
  isArray,
  isObject,
  type ObjectValue,
  PageValue,
  type Value,
} from '../values/value.ts';

export type Path = readonly (string | bigint)[];

/** Undefined: there is nothing. A null that is stored is something. */
export function valueAt(container: Value, path: Path): Value | undefined {
  let value: Value | undefined = container;
  for (const step of path) {
    if (value === undefined) return undefined;
    value = stepInto(value, step);
  }
  return value;
}

/** Every value that the path leads to, where arrays on the way stand for all of their items; arrays at the end are flattened once. */
export function valuesAt(
  container: Value,
  path: Path,
  /** Hears of the items that are looked at. */
  onItems: (itemCount: number) => void,
): readonly Value[] {
  const found = collect(container, path, 0, onItems);
  if (found === undefined) return [];
  return isArray(found) ? found : [found];
}

function collect(
  container: Value,
  path: Path,
  from: number,
  onItems: (itemCount: number) => void,
): Value | undefined {
  let value: Value | undefined = container;
  for (let at = from; at <= path.length; at++) {
    if (value === undefined) return undefined;
    const step = path[at];
    if (isArray(value) && typeof step !== 'bigint') {
      onItems(value.length);
      return value.flatMap((item) => {
        const inside = collect(item, path, at, onItems);
        if (inside === undefined) return [];
        return isArray(inside) ? inside : [inside];
      });
    }
    if (step !== undefined) value = stepInto(value, step);
  }
  return value;
}

function stepInto(value: Value, step: string | bigint): Value | undefined {
  if (isObject(value)) return typeof step === 'string' ? value.get(step) : undefined;
  if (isArray(value)) return typeof step === 'bigint' ? value[Number(step)] : undefined;
  if (value instanceof DocumentValue) return documentPart(value, step);
  if (value instanceof PageValue) return pagePart(value, step);
  if (value instanceof Ref) return refPart(value, step);
  if (value instanceof SetRef) return step === '@set' ? value : undefined;
  return undefined;
}

function documentPart(document: DocumentValue, step: string | bigint): Value | undefined {
  switch (step) {
    case 'ref':
      return document.ref;
    case 'ts':
      return BigInt(document.ts);
    case 'class':
      return document.ref.collection;
    default:
      return typeof step === 'string' ? document.fields.get(step) : undefined;
  }
}

function pagePart(page: PageValue, step: string | bigint): Value | undefined {
  switch (step) {
    case 'data':
      return page.data;
    case 'before':
      return page.before;
    case 'after':
      return page.after;
    default:
      return typeof step === 'bigint' ? page.data[Number(step)] : undefined;
  }
}

/** A native collection's collection is that of all collections. */
function refPart(ref: Ref, step: string | bigint): Value | undefined {
  switch (step) {
    case 'id':
      return ref.id;
    case 'class':
    case 'collection':
      return ref.collection ?? new Ref('collections');
    case 'database':
      return ref.database;
    default:
      return undefined;
  }
}

/** A document as the object that it looks like. */
export function documentFields(document: DocumentValue): ObjectValue {
  return new Map<string, Value>([['ref', document.ref], ['ts', BigInt(document.ts)], ...document.fields]);
}
