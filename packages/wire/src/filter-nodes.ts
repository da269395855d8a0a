/**
 * Filter trees in normal form: no group of one, no AND directly in an AND (nor OR in OR), no double negation. The same
 * condition then has the same tree however it was written, and trees stay shallow.
 */
import { unreachable } from '@skein/base';
import type { FilterNode } from '@skein/engine';

/** A group of members that are in normal form themselves. An empty AND is true, an empty OR is false. */
export function normaliseGroup(kind: 'and' | 'or', members: readonly FilterNode[]): FilterNode {
  if (members.length === 1) return members[0]!;
  if (!members.some((member) => member.kind === kind)) return { kind, children: members };
  const children: FilterNode[] = [];
  for (const member of members) {
    if (member.kind === 'and' || member.kind === 'or') {
      if (member.kind === kind) for (const child of member.children) children.push(child);
      else children.push(member);
    } else children.push(member);
  }
  return children.length === 1 ? children[0]! : { kind, children };
}

export function negate(node: FilterNode): FilterNode {
  return node.kind === 'not' ? node.child : { kind: 'not', child: node };
}

/** AND of what is there; undefined when nothing is: no filter at all. */
export function allOf(nodes: readonly (FilterNode | undefined)[]): FilterNode | undefined {
  const members = nodes.filter((node) => node !== undefined);
  return members.length === 0 ? undefined : normaliseGroup('and', members);
}

/** The tree in normal form. Recursive: for trees of bounded depth. */
export function normaliseFilter(node: FilterNode): FilterNode {
  if (node.kind === 'not') return negate(normaliseFilter(node.child));
  if (node.kind === 'and' || node.kind === 'or')
    return normaliseGroup(node.kind, node.children.map(normaliseFilter));
  return node;
}

/** Levels of nesting; a condition alone is 1. Uses a stack of its own: the tree may be deeper than calls may nest. */
export function depthOf(root: FilterNode): number {
  let deepest = 0;
  const open: { node: FilterNode; depth: number }[] = [{ node: root, depth: 1 }];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { node, depth } = entry;
    if (depth > deepest) deepest = depth;
    if (node.kind === 'not') open.push({ node: node.child, depth: depth + 1 });
    else if (node.kind === 'and' || node.kind === 'or') {
      for (const child of node.children) open.push({ node: child, depth: depth + 1 });
    }
  }
  return deepest;
}

/**
 * The tree as text of the `filters` grammar. What the grammar cannot say (an empty group, an empty name or value, a
 * score on a number) has no text that parses back to it.
 */
export function renderFilter(node: FilterNode): string {
  switch (node.kind) {
    case 'and':
    case 'or':
      return `(${node.children.map(renderFilter).join(node.kind === 'and' ? ' AND ' : ' OR ')})`;
    case 'not':
      return `NOT ${renderFilter(node.child)}`;
    case 'facet':
      return `${quote(node.path)}:${quote(node.value)}${node.score === 0 ? '' : `<score=${node.score}>`}`;
    case 'compare':
      return `${quote(node.path)} ${node.operator} ${node.value}`;
    case 'range':
      return `${quote(node.path)}:${node.from} TO ${node.to}`;
    default:
      return unreachable(node);
  }
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
