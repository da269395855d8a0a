/**
 * A record's text as `docs/relevance.md` §1 sees it: attributes in order, each with its tokens at their positions.
 * Part of the plain engine; tokenised once per record, kept as plain objects.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import type { IndexSchema } from '../schema.ts';
import type { Tokeniser, TokenList } from '../text/tokenise.ts';

export interface PlainToken {
  readonly term: string;
  readonly position: number;
  /** The value (array element) that it stands in has no other token. */
  readonly alone: boolean;
}

export interface PlainAttribute {
  readonly path: string;
  readonly rank: number;
  readonly ordered: boolean;
  /** By position; tokens at one position in the tokeniser's order. */
  readonly tokens: readonly PlainToken[];
}

/** Positions between the values of one attribute. */
const VALUE_GAP = 8;

export function recordText(record: JsonObject, schema: IndexSchema, tokeniser: Tokeniser): PlainAttribute[] {
  return attributesOf(record, schema).map(({ path, rank, ordered, texts }) => {
    const camelCase = schema.text.camelCaseAttributes.some((setting) => isAtOrBelow(path, setting));
    return {
      path,
      rank,
      ordered,
      tokens: tokensOf(texts, (text) => tokeniser.tokenise(text, { camelCase, compounds: true })),
    };
  });
}

/** Whether settings that name `setting` mean the attribute `path`. */
export function isAtOrBelow(path: string, setting: string): boolean {
  return path === setting || path.startsWith(`${setting}.`);
}

interface AttributeTexts {
  readonly path: string;
  readonly rank: number;
  readonly ordered: boolean;
  readonly texts: readonly string[];
}

function attributesOf(record: JsonObject, schema: IndexSchema): AttributeTexts[] {
  if (schema.searchable.length > 0) {
    return schema.searchable.map((entry) => ({ ...entry, texts: textsAt(record, entry.path.split('.')) }));
  }
  const byPath = new Map<string, string[]>();
  for (const [name, value] of Object.entries(record)) {
    if (name !== 'objectID' && !name.startsWith('_')) collectByPath(value, name, byPath);
  }
  return [...byPath].map(([path, texts]) => ({ path, rank: 0, ordered: false, texts }));
}

/** Text values at the path that `names` spells, and below. */
function textsAt(value: Json | undefined, names: readonly string[]): string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((element) => textsAt(element, names));
  const [name, ...rest] = names;
  if (isJsonObject(value)) {
    if (name === undefined) return Object.values(value).flatMap((below) => textsAt(below, []));
    return Object.hasOwn(value, name) ? textsAt(value[name], rest) : [];
  }
  return name === undefined && (typeof value === 'string' || typeof value === 'number')
    ? [String(value)]
    : [];
}

function collectByPath(value: Json | undefined, path: string, byPath: Map<string, string[]>): void {
  if (typeof value === 'string' || typeof value === 'number') {
    byPath.set(path, [...(byPath.get(path) ?? []), String(value)]);
  } else if (Array.isArray(value)) {
    for (const element of value as readonly Json[]) collectByPath(element, path, byPath);
  } else if (isJsonObject(value)) {
    for (const [name, below] of Object.entries(value)) collectByPath(below, `${path}.${name}`, byPath);
  }
}

function tokensOf(values: readonly string[], tokenise: (text: string) => TokenList): PlainToken[] {
  const tokens: PlainToken[] = [];
  let base = 0;
  for (const value of values) {
    if (tokens.length > 0) base += VALUE_GAP;
    const list = tokenise(value);
    let next = base;
    for (let i = 0; i < list.count; i++) {
      const position = base + list.positions[i]!;
      tokens.push({ term: list.terms[i]!, position, alone: list.count === 1 });
      next = Math.max(next, position + 1);
    }
    base = next;
  }
  return tokens.sort((a, b) => a.position - b.position);
}
