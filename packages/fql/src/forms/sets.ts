/** Describing sets. Nothing is read here; `Union` and its like also work on arrays. */
import { FaultCollector } from '../evaluate/gather.ts';
import { effectOfExpression } from '../parse/effects.ts';
import { checkCursorRef } from '../sets/cursor-value.ts';
import { isCompatible, isHistorical, shapeOf } from '../sets/shape.ts';
import { indexTarget, termValue } from '../sets/targets.ts';
import { Lambda } from '../values/lambda.ts';
import { Ref, schemaRef } from '../values/ref.ts';
import { SetRef } from '../values/set-ref.ts';
import { nativeOf } from '../values/type-name.ts';
import { isArray, PageValue, type Value } from '../values/value.ts';
import { differenceOf, distinctPlaces, intersectionOf, unionOf } from './array-sets.ts';
import {
  any,
  collectionRef,
  identifier,
  iterable,
  ref,
  resolved,
  set,
  setOrArray,
  someOf,
  stringOrIndexRef,
  wrongType,
} from './casts.ts';
import { type Call, type Cast, defineForm, type Form, variadic } from './form.ts';
import { chargeWalk } from './value-costs.ts';

/** Anything but a ref to nowhere, of which no entry could be. */
const matchTerm: Cast<Value> = {
  expected: 'Any',
  cast: (value, { context }) =>
    value instanceof Ref && context.schema.resolve(value) === undefined ? undefined : value,
};

const singleton = defineForm({
  name: 'Singleton',
  effect: 'pure',
  parameters: { singleton: ref },
  evaluate: ({ singleton: document }) => new SetRef({ type: 'singleton', ref: document }),
});

const events = defineForm({
  name: 'Events',
  effect: 'pure',
  parameters: { events: identifier },
  evaluate: ({ events: of }, call) => {
    if (isHistorical(of)) {
      return call.fail(undefined, 'invalid argument', 'Set does not support events history.');
    }
    return new SetRef({ type: 'events', of });
  },
});

const documents = defineForm({
  name: 'Documents',
  effect: 'pure',
  parameters: { documents: collectionRef },
  evaluate: ({ documents: collection }) => new SetRef({ type: 'documents', collection }),
});

const matchIndex = defineForm({
  name: 'Match',
  effect: 'pure',
  parameters: { match: stringOrIndexRef },
  evaluate: ({ match: index }, call) => matching(index, [], call),
});

const matchTerms = defineForm({
  name: 'Match',
  effect: 'pure',
  parameters: { match: stringOrIndexRef, terms: variadic(matchTerm) },
  evaluate: ({ match: index, terms }, call) => matching(index, terms, call),
});

const matchTermsFirst = defineForm({
  name: 'Match',
  effect: 'pure',
  parameters: { match: variadic(matchTerm), index: stringOrIndexRef },
  evaluate: ({ match: terms, index }, call) => matching(index, terms, call),
});

function matching(given: string | Ref, terms: readonly Value[], call: Call): SetRef {
  const index = typeof given === 'string' ? resolved(schemaRef('indexes', given), call, 'index') : given;
  indexTarget(call.context, index, [...call.position, 'index']);
  return new SetRef({ type: 'match', index, terms: termValue(terms) });
}

function associative(
  name: string,
  key: 'union' | 'intersection' | 'difference',
  ofArrays: (arrays: readonly [readonly Value[], ...(readonly Value[])[]]) => readonly Value[],
): Form {
  return defineForm({
    name,
    effect: 'pure',
    parameters: { [key]: variadic(setOrArray) },
    evaluate: (values, call) => {
      const given = someOf(values[key] ?? [], call, key);
      const sets = given.filter((one) => one instanceof SetRef);
      if (sets.length === given.length) {
        checkCompatible(sets, key, call);
        return new SetRef({ type: key, sets });
      }
      const [first, ...others] = given.filter((one): one is readonly Value[] => isArray(one));
      if (sets.length > 0 || first === undefined) {
        const description = 'Arguments cannot be of different types, expected Set or Array.';
        return call.fail(key, 'invalid argument', description);
      }
      // They are compared by their texts.
      for (const array of [first, ...others]) chargeWalk(array, call);
      return ofArrays([first, ...others]);
    },
  });
}

function checkCompatible(sets: readonly SetRef[], key: string, call: Call): void {
  const shapes = sets.map((one) => shapeOf(one, call.context));
  for (const [at, shape] of shapes.entries()) {
    const next = shapes[at + 1];
    if (next !== undefined && !isCompatible(shape, next)) {
      call.fail(key, 'invalid argument', 'Sets are not compatible.');
    }
  }
}

const distinct = defineForm({
  name: 'Distinct',
  effect: 'pure',
  parameters: { distinct: iterable },
  evaluate: ({ distinct: given }, call) => {
    if (given instanceof SetRef) return new SetRef({ type: 'distinct', set: given });
    const items = given instanceof PageValue ? given.data : given;
    chargeWalk(items, call);
    const places = distinctPlaces(items);
    const isKept = (_: Value, at: number): boolean => places.has(at);
    if (!(given instanceof PageValue)) return items.filter(isKept);
    const { before, after, cursors } = given;
    return new PageValue(items.filter(isKept), { before, after, cursors: cursors?.filter(isKept) });
  },
});

const reverse = defineForm({
  name: 'Reverse',
  effect: 'pure',
  parameters: { reverse: iterable },
  evaluate: ({ reverse: given }, { context }) => {
    if (given instanceof SetRef) return new SetRef({ type: 'reverse', set: given });
    const items = given instanceof PageValue ? given.data : given;
    context.charge(items.length);
    if (!(given instanceof PageValue)) return items.toReversed();
    const { before, after, cursors } = given;
    return new PageValue(items.toReversed(), { before, after, cursors: cursors?.toReversed() });
  },
});

const range = defineForm({
  name: 'Range',
  effect: 'pure',
  parameters: { range: set, from: any, to: any },
  evaluate: ({ range: of, from, to }, call) => {
    const faults = new FaultCollector();
    faults.try(() => checkCursorRef(call.context, from, [...call.position, 'from']));
    faults.try(() => checkCursorRef(call.context, to, [...call.position, 'to']));
    faults.throwIfFailed();
    return new SetRef({ type: 'range', set: of, from: bound(from), to: bound(to) });
  },
});

/** An array of one value is shown as that value. */
function bound(value: Value): Value {
  if (!isArray(value)) return value;
  const [only] = value;
  return value.length === 1 && only !== undefined && !isArray(only) ? only : value;
}

const join = defineForm({
  name: 'Join',
  effect: 'pure',
  parameters: { join: set, with: any },
  evaluate: ({ join: source, with: target }, call) =>
    new SetRef({ type: 'join', source, with: joinTarget(target, call) }),
});

function joinTarget(target: Value, call: Call): Lambda | Ref {
  if (target instanceof Lambda) {
    if (effectOfExpression(target.body) === 'pure') return target;
    return call.fail(
      'with',
      'invalid argument',
      'Invalid lambda. Lambda in this context may not read, write, or call a user function.',
    );
  }
  if (!(target instanceof Ref)) return wrongType(call, 'with', ['Lambda', 'Index Ref'], target);
  const found = resolved(target, call, 'with');
  return nativeOf(found) === 'indexes' ? found : wrongType(call, 'with', ['Lambda', 'Index Ref'], found);
}

export const setForms: readonly Form[] = [
  singleton,
  events,
  documents,
  matchIndex,
  matchTerms,
  matchTermsFirst,
  associative('Union', 'union', unionOf),
  associative('Intersection', 'intersection', intersectionOf),
  associative('Difference', 'difference', differenceOf),
  distinct,
  reverse,
  range,
  join,
];
