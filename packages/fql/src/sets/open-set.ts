/**
 * From a set as it is described to one that can be read, by whoever asks: sets that he may not read are left out of unions, and documents that
 * he may not read are left out of sets.
 */
import { unreachable } from '@skein/base';
import type { EvaluationContext } from '../evaluate/context.ts';
import { positionOf } from '../evaluate/environment.ts';
import { typeName } from '../forms/casts.ts';
import { faultAt } from '../forms/form.ts';
import type { Position } from '../parse/expression.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import type { Value } from '../values/value.ts';
import { elementValue, parseCursor } from './cursor-value.ts';
import { DifferenceSet } from './difference-set.ts';
import { DistinctSet } from './distinct-set.ts';
import { documentsSet, withoutValues } from './documents-set.ts';
import { compareGroups, type SetElement } from './element.ts';
import { type ElementSet, remaining } from './element-set.ts';
import { alike } from './encodings.ts';
import { FilteredSet } from './filtered-set.ts';
import { GatheredSet } from './gathered-set.ts';
import { indexEncoding, indexSet } from './index-set.ts';
import { MergedSet } from './merged-set.ts';
import { RangeSet } from './range-set.ts';
import { mayRead, type Readable, readableCollection, readableDocument, readableIndex } from './readable.ts';
import { checkHistory } from './retention.ts';
import { ReversedSet } from './reversed-set.ts';
import { SingletonSet } from './singleton-set.ts';
import { collectionTarget, documentTarget, indexTarget, termList, termValue } from './targets.ts';

/** Elements of a join's source: each may be a read of its own. Fauna's bound on the width of a query. */
export const joinWidthMax = 100_000;

/** To open a set, also one with nothing in it: looking its index up, asking who may read it, and a first search. */
const STEPS_PER_SET = 48;

/** What faults need. */
interface Place {
  readonly context: EvaluationContext;
  readonly position: Position;
}

/** A ref stands for the set of that one document. Throws `permission denied`, `invalid ref`, and whatever the set's own parts are wrong about. */
export function openSet(of: SetRef | Ref, context: EvaluationContext, position: Position): ElementSet {
  const set = build(of, { context, position });
  if (set !== undefined) return set;
  throw faultAt(position, 'permission denied', 'Insufficient privileges to perform the action.');
}

/** Undefined: the set may not be read. */
function build(of: SetRef | Ref, place: Place): ElementSet | undefined {
  place.context.charge(STEPS_PER_SET);
  if (of instanceof Ref) {
    return of.collection === undefined ? buildCollection(of, of, place) : buildDocument(of, of, place);
  }
  const { shape } = of;
  switch (shape.type) {
    case 'match':
      return buildMatch(shape.index, termList(shape.terms), of, place);
    case 'documents': {
      const { collection } = shape;
      return buildCollection(collection, collection.collection === undefined ? collection : of, place);
    }
    case 'singleton':
      return buildDocument(shape.ref, of, place);
    case 'events':
      return build(shape.of, place);
    case 'union':
    case 'intersection': {
      const sets = shape.sets.flatMap((set) => build(set, place) ?? []);
      const common = inCommon(sets, place);
      return common && new MergedSet(shape.type, common.sets, common.encoding);
    }
    case 'difference': {
      const [first, ...others] = shape.sets.map((set) => build(set, place));
      if (first === undefined) return undefined;
      const common = inCommon([first, ...others.flatMap((set) => set ?? [])], place);
      if (common === undefined) return undefined;
      const [from, ...taken] = common.sets;
      return new DifferenceSet(from, taken, common.encoding);
    }
    case 'distinct': {
      const set = build(shape.set, place);
      return set && new DistinctSet(set);
    }
    case 'reverse': {
      const set = build(shape.set, place);
      return set && new ReversedSet(set, of);
    }
    case 'range': {
      const set = build(shape.set, place);
      if (set === undefined) return undefined;
      const { context, position } = place;
      const lower = parseCursor(context, shape.from, set.encoding, 'before', position);
      return new RangeSet(set, lower, parseCursor(context, shape.to, set.encoding, 'after', position));
    }
    case 'filter': {
      const set = build(shape.set, place);
      const { filter } = shape;
      return (
        set && new FilteredSet(set, (element) => passes(filter, elementValue(place.context, element), place))
      );
    }
    case 'join': {
      const source = build(shape.source, place);
      return source && buildJoin(source, shape.with, place);
    }
    default:
      return unreachable(shape);
  }
}

function buildMatch(
  ref: Ref,
  terms: readonly Value[],
  source: SetRef,
  { context, position }: Place,
): ElementSet | undefined {
  const target = indexTarget(context, ref, position);
  const { scope, index } = target;
  const readable = readableIndex(context, target, terms);
  if (readable === 'none') return undefined;
  checkHistory(context, scope, index.sources?.map(({ collection }) => collection) ?? [], position);
  return restricted(indexSet(context, scope, index, terms, source), readable, context);
}

function buildCollection(
  ref: Ref,
  source: SetRef | Ref,
  { context, position }: Place,
): ElementSet | undefined {
  const { scope, collection } = collectionTarget(context, ref, position);
  const readable = readableCollection(context, scope, collection);
  if (readable === 'none') return undefined;
  checkHistory(context, scope, [collection], position);
  return restricted(documentsSet(context, scope, collection, source), readable, context);
}

function buildDocument(ref: Ref, source: SetRef | Ref, { context, position }: Place): ElementSet | undefined {
  const key = documentTarget(context, ref, position);
  if (readableDocument(context, key) === 'none') return undefined;
  checkHistory(context, key.scope, [key.collection], position);
  return new SingletonSet(context, key, source);
}

function restricted(set: ElementSet, readable: Readable, context: EvaluationContext): ElementSet {
  return readable === 'all' ? set : new FilteredSet(set, ({ document }) => mayRead(context, document));
}

/** Undefined: there is none. */
function inCommon(sets: readonly ElementSet[], { context, position }: Place): ReturnType<typeof alike> {
  const [first, ...others] = sets;
  if (first === undefined) return undefined;
  const common = alike(context, [first, ...others]);
  if (common !== undefined) return common;
  throw faultAt(position, 'invalid argument', 'Sets are not compatible.');
}

function passes(filter: Lambda, value: Value, { context }: Place): boolean {
  const result = context.call(filter, value, 'read');
  if (typeof result === 'boolean') return result;
  throw faultAt(positionOf(filter), 'invalid argument', `Boolean expected, ${typeName(result)} provided.`);
}

function buildJoin(source: ElementSet, target: Lambda | Ref, place: Place): ElementSet {
  const { context, position } = place;
  const index = target instanceof Ref ? indexTarget(context, target, position) : undefined;
  const targets: ElementSet[] = [];
  for (const element of joinSource(source, place)) {
    const set = target instanceof Ref ? matching(target, element, place) : called(target, element, place);
    if (set !== undefined) targets.push(set);
  }
  const common = inCommon(targets, place);
  const encoding = common?.encoding ?? (index && indexEncoding(context, index.index));
  return new DistinctSet(new GatheredSet(common?.sets ?? [], encoding ?? withoutValues(context)));
}

/** One element of each group: equal values have equal targets. */
function* joinSource(source: ElementSet, { position }: Place): Generator<SetElement> {
  let width = 0;
  let last: SetElement | undefined;
  for (const element of remaining(source.open({ direction: 'forward', expected: joinWidthMax }))) {
    width++;
    if (width > joinWidthMax) {
      throw faultAt(
        position,
        'resources exceeded',
        `The source of a join has more than the ${joinWidthMax} elements that it may have.`,
      );
    }
    if (last === undefined || compareGroups(element, last, source.encoding) !== 0) yield element;
    last = element;
  }
}

function matching(index: Ref, element: SetElement, place: Place): ElementSet | undefined {
  const { values, document } = element;
  const terms = values.length === 0 ? [place.context.schema.refOf(document)] : values;
  const set = new SetRef({ type: 'match', index, terms: termValue(terms) });
  return buildMatch(index, terms, set, place);
}

function called(target: Lambda, element: SetElement, place: Place): ElementSet | undefined {
  const { context } = place;
  const result = context.call(target, elementValue(context, element), 'pure');
  if (result instanceof SetRef) return build(result, place);
  if (result instanceof Ref && result.collection === undefined) return build(result, place);
  throw faultAt(positionOf(target), 'invalid argument', `Set expected, ${typeName(result)} provided.`);
}
