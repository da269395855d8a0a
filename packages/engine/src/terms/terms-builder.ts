/**
 * The dictionary of a segment: its terms, ascending by UTF-16 units, and a trie over them for finding near words.
 * A term's ordinal is its place; so the terms with a prefix are one range of ordinals.
 *
 *   terms.offsets   u32 × (termCount + 1): where each term begins in terms.text, in units
 *   terms.text      u16: the terms' units one after the other
 *   terms.labels    u16 per node: the unit on the way to it (the root's is 0)
 *   terms.nodes     u32 pairs per node and one more: first child, first term
 *
 * Nodes are numbered breadth first, so that a node's children are neighbours: they end where the next node's begin, and a
 * node's terms end where its next sibling's begin (the last one's, where the parent's end). Looking through children is then
 * one run over labels. A node with a single term has no children: the rest of that term is read from the text, which leaves
 * a third of the nodes.
 */
import { assert } from '@skein/base';
import type { Section } from '../segment/section.ts';
import { sectionBytes } from '../segment/section-bytes.ts';

/** Units of a term. The tokeniser cuts there; the matcher keeps one bit per unit of a word. */
export const TERM_UNITS_MAX = 64;

/** Sections of a dictionary. The terms ascend by UTF-16 units, are distinct and have 1 … `TERM_UNITS_MAX` units. */
export function buildTerms(sorted: readonly string[]): readonly Section[] {
  const { offsets, text } = layOutText(sorted);
  const { labels, nodes } = buildTrie(offsets, text);
  return [
    { name: 'terms.offsets', bytes: sectionBytes(offsets) },
    { name: 'terms.text', bytes: sectionBytes(text) },
    { name: 'terms.labels', bytes: sectionBytes(labels) },
    { name: 'terms.nodes', bytes: sectionBytes(nodes) },
  ];
}

function layOutText(sorted: readonly string[]): { offsets: Uint32Array; text: Uint16Array } {
  const offsets = new Uint32Array(sorted.length + 1);
  for (let term = 0; term < sorted.length; term++) offsets[term + 1] = offsets[term]! + sorted[term]!.length;
  const text = new Uint16Array(offsets[sorted.length]!);
  let at = 0;
  let previous = '';
  for (const term of sorted) {
    assert(term > previous, 'terms ascend, are distinct and not empty');
    assert(term.length <= TERM_UNITS_MAX, `terms have at most ${TERM_UNITS_MAX} units`);
    for (let unit = 0; unit < term.length; unit++) text[at++] = term.charCodeAt(unit);
    previous = term;
  }
  return { offsets, text };
}

function buildTrie(offsets: Uint32Array, text: Uint16Array): { labels: Uint16Array; nodes: Uint32Array } {
  const termCount = offsets.length - 1;
  const trie = new NodeList();
  const termHis: number[] = [termCount];
  trie.push(0, 0);
  let levelFrom = 0;
  for (let depth = 0; levelFrom < trie.count; depth++) {
    const levelEnd = trie.count;
    for (let node = levelFrom; node < levelEnd; node++) {
      trie.setFirstChild(node, trie.count);
      const termHi = termHis[node]!;
      let term = trie.termLo(node);
      // The root is walked even with one term: every path has a first unit.
      if (termHi - term < 2 && depth > 0) continue;
      if (term < termHi && offsets[term + 1]! - offsets[term]! === depth) term++;
      while (term < termHi) {
        const unit = text[offsets[term]! + depth]!;
        let end = term + 1;
        while (end < termHi && text[offsets[end]! + depth] === unit) end++;
        trie.push(unit, term);
        termHis.push(end);
        term = end;
      }
    }
    levelFrom = levelEnd;
  }
  return trie.finish(termCount);
}

/** Growing arrays of a trie's nodes. */
class NodeList {
  count = 0;
  #labels = new Uint16Array(1024);
  #nodes = new Uint32Array(2048);

  push(label: number, termLo: number): void {
    if (this.count === this.#labels.length) {
      const labels = new Uint16Array(this.count * 2);
      labels.set(this.#labels);
      this.#labels = labels;
      const nodes = new Uint32Array(this.count * 4);
      nodes.set(this.#nodes);
      this.#nodes = nodes;
    }
    this.#labels[this.count] = label;
    this.#nodes[this.count * 2 + 1] = termLo;
    this.count++;
  }

  termLo(node: number): number {
    return this.#nodes[node * 2 + 1]!;
  }

  setFirstChild(node: number, child: number): void {
    this.#nodes[node * 2] = child;
  }

  finish(termCount: number): { labels: Uint16Array; nodes: Uint32Array } {
    const nodes = new Uint32Array((this.count + 1) * 2);
    nodes.set(this.#nodes.subarray(0, this.count * 2));
    nodes[this.count * 2] = this.count;
    nodes[this.count * 2 + 1] = termCount;
    return { labels: this.#labels.slice(0, this.count), nodes };
  }
}
