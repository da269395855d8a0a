/** What several sets have in common, so that their elements can be compared byte by byte. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { Encoding } from './element.ts';
import type { ElementSet } from './element-set.ts';
import { RecodedSet } from './recoded-set.ts';

/** The sets in one encoding; undefined when they are sorted in ways that do not fit. */
export function alike(
  context: EvaluationContext,
  sets: readonly [ElementSet, ...ElementSet[]],
): { readonly sets: readonly [ElementSet, ...ElementSet[]]; readonly encoding: Encoding } | undefined {
  const withoutValues = sets.filter(({ encoding }) => encoding.reversed.length === 0).length;
  const isMixed = withoutValues > 0 && withoutValues < sets.length;
  const coded = isMixed ? mapSets(sets, (set) => recoded(context, set)) : sets;
  const [first] = coded;
  const longest = coded.reduce((a, b) => (b.encoding.reversed.length > a.encoding.reversed.length ? b : a));
  const { reversed } = longest.encoding;
  const { arity, descending, names } = first.encoding;
  const fits = coded.every(
    ({ encoding }) =>
      encoding.descending === descending && encoding.reversed.every((flag, at) => flag === reversed[at]),
  );
  return fits ? { sets: coded, encoding: { arity, reversed, descending, names } } : undefined;
}

function recoded(context: EvaluationContext, set: ElementSet): ElementSet {
  return set.encoding.reversed.length === 0 ? new RecodedSet(context, set) : set;
}

function mapSets<A, B>(sets: readonly [A, ...A[]], map: (set: A) => B): readonly [B, ...B[]] {
  const [first, ...others] = sets;
  return [map(first), ...others.map(map)];
}
