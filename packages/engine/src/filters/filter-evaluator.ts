/** Filters over the columns of one segment: a filter becomes the bitset of the docs that match it. */
import { unreachable } from '@skein/base';
import type { ColumnsReader } from '../columns/columns-reader.ts';
import { addDoc, complementBitset, fillBitset, intersectInto, uniteInto } from '../kernel/bitset.ts';
import type { FilterNode } from './filter-node.ts';

/** Address of a new scratch bitset of the matching docs (deleted ones too); all other scratch is released again. */
export function evaluateFilter(columns: ColumnsReader, filter: FilterNode): number {
  const { memory, docCount } = columns;
  if (filter.kind === 'and') return evaluateAnd(columns, filter.children);
  if (filter.kind === 'not') {
    const into = evaluateFilter(columns, filter.child);
    complementBitset(memory, into, docCount);
    return into;
  }
  const into = memory.allocateBitset(docCount);
  addMatching(columns, filter, into);
  return into;
}

function evaluateAnd(columns: ColumnsReader, children: readonly FilterNode[]): number {
  const { memory, docCount } = columns;
  const [first, ...others] = children;
  if (first === undefined) {
    const all = memory.allocateBitset(docCount);
    fillBitset(memory, all, docCount);
    return all;
  }
  const into = evaluateFilter(columns, first);
  for (const child of others) {
    const mark = memory.mark();
    intersectInto(memory, into, evaluateFilter(columns, child), docCount);
    memory.release(mark);
  }
  return into;
}

/** Adds the matching docs to the bitset at `into`. */
function addMatching(columns: ColumnsReader, filter: FilterNode, into: number): void {
  switch (filter.kind) {
    case 'or':
      for (const child of filter.children) addMatching(columns, child, into);
      return;
    case 'and':
    case 'not': {
      const { memory, docCount } = columns;
      const mark = memory.mark();
      uniteInto(memory, into, evaluateFilter(columns, filter), docCount);
      memory.release(mark);
      return;
    }
    case 'facet':
      addFacet(columns, filter.path, filter.value, into);
      return;
    case 'compare':
    case 'range':
      addNumeric(columns, filter, into);
      return;
    default:
      unreachable(filter);
  }
}

function addFacet(columns: ColumnsReader, path: string, value: string, into: number): void {
  if (path === 'objectID') {
    const docId = columns.findObjectID(value);
    if (docId >= 0) addDoc(columns.memory, into, docId);
    return;
  }
  const facet = columns.facet(path);
  const ordinal = facet?.find(value) ?? -1;
  if (ordinal >= 0) facet!.addDocsOf(ordinal, into);
}

function addNumeric(
  columns: ColumnsReader,
  filter: FilterNode & { readonly kind: 'compare' | 'range' },
  into: number,
): void {
  const equality = filter.kind === 'compare' && (filter.operator === '=' || filter.operator === '!=');
  if (!columns.isNumberFilterAllowed(filter.path, equality ? 'equality' : 'order')) return;
  const column = columns.numbers.column(filter.path);
  if (column === undefined) return;
  if (filter.kind === 'range') {
    column.addBetween(filter.from, filter.to, into);
    return;
  }
  const { value } = filter;
  switch (filter.operator) {
    case '<':
    case '<=':
      column.addBelow(value, filter.operator === '<=', into);
      return;
    case '>':
    case '>=':
      column.addAbove(value, filter.operator === '>=', into);
      return;
    case '=':
      column.addBetween(value, value, into);
      return;
    case '!=':
      column.addBelow(value, false, into);
      column.addAbove(value, false, into);
      return;
    default:
      unreachable(filter.operator);
  }
}
