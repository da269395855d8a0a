/**
 * The `filters` criterion over the columns of one segment: scores of `<score=n>` terms and of optional filters, added up
 * per doc. Of the members of an OR the best counts, or with `sumOrFiltersScores` their sum.
 */
import type { ColumnsReader } from '../columns/columns-reader.ts';
import { subtractFrom, uniteInto } from '../kernel/bitset.ts';
import type { OptionalFilter } from '../query/search-query.ts';
import { evaluateFilter } from './filter-evaluator.ts';
import type { FilterNode } from './filter-node.ts';

export type OrScores = 'best' | 'sum';

/** Adds to the u32 array at `into` (one per doc) what the groups of optional filters give each doc. */
export function addOptionalScores(
  columns: ColumnsReader,
  groups: readonly (readonly OptionalFilter[])[],
  orScores: OrScores,
  into: number,
): void {
  for (const group of groups) addGroup(columns, group, orScores, into);
}

/** Adds to the u32 array at `into` (one per doc) the scores of the terms of a filter, where the filter matches. */
export function addFilterScores(
  columns: ColumnsReader,
  filter: FilterNode,
  orScores: OrScores,
  into: number,
): void {
  if (!hasScore(filter)) return;
  const { memory, docCount } = columns;
  const mark = memory.mark();
  if (filter.kind === 'and') {
    const scores = zeroScores(columns);
    for (const child of filter.children) addFilterScores(columns, child, orScores, scores);
    memory.kernel.combineScores(evaluateFilter(columns, filter), docCount, scores, 0, into);
  } else if (filter.kind === 'or') {
    if (filter.children.every(isTerm)) {
      const members = filter.children.map((term) => ({ filter: term, score: term.score }));
      addGroup(columns, members, orScores, into);
    } else addBranches(columns, filter.children, orScores, into);
  } else if (isTerm(filter)) {
    memory.kernel.addScores(evaluateFilter(columns, filter), docCount, filter.score, into);
  }
  memory.release(mark);
}

/** An OR whose members are no single terms: each member's scores apart, then together. */
function addBranches(
  columns: ColumnsReader,
  branches: readonly FilterNode[],
  orScores: OrScores,
  into: number,
): void {
  const { memory, docCount } = columns;
  const together = zeroScores(columns);
  const matching = memory.allocateBitset(docCount);
  for (const branch of branches) {
    const mark = memory.mark();
    const scores = zeroScores(columns);
    addFilterScores(columns, branch, orScores, scores);
    const docs = evaluateFilter(columns, branch);
    uniteInto(memory, matching, docs, docCount);
    memory.kernel.combineScores(docs, docCount, scores, orScores === 'best' ? 1 : 0, together);
    memory.release(mark);
  }
  memory.kernel.combineScores(matching, docCount, together, 0, into);
}

function addGroup(
  columns: ColumnsReader,
  members: readonly OptionalFilter[],
  orScores: OrScores,
  into: number,
): void {
  const { memory, docCount } = columns;
  const start = memory.mark();
  // Best first: who has a score already is left out from then on.
  const ordered = members.filter((member) => member.score > 0).sort((a, b) => b.score - a.score);
  const scored = memory.allocateBitset(docCount);
  for (const { filter, score } of ordered) {
    const mark = memory.mark();
    const docs = evaluateFilter(columns, filter);
    if (orScores === 'best') {
      subtractFrom(memory, docs, scored, docCount);
      uniteInto(memory, scored, docs, docCount);
    }
    memory.kernel.addScores(docs, docCount, score, into);
    memory.release(mark);
  }
  memory.release(start);
}

function zeroScores(columns: ColumnsReader): number {
  const bytes = columns.docCount * 4;
  const at = columns.memory.allocate(bytes);
  columns.memory.u8.fill(0, at, at + bytes);
  return at;
}

type Term = FilterNode & { readonly score: number };

function isTerm(filter: FilterNode): filter is Term {
  return filter.kind === 'facet' || filter.kind === 'compare' || filter.kind === 'range';
}

/** Whether some term can give a score. What stands under NOT gives none. */
export function hasScore(filter: FilterNode): boolean {
  if ('children' in filter) return filter.children.some(hasScore);
  return isTerm(filter) && filter.score > 0;
}
