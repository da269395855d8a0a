/**
 * `_highlightResult` and `_snippetResult` of a hit: the record's shape mirrored, each text (numbers as text) replaced by
 * `{ value, matchLevel, … }`; booleans and null are left out. Shapes as Algolia answers them; values are not escaped.
 *
 * Makes JSON text straight away, because turning twenty hits' worth of small objects into text costs more than all the
 * matching (only strings go through `JSON.stringify`).
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import type { HighlightOptions } from '../query/search-query.ts';
import type { Tokeniser } from '../text/tokenise.ts';
import { type AttributeNode, attributeTree } from './attribute-tree.ts';
import { pickMembers } from './json-text.ts';
import { snippetWindow } from './snippet.ts';
import { renderMarked, TextMarker, type TextMarks, type TextStyle } from './text-marker.ts';
import type { WordMatcher } from './word-matcher.ts';

export interface HighlighterOptions {
  readonly highlight: HighlightOptions;
  readonly tokeniser: Tokeniser;
  readonly matcher: WordMatcher;
  /** Paths of the searchable attributes; empty: all are. */
  readonly searchableAttributes: readonly string[];
  readonly camelCaseAttributes: readonly string[];
  readonly disableTypoToleranceOnAttributes: readonly string[];
  readonly disablePrefixOnAttributes: readonly string[];
}

/** Longer texts seldom come again. */
const REMEMBERED_UNITS_MAX = 64;

/** Levels of a record that are mirrored. Bounds the recursion that a hostile record can cause. */
const NESTING_MAX = 100;

/** One per query; serves all its hits. */
export class Highlighter {
  readonly #options: HighlightOptions;
  readonly #matcher: WordMatcher;
  readonly #marker: TextMarker;
  readonly #highlighted: StyleNode | undefined;
  readonly #snippeted: StyleNode | undefined;
  readonly #allWords: number;
  readonly #matchedWords = new Map<number, string>();
  readonly #namesJson = new Map<string, string>();
  /** Attributes that are looked at; undefined: all. */
  readonly #names: ReadonlySet<string> | undefined;
  /** Whether a text since the last reset matched a word. */
  #matched = false;

  constructor(options: HighlighterOptions) {
    this.#options = options.highlight;
    this.#matcher = options.matcher;
    this.#marker = new TextMarker(options.tokeniser, options.matcher);
    const { searchableAttributes: searchable } = options;
    const highlighted =
      options.highlight.attributesToHighlight ?? (searchable.length > 0 ? searchable : ['*']);
    this.#highlighted = styleTree(
      options,
      highlighted.map((path) => ({ path, tokenCount: 1 })),
    );
    this.#snippeted = styleTree(
      options,
      options.highlight.attributesToSnippet.map(({ path, wordCount }) => ({
        path,
        tokenCount: Math.max(1, wordCount),
      })),
    );
    this.#names = namesIn([this.#highlighted, this.#snippeted]);
    const wordCount = options.matcher.words.length;
    this.#allWords = wordCount >= 32 ? -1 : (1 << wordCount) - 1;
  }

  /**
   * The part of a record that highlighting and cutting look at. `recordJson` is the record as `JSON.stringify` makes it; anything
   * but an object has no part.
   */
  partOf(recordJson: string): JsonObject {
    if (this.#names === undefined) {
      const record = JSON.parse(recordJson) as Json;
      return isJsonObject(record) ? record : {};
    }
    return recordJson.startsWith('{') ? pickMembers(recordJson, this.#names) : {};
  }

  /** JSON text of `_highlightResult`; undefined when no attribute is to be highlighted. */
  highlight(record: JsonObject): string | undefined {
    if (this.#highlighted === undefined) return undefined;
    return this.#mirror(record, this.#highlighted, 0, this.#highlightLeaf) ?? '{}';
  }

  /** JSON text of `_snippetResult`; undefined when no attribute is to be cut. */
  snippet(record: JsonObject): string | undefined {
    if (this.#snippeted === undefined) return undefined;
    return this.#mirror(record, this.#snippeted, 0, this.#snippetLeaf) ?? '{}';
  }

  #mirror(value: Json | undefined, node: StyleNode, depth: number, leaf: Leaf): string | undefined {
    if (typeof value === 'string') return node.tokenCount > 0 ? leaf(value, node) : undefined;
    if (typeof value === 'number') return node.tokenCount > 0 ? leaf(String(value), node) : undefined;
    if (depth > NESTING_MAX || typeof value !== 'object' || value === null) return undefined;
    if (node.tokenCount === 0 && node.children.size === 0) return undefined;
    return isJsonObject(value)
      ? this.#mirrorObject(value, node, depth, leaf)
      : this.#mirrorArray(value as readonly Json[], node, depth, leaf);
  }

  #mirrorObject(object: JsonObject, node: StyleNode, depth: number, leaf: Leaf): string | undefined {
    let out = '';
    for (const name of Object.keys(object)) {
      let child = node.children.get(name);
      if (child === undefined) {
        if (depth === 0 && isHidden(name)) continue;
        child = node.below ?? node;
      }
      const mirrored = this.#mirror(object[name], child, depth + 1, leaf);
      if (mirrored !== undefined) out += (out === '' ? '' : ',') + this.#nameJson(name) + mirrored;
    }
    return out === '' ? undefined : `{${out}}`;
  }

  #mirrorArray(array: readonly Json[], node: StyleNode, depth: number, leaf: Leaf): string | undefined {
    let out = '';
    let found = node.tokenCount > 0;
    const matchedBefore = this.#matched;
    let matched = false;
    for (const element of array) {
      this.#matched = false;
      let mirrored = this.#mirror(element, node, depth + 1, leaf);
      matched ||= this.#matched;
      if (mirrored !== undefined) found = true;
      if (this.#options.restrictArrays && !this.#matched) continue;
      // Elements keep their places: those after an object without texts must not move up.
      if (mirrored === undefined && isJsonObject(element)) mirrored = '{}';
      if (mirrored !== undefined) out += (out === '' ? '' : ',') + mirrored;
    }
    this.#matched = matchedBefore || matched;
    return found ? `[${out}]` : undefined;
  }

  /** Attributes like a brand or a country have few values: the same text is marked once per query. */
  readonly #highlightLeaf: Leaf = (text, style) => {
    if (text.length > REMEMBERED_UNITS_MAX) return this.#highlightText(text, style);
    const known = style.known.get(text);
    if (known !== undefined) {
      this.#matched ||= known.matched;
      return known.json;
    }
    const matchedBefore = this.#matched;
    this.#matched = false;
    const json = this.#highlightText(text, style);
    style.known.set(text, { json, matched: this.#matched });
    this.#matched ||= matchedBefore;
    return json;
  };

  #highlightText(text: string, style: StyleNode): string {
    const marks = this.#marks(text, style);
    if (marks === undefined || marks.words === 0) {
      return `{"value":${JSON.stringify(text)},"matchLevel":"none","matchedWords":[]}`;
    }
    const value = JSON.stringify(renderMarked(text, marks.spans, this.#options));
    const words = this.#matchedWordsJson(marks.words);
    return `{"value":${value},"matchLevel":"${this.#levelOf(marks.words)}","fullyHighlighted":${marks.complete},"matchedWords":${words}}`;
  }

  readonly #snippetLeaf: Leaf = (text, style) => {
    const marks = this.#marks(text, style) ?? this.#marker.mark(text, style);
    const { start, end } = snippetWindow(text, marks, style.tokenCount);
    const ellipsis = this.#options.snippetEllipsisText;
    const shown = renderMarked(text, marks.spans, this.#options, start, end);
    const value = `${start > 0 ? ellipsis : ''}${shown}${end < text.length ? ellipsis : ''}`;
    return `{"value":${JSON.stringify(value)},"matchLevel":"${this.#levelOf(marks.words)}"}`;
  };

  /** Undefined while the query has no words. */
  #marks(text: string, style: TextStyle): TextMarks | undefined {
    if (this.#matcher.words.length === 0) return undefined;
    const marks = this.#marker.mark(text, style);
    this.#matched ||= marks.words !== 0;
    return marks;
  }

  #levelOf(words: number): 'none' | 'partial' | 'full' {
    return words === 0 ? 'none' : words === this.#allWords ? 'full' : 'partial';
  }

  #matchedWordsJson(words: number): string {
    let json = this.#matchedWords.get(words);
    if (json === undefined) {
      const terms = this.#matcher.words.filter((_, at) => (words & (1 << at)) !== 0).map(({ term }) => term);
      json = JSON.stringify([...new Set(terms)]);
      this.#matchedWords.set(words, json);
    }
    return json;
  }

  #nameJson(name: string): string {
    let json = this.#namesJson.get(name);
    if (json === undefined) this.#namesJson.set(name, (json = `${JSON.stringify(name)}:`));
    return json;
  }
}

/** Attributes that the trees want something of; undefined: everything of the record may be wanted. */
function namesIn(trees: readonly (StyleNode | undefined)[]): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const tree of trees) {
    if (tree === undefined) continue;
    if (tree.tokenCount > 0) return undefined;
    for (const [name, child] of tree.children) if (wantsAny(child)) names.add(name);
  }
  return names;
}

function wantsAny(node: StyleNode): boolean {
  return node.tokenCount > 0 || [...node.children.values()].some(wantsAny);
}

/** One text with its matches between the tags, as hits of a facet search show their value. */
export function highlightText(
  text: string,
  options: Pick<HighlighterOptions, 'tokeniser' | 'matcher'> & {
    readonly preTag: string;
    readonly postTag: string;
  },
): string {
  const { spans } = new TextMarker(options.tokeniser, options.matcher).mark(text, PLAIN_STYLE);
  return renderMarked(text, spans, options);
}

type Leaf = (text: string, style: StyleNode) => string;

/** How the texts at a path are treated. */
interface StyleNode extends TextStyle {
  /** Texts highlighted in this style. */
  readonly known: Map<string, { readonly json: string; readonly matched: boolean }>;
  /** 0: not wanted; for snippets the length of the window. */
  readonly tokenCount: number;
  /** What lies below and has a style of its own. */
  readonly children: ReadonlyMap<string, StyleNode>;
  /** For everything else below; undefined: this very node, which has no children. */
  readonly below: StyleNode | undefined;
}

type StyleMark =
  | { readonly kind: 'wanted'; readonly tokenCount: number }
  | { readonly kind: 'camelCase' | 'noTypos' | 'noPrefixes' };

const PLAIN_STYLE: TextStyle = { camelCase: false, rules: { typos: true, prefixes: true } };

/** Of the record's own attributes `*` leaves these out; they can be named. */
function isHidden(name: string): boolean {
  return name === 'objectID' || name.startsWith('_');
}

function styleTree(
  options: HighlighterOptions,
  wanted: readonly { readonly path: string; readonly tokenCount: number }[],
): StyleNode | undefined {
  if (wanted.length === 0) return undefined;
  const marked = (
    paths: readonly string[],
    kind: 'camelCase' | 'noTypos' | 'noPrefixes',
  ): [string, StyleMark][] => paths.map((path) => [path, { kind }]);
  const tree = attributeTree<StyleMark>([
    ...wanted.map(({ path, tokenCount }): [string, StyleMark] => [path, { kind: 'wanted', tokenCount }]),
    ...marked(options.camelCaseAttributes, 'camelCase'),
    ...marked(options.disableTypoToleranceOnAttributes, 'noTypos'),
    ...marked(options.disablePrefixOnAttributes, 'noPrefixes'),
  ]);
  return resolveStyle(tree, { ...PLAIN_STYLE, tokenCount: 0 }, 0);
}

function resolveStyle(
  node: AttributeNode<StyleMark>,
  inherited: TextStyle & { readonly tokenCount: number },
  depth: number,
): StyleNode {
  let { tokenCount, camelCase } = inherited;
  let { typos, prefixes } = inherited.rules;
  for (const mark of node.marks) {
    if (mark.kind === 'wanted') tokenCount = mark.tokenCount;
    else if (mark.kind === 'camelCase') camelCase = true;
    else if (mark.kind === 'noTypos') typos = false;
    else prefixes = false;
  }
  const style = { tokenCount, camelCase, rules: { typos, prefixes } };
  const children = new Map<string, StyleNode>();
  for (const [name, child] of node.children) {
    const hidden = depth === 0 && isHidden(name);
    children.set(name, resolveStyle(child, hidden ? { ...style, tokenCount: 0 } : style, depth + 1));
  }
  const below =
    children.size === 0 ? undefined : { ...style, known: new Map(), children: new Map(), below: undefined };
  return { ...style, known: new Map(), children, below };
}
